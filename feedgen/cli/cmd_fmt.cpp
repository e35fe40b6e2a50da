// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/catalog/formatter.h"
#include "feedgen/catalog/manifest_shape.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"

namespace zoo::cli {
namespace {

struct FmtOptions {
  std::vector<std::string> files;
  bool check = false;
};

class Fmt {
 public:
  Fmt(const FmtOptions& options, Console& console) : options_(options), console_(console) {}

  ExitCode run() {
    for (const std::string& path : options_.files) {
      if (const Result<void> done = file(path); !done) return console_.fail(done.error());
    }
    console_.show(diagnostics_, sources_);
    const bool findings = diagnostics_.has_errors() || (options_.check && changed_ != 0);
    console_.set("changed", std::to_string(changed_));
    return console_.finish(findings ? ExitCode::kFindings : ExitCode::kOk);
  }

 private:
  Result<void> file(const std::string& path) {
    const Result<std::string> before = read_file(path, kMaxManifestBytes);
    if (!before) return tl::unexpected(before.error());
    const std::shared_ptr<XmlDocument> document = XmlDocument::parse(path, *before, sources_, diagnostics_);
    if (!document) return {};
    const FileKind kind = kind_of(*document);
    if (kind != FileKind::kManifest && kind != FileKind::kDefinition) {
      diagnostics_.error("ZX0108", "only manifests and feed definitions can be formatted", document->root().pos());
      return {};
    }
    const ElementShape& shape = kind == FileKind::kManifest ? catalog::manifest_shape() : catalog::definition_shape();
    const Result<std::string> after = catalog::canonical_text(sources_.at(document->source()).text(), shape);
    if (!after) return fail(after.error().code, fmt::format("{}: {}", path, after.error().message));
    if (*after == *before) return {};
    ++changed_;
    console_.print(path + "\n");
    return options_.check ? Result<void>() : write_file(path, *after);
  }

  const FmtOptions& options_;
  Console& console_;
  SourceSet sources_;
  Diagnostics diagnostics_;
  std::size_t changed_ = 0;
};

}  // namespace

Run add_fmt(CLI::App& program, Console& console) {
  auto options = std::make_shared<FmtOptions>();
  CLI::App* command = program.add_subcommand("fmt", "Rewrite manifests and feed definitions in canonical form");
  command->add_option("FILE", options->files, "Files to rewrite")->required()->type_name("");
  command->add_flag("--check", options->check, "Change nothing; exit code 1 when a file is not in canonical form");
  command->footer(
      "Prints the files that change. A file is only replaced after the new text was read again and means the same.");
  return [options, &console] { return Fmt(*options, console).run(); };
}

}  // namespace zoo::cli
