// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "module/core/config_model.h"
#include "module/core/path_policy.h"

namespace zoo::module {

using EnvironmentList = std::vector<std::pair<std::string, std::string>>;

/// What the module knows about an application that runs; all UTF-8. docs/formats/zoo-config.md has the names.
struct RuntimeFacts {
  std::string appl_physical_path;        ///< APPL_PHYSICAL_PATH, without a separator at its end.
  std::string appl_physical_short_path;  ///< 8.3 form; empty: the same as the long one.
  std::string appl_virtual_path;         ///< "/" or "/blog"
  std::string appl_id;                   ///< Empty: the virtual path without '/'.
  std::string instance_id;               ///< The site's number
  std::string site_name;
  std::string site_physical_path;
  std::string iis_bindings;  ///< IIS_BINDNGS (sic): "http/*:80:,https/*:443:"
  std::string zoo_version;
};

struct EnvironmentInput {
  const RuntimeFacts& facts;
  const std::vector<Variable>& engine;
  const std::vector<Variable>& application;
  const EnvironmentList& process;  ///< Of this process.
  const PathPolicy& paths;
  bool has_port = false;  ///< A tcp engine: %PORT% and %HOST% are known only when a worker is started.
};

/// The variables of an application, expanded.
///
/// A name is looked up in the application's variables, the engine's, the module's facts, and the process's environment,
/// ignoring case (as written first). In the value of a variable its own name means the next of these that has it, so
/// that PATH="...;%PATH%" appends; if none has it, it is nothing. Other names that nobody has stay as they are, as
/// Windows does it. %PORT% and %HOST% of a tcp engine stay too: expand_port() puts them in.
/// Variables that need each other in a circle, and values of more than kMaxValue bytes, are faults.
class ExpandedEnvironment {
 public:
  static constexpr std::size_t kMaxValue = 32767;  ///< As on Windows.

  explicit ExpandedEnvironment(const EnvironmentInput& input);

  /// All of a worker's variables, sorted by name: the process's, the module's facts, the engine's and application's.
  const EnvironmentList& variables() const noexcept { return variables_; }
  /// A variable of the worker; null: there is none.
  const std::string* find(std::string_view name) const noexcept;
  /// One that engine or application have set, not one that this process happens to have.
  const std::string* find_configured(std::string_view name) const noexcept;
  /// Expands any other text; values that are too long are cut.
  std::string expand(std::string_view text) const;
  /// Not empty: the application cannot run, for these reasons.
  const std::vector<std::string>& faults() const noexcept { return faults_; }

 private:
  void set(std::string_view name, std::string value);

  EnvironmentList variables_;
  EnvironmentList configured_;
  std::vector<std::string> faults_;
  bool case_sensitive_;
  bool has_port_;
};

/// Puts the port and host of one worker into a text.
std::string expand_port(std::string_view text, std::string_view host, std::string_view port);

/// Must the value be kept from error pages and logs? Names with KEY, SECRET, PASSWORD, PASSWD, TOKEN or CREDENTIAL.
bool is_secret_name(std::string_view name);
/// The value as it may be shown: "***" for secrets; in addresses ("mysql://user:word@host") the password is masked.
std::string masked_value(std::string_view name, std::string_view value);

}  // namespace zoo::module
