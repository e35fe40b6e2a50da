// SPDX-License-Identifier: Apache-2.0
// usage: zip_folder FOLDER FILE default|release [sync]
// Packs a folder with the writer of packager, for bench_package.py. The file is written as other packers do it; with
// "sync" as packager does it, which waits until the disk has it.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "packager/package/zip_writer.h"

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  namespace fs = std::filesystem;
  std::vector<zoo::package::ZipItem> items;
  const fs::path root = argv[1];
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) {
      // Not fs::relative(), which asks the file system about every part of both paths.
      items.push_back(
          zoo::package::file_item(entry.path().lexically_relative(root).generic_string(), entry.path().string()));
    }
  }
  zoo::package::ZipOptions options;
  options.level = std::string(argv[3]) == "release" ? zoo::package::Level::kRelease : zoo::package::Level::kDefault;
  const auto bytes = zoo::package::make_zip(std::move(items), options);
  if (!bytes) {
    fmt::print(stderr, "{}\n", bytes.error().message);
    return 1;
  }
  if (argc > 4) return zoo::write_file(argv[2], *bytes) ? 0 : 1;
  std::ofstream out(argv[2], std::ios::binary);
  out.write(bytes->data(), static_cast<std::streamsize>(bytes->size()));
  return out.flush() ? 0 : 1;
}
