// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/exit_code.h"
#include "feedgen/base/progress.h"
#include "feedgen/base/result.h"

namespace zoo::cli {

/// What every command takes.
struct CommonOptions {
  std::string format = "text";  ///< text, json, and sarif where a command says so
  std::string color = "auto";   ///< auto, always, never
  bool quiet = false;           ///< errors only
  bool verbose = false;
  bool no_progress = false;
};

/// Where a command says what it has to say: results on standard output, diagnostics and status on standard error. With
/// --format json one object, {"schema":1,"command":...}, is all that standard output gets, on failure too.
class Console {
 public:
  CommonOptions options;

  bool json() const { return options.format == "json"; }
  bool color() const;

  /// Bars or lines, as the options and the terminal want them.
  Progress::Options progress() const;

  /// The command that runs; named in JSON.
  void begin(std::string_view command) { command_ = command; }
  /// Shows diagnostics (text; notes with -v only, else counted) or keeps them for the JSON object.
  void show(Diagnostics& diagnostics, const SourceSet& sources);
  /// A result in text form; nothing with --format json.
  void print(std::string_view text) const;
  /// A result for the JSON object; `value` is JSON text.
  void set(const std::string& key, std::string_view value);
  void set_text(const std::string& key, std::string_view text);
  /// One line on standard error, not with -q.
  void status(std::string_view line) const;
  /// Reports a failure and gives its exit code.
  ExitCode fail(const Error& error);
  /// Writes the JSON object, if any. Every command returns through this.
  ExitCode finish(ExitCode code);

 private:
  std::string command_;
  std::string json_;  ///< members of the object, as JSON text
};

}  // namespace zoo::cli
