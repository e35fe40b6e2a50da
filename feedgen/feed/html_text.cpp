// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace zoo::feed {
namespace {

using catalog::Catalog;
using catalog::Command;
using catalog::Field;
using catalog::Installer;
using catalog::Os;
using catalog::OsList;
using catalog::OsVersion;
using catalog::same_id;

struct WindowsName {
  std::string_view number, client, server;
};
/// Version numbers as Windows reports them (learn.microsoft.com, "Operating System Version").
constexpr std::array<WindowsName, 7> kWindows = {{{"5.1", "Windows XP", "Windows XP"},
                                                  {"5.2", "Windows XP x64", "Windows Server 2003"},
                                                  {"6.0", "Windows Vista", "Windows Server 2008"},
                                                  {"6.1", "Windows 7", "Windows Server 2008 R2"},
                                                  {"6.2", "Windows 8", "Windows Server 2012"},
                                                  {"6.3", "Windows 8.1", "Windows Server 2012 R2"},
                                                  {"10.0", "Windows 10", "Windows Server 2016"}}};

enum class Edition { kBoth, kClient, kServer };

bool contains_folded(std::string_view text, std::string_view part) {
  return catalog::folded(text).find(catalog::folded(part)) != std::string::npos;
}

bool ends_with_folded(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && same_id(text.substr(text.size() - end.size()), end);
}

Edition edition_of(const Os& os) {
  if (os.types.empty()) return Edition::kBoth;
  const auto is_server = [](const Field& type) {
    return same_id(type.text, "Server") || same_id(type.text, "ServerCore");
  };
  if (std::all_of(os.types.begin(), os.types.end(), is_server)) return Edition::kServer;
  return std::none_of(os.types.begin(), os.types.end(), is_server) ? Edition::kClient : Edition::kBoth;
}

std::string version_number(const OsVersion& version) {
  std::string out(catalog::trimmed(version.major.text));
  out += '.';
  out += version.minor.filled() ? catalog::trimmed(version.minor.text) : "0";
  return out;
}

std::string windows_name(const OsVersion& version, Edition edition) {
  const std::string number = version_number(version);
  const auto* found =
      std::find_if(kWindows.begin(), kWindows.end(), [&](const WindowsName& w) { return w.number == number; });
  std::string out;
  if (found == kWindows.end()) {
    out = "Windows " + number;
  } else if (edition == Edition::kServer) {
    out = found->server;
  } else if (edition == Edition::kClient || found->client == found->server) {
    out = found->client;
  } else {
    out = std::string(found->client) + " / " + std::string(found->server.substr(sizeof("Windows ") - 1));
  }
  const std::string_view pack = catalog::trimmed(version.sp_major.text);
  if (!pack.empty() && pack != "0") out += " SP" + std::string(pack);
  return out;
}

std::string os_range(const Os& os) {
  const Edition edition = edition_of(os);
  const bool low = os.minimum.present() && os.minimum.major.filled();
  const bool high = os.maximum.present() && os.maximum.major.filled();
  if (!low && !high) {
    if (edition == Edition::kBoth) return "All versions";
    return edition == Edition::kServer ? "Windows Server" : "Windows for clients";
  }
  if (!high) return windows_name(os.minimum, edition) + " or later";
  if (!low) return "up to " + windows_name(os.maximum, edition);
  const std::string from = windows_name(os.minimum, edition);
  const std::string to = windows_name(os.maximum, edition);
  return from == to ? from : from + " to " + to;
}

template <typename T>
const T* shared_value(const std::vector<catalog::Shared<T>>& shared, std::string_view id) {
  const auto found = std::find_if(shared.begin(), shared.end(), [&](const auto& s) { return same_id(s.id.text, id); });
  return found == shared.end() ? nullptr : &found->value;
}

void add_distinct(std::vector<std::string>& texts, std::string text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : "; ") + text;
  return out;
}

bool is_kind(const Command& command, std::string_view manifest_name, std::string_view feed_name) {
  return same_id(command.kind.text, manifest_name) || same_id(command.kind.text, feed_name);
}

/// Some commands fetch a package by themselves: the tool they call tells which kind.
std::string_view tool_kind(std::string_view line) {
  if (contains_folded(line, "pip install")) return "Python package";
  if (contains_folded(line, "gem install")) return "Ruby gem";
  if (contains_folded(line, "cpanm")) return "Perl distribution";
  if (contains_folded(line, "dism") && contains_folded(line, "/enable-feature")) return "Windows features";
  return {};
}

std::string_view file_kind(std::string_view name) {
  if (ends_with_folded(name, ".msi")) return "Windows Installer package";
  if (ends_with_folded(name, ".exe")) return "Installer program";
  if (ends_with_folded(name, ".msu")) return "Windows update";
  if (ends_with_folded(name, ".zip")) return "Zip archive";
  return "File";
}

std::string_view command_kind(const Installer& installer) {
  const Command& first = installer.commands.front();
  if (is_kind(first, "msi", "msiInstall")) return "Windows Installer package";
  if (is_kind(first, "msu", "msuInstall")) return "Windows update";
  if (is_kind(first, "unzip", "unzip")) return "Zip archive";
  const std::string_view tool = tool_kind(command_text(first));
  if (!tool.empty()) return tool;
  const catalog::InstallerFile& file = installer.file;
  if (!file.present()) return "Command";
  return file_kind(file_name_of(file.url.filled() ? file.url.text : file.artifact.text));
}

