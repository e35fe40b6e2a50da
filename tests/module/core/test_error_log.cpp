// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "module/core/error_log.h"

using namespace zoo::module;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("zoo-error-log-" + std::to_string(std::random_device()()))) {}
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }
  std::string read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  fs::path path_;
};

const std::chrono::system_clock::time_point kTime{std::chrono::seconds(1385197500) + std::chrono::microseconds(123)};

ErrorLogOptions options(const Folder& folder) {
  ErrorLogOptions made;
  made.folder = folder.path() / "log";
  made.version = "5.0.0";
  return made;
}

}  // namespace

TEST_CASE("a line of the log", "[error_log]") {
  CHECK(format_log_line({kTime, "5.0.0", 0x1bb0, LogLevel::kNotification, 28462272, "Application has been started"}) ==
        "[23.11.2013 09:05:00.000123] [v 5.0.0] [tid 0x00001bb0] [sev 2] # 28462272 Application has been started\n");
  CHECK(format_log_line({kTime, "5", 0, LogLevel::kError, 0, "a\r\n[forged]\x01"}).find("# 0 a  [forged] \n") !=
        std::string::npos);
}

TEST_CASE("levels", "[error_log]") {
  CHECK(parse_log_level(" Warning ") == LogLevel::kWarning);
  CHECK(parse_log_level("CRITICAL") == LogLevel::kCritical);
  CHECK_FALSE(parse_log_level("loud").has_value());
  const Folder folder;
  ErrorLog log(options(folder), [] { return kTime; });
  log.write(LogLevel::kNotification, 1, "not this");
  log.write(LogLevel::kWarning, 1, "but this");
  const std::string text = folder.read("log/ZooError-1.log");
  CHECK(text.find("not this") == std::string::npos);
  CHECK(text.find("[sev 3] # 1 but this\n") != std::string::npos);
  CHECK(log.ok());
  ErrorLogOptions none = options(folder);
  none.level = LogLevel::kNone;
  CHECK_FALSE(ErrorLog(none).enabled(LogLevel::kCritical));
}

TEST_CASE("files are bounded in size and number", "[error_log]") {
  const Folder folder;
  ErrorLogOptions small = options(folder);
  small.max_file_size = 1000;
  small.max_files = 3;
  ErrorLog log(small, [] { return kTime; });
  for (int i = 0; i < 100; ++i) log.write(LogLevel::kError, 0, "message " + std::to_string(i));
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(small.folder)) {
    files.insert(entry.path().filename().string());
    CHECK(entry.file_size() <= 1000);
  }
  CHECK(files == std::set<std::string>{"ZooError-1.log", "ZooError-2.log", "ZooError-3.log"});
  CHECK(folder.read("log/" + log.file().filename().string()).find("message 99\n") != std::string::npos);
}

TEST_CASE("a later run goes on in the last file", "[error_log]") {
  const Folder folder;
  ErrorLogOptions named = options(folder);
  named.file_name = "zoo.log";
  named.max_file_size = 200;
  {
    ErrorLog log(named, [] { return kTime; });
    for (int i = 0; i < 3; ++i) log.write(LogLevel::kError, 0, std::string(60, 'x'));
    CHECK(log.file().filename() == "zoo-3.log");
  }
  std::error_code error;
  fs::last_write_time(named.folder / "zoo-3.log", fs::file_time_type::clock::now() + std::chrono::seconds(5), error);
  CHECK(ErrorLog(named).file().filename() == "zoo-3.log");
}

TEST_CASE("threads share a log line by line", "[error_log]") {
  const Folder folder;
  ErrorLog log(options(folder), [] { return kTime; });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 50; ++i) log.write(LogLevel::kError, 0, "0123456789");
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::ifstream file(log.file());
  std::string line;
  int lines = 0;
  while (std::getline(file, line)) {
    ++lines;
    CHECK(line.ends_with("# 0 0123456789"));
  }
  CHECK(lines == 200);
}

TEST_CASE("a log that cannot be written says so and harms nobody", "[error_log]") {
  const Folder folder;
  fs::create_directories(folder.path());
  std::ofstream(folder.path() / "log") << "a file where the folder should be";
  ErrorLog log(options(folder), [] { return kTime; });
  log.write(LogLevel::kError, 0, "x");
  CHECK_FALSE(log.ok());
}
