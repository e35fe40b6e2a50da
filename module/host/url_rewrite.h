// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "module/core/config_model.h"
#include "module/core/handler_match.h"
#include "module/host/url_pattern.h"

/// The rules of <rewrite>, which on IIS the URL Rewrite module applies: without them the static files of applications
/// that send public/ past the worker, their short addresses and their redirects would not be what their authors meant.
namespace zoo::module {

/// What rules may ask about a request, besides its address.
class RewriteFacts {
 public:
  RewriteFacts() = default;
  RewriteFacts(const RewriteFacts&) = delete;
  RewriteFacts& operator=(const RewriteFacts&) = delete;
  virtual ~RewriteFacts() = default;

  /// A server variable that rewriting does not change ("HTTP_HOST"); empty if there is none of the name.
  virtual std::string variable(std::string_view name) const = 0;
  /// Where the file of a decoded URL path would be.
  virtual std::string physical_path(std::string_view url_path) const = 0;
  virtual ResourceKind kind_of(const std::string& physical_path) const = 0;
};

struct RewriteResult {
  enum class Kind {
    kUnchanged,
    kRewritten,  ///< `path` and `query`
    kRedirect,   ///< `status` and `location`
    kAnswer,     ///< `status` and `text`
    kAbort       ///< The connection is to be dropped.
  };
  Kind kind = Kind::kUnchanged;
  std::string path;  ///< Decoded, without dot segments; begins with '/'.
  std::string query;
  unsigned status = 0;
  std::string location;
  std::string text;  ///< Begins with IIS's sub-status where there is one ("404.4: ").
};

/// Compiled rules of one folder. Immutable: use it from any thread.
class UrlRewriter {
 public:
  UrlRewriter(const std::vector<RewriteRule>& rules, std::vector<RewriteMap> maps);

  bool empty() const noexcept { return rules_.empty(); }
  /// Patterns that cannot be compiled, with the rule's name.
  const std::vector<std::string>& faults() const noexcept { return faults_; }

  /// Applies the rules one after the other to the request's decoded path and its query. Each works on what the one
  /// before has left; stopProcessing, a redirect or an answer ends it.
  RewriteResult apply(std::string_view path, std::string_view query, const RewriteFacts& facts) const;

 private:
  friend class RuleRun;
  struct Rule {
    RewriteRule rule;
    UrlPattern pattern;
    std::vector<UrlPattern> conditions;  ///< One for each condition; of files and folders it is not used.
  };

  std::vector<Rule> rules_;
  std::vector<RewriteMap> maps_;
  std::vector<std::string> faults_;
};

}  // namespace zoo::module
