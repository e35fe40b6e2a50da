// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/xml.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace iishost {
namespace {

constexpr int kDeepest = 64;

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  std::unique_ptr<XmlElement> parse() {
    if (!skip_misc()) return nullptr;
    std::unique_ptr<XmlElement> root = element(0);
    return root != nullptr && skip_misc() && rest_.empty() ? std::move(root) : nullptr;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }

  bool skip_to(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + end.size());
    return true;
  }

  /// Blanks, comments, declarations.
  bool skip_misc() {
    while (true) {
      skip_blanks();
      if (rest_.starts_with("<!--")) {
        if (!skip_to("-->")) return false;
      } else if (rest_.starts_with("<?")) {
        if (!skip_to("?>")) return false;
      } else {
        return true;
      }
    }
  }

  bool take(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  std::string name() {
    const std::size_t size = rest_.find_first_of(" \t\r\n/>=<\"");
    std::string found(rest_.substr(0, size));
    rest_.remove_prefix(found.size());
    return found;
  }

  static void append_entity(std::string& out, std::string_view entity) {
    if (entity == "lt") out += '<';
    if (entity == "gt") out += '>';
    if (entity == "amp") out += '&';
    if (entity == "quot") out += '"';
    if (entity == "apos") out += '\'';
    if (entity == "#xA" || entity == "#10") out += '\n';
  }

  std::optional<std::string> value() {
    skip_blanks();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '"' && quote != '\'') return std::nullopt;
    rest_.remove_prefix(1);
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view raw = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    std::string out;
    while (!raw.empty()) {
      const std::size_t semicolon = raw.front() == '&' ? raw.find(';') : std::string_view::npos;
      if (raw.front() == '<' || (raw.front() == '&' && semicolon == std::string_view::npos)) return std::nullopt;
      if (raw.front() == '&') {
        append_entity(out, raw.substr(1, semicolon - 1));
        raw.remove_prefix(semicolon + 1);
      } else {
        out += raw.front();
        raw.remove_prefix(1);
      }
    }
    return out;
  }

  bool attributes(XmlElement& element) {
    while (true) {
      skip_blanks();
      if (rest_.starts_with(">") || rest_.starts_with("/>")) return true;
      const std::string key = name();
      skip_blanks();
      if (key.empty() || !take("=")) return false;
      std::optional<std::string> text = value();
      if (!text || !element.attributes.emplace(key, *std::move(text)).second) return false;
    }
  }

  std::unique_ptr<XmlElement> element(int depth) {
    if (depth > kDeepest || !take("<")) return nullptr;
    auto made = std::make_unique<XmlElement>();
    made->name = name();
    if (made->name.empty() || !attributes(*made)) return nullptr;
    if (take("/>")) return made;
    take(">");
    while (true) {
      if (!skip_misc()) return nullptr;
      if (take("</")) {
        const std::string end = name();
        skip_blanks();
        return end == made->name && take(">") ? std::move(made) : nullptr;
      }
      if (!rest_.starts_with("<")) {
        if (rest_.find('<') == std::string_view::npos) return nullptr;
        rest_.remove_prefix(rest_.find('<'));
        continue;
      }
      std::unique_ptr<XmlElement> inner = element(depth + 1);
      if (inner == nullptr) return nullptr;
      made->children.push_back(std::move(inner));
    }
  }

  std::string_view rest_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const auto& element : children) {
    if (element->name == wanted) return element.get();
  }
  return nullptr;
}

std::string XmlElement::attribute(const std::string& wanted, const std::string& fallback) const {
  const auto found = attributes.find(wanted);
  return found == attributes.end() ? fallback : found->second;
}

std::unique_ptr<XmlElement> parse_xml(std::string_view text) {
  return Parser(text).parse();
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(std::filesystem::path(std::u8string(path.begin(), path.end())), std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace iishost
