// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_files.h"

#include "feedgen/feed/html_text.h"

namespace zoo::feed {

using catalog::Installer;

FileName file_of(const Installer& installer) {
  const catalog::InstallerFile& file = installer.file;
  if (file.artifact.filled()) return {file_name_of(file.artifact.text), relative_path(file.artifact.text), {}};
  if (file.url.filled()) return {file_name_of(file.url.text), linkable_url(file.url.text), host_of(file.url.text)};
  return {file_name_of(file.relative_url.text), relative_path(file.relative_url.text), {}};
}

void write_file_link(HtmlWriter& writer, const FileName& file) {
  const std::string_view shown = file.text.empty() ? std::string_view(file.href) : file.text;
  if (file.href.empty()) {
    writer.element("span", {{"class", "file"}}, shown);
  } else {
    writer.element("a", {{"class", "file"}, {"href", file.href}, {"rel", "noopener noreferrer"}}, shown);
  }
}

const LocalFile* local_file(const HtmlPage& page, const Installer& installer) {
  const catalog::InstallerFile& file = installer.file;
  const std::string_view key = file.url.filled()            ? file.url.text
                               : file.relative_url.filled() ? file.relative_url.text
                                                            : file.artifact.text;
  const auto found = page.options().files.find(key);
  return found == page.options().files.end() ? nullptr : &found->second;
}

std::string bytes_text(const HtmlPage& page, const Installer& installer) {
  const LocalFile* local = local_file(page, installer);
  if (local != nullptr && local->size != 0) return grouped_digits(local->size) + " bytes";
  const std::uint64_t size = size_of(installer.file.size, page.options().size_unit);
  if (size == 0) return "not measured yet";
  if (page.options().size_unit == 1) return grouped_digits(size) + " bytes";
  return "about " + grouped_digits(size / 1024) + " KiB";
}

FileCell::FileCell(HtmlWriter& writer, std::string_view label)
    : scope_(writer, "td", {{"role", "cell"}, {"data-label", label}}) {
  writer.open("div");
  writer_ = &writer;
}

FileCell::~FileCell() {
  writer_->close();
}

void write_head_row(HtmlWriter& writer, std::initializer_list<std::string_view> names) {
  const HtmlScope head(writer, "thead", {{"role", "rowgroup"}});
  const HtmlScope row(writer, "tr", {{"role", "row"}});
  for (const std::string_view name : names) {
    writer.element("th", {{"role", "columnheader"}, {"scope", "col"}}, name);
  }
}

void write_hash(HtmlWriter& writer, std::string_view name, std::string_view digits) {
  if (digits.empty()) return;
  const HtmlScope line(writer, "p", {{"class", "hash"}});
  writer.element("span", {{"class", "hashname"}}, name).text(" ").element("code", {}, digits);
}

void write_command(HtmlWriter& writer, std::string_view command) {
  writer.open("p", {{"class", "command"}}).element("code", {}, command).close();
}

}  // namespace zoo::feed
