// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zoo::feed {

/// The style sheet of the catalogue page. It holds neither '<' nor '&', so that it reads the same in HTML and XML.
std::string_view html_style();

}  // namespace zoo::feed
