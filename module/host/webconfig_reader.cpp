// SPDX-License-Identifier: Apache-2.0
#include "module/host/webconfig_reader.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "module/host/webconfig_sections.h"
#include "module/host/webconfig_values.h"

namespace zoo::module {
namespace {

OverrideMode read_override(const XmlElement& element, std::string_view attribute) {
  const std::string mode = element.text_of(attribute);
  if (equal_nocase(mode, "Allow")) return OverrideMode::kAllow;
  return equal_nocase(mode, "Deny") ? OverrideMode::kDeny : OverrideMode::kInherit;
}

/// <section> elements of <configSections>, whatever groups they are in: those that we know, by their full path.
void read_section_defaults(const XmlElement& group, const std::string& path, ConfigDocument& document, int depth) {
  constexpr int kDeepest = 8;
  if (depth == kDeepest) return;
  for (const XmlElement& element : group.children()) {
    const std::string name = path + element.text_of("name");
    if (element.name() == "sectionGroup") read_section_defaults(element, name + '/', document, depth + 1);
    if (element.name() != "section") continue;
    for (std::size_t i = 0; i < kConfigSections; ++i) {
      if (name == section_path(static_cast<ConfigSection>(i))) {
        document.section_defaults[i] = read_override(element, "overrideModeDefault");
      }
    }
  }
}

/// '/' between names, none at the ends; "." is the folder itself.
std::string normal_location(std::string_view path) {
  std::string out(trim(path));
  std::replace(out.begin(), out.end(), '\\', '/');
  while (out.starts_with("./")) out.erase(0, 2);
  while (out.starts_with('/')) out.erase(0, 1);
  while (out.ends_with('/')) out.pop_back();
  return out == "." ? std::string() : out;
}

void read_location(const XmlElement& element, ConfigDocument& document, ConfigProblems& problems) {
  ConfigBlock block;
  block.path = normal_location(element.attribute("path").value_or(std::string_view()));
  block.inherit_in_child_applications = read_bool(element, "inheritInChildApplications", problems).value_or(true);
  block.override_mode = read_override(element, "overrideMode");
  if (const auto allow = read_bool(element, "allowOverride", problems)) {
    block.override_mode = *allow ? OverrideMode::kAllow : OverrideMode::kDeny;
  }
  read_sections(element, block.edits, problems);
  document.blocks.push_back(std::move(block));
}

void read_document(const XmlElement& root, ConfigFileKind kind, ConfigDocument& document, ConfigProblems& problems) {
  ConfigBlock block;
  read_sections(root, block.edits, problems);
  document.blocks.push_back(std::move(block));
  for (const XmlElement& element : root.children()) {
    if (element.name() == "location") read_location(element, document, problems);
    if (kind != ConfigFileKind::kHost) continue;
    if (element.name() == "configSections") read_section_defaults(element, {}, document, 0);
    if (element.name() == "system.applicationHost") read_topology(element, document.topology, problems);
  }
}

/// At most `most` bytes of a file.
bool read_file(const std::filesystem::path& path, std::size_t most, std::string& text) {
  if (std::error_code error; !std::filesystem::is_regular_file(path, error)) return false;
  std::ifstream file(path, std::ios::binary);
  std::array<char, 65536> part;
  while (file && text.size() < most) {
    file.read(part.data(), static_cast<std::streamsize>(std::min(part.size(), most - text.size())));
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  }
  return file.eof() || text.size() == most;
}

/// What was reported last is wrong with the document as a whole.
void add_fault(ConfigDocument& document, const ConfigProblems& problems) {
  document.faults.push_back(problems.items().empty() ? document.file + " cannot be read"
                                                     : to_text(problems.items().back()));
}

}  // namespace

ConfigDocument read_config(std::string file, std::string_view text, ConfigFileKind kind, ConfigProblems& problems) {
  ConfigDocument document;
  document.file = file;
  const std::unique_ptr<XmlText> xml = XmlText::parse(std::move(file), text, problems);
  if (xml == nullptr) {
    add_fault(document, problems);
    return document;
  }
  const std::optional<XmlElement> root = xml->root();
  if (!root || root->name() != "configuration") {
    problems.error("ZC0108", "the file has no <configuration>",
                   root ? root->place() : ConfigPlace{document.file, 1, 1});
    add_fault(document, problems);
    return document;
  }
  read_document(*root, kind, document, problems);
  return document;
}

std::optional<ConfigDocument> load_config(const std::filesystem::path& path, ConfigFileKind kind,
                                          ConfigProblems& problems) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return std::nullopt;
  const std::u8string shown = path.u8string();
  std::string name(shown.begin(), shown.end());
  const std::size_t most = kind == ConfigFileKind::kHost ? kMaxHostConfig : kMaxWebConfig;
  std::string text;
  const bool is_read = !error && read_file(path, most + 1, text);
  if (is_read && text.size() <= most) return read_config(std::move(name), text, kind, problems);
  ConfigDocument document;
  document.file = name;
  problems.error("ZC0109",
                 is_read ? "the file is larger than " + std::to_string(most) + " bytes" : "the file cannot be read",
                 {std::move(name), 0, 0});
  add_fault(document, problems);
  return document;
}

}  // namespace zoo::module
