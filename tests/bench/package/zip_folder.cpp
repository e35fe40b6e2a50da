// SPDX-License-Identifier: Apache-2.0
// usage: zip_folder FOLDER FILE default|release [THREADS]
// Packs a folder with the writer of packager, for bench_package.py.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "packager/package/zip_writer.h"

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  namespace fs = std::filesystem;
  std::vector<zoo::package::ZipItem> items;
  for (const auto& entry : fs::recursive_directory_iterator(argv[1])) {
    if (entry.is_regular_file()) {
      items.push_back(zoo::package::file_item(fs::relative(entry.path(), argv[1]).string(), entry.path().string()));
    }
  }
  zoo::package::ZipOptions options;
  options.level = std::string(argv[3]) == "release" ? zoo::package::Level::kRelease : zoo::package::Level::kDefault;
  if (argc > 4) options.threads = static_cast<unsigned>(std::strtoul(argv[4], nullptr, 10));
  const auto bytes = zoo::package::make_zip(std::move(items), options);
  if (!bytes) {
    fmt::print(stderr, "{}\n", bytes.error().message);
    return 1;
  }
  return zoo::write_file(argv[2], *bytes) ? 0 : 1;
}
