// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

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
    HttpAccess unsigned_access = access;
    unsigned_access.s3 = {};
    return http_storage(target.back() == '/' ? target : target + "/", std::move(unsigned_access));
  }
  if (text.substr(0, 5) == "s3://") return s3_storage(text, access);
  if (text.empty() || text.find("://") != std::string_view::npos) {
    return fail(ExitCode::kUsage,
                fmt::format("cannot publish to \"{}\": give a folder, or a file, http, https or s3 URL", target));
  }
  return local_storage(target);
}

}  // namespace zoo::publish
