// SPDX-License-Identifier: Apache-2.0
#include "module/setup/file_system.h"
#include "module/setup/host_config.h"

namespace zoo::setup {
namespace {

constexpr std::string_view kNewSuffix = ".zoosetup-new";

SetupResult<void> check_unchanged(FileSystem& files, const std::string& path, const std::string& before) {
  const SetupResult<std::string> now = files.read(path);
  if (!now) return tl::unexpected(now.error());
  if (*now == before) return {};
  return fail(SetupExit::kIo, path + " was changed by another program while it was edited; nothing was written");
}

}  // namespace

std::string find_file(FileSystem& files, const std::string& folder, std::string_view name) {
  for (const std::string& found : files.names_in(folder)) {
    if (equal_nocase(found, name)) return join(folder, found);
  }
  return {};
}

SetupResult<void> update_file(FileSystem& files, const std::string& path, const std::string& before,
                              const std::string& after) {
  const bool present = files.exists(path);
  const std::string fresh = path + std::string(kNewSuffix);
  // A run that was ended in the middle leaves this behind; nobody else uses the name, and we hold the lock.
  if (files.exists(fresh)) {
    if (SetupResult<void> done = files.remove(fresh); !done) return done;
  }
  SetupResult<void> done = files.create(fresh, after, present ? path : std::string());
  if (done && present) done = check_unchanged(files, path, before);
  if (done) done = files.replace(fresh, path);
  if (!done) static_cast<void>(files.remove(fresh));
  return done;
}

}  // namespace zoo::setup
