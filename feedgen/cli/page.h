// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "feedgen/feed/feed_builder.h"

namespace zoo::cli {

/// index.html of a build into the folder `dist`. `base_url` is where it will be published, or empty. What lies in
/// `dist` beside a package or installer (its parameters, its bills of material) is linked.
std::string page_of(const feed::FeedBuild& build, std::string_view base_url, const std::string& dist);

}  // namespace zoo::cli
