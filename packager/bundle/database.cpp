// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "feedgen/base/files.h"
#include "feedgen/catalog/manifest_names.h"
#include "packager/bundle/parts.h"
#include "packager/package/rules.h"
#include "packager/package/sql_script.h"

namespace zoo::bundle {
namespace {

using package::Parameter;

/// One answer about the database. Tags but those of the engine; the client has its own texts for them.
struct Answer {
  std::string_view name, tags, validation, expression;
  std::string_view line;         ///< Of settings.ini; "" for none.
  std::string_view placeholder;  ///< Of scripts; "" for none.
};

// No value can end the connection string, a statement or a quoted text of a script: all three are made by putting the
// value in as it is.
constexpr std::string_view kName = "^[A-Za-z0-9_]{1,64}$";
constexpr std::string_view kServer = R"(^[A-Za-z0-9_.,:\\()-]{1,255}$)";
constexpr std::string_view kAccount = "^[A-Za-z0-9_.-]{1,32}$";
constexpr std::string_view kSecret = R"re(^[^\s;'"`\\{}%]{1,128}$)re";

constexpr std::string_view kServerName = "Database Server", kPortName = "Database Port", kNameName = "Database Name",
                           kAdminName = "Database Administrator", kAdminSecretName = "Database Administrator Password";

constexpr std::array<Answer, 6> kAnswers = {{
    {kServerName, "DbServer", "RegularExpression", kServer, "host", "DB_SERVER"},
    {kNameName, "DbName", "RegularExpression", kName, "name", "DB_NAME"},
    {"Database User Name", "DbUsername", "RegularExpression", kAccount, "user", "DB_USER"},
    {"Database Password", "DbUserPassword,Password,NoStore", "RegularExpression", kSecret, "password", "DB_PASSWORD"},
    {kAdminName, "DbAdminUsername", "RegularExpression", kAccount, "", ""},
    {kAdminSecretName, "DbAdminPassword,Password,NoStore", "AllowEmpty,RegularExpression", kSecret, "", ""},
}};
constexpr std::string_view kPortLine = "port", kEngineLine = "engine", kPasswordPlaceholder = "DB_PASSWORD";

/// What differs between the engines. web-deploy section 5 has the tags.
struct Dialect {
  std::string_view tag, connection_tag, administrator, port, connection;
};
constexpr Dialect kMySql = {"MySql", "MySqlConnectionString", "root", "3306",
                            "Server={{{0}}};Port={{{1}}};Database={{{2}}};Uid={{{3}}};Pwd={{{4}}};"};
// A port is part of the server's name there: "host,1433".
constexpr Dialect kSqlServer = {"Sql", "SqlConnectionString", "sa", "",
                                "Server={{{0}}};Database={{{2}}};Uid={{{3}}};Pwd={{{4}}};"};

const Dialect& dialect_of(const catalog::Database& database) {
  return database.engine.text == "mysql" ? kMySql : kSqlServer;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool uses(const std::vector<Script>& scripts, std::string_view placeholder) {
  return std::any_of(scripts.begin(), scripts.end(), [&](const Script& script) {
    const auto all = package::placeholders_in(script.text);
    return std::any_of(all.begin(), all.end(), [&](const auto& p) { return p.name == placeholder; });
  });
}

void check_script(const Script& script, const std::string& path, Diagnostics& diagnostics) {
  if (script.text.empty()) return package::report(diagnostics, "ZP0607", fmt::format("{} is empty", path));
  if (const auto problem = package::script_problem(script.text)) {
    return package::report(diagnostics, "ZP0607", fmt::format("{}:{}", path, *problem));
  }
  for (const package::Placeholder& p : package::placeholders_in(script.text)) {
    const auto known = [&](const Answer& a) { return !a.placeholder.empty() && a.placeholder == p.name; };
    if (std::any_of(kAnswers.begin(), kAnswers.end(), known)) continue;
    package::report(diagnostics, "ZP0608",
                    fmt::format("{}:{}:{}: %{}% stands for nothing", path, p.line, p.column, p.name));
  }
}

/// Folders that held the scripts alone: an empty one in the site would be of no use.
void drop_empty_folders(const std::string& prefix, std::string_view script, Content& content) {
  for (std::size_t slash = script.rfind('/'); slash != std::string_view::npos; slash = script.rfind('/')) {
    script = script.substr(0, slash);
    const std::string folder = fmt::format("{}/{}/", prefix, script);
    const auto inside = [&](const package::ZipItem& item) { return item.name.rfind(folder, 0) == 0; };
    if (std::count_if(content.items.begin(), content.items.end(), inside) > 1) return;
    std::erase_if(content.items, inside);
  }
}

class Maker {
 public:
  Maker(const catalog::Database& database, const std::vector<Script>& scripts, const std::string& settings_file,
        const std::string& settings, Diagnostics& diagnostics)
      : database_(database),
        dialect_(dialect_of(database)),
        scripts_(scripts),
        settings_file_(settings_file),
        settings_(settings),
        diagnostics_(diagnostics) {}

  std::vector<Parameter> run() {
    engine_line();
    for (const Answer& a : kAnswers) answer(a);
    if (!dialect_.port.empty()) port();
    connection();
    return std::move(out_);
  }

 private:
  std::string tags(std::string_view more) const { return fmt::format("{},{}", dialect_.tag, more); }

  void missing(std::string_view message) { package::report(diagnostics_, "ZP0602", std::string(message)); }

  /// Nothing to ask: the scripts are for one engine.
  void engine_line() {
    const auto now = current_line(settings_, kEngineLine);
    if (settings_.empty() || now == database_.engine.text) return;
    missing(now ? fmt::format("settings.ini says \"engine = {}\", the manifest fills {}", *now, database_.engine.text)
                : "settings.ini has no line \"engine =\"");
  }

  /// What settings.ini has, when it is a value that may be put in; else what is usual.
  std::optional<std::string> default_of(const Answer& a) const {
    if (a.name == kAdminName) return std::string(dialect_.administrator);
    Parameter probe = parameter(a.name, std::nullopt, {});
    probe.validations.push_back(validation("RegularExpression", a.expression));
    auto now = a.line.empty() ? std::nullopt : current_line(settings_, a.line);
    if (now && !package::validation_problem(probe, *now)) return now;
    return a.name == kServerName ? std::optional<std::string>("localhost") : std::nullopt;
  }

  void line(Parameter& p, std::string_view key) {
    if (key.empty() || settings_.empty()) return;
    if (!current_line(settings_, key)) return missing(fmt::format("settings.ini has no line \"{} =\"", key));
    p.entries.push_back(line_entry(settings_file_, key));
  }

  void answer(const Answer& a) {
    Parameter p = parameter(a.name, default_of(a), tags(a.tags));
    // The script makes the account: whoever invents the password writes it twice.
    if (a.placeholder == kPasswordPlaceholder && uses(scripts_, a.placeholder)) p.tags.text += ",New";
    line(p, a.line);
    for (const Script& script : scripts_) {
      if (a.placeholder.empty() || !uses({script}, a.placeholder)) continue;
      p.entries.push_back(package::ParameterEntry(
          file_entry(package::EntryKind::kTextFile, script.name, fmt::format("%{}%", a.placeholder))));
    }
    p.validations.push_back(validation(a.validation, a.expression));
    out_.push_back(std::move(p));
  }

  void port() {
    Parameter p = parameter(kPortName, std::string(dialect_.port), dialect_.tag);
    p.description = value("The port of the database server.");
    line(p, kPortLine);
    p.validations.push_back(validation("RegularExpression", "^[0-9]{1,5}$"));
    out_.push_back(std::move(p));
  }

  /// What the providers connect with: as the administrator, since the database may have to be made.
  void connection() {
    const std::string text =
        fmt::format(fmt::runtime(dialect_.connection), kServerName, kPortName, kNameName, kAdminName, kAdminSecretName);
    Parameter p = parameter("Database Connection String", text,
                            tags(fmt::format("{},Hidden,Validate,NoStore", dialect_.connection_tag)));
    for (const package::Provider& provider : database_providers(database_, scripts_)) {
      p.entries.push_back(provider_entry(provider.name, provider.path));
    }
    out_.push_back(std::move(p));
  }

  const catalog::Database& database_;
  const Dialect& dialect_;
  const std::vector<Script>& scripts_;
  const std::string& settings_file_;
  const std::string& settings_;
  Diagnostics& diagnostics_;
  std::vector<Parameter> out_;
};

}  // namespace

Result<std::vector<Script>> take_scripts(const catalog::Database& database, const std::string& prefix, Content& content,
                                         Diagnostics& diagnostics) {
  std::vector<Script> out;
  for (const catalog::DatabaseScript& declared : database.scripts) {
    const std::string name = fmt::format("{}/{}", prefix, declared.path.text);
    const auto found = std::find_if(content.items.begin(), content.items.end(),
                                    [&](const package::ZipItem& item) { return item.name == name; });
    if (found == content.items.end()) {
      package::report(diagnostics, "ZP0606", fmt::format("{} is not among the application's files", declared.path.text),
                      declared.path.pos);
      continue;
    }
    Result<std::string> text = read_file(found->path, kMaxManifestBytes);
    if (!text) return tl::unexpected(text.error());
    Script script{std::string(base_name(declared.path.text)), std::move(*text), &declared};
    check_script(script, found->path, diagnostics);
    content.items.erase(found);
    drop_empty_folders(prefix, declared.path.text, content);
    out.push_back(std::move(script));
  }
  return out;
}

std::vector<package::Provider> database_providers(const catalog::Database& database,
                                                  const std::vector<Script>& scripts) {
  const catalog::DatabaseEngine* engine = catalog::find_database_engine(database.engine.text);
  std::vector<package::Provider> out;
  if (engine == nullptr) return out;  // the manifest's reader has told it
  for (const Script& script : scripts) {
    std::vector<package::Setting> settings;
    if (script.declared->delimiter.filled()) {
      settings.push_back({"commandDelimiter", std::string(script.declared->delimiter.text), {}});
      settings.push_back({"removeCommandDelimiter", "true", {}});
    }
    if (script.declared->transacted.filled()) {
      settings.push_back({"transacted", std::string(script.declared->transacted.text), {}});
    }
    out.push_back(provider(engine->provider, script.name, std::move(settings)));
  }
  return out;
}

std::vector<Parameter> database_parameters(const catalog::Database& database, const std::vector<Script>& scripts,
                                           const std::string& settings_file, const std::string& settings,
                                           Diagnostics& diagnostics) {
  return Maker(database, scripts, settings_file, settings, diagnostics).run();
}

bool is_database_line(std::string_view key) {
  const auto is_it = [&](const Answer& a) { return !a.line.empty() && a.line == key; };
  return key == kPortLine || key == kEngineLine || std::any_of(kAnswers.begin(), kAnswers.end(), is_it);
}

}  // namespace zoo::bundle
