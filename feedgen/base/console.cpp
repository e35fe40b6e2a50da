// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace zoo::cli {
namespace {

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// "2 errors, 1 warning, 3 notes (-v shows them)", or empty when there is nothing to tell.
std::string summary(const Diagnostics& diagnostics, std::size_t hidden_notes) {
  std::string out;
  if (diagnostics.errors() != 0 || diagnostics.warnings() != 0) {
    out = fmt::format("{}, {}", plural(diagnostics.errors(), "error"), plural(diagnostics.warnings(), "warning"));
  }
  if (hidden_notes == 0) return out;
  return fmt::format("{}{}{} (-v shows {})", out, out.empty() ? "" : ", ", plural(hidden_notes, "note"),
                     hidden_notes == 1 ? "it" : "them");
}

}  // namespace

bool Console::color() const {
  if (options.color != "auto") return options.color == "always";
  return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

Progress::Options Console::progress() const {
  Progress::Options out;
  out.mode = progress_mode(options.quiet, options.verbose, options.no_progress);
  return out;
}

void Console::show(Diagnostics& diagnostics, const SourceSet& sources) {
  diagnostics.sort();
  if (json()) {
    set("diagnostics", to_json(diagnostics, sources));
    set("errors", std::to_string(diagnostics.errors()));
    set("warnings", std::to_string(diagnostics.warnings()));
    return;
  }
  std::size_t notes = 0;
  for (const Diagnostic& d : diagnostics.items()) {
    const bool is_note = d.severity == Severity::kNote;
    if (is_note) ++notes;
    if ((is_note && !options.verbose) || (d.severity != Severity::kError && options.quiet)) continue;
    write(stderr, to_text(d, sources, color()));
  }
  if (diagnostics.dropped() != 0) write(stderr, fmt::format("... and {} more\n", diagnostics.dropped()));
  if (!options.quiet) status(summary(diagnostics, options.verbose ? 0 : notes));
}

void Console::print(std::string_view text) const {
  if (!json()) write(stdout, text);
}

void Console::set(const std::string& key, std::string_view value) {
  json_ += fmt::format(",{}:{}", json_text(key), value);
}

void Console::set_text(const std::string& key, std::string_view text) {
  set(key, json_text(text));
}

void Console::status(std::string_view line) const {
  if (!options.quiet && !line.empty()) write(stderr, fmt::format("{}\n", line));
}

ExitCode Console::fail(const Error& error) {
  if (json()) {
    set_text("error", error.message);
  } else {
    write(stderr, fmt::format("{}error:{} {}\n", color() ? "\x1b[1;31m" : "", color() ? "\x1b[0m" : "", error.message));
  }
  return finish(error.code);
}

ExitCode Console::finish(ExitCode code) {
  if (!json()) return code;
  const std::string object = fmt::format("{{\"schema\":1,\"command\":{},\"exitCode\":{}{}}}", json_text(command_),
                                         static_cast<int>(code), json_);
  const auto parsed = nlohmann::ordered_json::parse(object);
  write(stdout, parsed.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return code;
}

}  // namespace zoo::cli
