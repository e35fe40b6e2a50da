// SPDX-License-Identifier: Apache-2.0
#include "packager/deploy/deploy.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "feedgen/catalog/product.h"
#include "packager/deploy/target_folder.h"
#include "packager/package/matching.h"
#include "packager/package/names.h"
#include "packager/package/regex.h"
#include "packager/package/rules.h"
#include "packager/package/sql_script.h"
#include "packager/package/xml_edit.h"

namespace zoo::deploy {
namespace {

using package::EntryKind;
using package::Package;
using package::ParameterEntry;
using package::Provider;
using package::StagedFile;

std::string site_path(std::string path) {
  std::replace(path.begin(), path.end(), '\\', '/');
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

/// A parameter's change of one file.
struct Change {
  const ParameterEntry* entry;
  std::string value;
};

/// Puts a parameter's value into a file's content.
Result<void> apply(const Change& change, std::string& content) {
  if (change.entry->kind == EntryKind::kXmlFile) {
    Result<package::XmlEdit> edit = package::xpath_set(content, change.entry->match.text, change.value);
    if (!edit) return tl::unexpected(edit.error());
    content = std::move(edit->text);
    return {};
  }
  std::string problem;
  const auto regex = package::Regex::compile(change.entry->match.text, problem);
  std::size_t count = 0;
  if (regex) content = regex->replace(content, change.value, count);
  return {};
}

/// What is to be done, before anything is.
struct Plan {
  struct File {
    const StagedFile* staged;
    std::string name;  ///< Below the folder.
    std::vector<Change> changes;
  };
  std::map<std::string, File> files;  ///< By folded name: the last provider wins.
  std::set<std::string> folders;
  std::vector<Step> steps;
};

class Planner {
 public:
  Planner(const Package& package, const DeployOptions& options, Diagnostics& diagnostics)
      : package_(package), options_(options), diagnostics_(diagnostics), contents_(package) {}

  Plan run() {
    if (package_.parameters) values_ = resolve_values(*package_.parameters, options_.set, diagnostics_);
    if (!package_.parameters && !options_.set.empty()) {
      package::report(diagnostics_, "ZP0701", "the package has no parameters");
    }
    if (diagnostics_.has_errors()) return {};
    match_entries();
    for (const Provider& p : package_.manifest.providers) provider(p);
    if (package_.flavour == package::Flavour::kNone)
      diagnostics_.error("ZP0201", "there is nothing that says what to install");
    return std::move(plan_);
  }

 private:
  void match_entries() {
    if (!package_.parameters) return;
    for (std::size_t i = 0; i < package_.parameters->items.size(); ++i) {
      for (const ParameterEntry& e : package_.parameters->items[i].entries) {
        const package::EntryTargets targets = package::targets_of(package_, e, contents_);
        // The last one declared wins (web-deploy section 5).
        for (const Provider* p : targets.providers) paths_[p] = &values_[i];
        for (const StagedFile* f : targets.files) changes_[f].push_back({&e, values_[i]});
        for (const StagedFile* f : targets.not_xml) {
          package::report(diagnostics_, "ZP0706",
                          fmt::format("{} is no XML, \"{}\" cannot be put in", f->relative,
                                      package_.parameters->items[i].name.text));
        }
      }
    }
  }

  std::string path_of(const Provider& p) const {
    const auto found = paths_.find(&p);
    return site_path(found == paths_.end() ? p.path : *found->second);
  }

  /// The place below the folder; nothing when it is none.
  std::optional<std::string> destination_of(const std::string& path) {
    if (!base_) base_ = path;
    if (catalog::same_id(path, *base_)) return std::string();
    if (path.size() <= base_->size() || path[base_->size()] != '/') return std::nullopt;
    if (!catalog::same_id(path.substr(0, base_->size()), *base_)) return std::nullopt;
    std::string below = path.substr(base_->size() + 1);
    if (package::judge_name(below)) return std::nullopt;
    return below;
  }

  /// Single files and folders may be meant for another place of the server; an application must be ours.
  void elsewhere(const Provider& p, Step step) {
    step.detail = "lies outside of the site";
    const std::string message = fmt::format("{} {} does not lie below {}", p.name, step.path, *base_);
    package::report(diagnostics_, p.is("filePath") || p.is("dirPath") ? "ZP0705" : "ZP0704", message);
    plan_.steps.push_back(std::move(step));
  }

  void provider(const Provider& p) {
    const package::ProviderInfo* info = package::find_provider(p.name);
    Step step{p.name, path_of(p), {}, false, {}};
    const bool content = info != nullptr && info->content && !info->database;
    if (content) {
      const auto destination = destination_of(step.path);
      if (!destination) return elsewhere(p, std::move(step));
      step.destination = *destination;
      step.done = true;
      files(p, *destination);
    } else if (p.is("setAcl")) {
      acl(p, step);
    } else if (p.is("alias")) {
      step.done = true;
    } else if (info != nullptr && info->database) {
      database(p, step);
    } else {
      step.detail = "needs Windows";
      package::report(diagnostics_, "ZP0705",
                      fmt::format("{} {} is not done here: {}", p.name, step.path, step.detail));
    }
    plan_.steps.push_back(std::move(step));
  }

  /// No database is at hand here; what can be judged without one is the script that it would be given.
  void database(const Provider& p, Step& step) {
    step.path = site_path(p.path);  // not what the parameter makes of it: that is a connection string with a password
    step.detail = "a database script, which only Web Deploy runs";
    package::report(diagnostics_, "ZP0705",
                    fmt::format("{} {} is not run here: there is no database provider; the database stays as it is",
                                p.name, step.path));
    for (const StagedFile& f : package_.staged) {
      if (f.provider == &p && !f.entry->is_folder()) script(f);
    }
  }

  void script(const StagedFile& f) {
    const std::string name = package::to_utf8(f.entry->name);
    Result<std::string> text = package_.archive->read(*f.entry, package::kMaxText);
    if (!text) return package::report(diagnostics_, "ZP0114", text.error().message);
    if (const auto problem = package::script_problem(*text)) {
      return package::report(diagnostics_, "ZP0316", fmt::format("{}:{}", name, *problem));
    }
    for (const Change& change : changes_[&f]) {
      if (const auto done = apply(change, *text); !done) package::report(diagnostics_, "ZP0706", done.error().message);
    }
    for (const package::Placeholder& left : package::placeholders_in(*text)) {
      package::report(diagnostics_, "ZP0317",
                      fmt::format("{}:{}:{}: nothing fills %{}%", name, left.line, left.column, left.name));
    }
  }

  void acl(const Provider& p, Step& step) {
    const std::string_view rights = p.setting("setAclAccess"), user = p.setting("setAclUser");
    step.detail =
        fmt::format("{} for {}", rights.empty() ? "Read" : rights, user.empty() ? "the application pool" : user);
    if (base_ && (catalog::same_id(step.path, *base_) || step.path.substr(0, base_->size() + 1) == *base_ + "/")) {
      step.destination = step.path.size() > base_->size() ? step.path.substr(base_->size() + 1) : std::string();
    }
  }

  void files(const Provider& p, const std::string& destination) {
    if (!destination.empty()) plan_.folders.insert(destination);
    for (const StagedFile& f : package_.staged) {
      if (f.provider != &p && !belongs(f, p)) continue;
      std::string name = destination;
      if (!name.empty() && !f.relative.empty()) name += '/';
      name += f.relative;
      if (f.relative.empty() && name.empty())
        name = package::to_utf8(f.entry->name.substr(f.entry->name.rfind('/') + 1));
      place(f, name);
    }
  }

  /// Aliases are virtual copies: they go into the application whose folder their target begins with.
  static bool belongs(const StagedFile& f, const Provider& app) {
    if (!f.provider->is("alias")) return false;
    const std::string to = package::folded_name(site_path(std::string(f.provider->setting("to"))));
    const std::string root = package::folded_name(site_path(app.path));
    return to == root || to.substr(0, root.size() + 1) == root + "/";
  }

  void place(const StagedFile& f, std::string name) {
    if (f.provider->is("alias")) {
      const std::string to = site_path(std::string(f.provider->setting("to")));
      const std::size_t slash = to.find('/');
      const std::string below = slash == std::string::npos ? std::string() : to.substr(slash + 1);
      name = below.empty() ? f.relative : f.relative.empty() ? below : below + "/" + f.relative;
    }
    if (name.empty()) return;
    if (const auto verdict = package::judge_name(name)) {
      package::report(diagnostics_, "ZP0704", fmt::format("{}: the name {}", package::to_utf8(name), verdict.reason));
      return;
    }
    if (f.entry->is_folder()) {
      plan_.folders.insert(name.substr(0, name.size() - (name.back() == '/' ? 1 : 0)));
      return;
    }
    plan_.files[package::folded_name(name)] = {&f, name, changes_[&f]};
  }

  const Package& package_;
  const DeployOptions& options_;
  Diagnostics& diagnostics_;
  package::ContentCache contents_;
  std::vector<std::string> values_;
  std::map<const Provider*, const std::string*> paths_;
  std::map<const StagedFile*, std::vector<Change>> changes_;
  std::optional<std::string> base_;
  Plan plan_;
};

class Deployer {
 public:
  Deployer(const Package& package, const DeployOptions& options, Plan plan)
      : package_(package), options_(options), plan_(std::move(plan)) {}

  Result<std::optional<Report>> run() {
    report_.steps = plan_.steps;
    if (options_.dry_run) return std::optional<Report>(std::move(report_));
    Result<TargetFolder> target = TargetFolder::open(options_.folder);
    if (!target) return tl::unexpected(target.error());
    if (!options_.do_not_delete) {
      if (const auto done = delete_others(*target); !done) return tl::unexpected(done.error());
    }
    for (const std::string& folder : plan_.folders) {
      if (const auto done = target->make_folder(folder); !done) return tl::unexpected(done.error());
    }
    for (const auto& [folded, file] : plan_.files) {
      if (options_.cancellation != nullptr && options_.cancellation->requested()) {
        return fail(ExitCode::kInterrupted, "interrupted");
      }
      if (const auto done = one(*target, file); !done) return tl::unexpected(done.error());
    }
    return std::optional<Report>(std::move(report_));
  }

 private:
  /// What the destination of a provider has and the package has not.
  Result<void> delete_others(TargetFolder& target) {
    const auto there = target.list();
    if (!there) return tl::unexpected(there.error());
    std::set<std::string> kept;
    for (const auto& [folded, file] : plan_.files) keep(kept, file.name);
    for (const std::string& folder : plan_.folders) keep(kept, folder);
    // Backwards, so that folders are empty when their turn comes.
    for (auto name = there->rbegin(); name != there->rend(); ++name) {
      if (kept.count(package::folded_name(*name)) != 0) continue;
      if (auto done = target.remove(*name); !done) return done;
      if (name->back() != '/') ++report_.deleted;
    }
    return {};
  }

  static void keep(std::set<std::string>& kept, std::string_view name) {
    for (; !name.empty(); name = package::parent_of(name)) kept.insert(package::folded_name(name));
  }

  Result<void> one(TargetFolder& target, const Plan::File& file) {
    Result<std::string> content = package_.archive->read(*file.staged->entry, 0x7FFFFFFF);
    if (!content) return tl::unexpected(content.error());
    for (const Change& change : file.changes) {
      if (auto done = apply(change, *content); !done) return done;
    }
    if (!file.changes.empty()) report_.changed.push_back(file.name);
    const auto done = target.put(file.name, *content, package::from_dos_time(file.staged->entry->time));
    if (!done) return tl::unexpected(done.error());
    using Kind = TargetFolder::Change;
    ++(*done == Kind::kAdded ? report_.added : *done == Kind::kUpdated ? report_.updated : report_.unchanged);
    return {};
  }

  const Package& package_;
  const DeployOptions& options_;
  Plan plan_;
  Report report_;
};

/// Everything can be unpacked: a damaged package is refused before anything is written.
void check_contents(const Package& package, const Plan& plan, Diagnostics& diagnostics) {
  for (const auto& [folded, file] : plan.files) {
    const auto done = package.archive->read(*file.staged->entry, [](std::string_view) { return true; });
    if (!done) package::report(diagnostics, "ZP0114", done.error().message);
  }
}

}  // namespace

Result<std::optional<Report>> deploy(const Package& package, const DeployOptions& options, Diagnostics& diagnostics) {
  Plan plan = Planner(package, options, diagnostics).run();
  check_contents(package, plan, diagnostics);
  if (diagnostics.has_errors()) return std::optional<Report>();
  return Deployer(package, options, std::move(plan)).run();
}

}  // namespace zoo::deploy
