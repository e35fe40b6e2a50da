// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "packager/bundle/parts.h"
#include "packager/package/rules.h"
#include "packager/package/xml_edit.h"

namespace zoo::bundle {
namespace {

using package::EntryKind;
using package::Parameter;

constexpr std::string_view kEngineKeyword = "ZooEngine";
/// Where an application may write. Nothing that it runs or serves as its own lies there, so that who finds a way to
/// write finds none to run.
constexpr std::array<std::string_view, 3> kWritable = {"data", "log", "media"};
/// Build servers look for this very name (web-deploy section 5).
constexpr std::string_view kApplicationParameter = "IIS Web Application Name";

/// One line of settings.ini that users are asked for.
struct Question {
  std::string_view key, name, description, default_value, tags, validation, expression;
};

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

class SetupMaker {
 public:
  SetupMaker(const catalog::Product& product, const ApplicationFiles& files, Diagnostics& diagnostics)
      : product_(product), files_(files), diagnostics_(diagnostics) {}

  /// Providers in the order of execution: files, database, then the rights on what is there (web-deploy section 3).
  Setup run() {
    application();
    if (files_.database != nullptr) database(*files_.database);
    for (const std::string& folder : files_.writable) acl(folder);
    engine();
    for (const Question& q : kQuestions) {
      if (files_.database == nullptr || !is_database_line(q.key)) question(q);
    }
    return std::move(out_);
  }

 private:
  void missing(std::string message) {
    package::report(diagnostics_, "ZP0602", fmt::format("{}: {}", product_.id.text, message));
  }

  void application() {
    out_.providers.push_back(provider("iisApp", files_.folder));
    Parameter p = parameter(kApplicationParameter, fmt::format("Default Web Site/{}", product_.id.text), "IisApp");
    p.entries.push_back(provider_entry("iisApp", files_.folder));
    out_.parameters.items.push_back(std::move(p));
  }

  void database(const catalog::Database& filled) {
    for (package::Provider& p : database_providers(filled, files_.scripts)) out_.providers.push_back(std::move(p));
    for (Parameter& p :
         database_parameters(filled, files_.scripts, in_package("settings.ini"), files_.settings, diagnostics_)) {
      out_.parameters.items.push_back(std::move(p));
    }
  }

  void acl(const std::string& folder) {
    if (std::find(kWritable.begin(), kWritable.end(), folder) == kWritable.end()) {
      package::report(diagnostics_, "ZP0609",
                      fmt::format("{}: .gitignore says that it writes to {}/", product_.id.text, folder));
      return;
    }
    const std::string path = in_package(folder);
    out_.providers.push_back(provider("setAcl", path, {{"setAclAccess", "Modify", {}}}));
    Parameter p = parameter(fmt::format("Write access to {}", folder),
                            fmt::format("{{{}}}/{}", kApplicationParameter, folder), "SetAcl,Hidden");
    p.entries.push_back(provider_entry("setAcl", path));
    out_.parameters.items.push_back(std::move(p));
  }

  std::string in_package(std::string_view file) const { return fmt::format("{}/{}", files_.folder, file); }

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
    const std::string file = in_package("web.config");
    p.entries.push_back(file_entry(EntryKind::kXmlFile, file, std::string(kHandlers)));
    if (const auto shown = package::xpath_count(files_.web_config, kShown); shown && *shown != 0) {
      p.entries.push_back(file_entry(EntryKind::kXmlFile, file, std::string(kShown)));
    }
    p.validations.push_back(validation("Enumeration", fmt::format("{}", fmt::join(engines, ","))));
    out_.parameters.items.push_back(std::move(p));
  }

  void question(const Question& q) {
    if (files_.settings.empty()) return;
    const auto now = current_line(files_.settings, q.key);
    if (!now) return missing(fmt::format("settings.ini has no line \"{} =\"", q.key));
    Parameter p = parameter(q.name, now->empty() ? std::string(q.default_value) : *now, q.tags);
    p.description = value(std::string(q.description));
    p.entries.push_back(line_entry(in_package("settings.ini"), q.key));
    p.validations.push_back(validation(q.validation, q.expression));
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
