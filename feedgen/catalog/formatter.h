// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "feedgen/base/result.h"
#include "feedgen/base/xml_shape.h"

namespace zoo::catalog {

/// The canonical text of a file of our own formats: children of the root and all attributes in the order of the shape,
/// two spaces a level, text in one line, comments kept before what they stood before. `text` must be well-formed UTF-8
/// (XmlDocument has parsed it). The result is read again and compared: an Error (kVerification) when anything changed
/// in meaning, which would be a bug.
Result<std::string> canonical_text(std::string_view text, const ElementShape& shape);

}  // namespace zoo::catalog
