// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "feedgen/catalog/product.h"
#include "feedgen/feed/html_page.h"
#include "feedgen/feed/html_writer.h"

/// What the page says about files: names, sizes, hashes, in tables that narrow screens show as lists.
namespace zoo::feed {

struct FileName {
  std::string_view text;
  std::string href;       ///< "" when it may not be linked.
  std::string_view host;  ///< "" for a file beside the page.
};
FileName file_of(const catalog::Installer& installer);
void write_file_link(HtmlWriter& writer, const FileName& file);

/// What HtmlOptions::files tells of the installer's file, or null.
const LocalFile* local_file(const HtmlPage& page, const catalog::Installer& installer);

/// "183,412 bytes", "about 28,134 KiB" where only the feed's size is known, "not measured yet".
std::string bytes_text(const HtmlPage& page, const catalog::Installer& installer);

/// A cell of a table of files; the label is repeated on narrow screens, where the head row is not shown.
class FileCell {
 public:
  FileCell(HtmlWriter& writer, std::string_view label);
  ~FileCell();
  FileCell(const FileCell&) = delete;
  FileCell& operator=(const FileCell&) = delete;

 private:
  HtmlScope scope_;
  HtmlWriter* writer_ = nullptr;
};

void write_head_row(HtmlWriter& writer, std::initializer_list<std::string_view> names);
/// Nothing for a hash without digits.
void write_hash(HtmlWriter& writer, std::string_view name, std::string_view digits);
/// A command line, as it is typed.
void write_command(HtmlWriter& writer, std::string_view command);

}  // namespace zoo::feed
