// SPDX-License-Identifier: Apache-2.0
// Any bytes as a package: reading, rules, unpacking and planning a deployment end, and nothing is believed that is not
// so.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "packager/deploy/deploy.h"
#include "packager/package/package.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  zoo::SourceSet sources;
  zoo::Diagnostics diagnostics;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto package =
      zoo::package::read_package("fuzz.zip", std::make_shared<zoo::MemorySource>(bytes), sources, diagnostics);
  if (!package) {
    if (!diagnostics.has_errors()) std::abort();
    return 0;
  }
  zoo::package::lint(*package, diagnostics);
  constexpr std::uint64_t kMaxContent = 1U << 20U;
  for (const zoo::package::ZipEntry& e : package->archive->entries()) {
    const auto content = package->archive->read(e, kMaxContent);
    if (content && !e.is_folder() && content->size() != e.size) std::abort();
  }
  zoo::Diagnostics planned;
  zoo::deploy::DeployOptions options;
  options.folder = "/nonexistent";
  options.dry_run = true;
  (void)zoo::deploy::deploy(*package, options, planned);
  return 0;
}
