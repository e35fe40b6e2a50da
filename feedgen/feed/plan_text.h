// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "feedgen/catalog/resolver.h"

namespace zoo::feed {

/// What installerFile sizes count in the catalog that was planned on: KiB in a WebPI feed, bytes in manifests.
inline constexpr std::uint64_t kFeedSizeUnit = 1024;

/// The plan for people: steps in order, what is there already, the choices with the reasons, what this machine cannot
/// have. UTF-8, LF; control characters of the feed are made harmless.
std::string plan_text(const catalog::Plan& plan, std::uint64_t size_unit = kFeedSizeUnit);

/// The plan as a JSON object (docs/formats/plan.md). Sizes are in bytes.
std::string plan_json(const catalog::Plan& plan, std::uint64_t size_unit = kFeedSizeUnit);

}  // namespace zoo::feed
