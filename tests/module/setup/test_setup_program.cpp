// SPDX-License-Identifier: Apache-2.0
#include "module/setup/setup_program.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "module/setup/file_text.h"
#include "module/setup/report_text.h"
#include "tests/module/setup/setup_samples.h"

using namespace zoo::setup;
using namespace zoo::setup::test;

namespace {

constexpr const char* kConfig = "config/applicationHost.config";
constexpr const char* kSchema = "config/schema/heliconZoo_schema.xml";

/// The real files, until the program "is killed": then every call fails, and a file that was being written is half
/// done.
class MortalFiles : public FileSystem {
 public:
  explicit MortalFiles(std::size_t steps) : steps_(steps) {}

  bool exists(const std::string& path) override { return real_->exists(path); }
  std::vector<std::string> names_in(const std::string& folder) override { return real_->names_in(folder); }
  SetupResult<std::string> read(const std::string& path) override { return dead_ ? killed() : real_->read(path); }
  SetupResult<void> create(const std::string& path, std::string_view bytes, const std::string& like) override {
    if (dead_) return killed();
    if (last_step()) {
      static_cast<void>(real_->create(path, bytes.substr(0, bytes.size() / 2), like));
      return killed();
    }
    return real_->create(path, bytes, like);
  }
  SetupResult<void> replace(const std::string& from, const std::string& to) override {
    return dead_ || last_step() ? killed() : real_->replace(from, to);
  }
  SetupResult<void> remove(const std::string& path) override {
    return dead_ || last_step() ? killed() : real_->remove(path);
  }
  SetupResult<void> make_folder(const std::string& path) override {
    return dead_ || last_step() ? killed() : real_->make_folder(path);
  }
  SetupResult<std::unique_ptr<FolderLock>> lock(const std::string& folder) override { return real_->lock(folder); }
  bool dead() const { return dead_; }

 private:
  static tl::unexpected<SetupError> killed() { return fail(SetupExit::kIo, "killed"); }
  bool last_step() {
    dead_ = dead_ || steps_-- == 0;
    return dead_;
  }

  std::unique_ptr<FileSystem> real_ = native_files();
  std::size_t steps_;
  bool dead_ = false;
};

/// Changes the file behind the back of the program that has just read it.
class BusyFiles : public MortalFiles {
 public:
  explicit BusyFiles(const TestFolder& folder) : MortalFiles(1000), folder_(folder) {}
  SetupResult<void> create(const std::string& path, std::string_view bytes, const std::string& like) override {
    if (path.ends_with("zoosetup-new") && path.find("applicationHost") != std::string::npos) {
      folder_.write(kConfig, "<configuration>of somebody else</configuration>");
    }
    return MortalFiles::create(path, bytes, like);
  }

 private:
  const TestFolder& folder_;
};

class Fixture {
 public:
  Fixture() {
    SetupResult<std::unique_ptr<Machine>> described = described_machine(fixture("machine.json"), "machine.json");
    REQUIRE(described);
    machine_ = std::move(*described);
    folder_.write(kConfig, before);
    options.config_dir = folder_.file("config");
  }

