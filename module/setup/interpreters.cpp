// SPDX-License-Identifier: Apache-2.0
#include "module/setup/interpreters.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <tuple>

#include "module/setup/host_config.h"

namespace zoo::setup {
namespace {

struct LanguageFacts {
  std::string_view name;
  std::string_view display;
  std::string_view program;
  std::string_view worker;     ///< Below the installation folder.
  std::string_view arguments;  ///< Before the worker.
  int oldest_major;
  int oldest_minor;  ///< module/workers/README.md
};
constexpr std::array<LanguageFacts, 3> kLanguages = {{
    {"python", "Python", "python.exe", "python\\zoofcgi.py", "-O ", 3, 8},
    {"ruby", "Ruby", "ruby.exe", "ruby\\zoorack.rb", "", 2, 7},
    {"perl", "Perl", "perl.exe", "perl\\zoofcgi.pl", "", 5, 16},
}};

const LanguageFacts& facts_of(Language language) {
  return kLanguages.at(static_cast<std::size_t>(language));
}

/// A Windows path, or the name of a registry key.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string path;
  for (const std::string_view part : parts) {
    if (!path.empty()) path += '\\';
    path += part;
  }
  return path;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Version {
  int major = 0;
  int minor = 0;
};

/// "312" is 3.12; Ruby's DLLs have a third number, which is 0: "340".
std::optional<Version> version_of(std::string_view digits, Language language) {
  if (language == Language::kRuby && digits.ends_with('0')) digits.remove_suffix(1);
  if (digits.size() < 2 || digits.size() > 3 || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  Version version{digits[0] - '0', 0};
  for (const char c : digits.substr(1)) version.minor = version.minor * 10 + (c - '0');
  return version;
}

/// From a DLL's name: "python312.dll", "x64-ucrt-ruby340.dll", "perl540.dll".
std::optional<Version> version_of_dll(const std::string& file, Language language) {
  std::string_view name = file;
  if (name.size() < 5 || !equal_nocase(name.substr(name.size() - 4), ".dll")) return std::nullopt;
  name.remove_suffix(4);
  const std::size_t last = name.find_last_not_of("0123456789");
  if (last == std::string_view::npos) return std::nullopt;
  const std::string_view word = facts_of(language).name;
  const std::string_view stem = name.substr(0, last + 1);
  const bool fits = language == Language::kRuby
                        ? stem.size() >= word.size() && equal_nocase(stem.substr(stem.size() - word.size()), word)
                        : equal_nocase(stem, word);
  return fits ? version_of(name.substr(last + 1), language) : std::nullopt;
}

class Finder {
 public:
  explicit Finder(const Machine& machine) : machine_(machine) {}

  std::vector<Interpreter> run() {
    for (const RegistryView view : {RegistryView::k64, RegistryView::k32}) {
      python_in_registry(view);
      ruby_in_registry(view);
    }
    usual_folders();
    perl_on_path();
    std::ranges::stable_sort(found_, {},
                             [](const Interpreter& one) { return std::tuple(one.language, one.major, one.minor); });
    return std::move(found_);
  }

 private:
  /// PEP 514: HKLM\SOFTWARE\Python\PythonCore\<tag>\InstallPath; 32-bit builds have tags like 3.12-32.
  void python_in_registry(RegistryView view) {
    const std::string key = "SOFTWARE\\Python\\PythonCore";
    for (const std::string& tag : machine_.registry_keys(view, key)) {
      if (const auto folder = machine_.registry_value(view, joined({key, tag, "InstallPath"}), "")) {
        add(Language::kPython, *folder);
      }
    }
  }

  void ruby_in_registry(RegistryView view) {
    const std::string key = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall";
    for (const std::string& name : machine_.registry_keys(view, key)) {
      if (!name.starts_with("RubyInstaller-")) continue;
      if (const auto folder = machine_.registry_value(view, joined({key, name}), "InstallLocation")) {
        add(Language::kRuby, without_slash(*folder) + "\\bin");
      }
    }
  }

  void usual_folders() {
    const std::string drive = or_else(machine_.environment("SystemDrive"), "C:");
    std::vector<std::string> roots = {drive};
    for (const char* name : {"ProgramW6432", "ProgramFiles", "ProgramFiles(x86)"}) {
      const std::string folder = machine_.environment(name);
      if (!folder.empty() && std::ranges::find(roots, folder) == roots.end()) roots.push_back(folder);
    }
    for (const std::string& root : roots) {
      for (const std::string& name : machine_.names_in(root + "\\")) {
        if (equal_nocase(name.substr(0, 6), "python")) add(Language::kPython, joined({root, name}));
        if (equal_nocase(name.substr(0, 4), "ruby")) add(Language::kRuby, joined({root, name, "bin"}));
        if (equal_nocase(name, "strawberry")) add(Language::kPerl, joined({root, name, "perl", "bin"}));
      }
    }
  }

  /// Strawberry Perl leaves nothing in the registry but its folder in the machine's PATH.
  void perl_on_path() {
    const std::string path = machine_.environment("PATH");
    std::size_t begin = 0;
    while (begin < path.size()) {
      const std::size_t end = std::min(path.find(';', begin), path.size());
      const std::string folder = path.substr(begin, end - begin);
      if (!folder.empty()) add(Language::kPerl, folder);
      begin = end + 1;
    }
  }

  void add(Language language, const std::string& given) {
    const std::string folder = without_slash(given);
    if (!machine_.file_exists(folder + "\\" + std::string(facts_of(language).program))) return;
    std::optional<Version> version;
    for (const std::string& name : machine_.names_in(folder)) {
      if (!version) version = version_of_dll(name, language);
    }
    if (!version) return;
    const auto is_same = [&](const Interpreter& other) {
      return other.language == language && other.major == version->major && other.minor == version->minor;
    };
    if (std::ranges::none_of(found_, is_same)) found_.push_back({language, version->major, version->minor, folder});
  }

  static std::string without_slash(std::string path) {
    while (path.ends_with('\\') || path.ends_with('/')) path.pop_back();
    return path;
  }
  static std::string or_else(const std::string& text, const char* other) { return text.empty() ? other : text; }

  const Machine& machine_;
  std::vector<Interpreter> found_;
};

/// Strawberry's own order: the C libraries that modules need, then programs of modules, then Perl.
std::string path_variable(const Interpreter& interpreter) {
  const std::string& folder = interpreter.folder;
  const std::string perl = "\\perl\\bin";
  if (interpreter.language == Language::kPerl && folder.size() > perl.size() &&
      same_path(std::string_view(folder).substr(folder.size() - perl.size()), perl)) {
    const std::string root = folder.substr(0, folder.size() - perl.size());
    return root + "\\c\\bin;" + root + "\\perl\\site\\bin;" + folder + ";%PATH%";
  }
  if (interpreter.language == Language::kPython) return folder + ";" + folder + "\\Scripts;%PATH%";
  return folder + ";%PATH%";
}

Engine make_engine(const Interpreter& interpreter, const std::string& install_folder) {
  const LanguageFacts& facts = facts_of(interpreter.language);
  const std::string version = std::to_string(interpreter.major) + "." + std::to_string(interpreter.minor);
  Engine engine;
  engine.name = std::string(facts.name) + "." + version;
  engine.display_name = std::string(facts.display) + " " + version;
  engine.full_path = interpreter.folder + "\\" + std::string(facts.program);
  engine.arguments =
      std::string(facts.arguments) + "\"" + install_folder + "\\workers\\" + std::string(facts.worker) + "\"";
  engine.path_variable = path_variable(interpreter);
  return engine;
}

/// Mojolicious has a server of its own; the application is named by the application's APP_WORKER.
Engine mojolicious_engine(const Interpreter& perl) {
  Engine engine;
  engine.name = "perl.mojo";
  engine.display_name = "Mojolicious (Perl " + std::to_string(perl.major) + "." + std::to_string(perl.minor) + ")";
  engine.full_path = perl.folder + "\\perl.exe";
  engine.arguments = "\"%APP_WORKER%\" daemon -l http://%HOST%:%PORT%";
  engine.http_over_tcp = true;
  engine.path_variable = path_variable(perl);
  return engine;
}

}  // namespace

std::string_view language_name(Language language) {
  return facts_of(language).display;
}

bool Interpreter::usable() const {
  const LanguageFacts& facts = facts_of(language);
  return std::tuple(major, minor) >= std::tuple(facts.oldest_major, facts.oldest_minor);
}

std::vector<Interpreter> find_interpreters(const Machine& machine) {
  return Finder(machine).run();
}

std::vector<Engine> make_engines(const std::vector<Interpreter>& interpreters, const std::string& install_folder) {
  std::vector<Engine> engines;
  const Interpreter* newest_perl = nullptr;
  for (const Interpreter& interpreter : interpreters) {
    if (!interpreter.usable()) continue;
    engines.push_back(make_engine(interpreter, install_folder));
    if (interpreter.language == Language::kPerl) newest_perl = &interpreter;
  }
  if (newest_perl != nullptr) engines.push_back(mojolicious_engine(*newest_perl));
  return engines;
}

}  // namespace zoo::setup
