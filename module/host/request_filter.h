// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "module/core/config_model.h"
#include "module/host/http_request.h"

namespace zoo::module {

struct FilterVerdict {
  unsigned status = 0;       ///< 0: the request may pass.
  std::string_view problem;  ///< With IIS's sub-status, for local visitors.
};

/// <requestFiltering> as IIS applies it, but for the body's size.
FilterVerdict check_request_filter(const RequestFilter& filter, const HttpRequest& request);
/// What of it concerns a decoded path alone: extensions and hidden segments.
FilterVerdict check_path_filter(const RequestFilter& filter, std::string_view path);

}  // namespace zoo::module