  SetupReport run(Command command) { return run(command, *native_files()); }
  SetupReport run(Command command, FileSystem& files) {
    options.command = command;
    return run_setup(options, {files, machine_.get(), {}, [] { return std::int64_t{1'700'000'000}; }});
  }
  const TestFolder& folder() const { return folder_; }

  SetupOptions options;
  const std::string before = fixture("iis-10.0.config");

 private:
  TestFolder folder_;
  std::unique_ptr<Machine> machine_;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "install, status, uninstall", "[setup_program]") {
  CHECK(run(Command::kStatus).exit == SetupExit::kFindings);
  SetupReport report = run(Command::kInstall);
  CHECK(report.exit == SetupExit::kOk);
  REQUIRE(report.targets.size() == 1);
  CHECK(folder().read("config/zoosetup-backup/applicationHost.config.20231114T221320Z") == before);
  CHECK(folder().read(kSchema) == schema_text());
  report = run(Command::kStatus);
  CHECK(report.exit == SetupExit::kOk);
  CHECK(report.targets[0].registered);
  const std::string text = folder().read(kConfig);
  CHECK(run(Command::kInstall).targets[0].changes.empty());
  CHECK(run(Command::kEngines).targets[0].changes.empty());
  CHECK(folder().read(kConfig) == text);
  CHECK(run(Command::kUninstall).exit == SetupExit::kOk);
  CHECK(folder().read(kConfig) == before);
  CHECK_FALSE(folder().has(kSchema));
  CHECK(run(Command::kUninstall).targets[0].changes.empty());
}

TEST_CASE_METHOD(Fixture, "every encoding comes back as it was", "[setup_program]") {
  for (const FileEncoding encoding :
       {FileEncoding::kUtf8, FileEncoding::kUtf8Bom, FileEncoding::kUtf16Le, FileEncoding::kUtf16Be}) {
    const std::string bytes = to_bytes({encoding, text_of(before)});
    folder().write(kConfig, bytes);
    CHECK(run(Command::kInstall).exit == SetupExit::kOk);
    const SetupResult<FileText> file = decode_file(folder().read(kConfig), "a");
    REQUIRE(file);
    CHECK(file->encoding == encoding);
    CHECK(run(Command::kUninstall).exit == SetupExit::kOk);
    CHECK(folder().read(kConfig) == bytes);
  }
}

TEST_CASE_METHOD(Fixture, "killed at any step, the file is the old one or the new one", "[setup_program]") {
  std::string after;
  {
    REQUIRE(run(Command::kInstall).exit == SetupExit::kOk);
    after = folder().read(kConfig);
    REQUIRE(run(Command::kUninstall).exit == SetupExit::kOk);
  }
  for (const Command command : {Command::kInstall, Command::kUninstall}) {
    const std::string& from = command == Command::kInstall ? before : after;
    const std::string& to = command == Command::kInstall ? after : before;
    bool finished = false;
    std::size_t steps = 0;
    for (; !finished; ++steps) {
      // The state before the command.
      REQUIRE(run(command == Command::kInstall ? Command::kUninstall : Command::kInstall).exit == SetupExit::kOk);
      REQUIRE(folder().read(kConfig) == from);
      MortalFiles files(steps);
      const SetupReport report = run(command, files);
      finished = !files.dead();
      INFO("command " << static_cast<int>(command) << ", killed at step " << steps);
      const std::string now = folder().read(kConfig);
      CHECK((now == from || now == to));
      // IIS must always be able to read it: what is declared has its schema.
      if (now == after) CHECK(folder().read(kSchema) == schema_text());
      if (finished) CHECK(report.exit == SetupExit::kOk);
      // The next run does all that is left to do, and leaves nothing behind.
      CHECK(run(command).exit == SetupExit::kOk);
      CHECK(folder().read(kConfig) == to);
      CHECK(folder().has(kSchema) == (command == Command::kInstall));
      for (const std::string& name : native_files()->names_in(folder().file("config"))) {
        CHECK(name.find("zoosetup-new") == std::string::npos);
      }
    }
    CHECK(steps > 3);
  }
}

TEST_CASE_METHOD(Fixture, "what another program has written meanwhile is not lost", "[setup_program]") {
  BusyFiles files(folder());
  const SetupReport report = run(Command::kInstall, files);
  CHECK(report.exit == SetupExit::kIo);
  CHECK(report.targets[0].error.find("changed by another program") != std::string::npos);
  CHECK(folder().read(kConfig) == "<configuration>of somebody else</configuration>");
}

TEST_CASE_METHOD(Fixture, "a damaged file is left as it is", "[setup_program]") {
  for (const std::string& bytes :
       {std::string(), before.substr(0, 3000), std::string("\xFF\xFE<"), std::string(100, '\0')}) {
    folder().write(kConfig, bytes);
    for (const Command command : {Command::kInstall, Command::kUninstall, Command::kStatus, Command::kEngines}) {
      const SetupReport report = run(command);
      CHECK(report.exit == SetupExit::kFindings);
      CHECK_FALSE(report.targets[0].error.empty());
      CHECK(folder().read(kConfig) == bytes);
    }
  }
}

TEST_CASE_METHOD(Fixture, "a dry run shows the change and writes nothing", "[setup_program]") {
  options.dry_run = true;
  const SetupReport report = run(Command::kInstall);
  CHECK(report.exit == SetupExit::kOk);
  CHECK(report.targets[0].diff.find("+            <add name=\"HeliconZoo_x64\" image=") != std::string::npos);
  CHECK(folder().read(kConfig) == before);
  CHECK(native_files()->names_in(folder().file("config")) == std::vector<std::string>{"applicationHost.config"});
}

TEST_CASE_METHOD(Fixture, "shared configuration is followed", "[setup_program]") {
  const std::string off = "<configuration><configurationRedirection enabled=\"false\" path=\"x\" /></configuration>";
  const std::string on = "<configuration>\r\n  <configurationRedirection enabled=\"True\" path=\"" +
                         folder().file("shared") + "\" userName=\"u\" password=\"[enc:x]\" />\r\n</configuration>";
  folder().write("shared/applicationhost.config", before);
  folder().write("config/redirection.config", off);
  CHECK_FALSE(run(Command::kStatus).targets[0].target.redirected);
  folder().write("config/redirection.config", on);
  const SetupReport report = run(Command::kInstall);
  CHECK(report.exit == SetupExit::kOk);
  CHECK(report.targets[0].target.redirected);
  CHECK(report.targets[0].warnings.size() == 1);
  CHECK(folder().read(kConfig) == before);
  CHECK(folder().read("shared/applicationhost.config") != before);
  CHECK(folder().has(kSchema));
  options.keep_shared = true;
  CHECK(run(Command::kUninstall).targets[0].changes.empty());
  CHECK(folder().read("shared/applicationhost.config") != before);
  options.keep_shared = false;
  CHECK(run(Command::kUninstall).exit == SetupExit::kOk);
  CHECK(folder().read("shared/applicationhost.config") == before);
}

TEST_CASE_METHOD(Fixture, "a redirection that cannot be followed stops the run", "[setup_program]") {
  for (const char* text :
       {"<configuration>", "<configuration><configurationRedirection enabled=\"true\" /></configuration>",
        "<configuration><configurationRedirection enabled=\"true\" path=\"/none\" /></configuration>"}) {
    folder().write("config/redirection.config", text);
    const SetupReport report = run(Command::kInstall);
    CHECK(report.exit != SetupExit::kOk);
    CHECK_FALSE(report.error.empty());
    CHECK(folder().read(kConfig) == before);
  }
}

TEST_CASE_METHOD(Fixture, "another product's schema of the same sections stops the run", "[setup_program]") {
  folder().write("config/schema/Old_schema.xml", "<configSchema><sectionSchema name=\"system.webServer/heliconZoo\"/>");
  const SetupReport report = run(Command::kInstall);
  CHECK(report.exit == SetupExit::kFindings);
  CHECK(report.targets[0].error.find("Old_schema.xml declares the sections of Zoo as well") != std::string::npos);
  CHECK(folder().read(kConfig) == before);
  CHECK_FALSE(folder().has(kSchema));
}

TEST_CASE_METHOD(Fixture, "an older schema is replaced", "[setup_program]") {
  folder().write(kSchema, "<configSchema/>");
  CHECK(run(Command::kInstall).exit == SetupExit::kOk);
  CHECK(folder().read(kSchema) == schema_text());
}

TEST_CASE_METHOD(Fixture, "another copy of the module keeps its schema", "[setup_program]") {
  folder().write(kConfig, fixture("zoo-3.config"));
  folder().write(kSchema, "<configSchema/>");
  CHECK(run(Command::kUninstall).exit == SetupExit::kOk);
  CHECK(folder().has(kSchema));
}

TEST_CASE_METHOD(Fixture, "old backups go", "[setup_program]") {
  for (int i = 0; i < 15; ++i) {
    REQUIRE(run(Command::kInstall).exit == SetupExit::kOk);
    REQUIRE(run(Command::kUninstall).exit == SetupExit::kOk);
  }
  CHECK(native_files()->names_in(folder().file("config/zoosetup-backup")).size() == 20);
}

TEST_CASE_METHOD(Fixture, "32-bit Windows gets the 32-bit module alone", "[setup_program]") {
  options.x64 = false;
  CHECK(run(Command::kInstall).exit == SetupExit::kOk);
  CHECK(folder().read(kConfig).find("HeliconZoo_x86") != std::string::npos);
  CHECK(folder().read(kConfig).find("HeliconZoo_x64") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a folder may end with a backslash", "[setup_program]") {
  for (const char* folder_name : {"D:\\Zoo", "D:\\Zoo\\", "D:\\Zoo\\."}) {
    options.install_folder = folder_name;
    CHECK(run(Command::kInstall).exit == SetupExit::kOk);
    CHECK(folder().read(kConfig).find("image=\"D:\\Zoo\\HeliconZoo_x64.dll\"") != std::string::npos);
  }
  CHECK(run(Command::kUninstall).exit == SetupExit::kOk);
  CHECK(folder().read(kConfig) == before);
}

TEST_CASE_METHOD(Fixture, "reports are text and JSON", "[setup_program]") {
  run(Command::kInstall);
  const SetupReport report = run(Command::kStatus);
  const nlohmann::json json = nlohmann::json::parse(to_json(report, options));
  CHECK(json["schema"] == 1);
  CHECK(json["command"] == "status");
  CHECK(json["targets"][0]["registered"] == true);
  CHECK(json["targets"][0]["modules"][1]["name"] == "HeliconZoo_x64");
  CHECK(json["targets"][0]["engines"].size() == 7);
  CHECK(json["interpreters"][0]["usable"] == false);
  CHECK(to_text(report, options).out.find("registered: yes") != std::string::npos);
  folder().write(kConfig, "<x");
  const SetupReport bad = run(Command::kStatus);
  CHECK(nlohmann::json::parse(to_json(bad, options))["targets"][0]["error"].is_string());
  CHECK(to_text(bad, options).error.starts_with("zoosetup: "));
}

TEST_CASE("servers are found where they lie", "[setup_program]") {
  const TestFolder folder;
  const std::unique_ptr<FileSystem> files = native_files();
  const auto machine = described_machine("{\"schema\": 1}", "m");
  REQUIRE(machine);
  SystemFolders folders;
  folders.system = folder.file("System32");
  folders.system_32 = folder.file("SysWOW64");
  folders.program_files = {folder.file("Program Files"), folder.file("Program Files (x86)")};
  folders.documents = folder.file("Documents");
  const auto find = [&](TargetChoice choice) {
    const SetupResult<std::vector<Target>> targets = find_targets(*files, folders, choice, **machine);
    REQUIRE(targets);
    return *targets;
  };
  CHECK(find(TargetChoice::kMachine).empty());
  const std::string bytes = fixture("iis-10.0.config");
  folder.write("System32/inetsrv/config/applicationHost.config", bytes);
  folder.write("SysWOW64/inetsrv/config/schema/IIS_schema.xml", "<configSchema/>");
  folder.write("Program Files (x86)/IIS Express/config/templates/PersonalWebServer/applicationhost.config", bytes);
  folder.write("Documents/IISExpress/config/applicationhost.config", bytes);
  const std::vector<Target> all = find(TargetChoice::kMachine);
  REQUIRE(all.size() == 2);
  CHECK(all[0].server == "IIS");
  // Both views of System32.
  CHECK(all[0].schema_folders.size() == 2);
  CHECK(all[1].server == "IIS Express");
  CHECK(all[1].schema_folders ==
        std::vector<std::string>{folder.file("Program Files (x86)/IIS Express/config/schema")});
  CHECK(find(TargetChoice::kExpress).size() == 2);
  REQUIRE(find(TargetChoice::kUser).size() == 1);
  CHECK(find(TargetChoice::kUser)[0].schema_folders.empty());
}
