// SPDX-License-Identifier: Apache-2.0
#include "module/host/url_rewrite.h"

#include <algorithm>
#include <utility>

#include "module/core/config_text.h"
#include "module/core/header_field.h"
#include "module/host/http_request.h"
#include "module/host/rewrite_text.h"
#include "module/host/site_map.h"

namespace zoo::module {
namespace {

using Action = RewriteRule::Action;
using Condition = RewriteRule::Condition;
using Verdict = UrlPattern::Verdict;

bool is_absolute_address(std::string_view url) {
  return starts_with_nocase(url, "http://") || starts_with_nocase(url, "https://");
}

std::string joined_query(std::string_view first, std::string_view second) {
  std::string out(first);
  if (!first.empty() && !second.empty()) out += '&';
  return out.append(second);
}

}  // namespace

/// One pass of the rules over one request.
class RuleRun final : public RewriteReferences {
 public:
  RuleRun(const UrlRewriter& rewriter, std::string_view path, std::string_view query, const RewriteFacts& facts)
      : rewriter_(rewriter), facts_(facts) {
    result_.path = path;
    result_.query = query;
  }

  RewriteResult run() {
    for (const UrlRewriter::Rule& rule : rewriter_.rules_) {
      if (!rule.rule.enabled || !lies_in(result_.path, rule.rule.folder) || !matches(rule)) continue;
      if (!too_hard_) perform(rule.rule);
      if (too_hard_) give_up(rule.rule);
      if (ended_ || rule.rule.stop_processing) break;
    }
    return std::move(result_);
  }

  std::string capture(char kind, std::size_t number) const override {
    const std::vector<std::string>& list = kind == 'R' ? rule_captures_ : condition_captures_;
    if (number >= list.size()) return {};
    // What comes from the decoded path must not become another part of an address.
    return kind == 'R' && encoding_ ? encode_url_path(list[number]) : list[number];
  }

  std::string variable(std::string_view name) const override {
    if (equal_nocase(name, "URL") || equal_nocase(name, "PATH_INFO") || equal_nocase(name, "SCRIPT_NAME")) {
      return result_.path;
    }
    if (equal_nocase(name, "QUERY_STRING")) return result_.query;
    if (equal_nocase(name, "REQUEST_URI")) {
      return result_.query.empty() ? result_.path : result_.path + "?" + result_.query;
    }
    for (const std::string_view file : {"REQUEST_FILENAME", "SCRIPT_FILENAME", "PATH_TRANSLATED"}) {
      if (equal_nocase(name, file)) return facts_.physical_path(result_.path);
    }
    return facts_.variable(name);
  }

  std::string mapped(std::string_view name, std::string_view key) const override {
    for (const RewriteMap& map : rewriter_.maps_) {
      if (!equal_nocase(map.name, name)) continue;
      for (const auto& [from, to] : map.entries) {
        if (map.ignore_case ? equal_nocase(from, key) : from == key) return to;
      }
      return map.default_value;
    }
    return {};
  }

 private:
  bool matches(const UrlRewriter::Rule& rule) {
    std::string_view below = std::string_view(result_.path).substr(rule.rule.folder.size());
    if (below.starts_with('/')) below.remove_prefix(1);
    rule_captures_.clear();
    condition_captures_.clear();
    const Verdict verdict = rule.pattern.match(below, rule_captures_);
    if (verdict == Verdict::kTooHard) too_hard_ = true;
    if (too_hard_) return true;
    return (verdict == Verdict::kYes) != rule.rule.negate && holds(rule);
  }

  bool holds(const UrlRewriter::Rule& rule) {
    const RewriteRule& written = rule.rule;
    for (std::size_t i = 0; i < written.conditions.size(); ++i) {
      const bool one = holds(written, written.conditions[i], rule.conditions[i]) != written.conditions[i].negate;
      if (too_hard_) return true;
      if (one == written.any_condition) return one;
    }
    return written.conditions.empty() || !written.any_condition;
  }

  bool holds(const RewriteRule& rule, const Condition& condition, const UrlPattern& pattern) {
    std::string input = expand_rewrite_text(condition.input, *this);
    if (condition.kind != Condition::Kind::kPattern) {
      if (condition.input.empty()) input = facts_.physical_path(result_.path);
      std::replace(input.begin(), input.end(), '\\', '/');
      const ResourceKind kind = facts_.kind_of(input);
      return kind == (condition.kind == Condition::Kind::kIsFile ? ResourceKind::kFile : ResourceKind::kDirectory);
    }
    std::vector<std::string> captures;
    const Verdict verdict = pattern.match(input, captures);
    too_hard_ = verdict == Verdict::kTooHard;
    if (verdict == Verdict::kYes && !condition.negate) keep(rule, std::move(captures));
    return verdict == Verdict::kYes;
  }

