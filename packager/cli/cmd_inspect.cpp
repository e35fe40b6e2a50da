// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "packager/cli/commands.h"
#include "packager/cli/open.h"
#include "packager/package/matching.h"
#include "packager/package/names.h"

namespace zoo::packager {
namespace {

using Json = nlohmann::ordered_json;
using package::Package;

struct InspectCommand {
  std::string file;
  bool files = false;
};

/// Where an entry applies: "iisApp app", "app\web.config".
std::vector<std::string> places(const Package& package, const package::ParameterEntry& entry,
                                package::ContentCache& contents) {
  const package::EntryTargets targets = package::targets_of(package, entry, contents);
  std::vector<std::string> out;
  for (const package::Provider* p : targets.providers) out.push_back(p->name + " " + p->path);
  for (const package::StagedFile* f : targets.files) out.push_back(package::to_utf8(f->source));
  return out;
}

Json parameters_json(const Package& package) {
  Json list = Json::array();
  if (!package.parameters) return list;
  package::ContentCache contents(package);
  for (const package::Parameter& p : package.parameters->items) {
    Json json = {{"name", p.name.text}};
    if (const auto value = p.initial()) json["default"] = *value;
    if (p.tags.present) json["tags"] = p.tags.text;
    if (p.description.present) json["description"] = p.description.text;
    Json entries = Json::array();
    for (const package::ParameterEntry& e : p.entries) {
      entries.push_back({{"kind", name(e.kind)},
                         {"scope", e.scope.text},
                         {"match", e.match.text},
                         {"appliesTo", places(package, e, contents)}});
    }
    json["entries"] = std::move(entries);
    Json validations = Json::array();
    for (const package::Validation& v : p.validations) {
      validations.push_back({{"kind", v.kind.text}, {"text", v.text.text}});
    }
    json["validations"] = std::move(validations);
    list.push_back(std::move(json));
  }
  return list;
}

Json manifest_json(const Package& package) {
  Json list = Json::array();
  for (const package::Provider& p : package.manifest.providers) {
    Json settings = Json::object();
    for (const package::Setting& s : p.settings) settings[s.name] = s.value;
    list.push_back({{"provider", p.name}, {"path", p.path}, {"settings", std::move(settings)}});
  }
  return list;
}

Json files_json(const Package& package) {
  Json list = Json::array();
  for (const package::ZipEntry& e : package.archive->entries()) {
    list.push_back({{"name", package::to_utf8(e.name)},
                    {"size", e.size},
                    {"packed", e.compressed},
                    {"method", e.method},
                    {"time", to_text(e.time)},
                    {"crc", fmt::format("{:08x}", e.crc)}});
  }
  return list;
}

/// Folders of the first two levels with what they hold.
std::string tree_text(const Package& package, bool all) {
  struct Sum {
    std::size_t files = 0;
    std::uint64_t size = 0, packed = 0;
  };
  std::map<std::string, Sum> sums;
  for (const package::ZipEntry& e : package.archive->entries()) {
    std::string name = package::to_utf8(e.name);
    if (!all) {
      std::size_t cut = name.find('/');
      if (cut != std::string::npos) cut = name.find('/', cut + 1);
      if (cut != std::string::npos) name.resize(cut + 1);
    }
    Sum& sum = sums[name];
    if (e.is_folder()) continue;
    ++sum.files;
    sum.size += e.size;
    sum.packed += e.compressed;
  }
  std::string out;
  for (const auto& [name, sum] : sums) {
    if (name.back() == '/' && sum.files == 0) {
      out += fmt::format("{:>12} {:>12}  {}\n", "-", "-", name);
    } else {
      out += fmt::format("{:>12} {:>12}  {}{}\n", sum.size, sum.packed, name,
                         name.back() == '/' ? fmt::format(" ({} files)", sum.files) : "");
    }
  }
  return out;
}

std::string text_of(const Package& package, bool all) {
  std::string out = fmt::format("{}: {} flavour, {} entries, {} bytes\n\n", package.path, name(package.flavour),
                                package.archive->entries().size(), package.archive->size());
  out += tree_text(package, all) + "\nInstalled in this order:\n";
  for (const package::Provider& p : package.manifest.providers) {
    out += fmt::format("  {} {}", p.name, p.path);
    for (const package::Setting& s : p.settings) out += fmt::format(" {}={}", s.name, s.value);
    out += '\n';
  }
  if (!package.parameters) return out;
  out += "\nParameters:\n";
  package::ContentCache contents(package);
  for (const package::Parameter& p : package.parameters->items) {
    const auto value = p.initial();
    out += fmt::format("  {}{}{}\n", p.name.text, value ? fmt::format(" = \"{}\"", *value) : "",
                       p.tags.text.empty() ? "" : fmt::format(" [{}]", p.tags.text));
    for (const package::ParameterEntry& e : p.entries) {
      for (const std::string& place : places(package, e, contents)) {
        out += fmt::format("    {} in {}\n", name(e.kind), place);
      }
    }
  }
  return out;
}

ExitCode run_inspect(const InspectCommand& options, Console& console) {
  const auto opened = open(options.file);
  if (!opened) return console.fail(opened.error());
  if (!(*opened)->package) {
    console.show((*opened)->diagnostics, (*opened)->sources);
    return console.finish(ExitCode::kFindings);
  }
  const Package& package = *(*opened)->package;
  const auto dump = [](const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); };
  if (console.json()) {
    console.set_text("flavour", name(package.flavour));
    console.set("size", std::to_string(package.archive->size()));
    console.set("manifest", dump(manifest_json(package)));
    console.set("parameters", dump(parameters_json(package)));
    console.set("files", dump(files_json(package)));
  } else {
    console.print(text_of(package, options.files));
  }
  return console.finish(ExitCode::kOk);
}

}  // namespace

Run add_inspect(CLI::App& program, Console& console) {
  auto options = std::make_shared<InspectCommand>();
  CLI::App* command = program.add_subcommand("inspect", "Show what is in a package, and where its parameters apply");
  command->add_option("PACKAGE", options->file, "A package of either flavour")->required()->type_name("");
  command->add_flag("--files", options->files, "Every file, not folders of the first two levels");
  return [options, &console] { return run_inspect(*options, console); };
}

}  // namespace zoo::packager
