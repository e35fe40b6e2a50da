// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "module/setup/setup_program.h"

namespace zoo::setup {

/// The result for people: what goes to standard output, and what to standard error.
struct ReportText {
  std::string out;
  std::string error;
};
ReportText to_text(const SetupReport& report, const SetupOptions& options);

/// The result as JSON, schema 1 (docs/commands/zoosetup.md).
std::string to_json(const SetupReport& report, const SetupOptions& options);

}  // namespace zoo::setup
