// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "feedgen/base/http_fields.h"
#include "feedgen/publish/storage.h"

namespace zoo::publish {

Result<std::unique_ptr<Storage>> open_storage(const std::string& target, const HttpAccess& access) {
  constexpr std::string_view kFile = "file://";
  const std::string_view text(target);
  if (text.substr(0, kFile.size()) == kFile) {
    if (text.substr(kFile.size(), 1) != "/")
      return fail(ExitCode::kUsage, "a file URL has three slashes: file:///path");
    if (text.find('%') != std::string_view::npos)
      return fail(ExitCode::kUsage, "give the folder as a path, not as a URL");
    return local_storage(std::string(text.substr(kFile.size())));
  }
  if (text.substr(0, 7) == "http://" || text.substr(0, 8) == "https://") {
    return http_storage(target.back() == '/' ? target : target + "/", access);
  }
  if (text.empty() || text.find("://") != std::string_view::npos) {
    return fail(ExitCode::kUsage,
                fmt::format("cannot publish to \"{}\": give a folder, or a file, http or https URL", target));
  }
  return local_storage(target);
}

}  // namespace zoo::publish
