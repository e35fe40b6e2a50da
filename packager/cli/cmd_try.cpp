// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "packager/cli/assignments.h"
#include "packager/cli/commands.h"
#include "packager/cli/open.h"
#include "packager/deploy/deploy.h"
#include "packager/deploy/trial.h"

namespace zoo::packager {
namespace {

namespace fs = std::filesystem;

struct TryCommand {
  std::string file, zoohost, page = "/";
  std::vector<std::string> set;
  unsigned timeout = 120;
  bool keep = false;
};

/// A folder under TMPDIR that goes when the command ends, unless it is kept.
class Scratch {
 public:
  Scratch() {
    const char* parent = std::getenv("TMPDIR");
    path_ = fmt::format("{}/packager-try-XXXXXX", parent != nullptr && *parent != '\0' ? parent : "/tmp");
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~Scratch() {
    std::error_code ignored;
    if (!keep && !path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }
  bool keep = false;

 private:
  std::string path_;
};

/// --zoohost, else ZOOHOST, else beside this program, else on the PATH.
std::string find_zoohost(const std::string& option) {
  if (!option.empty()) return option;
  if (const char* variable = std::getenv("ZOOHOST"); variable != nullptr && *variable != '\0') return variable;
  std::error_code error;
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "zoohost";
  return fs::exists(beside, error) ? beside.string() : "zoohost";
}

class Try {
 public:
  Try(const TryCommand& options, Console& console) : options_(options), console_(console) {}

  ExitCode run() {
    const auto set = assignments(options_.set);
    if (!set) return console_.fail(set.error());
    if (options_.page.empty() || options_.page.front() != '/' ||
        options_.page.find_first_of(" \r\n") != std::string::npos) {
      return console_.fail({ExitCode::kUsage, "--page takes a path that begins with a slash"});
    }
    if (scratch_.path().empty()) return console_.fail({ExitCode::kIo, "cannot make a temporary folder"});
    scratch_.keep = options_.keep;
    const auto opened = open(options_.file);
    if (!opened) return console_.fail(opened.error());
    const InterruptScope scope(cancellation_);
    const std::string site = scratch_.path() + "/site";
    const Result<bool> deployed = deploy_to(**opened, site, *set);
    if (!deployed) return console_.fail(deployed.error());
    if (!*deployed) return console_.finish(ExitCode::kFindings);
    return request(site);
  }

 private:
  Result<bool> deploy_to(OpenedPackage& opened, const std::string& site, const std::vector<deploy::Assignment>& set) {
    bool done = false;
    if (opened.package && !opened.diagnostics.has_errors()) {
      const auto report =
          deploy::deploy(*opened.package, {site, set, false, false, &cancellation_}, opened.diagnostics);
      if (!report) return tl::unexpected(report.error());
      done = report->has_value();
    }
    console_.show(opened.diagnostics, opened.sources);
    return done;
  }

  ExitCode request(const std::string& site) {
    const auto trial = deploy::try_application(
        {find_zoohost(options_.zoohost), site, options_.page, std::chrono::seconds(options_.timeout), &cancellation_});
    if (!trial) return console_.fail(trial.error());
    console_.set("status", std::to_string(trial->status));
    console_.set_text("title", trial->title);
    console_.set("bytes", std::to_string(trial->body.size()));
    if (options_.keep) console_.set_text("folder", site);
    if (options_.keep) console_.status(site);
    if (console_.options.verbose) console_.status(trial->output);
    if (trial->served()) {
      console_.print(fmt::format("{}: {} {} \"{}\", {} bytes\n", options_.file, options_.page, trial->status,
                                 trial->title, trial->body.size()));
      return console_.finish(ExitCode::kOk);
    }
    console_.set_text("firstError", trial->first_error);
    console_.print(fmt::format("{}: {} {}\n  {}\n", options_.file, options_.page,
                               trial->status == 0 ? "no answer" : std::to_string(trial->status), trial->first_error));
    return console_.finish(ExitCode::kFindings);
  }

  const TryCommand& options_;
  Console& console_;
  Scratch scratch_;
  Cancellation cancellation_;
};

}  // namespace

Run add_try(CLI::App& program, Console& console) {
  auto options = std::make_shared<TryCommand>();
  CLI::App* command =
      program.add_subcommand("try", "Deploy to a temporary folder, run it on zoohost and request the start page");
  command->add_option("PACKAGE", options->file, "A package of a Zoo application")->required()->type_name("");
  command->add_option("--set", options->set, "A parameter of the package; may be repeated")->type_name("NAME=VALUE");
  command->add_option("--page", options->page, "The page to request")->type_name("PATH")->capture_default_str();
  command
      ->add_option("--zoohost", options->zoohost, "The program zoohost; else ZOOHOST, beside this program, or the PATH")
      ->type_name("FILE");
  command->add_option("--timeout", options->timeout, "Seconds for start, deploy script and page")
      ->capture_default_str();
  command->add_flag("--keep", options->keep, "Leave the temporary folder");
  command->footer("Exit code 1 when the page is not served; the first error of the application's logs is printed.");
  return [options, &console] { return Try(*options, console).run(); };
}

}  // namespace zoo::packager
