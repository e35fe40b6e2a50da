// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "packager/package/rules.h"
#include "packager/package/xml_edit.h"

namespace zoo::bundle {
namespace {

using package::Parameter;
using package::ParameterEntry;
using package::Provider;
using package::Value;

constexpr std::string_view kEngineKeyword = "ZooEngine";
/// Build servers look for this very name (web-deploy section 5).
constexpr std::string_view kApplicationParameter = "IIS Web Application Name";

/// One line of settings.ini that users are asked for.
struct Question {
  std::string_view key, name, description, default_value, tags, validation, expression;
};

// The sections of settings.ini have no key in common, so that a key alone finds its line.
constexpr std::array<Question, 10> kQuestions = {{
    {"engine", "Database Engine", "Which database the site uses: sqlite needs no server, mysql is MariaDB or MySQL.",
     "sqlite", "", "Enumeration", "sqlite,mysql,sqlserver"},
    {"name", "Database Name",
     "The name of an empty database on the server. With sqlite: the file, relative to the site's folder.", "", "",
     "RegularExpression", R"(^[^\r\n]+$)"},
    {"user", "Database User Name", "The account on the database server. Empty with sqlite.", "", "",
     "AllowEmpty,RegularExpression", R"(^[^\r\n]*$)"},
    {"password", "Database Password", "The password of that account.", "", "Password,NoStore",
     "AllowEmpty,RegularExpression", R"(^[^\r\n]*$)"},
    {"host", "Database Server", "The name of the database server. Empty: this machine.", "", "",
     "AllowEmpty,RegularExpression", R"(^[^\r\n]*$)"},
    {"port", "Database Port", "Empty: the usual one.", "", "", "AllowEmpty,RegularExpression", R"(^[0-9]{1,5}$)"},
    {"secret_key", "Secret Key", "Signs sessions and links. Empty: one is made at the first start.", "",
     "Password,NoStore", "AllowEmpty,RegularExpression", R"(^[^\r\n\s]{32,}$)"},
    {"debug", "Debug", "true shows errors in full to every visitor: for development only.", "false", "", "Enumeration",
     "false,true"},
    {"admin_mail", "Administrator Mail", "Who hears about failures. Empty: nobody.", "", "",
     "AllowEmpty,RegularExpression", R"(^[^@\s]+@[^@\s]+$)"},
    {"allowed_hosts", "Host Names", "The names that the site answers to, separated by commas; * for all.", "*", "",
     "RegularExpression", R"(^[^\r\n]+$)"},
}};

Value value(std::string text) {
  return {std::move(text), true, {}};
}

ParameterEntry entry(package::EntryKind kind, std::string scope, std::string match) {
  return {{}, kind, value(std::string(package::name(kind))), value(std::move(scope)), value(std::move(match)), {}};
}

Parameter parameter(std::string_view name, std::string default_value, std::string_view tags) {
  Parameter p;
  p.name = value(std::string(name));
  p.default_value = value(std::move(default_value));
  if (!tags.empty()) p.tags = value(std::string(tags));
  return p;
}

/// What stands behind "key =" in settings.ini, or nothing when the line is not there.
std::optional<std::string> current(const std::string& settings, std::string_view key) {
  const std::string mark = fmt::format("\n{} =", key);
  const std::size_t at = settings.find(mark);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + mark.size();
  const std::size_t end = std::min(settings.find_first_of("\r\n", begin), settings.size());
  return std::string(catalog::trimmed(std::string_view(settings).substr(begin, end - begin)));
}

class SetupMaker {
 public:
  SetupMaker(const catalog::Product& product, const ApplicationFiles& files, Diagnostics& diagnostics)
      : product_(product), files_(files), diagnostics_(diagnostics) {}

  Setup run() {
    application();
    for (const std::string& folder : files_.writable) acl(folder);
    engine();
    for (const Question& q : kQuestions) question(q);
    return std::move(out_);
  }

 private:
  void missing(std::string message) {
    package::report(diagnostics_, "ZP0602", fmt::format("{}: {}", product_.id.text, message));
  }

  std::string anchored(std::string_view path) const { return "^" + package::regex_escaped(path) + "$"; }

  void provider(std::string name, std::string path, std::vector<package::Setting> settings) {
    Provider p;
    p.name = std::move(name);
    p.path = std::move(path);
    p.has_path = true;
    p.settings = std::move(settings);
    out_.providers.push_back(std::move(p));
  }

