// SPDX-License-Identifier: Apache-2.0
#define PCRE2_CODE_UNIT_WIDTH 8
#include "packager/package/regex.h"

#include <pcre2.h>

#include <array>
#include <utility>

#include "packager/package/names.h"

namespace zoo::package {
namespace {

constexpr std::size_t kMaxExpression = 4096;
constexpr std::uint32_t kMatchLimit = 1000000;  ///< Steps; ours take some hundred.
constexpr std::uint32_t kHeapLimitKib = 20000;

struct MatchFree {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};

const unsigned char* units(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct Regex::State {
  std::unique_ptr<pcre2_code, MatchFree> utf, bytes;  ///< The second for texts that are no UTF-8.

  /// Begin and end of the first match from `from` on.
  std::optional<std::pair<std::size_t, std::size_t>> find(std::string_view text, std::size_t from, bool is_utf) const {
    const pcre2_code* code = is_utf ? utf.get() : bytes.get();
    if (code == nullptr) return std::nullopt;
    const std::unique_ptr<pcre2_match_data, MatchFree> data(pcre2_match_data_create_from_pattern(code, nullptr));
    const std::unique_ptr<pcre2_match_context, MatchFree> context(pcre2_match_context_create(nullptr));
    if (data == nullptr || context == nullptr) return std::nullopt;
    pcre2_set_match_limit(context.get(), kMatchLimit);
    pcre2_set_heap_limit(context.get(), kHeapLimitKib);
    const std::uint32_t options = is_utf ? PCRE2_NO_UTF_CHECK : 0U;
    if (pcre2_match(code, units(text), text.size(), from, options, data.get(), context.get()) < 0) return std::nullopt;
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());
    // \K in a look-around can put the beginning behind the end.
    return std::pair(std::min(ends[0], ends[1]), std::max(ends[0], ends[1]));
  }
};

Regex::Regex(std::unique_ptr<State> state) : state_(std::move(state)) {}
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::optional<Regex> Regex::compile(std::string_view expression, std::string& problem) {
  if (expression.size() > kMaxExpression) {
    problem = "it is too long";
    return std::nullopt;
  }
  auto state = std::make_unique<State>();
  int number = 0;
  PCRE2_SIZE at = 0;
  constexpr std::uint32_t kOptions = PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C;
  state->utf.reset(
      pcre2_compile(units(expression), expression.size(), kOptions | PCRE2_UTF | PCRE2_UCP, &number, &at, nullptr));
  if (state->utf == nullptr) {
    std::array<unsigned char, 256> text{};
    pcre2_get_error_message(number, text.data(), text.size());
    problem = reinterpret_cast<const char*>(text.data());
    return std::nullopt;
  }
  state->bytes.reset(pcre2_compile(units(expression), expression.size(), kOptions, &number, &at, nullptr));
  return Regex(std::move(state));
}

bool Regex::search(std::string_view text) const {
  return state_->find(text, 0, is_utf8(text)).has_value();
}

std::string Regex::replace(std::string_view text, std::string_view value, std::size_t& count) const {
  const bool is_utf = is_utf8(text);
  std::string out;
  std::size_t copied = 0, from = 0;
  count = 0;
  while (from <= text.size()) {
    const auto match = state_->find(text, from, is_utf);
    if (!match || match->second < copied) break;
    ++count;
    out += text.substr(copied, std::max(match->first, copied) - copied);
    out += value;
    copied = match->second;
    from = copied;
    if (match->first != match->second) continue;
    // After an empty match the search goes on one character later.
    ++from;
    while (is_utf && from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) ++from;
  }
  out += text.substr(copied);
  return out;
}

}  // namespace zoo::package
