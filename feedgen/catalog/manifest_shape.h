// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feedgen/base/xml_shape.h"

namespace zoo::catalog {

/// The shape of a manifest and the ids of its errors.
const ElementShape& manifest_shape();
inline constexpr ShapeCodes kManifestShapeCodes{"ZM0101", "ZM0102", "ZM0103", "ZM0104", "ZM0105", "ZM0106"};

/// The shape of a feed definition and the ids of its errors.
const ElementShape& definition_shape();
inline constexpr ShapeCodes kDefinitionShapeCodes{"ZD0101", "ZD0102", "ZD0103", "ZD0104", "ZD0105", "ZD0106"};

}  // namespace zoo::catalog
