// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "module/core/config_edits.h"

/// Reads applicationHost.config and web.config files as IIS does, as far as the module and zoohost need them.
/// docs/formats/zoo-config.md describes what is read.
namespace zoo::module {

enum class ConfigFileKind { kHost, kWeb };

/// Files above this size are refused (IIS refuses a web.config of more than 250 KB).
constexpr std::size_t kMaxWebConfig = std::size_t{1024} * 1024;
constexpr std::size_t kMaxHostConfig = std::size_t{64} * 1024 * 1024;

/// `file` is what problems show; `text` is UTF-8, or UTF-16 with a byte order mark. All problems are reported; a text
/// that cannot be used at all gives a document with faults. Any bytes are safe. Thread-safe.
ConfigDocument read_config(std::string file, std::string_view text, ConfigFileKind kind, ConfigProblems& problems);

/// Reads the file if there is one. One that cannot be read gives a document with faults.
std::optional<ConfigDocument> load_config(const std::filesystem::path& path, ConfigFileKind kind,
                                          ConfigProblems& problems);

}  // namespace zoo::module
