// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "feedgen/feed/feed_builder.h"

namespace zoo::cli {

/// index.html of a build. `base_url` is where it will be published, or empty.
std::string page_of(const feed::FeedBuild& build, std::string_view base_url);

}  // namespace zoo::cli
