// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "feedgen/cli/commands.h"

namespace fs = std::filesystem;

namespace {

struct TemporaryFolder {
  fs::path path;
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "zoo-cli-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
};

std::string read(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

struct Outcome {
  int code = -1;
  std::string out, err;
};

/// Runs the program with both streams in files, as a shell would.
class Capture {
 public:
  Capture(int stream, fs::path path) : stream_(stream), path_(std::move(path)) {
    std::fflush(nullptr);
    saved_ = dup(stream_);
    const int file = open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, stream_);
    close(file);
  }
  std::string end() {
    std::fflush(nullptr);
    std::cout.flush();
    std::cerr.flush();
    dup2(saved_, stream_);
    close(saved_);
    return read(path_);
  }

 private:
  int stream_;
  fs::path path_;
  int saved_ = -1;
};

Outcome run(std::initializer_list<std::string> words) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments(words);
  std::vector<const char*> argv = {"feedgen"};
  for (const std::string& a : arguments) argv.push_back(a.c_str());
  Capture out(STDOUT_FILENO, folder.path / "out");
  Capture err(STDERR_FILENO, folder.path / "err");
  Outcome outcome;
  outcome.code = static_cast<int>(zoo::cli::run_program(static_cast<int>(argv.size()), argv.data()));
  outcome.out = out.end();
  outcome.err = err.end();
  return outcome;
}

const std::string kGoodManifest =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<product xmlns=\"urn:zoo:manifest:1\" id=\"A\" version=\"1\">\n"
    "  <title>A</title>\n  <summary>An A.</summary>\n</product>\n";

}  // namespace

TEST_CASE("program: help, version, usage errors", "[program]") {
  const Outcome help = run({"--help"});
  CHECK(help.code == 0);
  for (const char* command :
       {"build", "lint", "lock", "diff", "plan", "graph", "fmt", "mirror", "publish", "completion"}) {
    INFO(command);
    CHECK(help.out.find(command) != std::string::npos);
    const Outcome one = run({command, "--help"});
    CHECK(one.code == 0);
    CHECK_FALSE(one.out.empty());
  }
  CHECK(run({"--version"}).out.rfind("feedgen ", 0) == 0);
  CHECK(run({}).code == 2);
  CHECK(run({"no-such-command"}).code == 2);
  CHECK(run({"no-such-command"}).err.find("there is no command \"no-such-command\"") != std::string::npos);
  CHECK(run({"--color", "never"}).err.find("there is no command") == std::string::npos);
  CHECK(run({"lint", "--no-such-option"}).code == 2);
  CHECK(run({"lint"}).code == 2);
  CHECK(run({"plan", "x", "y", "--format", "sarif"}).code == 2);
}

TEST_CASE("program: a missing file is an I/O error that names it", "[program]") {
  const Outcome outcome = run({"lint", "no/such/file.xml"});
  CHECK(outcome.code == 3);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("no/such/file.xml") != std::string::npos);
}

TEST_CASE("program: with --format json one object is all of standard output, on failure too", "[program]") {
  const TemporaryFolder folder;
  const std::string good = folder.file("A.xml", kGoodManifest);
  const std::string bad = folder.file("B.xml", "<product xmlns='urn:zoo:manifest:1' id='B'><oops/></product>");
  for (const Outcome& outcome :
       {run({"lint", good, "--format", "json"}), run({"--format", "json", "lint", bad}),
        run({"lint", "--format", "json", "no/such/file.xml"}), run({"lint", "--format", "json", "--nonsense"})}) {
    const auto object = nlohmann::json::parse(outcome.out);
    CHECK(object.at("schema") == 1);
    CHECK(object.at("exitCode") == outcome.code);
  }
  const auto object = nlohmann::json::parse(run({"lint", bad, "--format", "json"}).out);
  CHECK(object.at("errors") >= 1);
  CHECK(object.at("diagnostics").at(0).at("file") == bad);
  CHECK(object.at("diagnostics").at(0).at("line") == 1);
}

TEST_CASE("program: lint shows the place, the line and a caret, and SARIF on request", "[program]") {
  const TemporaryFolder folder;
  const std::string bad = folder.file("B.xml",
                                      "<product xmlns=\"urn:zoo:manifest:1\" id=\"B\">\n  <title>B</title>\n"
                                      "  <summary>B.</summary>\n  <colour>red</colour>\n</product>\n");
  const Outcome outcome = run({"lint", bad, "--color", "never"});
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find(bad + ":4:4: error ZM0102: ") == 0);
  CHECK(outcome.err.find("  <colour>red</colour>\n     ^\n") != std::string::npos);
  const auto sarif = nlohmann::json::parse(run({"lint", bad, "--format", "sarif"}).out);
  CHECK(sarif.at("version") == "2.1.0");
  CHECK(sarif.at("runs").at(0).at("results").at(0).at("ruleId") == "ZM0102");
}

TEST_CASE("program: fmt is canonical, keeps comments, and --check changes nothing", "[program]") {
  const TemporaryFolder folder;
  const std::string messy =
      "<?xml version='1.0'?><!-- top --><product version='1' id='A' xmlns='urn:zoo:manifest:1'>\n"
      "<!-- about --><summary>An\n   A.</summary><title>A</title></product>";
  const std::string path = folder.file("A.xml", messy);
  CHECK(run({"fmt", "--check", path}).code == 1);
  CHECK(read(path) == messy);
  CHECK(run({"fmt", path}).code == 0);
  const std::string canonical = read(path);
  CHECK(canonical ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- top -->\n"
        "<product xmlns=\"urn:zoo:manifest:1\" id=\"A\" version=\"1\">\n  <title>A</title>\n  <!-- about -->\n"
        "  <summary>An A.</summary>\n</product>\n");
  CHECK(run({"fmt", "--check", path}).code == 0);
  const std::string broken = folder.file("C.xml", "<product xmlns='urn:zoo:manifest:1'");
  CHECK(run({"fmt", broken}).code == 1);
  CHECK(read(broken) == "<product xmlns='urn:zoo:manifest:1'");
}

TEST_CASE("program: completion scripts name every command", "[program]") {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = run({"completion", shell});
    CHECK(outcome.code == 0);
    for (const char* command : {"build", "lint", "plan", "fmt"}) CHECK(outcome.out.find(command) != std::string::npos);
  }
}
