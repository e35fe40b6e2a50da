// SPDX-License-Identifier: Apache-2.0
#include "module/setup/schema_files.h"

#include "module/setup/host_config.h"

namespace zoo::setup {
namespace {

// IIS's own are below 100 KB.
constexpr std::size_t kLargestSchema = 1U << 20U;

bool declares_our_sections(const std::string& text) {
  return text.find("sectionSchema") != std::string::npos &&
         text.find("system.webServer/heliconZoo") != std::string::npos;
}

}  // namespace

SchemaState schema_state(FileSystem& files, const std::string& folder) {
  const std::string file = find_file(files, folder, kSchemaName);
  if (file.empty()) return SchemaState::kMissing;
  const SetupResult<std::string> text = files.read(file);
  return text && *text == schema_text() ? SchemaState::kCurrent : SchemaState::kOutdated;
}

std::optional<std::string> conflicting_schema(FileSystem& files, const std::string& folder) {
  for (const std::string& name : files.names_in(folder)) {
    if (!name.ends_with(".xml") || equal_nocase(name, kSchemaName)) continue;
    const SetupResult<std::string> text = files.read(join(folder, name));
    if (text && text->size() <= kLargestSchema && declares_our_sections(*text)) return join(folder, name);
  }
  return std::nullopt;
}

SetupResult<void> write_schema(FileSystem& files, const std::string& folder) {
  if (schema_state(files, folder) == SchemaState::kCurrent) return {};
  if (!files.exists(folder)) {
    if (SetupResult<void> done = files.make_folder(folder); !done) return done;
  }
  std::string file = find_file(files, folder, kSchemaName);
  std::string before;
  if (file.empty()) {
    file = join(folder, kSchemaName);
  } else {
    const SetupResult<std::string> old = files.read(file);
    if (!old) return tl::unexpected(old.error());
    before = *old;
  }
  return update_file(files, file, before, std::string(schema_text()));
}

SetupResult<void> remove_schema(FileSystem& files, const std::string& folder) {
  const std::string file = find_file(files, folder, kSchemaName);
  return file.empty() ? SetupResult<void>() : files.remove(file);
}

}  // namespace zoo::setup
