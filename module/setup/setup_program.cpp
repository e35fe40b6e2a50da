// SPDX-License-Identifier: Apache-2.0
#include "module/setup/setup_program.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "module/setup/file_text.h"
#include "module/setup/text_diff.h"

namespace zoo::setup {
namespace {

// No applicationHost.config is nearly as large; what is, is not one.
constexpr std::size_t kLargestConfig = 256U << 20U;
constexpr std::string_view kBackupFolder = "zoosetup-backup";
constexpr std::size_t kMostBackups = 20;
// The worker products of the feed (manifests/ZooWorker*.xml) find themselves installed by these.
constexpr const char* kWorkerVersion = "1.0.0";
constexpr std::array<std::pair<Language, const char*>, 3> kWorkerValues = {
    {{Language::kPython, "ZooWorkerPythonVersion"},
     {Language::kRuby, "ZooWorkerRubyVersion"},
     {Language::kPerl, "ZooWorkerPerlVersion"}}};

/// "20261124T015614Z": sorts by time.
std::string time_text(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto digits = [](auto number, std::size_t width) {
    std::string text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), '0') + text;
  };
  return digits(static_cast<int>(date.year()), 4) + digits(static_cast<unsigned>(date.month()), 2) +
         digits(static_cast<unsigned>(date.day()), 2) + "T" + digits(clock.hours().count(), 2) +
         digits(clock.minutes().count(), 2) + digits(clock.seconds().count(), 2) + "Z";
}

std::string parent_of(const std::string& path) {
  return std::string(folder_of(path));
}

class Run {
 public:
  Run(const SetupOptions& options, const SetupServices& services)
      : options_(options), services_(services), files_(services.files) {}

  SetupReport run() {
    SetupResult<void> done = prepare();
    if (!done) {
      report_.exit = done.error().code;
      report_.error = done.error().message;
      return std::move(report_);
    }
    for (TargetReport& target : report_.targets) work_on(target);
    if (report_.exit == SetupExit::kOk && changes_machine()) write_product_values();
    return std::move(report_);
  }

 private:
  bool changes_machine() const {
    return options_.config_dir.empty() && services_.machine != nullptr && !options_.dry_run && !options_.user &&
           options_.command != Command::kStatus;
  }

  SetupResult<void> prepare() {
    install_folder_ = options_.install_folder.empty() ? services_.folders.program : options_.install_folder;
    // Windows Installer's properties end with a backslash, which before a quote would be read as part of the text.
    if (install_folder_.ends_with("\\.")) install_folder_.pop_back();
    while (install_folder_.ends_with('\\') || install_folder_.ends_with('/')) install_folder_.pop_back();
    if (install_folder_.empty()) install_folder_ = "C:\\Program Files\\Helicon\\Zoo";
    const SetupResult<std::vector<Target>> targets = choose_targets();
    if (!targets) return tl::unexpected(targets.error());
    if (targets->empty() && options_.command != Command::kUninstall && !options_.user) {
      return fail(SetupExit::kIo,
                  options_.express ? "IIS Express was not found" : "neither IIS nor IIS Express was found");
    }
    for (const Target& target : *targets) report_.targets.emplace_back().target = target;
    if (services_.machine != nullptr) {
      report_.interpreters = find_interpreters(*services_.machine);
      report_.engines = make_engines(report_.interpreters, install_folder_);
    } else if (options_.command == Command::kEngines) {
      return fail(SetupExit::kUsage, "interpreters are looked for on Windows; elsewhere give --machine FILE");
    }
    return options_.command == Command::kInstall ? choose_modules() : SetupResult<void>();
  }

  SetupResult<std::vector<Target>> choose_targets() {
    if (!options_.config_dir.empty()) {
      const SetupResult<Target> target = folder_target(files_, options_.config_dir, options_.express);
      if (!target) return tl::unexpected(target.error());
      return std::vector<Target>{*target};
    }
    if (services_.machine == nullptr) return fail(SetupExit::kUsage, "this is not Windows: give --config-dir DIR");
    const TargetChoice choice = options_.user      ? TargetChoice::kUser
                                : options_.express ? TargetChoice::kExpress
                                                   : TargetChoice::kMachine;
    return find_targets(files_, services_.folders, choice, *services_.machine);
  }

  /// A module that is registered but not there keeps every application pool from starting.
  SetupResult<void> choose_modules() {
    const Machine* const here = options_.config_dir.empty() ? services_.machine : nullptr;
    modules_ = module_dlls(install_folder_, here != nullptr ? here->is_x64() : options_.x64);
    if (here == nullptr) return {};
    std::erase_if(modules_, [&](const ModuleDll& dll) { return !here->file_exists(dll.image); });
    if (!modules_.empty()) return {};
    return fail(SetupExit::kIo, "there is no HeliconZoo_x86.dll or HeliconZoo_x64.dll in " + install_folder_);
  }

  void work_on(TargetReport& target) {
    SetupResult<void> done = options_.command == Command::kStatus ? look(target) : change(target);
    if (!done) {
      target.error = done.error().message;
      report_.exit = std::max(report_.exit, done.error().code);
    }
  }

  SetupResult<FileText> read(const Target& target, std::string& bytes) {
    const SetupResult<std::string> read = files_.read(target.config_file);
    if (!read) return tl::unexpected(read.error());
    bytes = *read;
    if (bytes.size() > kLargestConfig) return fail(SetupExit::kFindings, target.config_file + " is too large");
    return decode_file(bytes, target.config_file);
  }