  /// {C:0} is what the first condition found if all are tracked, otherwise what the last one has.
  void keep(const RewriteRule& rule, std::vector<std::string> captures) {
    if (!rule.track_all_captures || condition_captures_.empty()) {
      condition_captures_ = std::move(captures);
    } else {
      condition_captures_.insert(condition_captures_.end(), captures.begin() + 1, captures.end());
    }
  }

  std::string expanded_url(const RewriteRule& rule) {
    encoding_ = true;
    std::string url = expand_rewrite_text(rule.action.url, *this);
    encoding_ = false;
    if (!url.starts_with('/') && !is_absolute_address(url)) url.insert(0, rule.folder + "/");
    return url;
  }

  void perform(const RewriteRule& rule) {
    switch (rule.action.kind) {
      case Action::Kind::kNone:
        break;
      case Action::Kind::kRewrite:
        rewrite(rule);
        break;
      case Action::Kind::kRedirect:
        redirect(rule);
        break;
      case Action::Kind::kCustomResponse:
        answer(rule.action.status, std::to_string(rule.action.status) + "." + std::to_string(rule.action.sub_status) +
                                       ": " + expand_rewrite_text(rule.action.reason, *this));
        break;
      case Action::Kind::kAbortRequest:
        end(RewriteResult::Kind::kAbort);
        break;
    }
  }

  void rewrite(const RewriteRule& rule) {
    const std::string url = expanded_url(rule);
    if (is_absolute_address(url)) {
      answer(404,
             "404.4: rule \"" + rule.name + "\" rewrites to another server: that takes Application Request Routing");
      return;
    }
    const std::size_t question = url.find('?');
    std::string path;
    if (!normalize_path(url.substr(0, question), path)) {
      answer(400, "rule \"" + rule.name + "\" makes an address that cannot be understood");
      return;
    }
    const std::string own = question == std::string::npos ? std::string() : url.substr(question + 1);
    result_.query = rule.action.append_query ? joined_query(own, result_.query) : own;
    result_.path = std::move(path);
    result_.kind = RewriteResult::Kind::kRewritten;
  }

  void redirect(const RewriteRule& rule) {
    std::string url = expanded_url(rule);
    if (rule.action.append_query && !result_.query.empty()) {
      url += (url.find('?') == std::string::npos ? '?' : '&') + result_.query;
    }
    result_.location = encode_url(url);
    result_.status = rule.action.status;
    end(RewriteResult::Kind::kRedirect);
  }

  void give_up(const RewriteRule& rule) {
    answer(500, "a pattern of rule \"" + rule.name + "\" takes too long on this request");
  }

  void answer(unsigned status, std::string text) {
    result_.status = status;
    result_.text = std::move(text);
    end(RewriteResult::Kind::kAnswer);
  }

  void end(RewriteResult::Kind kind) {
    result_.kind = kind;
    ended_ = true;
  }

  const UrlRewriter& rewriter_;
  const RewriteFacts& facts_;
  RewriteResult result_;
  std::vector<std::string> rule_captures_;
  std::vector<std::string> condition_captures_;
  bool encoding_ = false;
  bool too_hard_ = false;
  bool ended_ = false;
};

UrlRewriter::UrlRewriter(const std::vector<RewriteRule>& rules, std::vector<RewriteMap> maps) : maps_(std::move(maps)) {
  for (const RewriteRule& rule : rules) {
    std::vector<UrlPattern> conditions;
    for (const Condition& condition : rule.conditions) {
      const bool is_pattern = condition.kind == Condition::Kind::kPattern;
      conditions.emplace_back(rule.syntax, is_pattern ? condition.pattern : std::string(), condition.ignore_case);
    }
    rules_.push_back({rule, UrlPattern(rule.syntax, rule.pattern, rule.ignore_case), std::move(conditions)});
    const auto check = [&](const UrlPattern& pattern) {
      if (!pattern.fault().empty()) faults_.push_back("rule \"" + rule.name + "\": " + pattern.fault());
    };
    check(rules_.back().pattern);
    std::ranges::for_each(rules_.back().conditions, check);
  }
}

RewriteResult UrlRewriter::apply(std::string_view path, std::string_view query, const RewriteFacts& facts) const {
  return RuleRun(*this, path, query, facts).run();
}

}  // namespace zoo::module
