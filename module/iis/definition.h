// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/app_definition.h"
#include "module/core/environment.h"
#include "module/iis/ahadmin.h"

namespace zoo::module {

/// What IIS says about the application and the handler of a request; UTF-8.
struct AppFacts {
  std::wstring config_path;  ///< "MACHINE/WEBROOT/APPHOST/site/application"
  std::string handler_name;  ///< "django.project#x64"
  std::string engine_name;   ///< The handler's scriptProcessor.
  std::string folder;        ///< Physical, without a separator at its end.
  std::string virtual_path;  ///< "" for the root
  std::string site_name;
  std::uint32_t site_id = 0;
};

/// Reads the configuration and expands it. What is wrong with it is in the definition's faults.
std::shared_ptr<AppDefinition> make_definition(IAppHostAdminManager& manager, const AppFacts& facts);

/// `application` once for each handler of `module` in it that fits this process: what can be started without a request.
std::vector<AppFacts> handlers_of(IAppHostAdminManager& manager, const AppFacts& application, std::string_view module);

}  // namespace zoo::module
