// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "module/iis/httpserv.h"

namespace iishost {

/// "" for an id that there is not. Requests and responses share the first 20 ids.
std::string_view request_header_name(int id);
std::string_view response_header_name(int id);
/// -1: it is not a known one.
int request_header_id(std::string_view name);

bool equal_names(std::string_view left, std::string_view right);

}  // namespace iishost