  void application() {
    provider("iisApp", files_.folder, {});
    Parameter p = parameter(kApplicationParameter, fmt::format("Default Web Site/{}", product_.id.text), "IisApp");
    p.entries.push_back(entry(package::EntryKind::kProviderPath, "^iisApp$", anchored(files_.folder)));
    out_.parameters.items.push_back(std::move(p));
  }

  void acl(const std::string& folder) {
    const std::string path = files_.folder + "/" + folder;
    provider("setAcl", path, {{"setAclAccess", "Modify", {}}});
    Parameter p = parameter(fmt::format("Write access to {}", folder),
                            fmt::format("{{{}}}/{}", kApplicationParameter, folder), "SetAcl,Hidden");
    p.entries.push_back(entry(package::EntryKind::kProviderPath, "^setAcl$", anchored(path)));
    out_.parameters.items.push_back(std::move(p));
  }

  std::string scope_of(std::string_view file) const {
    return "^" + package::regex_escaped(files_.folder) + "\\\\" + package::regex_escaped(file) + "$";
  }

  /// The engines that the product names as keywords: the site runs with any of them that is on the server.
  void engine() {
    std::vector<std::string> engines;
    for (const catalog::Field& keyword : product_.keywords) {
      if (std::string name = engine_of_keyword(keyword.text); !name.empty()) engines.push_back(std::move(name));
    }
    if (engines.empty()) return;
    constexpr std::string_view kHandlers = "//handlers/add/@scriptProcessor";
    constexpr std::string_view kShown = "//environmentVariables/add[@name='ZOO_ENGINE']/@value";
    const auto handlers = package::xpath_count(files_.web_config, kHandlers);
    if (!handlers || *handlers == 0) return missing("web.config has no handler with an engine");
    const auto chosen = std::find_if(engines.begin(), engines.end(), [&](const std::string& e) {
      return files_.web_config.find("scriptProcessor=\"" + e + "\"") != std::string::npos;
    });
    if (chosen == engines.end()) return missing("the engine in web.config is none of the product's keywords");
    Parameter p = parameter("Engine", *chosen, "");
    p.description = value("The version of the language that runs the site; it must be on the server.");
    p.entries.push_back(entry(package::EntryKind::kXmlFile, scope_of("web.config"), std::string(kHandlers)));
    if (const auto shown = package::xpath_count(files_.web_config, kShown); shown && *shown != 0) {
      p.entries.push_back(entry(package::EntryKind::kXmlFile, scope_of("web.config"), std::string(kShown)));
    }
    p.validations.push_back({{}, value("Enumeration"), value(fmt::format("{}", fmt::join(engines, ",")))});
    out_.parameters.items.push_back(std::move(p));
  }

  void question(const Question& q) {
    if (files_.settings.empty()) return;
    const auto now = current(files_.settings, q.key);
    if (!now) return missing(fmt::format("settings.ini has no line \"{} =\"", q.key));
    Parameter p = parameter(q.name, now->empty() ? std::string(q.default_value) : *now, q.tags);
    p.description = value(std::string(q.description));
    // From behind "key =" to the end of the line, so that a second installation finds it again.
    p.entries.push_back(
        entry(package::EntryKind::kTextFile, scope_of("settings.ini"), fmt::format("(?<=\\n{} =)[^\\r\\n]*", q.key)));
    p.validations.push_back({{}, value(std::string(q.validation)), value(std::string(q.expression))});
    out_.parameters.items.push_back(std::move(p));
  }

  const catalog::Product& product_;
  const ApplicationFiles& files_;
  Diagnostics& diagnostics_;
  Setup out_;
};

}  // namespace

std::string engine_of_keyword(std::string_view keyword) {
  if (keyword.substr(0, kEngineKeyword.size()) != kEngineKeyword) return {};
  keyword.remove_prefix(kEngineKeyword.size());
  for (const std::string_view language : {"python", "ruby", "perl"}) {
    if (keyword.substr(0, language.size()) != language) continue;
    const std::string_view version = keyword.substr(language.size());
    if (version.empty()) return {};
    const bool number = version.find_first_not_of("0123456789") == std::string_view::npos;
    if (!number || version.size() < 2) return fmt::format("{}.{}", language, version);
    return fmt::format("{}.{}.{}", language, version.substr(0, 1), version.substr(1));
  }
  return {};
}

Setup make_setup(const catalog::Product& product, const ApplicationFiles& files, Diagnostics& diagnostics) {
  return SetupMaker(product, files, diagnostics).run();
}

}  // namespace zoo::bundle
