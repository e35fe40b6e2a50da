// SPDX-License-Identifier: Apache-2.0
#include "tests/module/setup/setup_samples.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "module/setup/file_text.h"

namespace zoo::setup::test {
namespace {

namespace fs = std::filesystem;

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

}  // namespace

std::string fixture(const std::string& name) {
  std::string bytes = read_all(fs::path(ZOO_SOURCE_DIR) / "tests/fixtures/setup" / name);
  REQUIRE(!bytes.empty());
  return bytes;
}

const std::vector<std::string>& server_fixtures() {
  static const std::vector<std::string> names = {"iis-7.0.config", "iis-7.5.config",  "iis-8.0.config",
                                                 "iis-8.5.config", "iis-10.0.config", "iis-express-10.config"};
  return names;
}

Registration sample_registration() {
  Registration wanted;
  wanted.modules = module_dlls(kFolder, true);
  wanted.engines.emplace();
  wanted.engines->push_back({"python.3.12", "Python 3.12", "C:\\Python312\\python.exe", "-O \"C:\\w\\zoofcgi.py\"",
                             false, "C:\\Python312;%PATH%"});
  wanted.engines->push_back({"perl.mojo", "Mojolicious & <friends>", "C:\\perl.exe", "%APP_WORKER%", true, ""});
  return wanted;
}

std::string text_of(const std::string& bytes) {
  const SetupResult<FileText> file = decode_file(bytes, "test");
  REQUIRE(file);
  return file->text;
}

ConfigPlan installed(const std::string& text, const Registration& wanted) {
  const SetupResult<ConfigPlan> plan = plan_install(text, "test.config", wanted);
  INFO((plan ? std::string() : plan.error().message));
  REQUIRE(plan);
  return *plan;
}

ConfigPlan installed(const std::string& text) {
  return installed(text, sample_registration());
}

ConfigPlan uninstalled(const std::string& text) {
  const SetupResult<ConfigPlan> plan = plan_uninstall(text, "test.config", kFolder);
  INFO((plan ? std::string() : plan.error().message));
  REQUIRE(plan);
  return *plan;
}

TestFolder::TestFolder() {
  static std::atomic<unsigned> number{0};
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  const fs::path path =
      fs::temp_directory_path() / ("zoosetup-" + std::to_string(now) + "-" + std::to_string(number++));
  fs::create_directories(path);
  path_ = path.generic_string();
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TestFolder::write(const std::string& name, const std::string& bytes) const {
  fs::create_directories(fs::path(file(name)).parent_path());
  std::ofstream out(file(name), std::ios::binary | std::ios::trunc);
  out << bytes;
}

std::string TestFolder::read(const std::string& name) const {
  return read_all(file(name));
}

bool TestFolder::has(const std::string& name) const {
  return fs::exists(file(name));
}

}  // namespace zoo::setup::test
