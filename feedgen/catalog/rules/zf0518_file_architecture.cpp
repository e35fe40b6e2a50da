// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "feedgen/catalog/rules/lookup.h"
#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0518 {

bool has_word(std::string_view text, std::string_view word) {
  const auto is_inside = [&](std::size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if ((at == 0 || !is_inside(at - 1)) && !is_inside(at + word.size())) return true;
  }
  return false;
}

template <std::size_t N>
bool has_any_word(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return has_word(text, word); });
}

/// True for "node-v22.1.0-x64.msi", false for a name of both architectures or of none.
bool names_x64_alone(std::string_view file_name) {
  std::string name = folded(file_name);
  constexpr std::string_view kUnix = "x86_64";
  for (std::size_t at = name.find(kUnix); at != std::string::npos; at = name.find(kUnix))
    name.replace(at, kUnix.size(), "amd64");
  constexpr std::array<std::string_view, 4> kX64 = {"x64", "amd64", "win64", "64bit"};
  constexpr std::array<std::string_view, 8> kOthers = {"x86",   "x32",  "i386", "win32",
                                                       "32bit", "ia32", "any",  "neutral"};
  return has_any_word(name, kX64) && !has_any_word(name, kOthers);
}

bool is_program(std::string_view url) {
  const std::string extension = extension_of(url);
  return extension == ".msi" || extension == ".exe" || extension == ".msu";
}

int number_of(const Field& field) {
  return static_cast<int>(to_int32(field.text).value_or(0));
}

/// Servers since 2008 R2 (6.1) are 64-bit alone.
bool is_64_bit_alone(const Os& os) {
  const bool server = !os.types.empty() && std::all_of(os.types.begin(), os.types.end(), [](const Field& type) {
    return type.text == "Server" || type.text == "ServerCore";
  });
  const int major = number_of(os.minimum.major);
  return server && (major > 6 || (major == 6 && number_of(os.minimum.minor) >= 1));
}

bool is_for_64_bit_windows_alone(const Lookup& lookup, const Installer& installer) {
  const OsList* list = lookup.os_list_of(installer);
  if (list == nullptr || list->items.empty()) return false;
  return std::all_of(list->items.begin(), list->items.end(), [&](const Os& item) {
    const Os* os = lookup.resolved(item);
    return os == nullptr || is_64_bit_alone(*os);
  });
}

void check_installer(const RuleContext& context, const Product& product, const Installer& installer,
                     const Report& report) {
  if (installer.architectures.present() && !installer.architectures.has("x86")) return;
  const Field& address = installer.file.url.filled() ? installer.file.url : installer.file.relative_url;
  if (!is_program(address.text) || !names_x64_alone(file_name_of(address.text))) return;
  if (is_for_64_bit_windows_alone(*context.lookup, installer)) return;
  report(address.pos,
         fmt::format("{} by its name is for 64-bit Windows, and is offered on 32-bit Windows too",
                     quoted(file_name_of(address.text))),
         product.id.text);
}

}  // namespace zf0518

const Rule kZf0518 = {
    .info = {"ZF0518", Severity::kWarning, Effect::kFails, "a file for 64-bit Windows is offered there alone",
             "add <architectures><x64/></architectures>: without it the client runs the file on 32-bit Windows too",
             "webpi-feed 4 [C]"},
    .installer = zf0518::check_installer};

}  // namespace zoo::catalog::rules
