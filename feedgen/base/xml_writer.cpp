// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/xml_writer.h"

#include <array>

namespace zoo {
namespace {

enum class Escape : unsigned char { kNone, kAmp, kLess, kGreater, kQuote, kTab, kNewline, kReturn, kControl };

constexpr std::array<Escape, 256> make_table(bool attribute) {
  std::array<Escape, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = Escape::kControl;
  table['\t'] = attribute ? Escape::kTab : Escape::kNone;
  table['\n'] = attribute ? Escape::kNewline : Escape::kNone;
  table['\r'] = Escape::kReturn;  // a parser would turn it into a line feed
  table['&'] = Escape::kAmp;
  table['<'] = Escape::kLess;
  table['>'] = Escape::kGreater;
  if (attribute) table['"'] = Escape::kQuote;
  return table;
}

constexpr auto kTextTable = make_table(false);
constexpr auto kAttributeTable = make_table(true);
constexpr std::array<std::string_view, 9> kReplacements = {"",     "&amp;", "&lt;",  "&gt;",        "&quot;",
                                                           "&#9;", "&#10;", "&#13;", "\xEF\xBF\xBD"};

}  // namespace

void append_escaped(std::string& out, std::string_view text, bool attribute) {
  const auto& table = attribute ? kAttributeTable : kTextTable;
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Escape escape = table[static_cast<unsigned char>(text[i])];
    if (escape == Escape::kNone) continue;
    out.append(text, done, i - done);
    out += kReplacements[static_cast<std::size_t>(escape)];
    done = i + 1;
  }
  out.append(text, done, text.size() - done);
}

void XmlWriter::indent() {
  out_.append(open_.size() * 2, ' ');
}

void XmlWriter::start(std::string_view name, Attributes attributes) {
  indent();
  out_ += '<';
  out_ += name;
  for (const auto& [key, value] : attributes) {
    if (value.data() == nullptr) continue;
    out_ += ' ';
    out_ += key;
    out_ += "=\"";
    append_escaped(out_, value, true);
    out_ += '"';
  }
}

void XmlWriter::open(std::string_view name, Attributes attributes) {
  start(name, attributes);
  out_ += ">\n";
  open_.push_back(name);
}

void XmlWriter::close() {
  const std::string_view name = open_.back();
  open_.pop_back();
  indent();
  out_ += "</";
  out_ += name;
  out_ += ">\n";
}

void XmlWriter::element(std::string_view name, std::string_view text, Attributes attributes) {
  start(name, attributes);
  if (text.empty()) {
    out_ += "/>\n";
    return;
  }
  out_ += '>';
  append_escaped(out_, text, false);
  out_ += "</";
  out_ += name;
  out_ += ">\n";
}

}  // namespace zoo
