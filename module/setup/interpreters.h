// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "module/setup/engine.h"
#include "module/setup/machine.h"

namespace zoo::setup {

enum class Language { kPython, kRuby, kPerl };
std::string_view language_name(Language language);

struct Interpreter {
  Language language = Language::kPython;
  int major = 0;
  int minor = 0;
  std::string folder;  ///< Of the program, without a slash at its end.
  /// The workers run on it; too old ones are reported and get no engine.
  bool usable() const;
};

/// The interpreters that all users of the machine can run: from the registry and the usual folders. Those that one user
/// installed for himself are left out, since the accounts of application pools cannot read them. Sorted by language and
/// version; of several with the same version the 64-bit one wins. The version is told by the name of the interpreter's
/// DLL (python312.dll, x64-ucrt-ruby340.dll, perl540.dll), so nothing has to be run.
std::vector<Interpreter> find_interpreters(const Machine& machine);

/// Their engines: python.3.12, ruby.3.4, perl.5.40, and perl.mojo for the newest Perl. `install_folder` has workers\.
std::vector<Engine> make_engines(const std::vector<Interpreter>& interpreters, const std::string& install_folder);

}  // namespace zoo::setup