  SetupResult<void> look(TargetReport& report) {
    std::string bytes;
    const SetupResult<FileText> file = read(report.target, bytes);
    if (!file) return tl::unexpected(file.error());
    report.encoding = encoding_name(file->encoding);
    const SetupResult<HostStatus> status = inspect(file->text, report.target.config_file);
    if (!status) return tl::unexpected(status.error());
    report.status = *status;
    report.registered = status->registered();
    for (const std::string& folder : report.target.schema_folders) {
      const SchemaState state = schema_state(files_, folder);
      report.schemas.emplace_back(folder, state);
      report.registered = report.registered && state != SchemaState::kMissing;
    }
    if (!report.registered) report_.exit = std::max(report_.exit, SetupExit::kFindings);
    return {};
  }

  SetupResult<ConfigPlan> plan(const Target& target, const std::string& text) const {
    const std::string& name = target.config_file;
    if (options_.command == Command::kUninstall) return plan_uninstall(text, name, install_folder_);
    if (options_.command == Command::kEngines) return plan_engines(text, name, report_.engines);
    Registration wanted{modules_, std::nullopt};
    if (services_.machine != nullptr) wanted.engines = report_.engines;
    return plan_install(text, name, wanted);
  }

  SetupResult<void> change(TargetReport& report) {
    const Target& target = report.target;
    if (options_.command == Command::kUninstall && target.redirected && options_.keep_shared) {
      report.warnings.push_back("the shared configuration " + target.config_file + " is left to the other servers");
      return {};
    }
    SetupResult<std::unique_ptr<FolderLock>> lock = files_.lock(parent_of(target.config_file));
    if (!lock) return tl::unexpected(lock.error());
    std::string bytes;
    SetupResult<FileText> file = read(target, bytes);
    if (!file) return tl::unexpected(file.error());
    report.encoding = encoding_name(file->encoding);
    SetupResult<ConfigPlan> planned = plan(target, file->text);
    if (!planned) return tl::unexpected(planned.error());
    report.changes = planned->changes;
    report.warnings = planned->warnings;
    if (target.redirected)
      report.warnings.emplace_back("this is a shared configuration: all servers that read it change");
    if (options_.dry_run) {
      report.diff = unified_diff(file->text, planned->text, target.config_file);
      return options_.command == Command::kInstall ? write_schemas(report) : SetupResult<void>();
    }
    file->text = planned->text;
    return write(report, bytes, to_bytes(*file), planned->changes.empty() && !planned->warnings.empty());
  }

  /// `left_alone`: the module that is registered is not ours, and so is not the schema.
  SetupResult<void> write(TargetReport& report, const std::string& before, const std::string& after, bool left_alone) {
    SetupResult<void> done;
    if (options_.command == Command::kInstall) done = write_schemas(report);
    if (done && after != before) {
      done = back_up(report, before);
      if (done) done = update_file(files_, report.target.config_file, before, after);
    }
    if (done && options_.command == Command::kUninstall && !left_alone) done = remove_schemas(report);
    return done;
  }

  SetupResult<void> write_schemas(TargetReport& report) {
    for (const std::string& folder : report.target.schema_folders) {
      if (const std::optional<std::string> other = conflicting_schema(files_, folder)) {
        return fail(SetupExit::kFindings, *other +
                                              " declares the sections of Zoo as well, and IIS does not start with two "
                                              "of them: remove the product that it belongs to first");
      }
    }
    for (const std::string& folder : report.target.schema_folders) {
      const SchemaState state = schema_state(files_, folder);
      if (state == SchemaState::kCurrent) continue;
      SetupResult<void> done = options_.dry_run ? SetupResult<void>() : write_schema(files_, folder);
      if (!done) return done;
      report.changes.push_back("wrote " + join(folder, kSchemaName));
    }
    return {};
  }

  SetupResult<void> remove_schemas(TargetReport& report) {
    for (const std::string& folder : report.target.schema_folders) {
      if (schema_state(files_, folder) == SchemaState::kMissing) continue;
      SetupResult<void> done = remove_schema(files_, folder);
      if (!done) return done;
      report.changes.push_back("removed " + join(folder, kSchemaName));
    }
    return {};
  }

  /// zoosetup-backup\applicationHost.config.20261124T015614Z, beside the file.
  SetupResult<void> back_up(TargetReport& report, const std::string& bytes) {
    const std::string folder = join(parent_of(report.target.config_file), kBackupFolder);
    if (SetupResult<void> done = files_.make_folder(folder); !done) return done;
    std::vector<std::string> names = files_.names_in(folder);
    std::string name = "applicationHost.config." + time_text(services_.now());
    while (std::ranges::find(names, name) != names.end()) name += "+";
    SetupResult<void> done = files_.create(join(folder, name), bytes, report.target.config_file);
    if (!done) return done;
    report.backup = join(folder, name);
    // Sorted by time: the oldest go.
    for (std::size_t i = 0; i + kMostBackups <= names.size(); ++i)
      static_cast<void>(files_.remove(join(folder, names[i])));
    return {};
  }

  void write_product_values() {
    for (const auto& [language, name] : kWorkerValues) {
      const bool found = std::ranges::any_of(report_.interpreters, [language = language](const Interpreter& one) {
        return one.language == language && one.usable();
      });
      const bool set = found && options_.command != Command::kUninstall;
      const SetupResult<void> done =
          services_.machine->set_product_value(name, set ? std::optional<std::string>(kWorkerVersion) : std::nullopt);
      if (done) continue;
      report_.exit = done.error().code;
      report_.error = done.error().message;
    }
  }

  const SetupOptions& options_;
  const SetupServices& services_;
  FileSystem& files_;
  std::string install_folder_;
  std::vector<ModuleDll> modules_;
  SetupReport report_;
};

}  // namespace

SetupReport run_setup(const SetupOptions& options, const SetupServices& services) {
  return Run(options, services).run();
}

}  // namespace zoo::setup
