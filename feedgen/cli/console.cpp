// SPDX-License-Identifier: Apache-2.0
#include "feedgen/cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace zoo::cli {
namespace {

std::string quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

bool Console::color() const {
  if (options.color != "auto") return options.color == "always";
  return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

void Console::show(Diagnostics& diagnostics, const SourceSet& sources, bool notes) {
  diagnostics.sort();
  if (json()) {
    set("diagnostics", to_json(diagnostics, sources));
    set("errors", std::to_string(diagnostics.errors()));
    set("warnings", std::to_string(diagnostics.warnings()));
    return;
  }
  for (const Diagnostic& d : diagnostics.items()) {
    if (d.severity == Severity::kNote && !notes && !options.verbose) continue;
    if (d.severity != Severity::kError && options.quiet) continue;
    write(stderr, to_text(d, sources, color()));
  }
  if (diagnostics.dropped() != 0) write(stderr, fmt::format("... and {} more\n", diagnostics.dropped()));
  if (options.quiet || (diagnostics.errors() == 0 && diagnostics.warnings() == 0)) return;
  write(stderr,
        fmt::format("{}, {}\n", plural(diagnostics.errors(), "error"), plural(diagnostics.warnings(), "warning")));
}

void Console::print(std::string_view text) const {
  if (!json()) write(stdout, text);
}

void Console::set(const std::string& key, std::string_view value) {
  json_ += fmt::format(",{}:{}", quoted(key), value);
}

void Console::set_text(const std::string& key, std::string_view text) {
  set(key, quoted(text));
}

void Console::status(std::string_view line) const {
  if (!options.quiet) write(stderr, fmt::format("{}\n", line));
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
  const std::string object = fmt::format("{{\"schema\":1,\"command\":{},\"exit_code\":{}{}}}", quoted(command_),
                                         static_cast<int>(code), json_);
  const auto parsed = nlohmann::ordered_json::parse(object);
  write(stdout, parsed.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return code;
}

}  // namespace zoo::cli