bool is_spdx_operator(std::string_view word) {
  return word == "AND" || word == "OR" || word == "WITH";
}

bool is_spdx_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
}

}  // namespace

std::string grouped_digits(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes == 0) return {};
  constexpr std::array<std::string_view, 3> kUnits = {" kB", " MB", " GB"};
  std::uint64_t unit = 1000;
  std::size_t name = 0;
  while (name + 1 < kUnits.size() && bytes >= unit * 1000) {
    unit *= 1000;
    ++name;
  }
  const std::uint64_t tenths = bytes / (unit / 10) + (bytes % (unit / 10) * 2 >= unit / 10 ? 1U : 0U);
  return grouped_digits(tenths / 10) + '.' + std::to_string(tenths % 10) + std::string(kUnits.at(name));
}

std::uint64_t size_of(const Field& size, std::uint64_t unit) {
  const std::string_view text = catalog::trimmed(size.text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return 0;
  return value > UINT64_MAX / std::max<std::uint64_t>(unit, 1) ? 0 : value * unit;
}

std::string_view host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || !same_id(url.substr(0, 4), "http")) return {};
  const std::string_view rest = url.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::size_t user = authority.rfind('@');
  return user == std::string_view::npos ? authority : authority.substr(user + 1);
}

std::string_view file_name_of(std::string_view url) {
  const std::string_view path = url.substr(0, url.find_first_of("?#"));
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string architecture_text(const catalog::Architectures& architectures) {
  const bool x64 = architectures.has("x64");
  const bool x86 = architectures.has("x86");
  if (x64 == x86) return "64-bit and 32-bit";
  return x64 ? "64-bit" : "32-bit";
}

std::string architecture_text(const catalog::Product& product) {
  bool x64 = false;
  bool x86 = false;
  for (const Installer& installer : product.installers) {
    const std::string text = architecture_text(installer.architectures);
    x64 = x64 || text != "32-bit";
    x86 = x86 || text != "64-bit";
  }
  if (x64 && x86) return "64-bit and 32-bit";
  if (x64) return "64-bit Windows only";
  return x86 ? "32-bit Windows only" : "";
}

std::string os_text(const OsList& list, const Catalog& catalog) {
  const OsList* used = list.reference.filled() ? shared_value(catalog.os_lists, list.reference.text) : &list;
  std::vector<std::string> texts;
  if (used != nullptr) {
    for (const Os& os : used->items) {
      const Os* item = os.reference.filled() ? shared_value(catalog.oses, os.reference.text) : &os;
      if (item != nullptr) add_distinct(texts, os_range(*item));
    }
  }
  return texts.empty() ? "All versions" : joined(texts);
}

std::string os_text(const catalog::Product& product, const Catalog& catalog) {
  std::vector<std::string> texts;
  for (const Installer& installer : product.installers) {
    const bool own = installer.os.present() || !product.has_defaults;
    add_distinct(texts, os_text(own ? installer.os : product.defaults.os, catalog));
  }
  return joined(texts);
}

std::string installer_kind(const Installer& installer) {
  if (installer.ms_deploy.present()) return "Web Deploy package";
  if (installer.iis.present()) return "Windows feature";
  return std::string(installer.commands.empty() ? "File" : command_kind(installer));
}

std::string command_text(const Command& command) {
  const auto with = [](std::string_view program, std::string_view arguments) {
    std::string out(program);
    if (!arguments.empty()) out += ' ';
    return out += arguments;
  };
  if (is_kind(command, "msi", "msiInstall"))
    return with("msiexec /i " + std::string(command.package.text), command.properties.text);
  if (is_kind(command, "msu", "msuInstall")) return with("wusa", command.package.text);
  if (is_kind(command, "unzip", "unzip")) {
    return "unzip " + std::string(command.package.text) + " to " + std::string(command.target_directory.text);
  }
  return with(command.exe.text, command.arguments.text);
}

std::vector<SpdxPiece> spdx_pieces(std::string_view expression) {
  std::vector<SpdxPiece> pieces;
  for (std::size_t at = 0; at < expression.size();) {
    const bool word = is_spdx_character(expression[at]);
    std::size_t end = at;
    while (end < expression.size() && is_spdx_character(expression[end]) == word) ++end;
    const std::string_view text = expression.substr(at, end - at);
    const bool own = text.substr(0, 11) == "LicenseRef-" || text.substr(0, 12) == "DocumentRef-";
    pieces.push_back({text, word && !is_spdx_operator(text) && !own ? text : std::string_view()});
    at = end;
  }
  return pieces;
}

std::string_view iso_day(std::string_view date) {
  const std::string_view day = catalog::trimmed(date).substr(0, 10);
  constexpr std::string_view kForm = "0000-00-00";
  if (day.size() != kForm.size()) return {};
  for (std::size_t i = 0; i < day.size(); ++i) {
    const bool digit = day[i] >= '0' && day[i] <= '9';
    if (kForm[i] == '0' ? !digit : day[i] != '-') return {};
  }
  return day;
}

std::string count_text(std::size_t count, std::string_view noun) {
  return grouped_digits(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace zoo::feed
