// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "feedgen/base/files.h"
#include "packager/cli/commands.h"
#include "packager/cli/load.h"
#include "packager/cli/open.h"
#include "packager/package/convert.h"

namespace zoo::packager {
namespace {

struct ConvertCommand {
  std::string file, output;
  bool release = false;
};

ExitCode run_convert(const ConvertCommand& options, Console& console) {
  const Result<std::int64_t> epoch = source_date_epoch();
  if (!epoch) return console.fail(epoch.error());
  const auto opened = open(options.file);
  if (!opened) return console.fail(opened.error());
  if (!(*opened)->package || (*opened)->diagnostics.has_errors()) {
    console.show((*opened)->diagnostics, (*opened)->sources);
    return console.finish(ExitCode::kFindings);
  }
  auto items = package::to_archive_flavour(*(*opened)->package);
  if (!items) return console.fail(items.error());
  package::ZipOptions zip;
  zip.level = options.release ? package::Level::kRelease : package::Level::kDefault;
  zip.epoch = *epoch;
  zip.all_folders = true;  // ZP0119
  const auto bytes = package::make_zip(std::move(*items), zip);
  if (!bytes) return console.fail(bytes.error());
  if (const auto done = write_file(options.output, *bytes); !done) return console.fail(done.error());
  console.print(fmt::format("{}: {} bytes\n", options.output, bytes->size()));
  console.set_text("file", options.output);
  console.set("size", std::to_string(bytes->size()));
  return console.finish(ExitCode::kOk);
}

}  // namespace

Run add_convert(CLI::App& program, Console& console) {
  auto options = std::make_shared<ConvertCommand>();
  CLI::App* command =
      program.add_subcommand("convert", "Write the archive flavour of a package, for build servers that expect it");
  command->add_option("PACKAGE", options->file, "A package of the gallery flavour")->required()->type_name("");
  command->add_option("-o,--output", options->output, "The file to write")->required()->type_name("FILE");
  command->add_flag("--release", options->release, "Smallest package; takes several times as long");
  return [options, &console] { return run_convert(*options, console); };
}

}  // namespace zoo::packager
