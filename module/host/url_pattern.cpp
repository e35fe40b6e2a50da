// SPDX-License-Identifier: Apache-2.0
#include "module/host/url_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace zoo::module {
namespace {

// What one match may cost: a pattern of a few nested stars would take for ever on a path made for it.
constexpr std::uint32_t kMatchLimit = 200'000;
constexpr std::uint32_t kHeapLimitKib = 4096;

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

bool is_special(char c) {
  return std::string_view("\\^$.|?*+()[]{}-/#").find(c) != std::string_view::npos;
}

/// The regular expression that means the same. '?' is one character and no capture.
std::string from_wildcards(std::string_view pattern, bool exact) {
  std::string out = "^";
  for (const char c : pattern) {
    if (c == '*' && !exact) {
      out += "(.*)";
    } else if (c == '?' && !exact) {
      out += '.';
    } else {
      if (is_special(c)) out += '\\';
      out += c;
    }
  }
  return out += '$';
}

std::string error_text(int number) {
  std::array<PCRE2_UCHAR, 200> text{};
  pcre2_get_error_message(number, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

struct UrlPattern::Code {
  std::unique_ptr<pcre2_code, Free> regex;
};

UrlPattern::UrlPattern(RewriteRule::Syntax syntax, std::string_view pattern, bool ignore_case)
    : code_(std::make_unique<Code>()) {
  const bool expression = syntax == RewriteRule::Syntax::kEcmaScript;
  const std::string text =
      expression ? std::string(pattern) : from_wildcards(pattern, syntax == RewriteRule::Syntax::kExactMatch);
  std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
                          PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF;
  if (ignore_case) options |= PCRE2_CASELESS;
  if (!expression) options |= PCRE2_DOTALL;
  int error = 0;
  std::size_t at = 0;
  code_->regex.reset(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options, &error, &at, nullptr));
  if (code_->regex == nullptr) {
    fault_ = "\"" + std::string(pattern) + "\" is no regular expression: " + error_text(error) + " at character " +
             std::to_string(at);
  }
}

UrlPattern::~UrlPattern() = default;
UrlPattern::UrlPattern(UrlPattern&& other) noexcept = default;
UrlPattern& UrlPattern::operator=(UrlPattern&& other) noexcept = default;

UrlPattern::Verdict UrlPattern::match(std::string_view text, std::vector<std::string>& captures) const {
  if (code_->regex == nullptr) return Verdict::kNo;
  const std::unique_ptr<pcre2_match_data, Free> data(pcre2_match_data_create_from_pattern(code_->regex.get(), nullptr));
  const std::unique_ptr<pcre2_match_context, Free> context(pcre2_match_context_create(nullptr));
  if (data == nullptr || context == nullptr) return Verdict::kTooHard;
  pcre2_set_match_limit(context.get(), kMatchLimit);
  pcre2_set_heap_limit(context.get(), kHeapLimitKib);
  const int found = pcre2_match(code_->regex.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                                data.get(), context.get());
  if (found == PCRE2_ERROR_NOMATCH) return Verdict::kNo;
  if (found < 0) return Verdict::kTooHard;
  captures.clear();
  const PCRE2_SIZE* const places = pcre2_get_ovector_pointer(data.get());
  const std::size_t count = pcre2_get_ovector_count(data.get());
  for (std::size_t i = 0; i < count; ++i) {
    const PCRE2_SIZE begin = places[2 * i];
    const PCRE2_SIZE end = places[2 * i + 1];
    const bool took_part = begin != PCRE2_UNSET && end >= begin;
    captures.emplace_back(took_part ? text.substr(begin, end - begin) : std::string_view());
  }
  return Verdict::kYes;
}

}  // namespace zoo::module
