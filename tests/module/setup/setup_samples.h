// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "module/setup/host_config.h"

namespace zoo::setup::test {

/// tests/fixtures/setup/NAME.
std::string fixture(const std::string& name);
/// The configurations of IIS 7.0 to 10.0 and IIS Express.
const std::vector<std::string>& server_fixtures();

inline constexpr const char* kFolder = "C:\\Program Files\\Helicon\\Zoo";
/// Both modules and two engines.
Registration sample_registration();

/// The text of a file in UTF-8.
std::string text_of(const std::string& bytes);

/// The results of plan_install and plan_uninstall, which must succeed.
ConfigPlan installed(const std::string& text);
ConfigPlan installed(const std::string& text, const Registration& wanted);
ConfigPlan uninstalled(const std::string& text);

/// A folder below the system's temporary folder, removed with all that is in it.
class TestFolder {
 public:
  TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder();
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& bytes) const;
  std::string read(const std::string& name) const;
  bool has(const std::string& name) const;

 private:
  std::string path_;
};

}  // namespace zoo::setup::test
