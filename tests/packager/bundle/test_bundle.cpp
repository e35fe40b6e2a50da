// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "feedgen/catalog/manifest_reader.h"
#include "packager/bundle/bundle.h"
#include "packager/bundle/closure.h"
#include "packager/bundle/content.h"
#include "packager/bundle/install_script.h"
#include "packager/bundle/settings.h"
#include "packager/bundle/verify.h"
#include "packager/package/package.h"
#include "tests/packager/text_package.h"

using namespace zoo;
using namespace zoo::bundle;
namespace fs = std::filesystem;

namespace {

struct World {
  World() {
    auto read = catalog::read_manifests(std::string(ZOO_SOURCE_DIR) + "/manifests", sources, diagnostics);
    REQUIRE(read);
    manifests = std::move(*read);
  }
  const catalog::Product& product(const char* id) const {
    const catalog::ProductIndex index(manifests);
    const catalog::Product* found = index.find(id);
    REQUIRE(found != nullptr);
    return *found;
  }
  SourceSet sources;
  Diagnostics diagnostics;
  catalog::Catalog manifests;
};

BundleOptions options(const std::string& dist, bool without_module) {
  return {std::string(ZOO_SOURCE_DIR) + "/manifests", dist, without_module, {}};
}

const char* const kProjects[] = {"BlankDjangoProject", "BlankRailsProject", "BlankPerlProject",
                                 "BlankMojoliciousProject"};

}  // namespace

TEST_CASE("the applications' .gitignore tells what is theirs", "[content]") {
  const IgnoreList list("__pycache__/\n*.pyc\n# no\n/tmp/\n/log/*\n!/log/README.md\n");
  CHECK(list.ignores("a/__pycache__", true));
  CHECK_FALSE(list.ignores("a/__pycache__", false));
  CHECK(list.ignores("a/b.pyc", false));
  CHECK(list.ignores("tmp", true));
  CHECK_FALSE(list.ignores("a/tmp", true));
  CHECK(list.ignores("log/x", false));
  CHECK_FALSE(list.ignores("log/README.md", false));
  CHECK_FALSE(list.ignores("log", true));
  CHECK(list.filled() == std::vector<std::string>{"log"});
}

TEST_CASE("links in an application's folder are refused with their names", "[content]") {
  const fs::path folder = fs::temp_directory_path() / "zoo-test-content";
  fs::remove_all(folder);
  fs::create_directories(folder / "sub");
  std::ofstream(folder / "sub" / "file") << "x";
  fs::create_symlink("file", folder / "sub" / "link");
  Diagnostics diagnostics;
  const auto content = collect_content(folder.string(), "app", diagnostics);
  REQUIRE(content);
  CHECK(diagnostics.has("ZP0113"));
  CHECK_THAT(diagnostics.items().front().message, Catch::Contains("sub/link"));
  CHECK(content->items.size() == 2);
  fs::remove_all(folder);
}

TEST_CASE("engines by keyword", "[settings]") {
  CHECK(engine_of_keyword("ZooEnginepython313") == "python.3.13");
  CHECK(engine_of_keyword("ZooEngineruby34") == "ruby.3.4");
  CHECK(engine_of_keyword("ZooEngineperl540") == "perl.5.40");
  CHECK(engine_of_keyword("ZooEngineperlmojo") == "perl.mojo");
  CHECK(engine_of_keyword("Tools").empty());
}

TEST_CASE("every project makes a package without findings", "[bundle]") {
  const World world;
  for (const char* id : kProjects) {
    INFO(id);
    Diagnostics diagnostics;
    auto made = make_bundle(world.manifests, {}, world.product(id), options("none", true), diagnostics);
    REQUIRE(made);
    REQUIRE(*made);
    CHECK_FALSE(diagnostics.has_errors());
    const auto bytes = package::make_zip((*made)->items, {});
    REQUIRE(bytes);
    SourceSet sources;
    Diagnostics found;
    const auto package = package::read_package("x.zip", std::make_shared<MemorySource>(*bytes), sources, found);
    REQUIRE(package);
    package::lint(*package, found);
    package::check_contents(*package, found);
    for (const Diagnostic& d : found.items()) {
      INFO(to_text(d, sources, false));
      CHECK(d.severity == Severity::kNote);
    }
    REQUIRE(package->parameters);
    CHECK(package->parameters->find("Database Engine") != nullptr);
    CHECK(package->parameters->find("Secret Key") != nullptr);
    CHECK(package->parameters->find("Write access to log") != nullptr);
    Diagnostics verified;
    verify_bundle(*package, {}, sources, verified);
    CHECK(verified.has("ZP0504"));  // the module was left out
    CHECK_FALSE(verified.has("ZP0501"));
    CHECK_FALSE(verified.has("ZP0502"));
    CHECK_FALSE(verified.has("ZP0503"));
  }
}

namespace {

/// A copy of the application with a database, to be spoilt; goes with the test.
struct GuestBook {
  GuestBook() {
    fs::remove_all(folder);
    fs::copy(std::string(ZOO_SOURCE_DIR) + "/tests/fixtures/database", folder, fs::copy_options::recursive);
  }
  ~GuestBook() { fs::remove_all(folder); }
  GuestBook(const GuestBook&) = delete;
  GuestBook& operator=(const GuestBook&) = delete;

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(folder / file, std::ios::binary) << text;
  }
  void replace(const std::string& file, const std::string& old, const std::string& text) const {
    std::string all = package::test::whole((folder / file).string());
    const std::size_t at = all.find(old);
    REQUIRE(at != std::string::npos);
    write(file, all.replace(at, old.size(), text));
  }

  /// The package's bytes, or "" after findings.
  std::string build() {
    auto read = catalog::read_manifests(folder.string(), sources, diagnostics);
    REQUIRE(read);
    manifests = std::move(*read);
    const BundleOptions without_module = {folder.string(), "none", true, {}};
    const auto made = make_bundle(manifests, {}, manifests.products.front(), without_module, diagnostics);
    REQUIRE(made);
    if (!*made) return {};
    const auto bytes = package::make_zip((*made)->items, {});
    REQUIRE(bytes);
    return *bytes;
  }
  std::string messages() const {
    std::string out;
    for (const Diagnostic& d : diagnostics.items()) out += d.message + "\n";
    return out;
  }

  const fs::path folder = fs::temp_directory_path() / ("zoo-test-database-" + std::to_string(::getpid()));
  SourceSet sources;
  Diagnostics diagnostics;
  catalog::Catalog manifests;
};

/// Of a package that is read as users' tools read it.
struct Opened {
  explicit Opened(std::string content)
      : bytes(std::move(content)),
        package(package::read_package("x.zip", std::make_shared<MemorySource>(bytes), sources, diagnostics)) {
    REQUIRE(package);
    REQUIRE(package->parameters);
  }
  /// The parameter with this tag; there must be one alone.
  const package::Parameter& tagged(const char* tag) const {
    const package::Parameter* found = nullptr;
    for (const package::Parameter& p : package->parameters->items) {
      if (!p.has_tag(tag)) continue;
      REQUIRE(found == nullptr);
      found = &p;
    }
    REQUIRE(found != nullptr);
    return *found;
  }
  std::string bytes;
  SourceSet sources;
  Diagnostics diagnostics;
  std::unique_ptr<package::Package> package;
};

}  // namespace

TEST_CASE("an application with a database makes a package that fills it", "[database]") {
  GuestBook book;
  const Opened opened(book.build());
  const std::string told = book.messages();
  INFO(told);
  CHECK_FALSE(book.diagnostics.has_errors());
  const package::Package& made = *opened.package;
  Diagnostics found;
  package::lint(made, found);
  package::check_contents(made, found);
  for (const Diagnostic& d : found.items()) CHECK(d.code == "ZP0207");  // zoo/ is not installed

  const auto& providers = made.manifest.providers;
  REQUIRE(providers.size() == 5);
  CHECK(providers[0].is("iisApp"));
  CHECK((providers[1].is("dbMySql") && providers[1].path == "install.sql" && providers[1].settings.empty()));
  CHECK((providers[2].is("dbMySql") && providers[2].path == "procedures.sql"));
  CHECK(providers[2].setting("commandDelimiter") == "//");
  CHECK(providers[2].setting("removeCommandDelimiter") == "true");
  CHECK(providers[2].setting("transacted") == "false");
  CHECK((providers[3].is("setAcl") && providers[4].is("setAcl")));

  for (const char* tag : {"DbServer", "DbName", "DbUsername", "DbUserPassword", "DbAdminUsername", "DbAdminPassword"}) {
    INFO(tag);
    CHECK(opened.tagged(tag).has_tag("MySql"));
    CHECK_FALSE(opened.tagged(tag).description.present);  // the client has its own
    CHECK_FALSE(opened.tagged(tag).validations.empty());
  }
  const package::Parameter& connection = opened.tagged("MySqlConnectionString");
  CHECK((connection.has_tag("Hidden") && connection.has_tag("Validate") && connection.entries.size() == 2));
  CHECK(opened.tagged("DbName").entries.size() == 3);     // settings.ini and both scripts
  CHECK(opened.tagged("DbUserPassword").has_tag("New"));  // the script makes the account
  CHECK(opened.tagged("DbUserPassword").has_tag("NoStore"));
  CHECK_FALSE(opened.tagged("DbUserPassword").initial());      // nobody installs with a password of ours
  CHECK(made.parameters->find("Database Engine") == nullptr);  // there is no choice
  // The scripts lie outside of the site, and leave no empty folder in it.
  CHECK(made.find("install.sql") != nullptr);
  CHECK_FALSE(made.has_folder("GuestBook/database"));
}

TEST_CASE("the values of a database parameter cannot break out of scripts and connection string", "[database]") {
  GuestBook book;
  const Opened opened(book.build());
  for (const char* bad : {"", "a b", "a'b", "a\"b", "a;b", "a`b", "a\\b", "{a}", "a\nb"}) {
    INFO(bad);
    for (const char* tag : {"DbName", "DbUsername", "DbUserPassword"}) {
      CHECK(package::validation_problem(opened.tagged(tag), bad));
    }
  }
  CHECK_FALSE(package::validation_problem(opened.tagged("DbUserPassword"), "S3cret!#$&*()-_=+"));
  CHECK_FALSE(package::validation_problem(opened.tagged("DbServer"), "db.host.example"));
  CHECK_FALSE(package::validation_problem(opened.tagged("DbServer"), ".\\SQLEXPRESS"));
}

TEST_CASE("SQL Server's scripts run as dbFullSql", "[database]") {
  GuestBook book;
  book.replace("GuestBook.xml", "engine=\"mysql\"", "engine=\"sqlserver\"");
  book.replace("GuestBook.xml", "<keyword>MySQL<", "<keyword>SQL<");
  book.replace("apps/GuestBook/settings.ini", "engine = mysql", "engine = sqlserver");
  const Opened opened(book.build());
  CHECK(opened.package->manifest.providers[1].is("dbFullSql"));
  CHECK(opened.tagged("SqlConnectionString").initial() ==
        "Server={Database Server};Database={Database Name};Uid={Database Administrator};"
        "Pwd={Database Administrator Password};");
  CHECK(opened.package->parameters->find("Database Port") == nullptr);  // "host,1433"
  Diagnostics found;
  package::lint(*opened.package, found);
  for (const Diagnostic& d : found.items()) CHECK(d.code == "ZP0207");
}

TEST_CASE("an application with a database needs no settings.ini", "[database]") {
  GuestBook book;
  fs::remove(book.folder / "apps/GuestBook/settings.ini");
  const Opened opened(book.build());
  CHECK(opened.tagged("DbName").entries.size() == 2);
  CHECK_FALSE(opened.tagged("DbName").initial());
  CHECK(opened.tagged("DbServer").initial() == "localhost");
}

TEST_CASE("what is wrong with a database script is told with its place", "[database]") {
  GuestBook book;
  const std::string script = "apps/GuestBook/database/install.sql";
  std::string code, text;
  SECTION("missing") {
    fs::remove(book.folder / script);
    code = "ZP0606", text = "database/install.sql is not among the application's files";
  }
  SECTION("ignored") {
    book.write("apps/GuestBook/.gitignore", "*.sql\n");
    code = "ZP0606", text = "database/procedures.sql";
  }
  SECTION("Latin-1") {
    book.write(script, "SELECT 1;\nSELECT 'Gr\xFC\xDF';\n");
    code = "ZP0607", text = "install.sql:2:11: byte FC is not UTF-8";
  }
  SECTION("cut off within a character") {
    book.write(script, "SELECT 'Gr\xC3");
    code = "ZP0607", text = "install.sql:1:11: byte C3";
  }
  SECTION("a NUL byte") {
    book.write(script, std::string("SELECT\0 1;", 10));
    code = "ZP0607", text = "install.sql:1:7: a NUL byte";
  }
  SECTION("empty") {
    book.write(script, "");
    code = "ZP0607", text = "install.sql is empty";
  }
  SECTION("an unknown placeholder") {
    book.write(script, "USE x;\n  SELECT '%DB_NAME%', '%DB_OWNER%', '%like%';\n");
    code = "ZP0608", text = "install.sql:2:24: %DB_OWNER% stands for nothing";
  }
  SECTION("settings.ini says another engine") {
    book.replace("apps/GuestBook/settings.ini", "engine = mysql", "engine = sqlite");
    code = "ZP0602", text = "settings.ini says \"engine = sqlite\"";
  }
  SECTION("two scripts with one name") {
    book.replace("GuestBook.xml", "database/procedures.sql", "app/Install.sql");
    book.write("apps/GuestBook/app/Install.sql", "SELECT 1;\n");
    code = "ZP0110", text = "install.sql and Install.sql are one file on Windows";
  }
  const std::string bytes = [&]() -> std::string {
    if (code != "ZP0110") return book.build();
    auto read = catalog::read_manifests(book.folder.string(), book.sources, book.diagnostics);
    REQUIRE(read);
    const auto made =
        make_bundle(*read, {}, read->products.front(), {book.folder.string(), "none", true, {}}, book.diagnostics);
    REQUIRE((made && *made));
    package::check_items((*made)->items, book.diagnostics);
    return {};
  }();
  INFO(book.messages());
  CHECK(bytes.empty());
  CHECK(book.diagnostics.has(code));
  CHECK_THAT(book.messages(), Catch::Contains(text));
}

TEST_CASE("an application writes to log, media and data only", "[settings]") {
  GuestBook book;
  book.write("apps/GuestBook/.gitignore", "/data/*\n/log/*\n/static/*\n");
  fs::create_directories(book.folder / "apps/GuestBook/static");
  CHECK(book.build().empty());
  CHECK(book.diagnostics.has("ZP0609"));
  CHECK_THAT(book.messages(), Catch::Contains("static/"));
}

TEST_CASE("no project may write to anything but log, media and data", "[settings]") {
  const World world;
  for (const char* id : kProjects) {
    INFO(id);
    Diagnostics diagnostics;
    const auto made = make_bundle(world.manifests, {}, world.product(id), options("none", true), diagnostics);
    REQUIRE((made && *made));
    const Opened opened(*package::make_zip((*made)->items, {}));
    std::vector<std::string> writable;
    for (const package::Provider& p : opened.package->manifest.providers) {
      if (p.is("setAcl")) writable.push_back(p.path.substr(p.path.find('/') + 1));
    }
    CHECK(writable == std::vector<std::string>{"data", "log", "media"});
  }
}

TEST_CASE("missing module files are named, each", "[bundle]") {
  const World world;
  Diagnostics diagnostics;
  const auto made =
      make_bundle(world.manifests, {}, world.product("BlankPerlProject"), options("/none", false), diagnostics);
  REQUIRE(made);
  CHECK_FALSE(*made);
  std::string all;
  for (const Diagnostic& d : diagnostics.items()) all += d.message + "\n";
  CHECK(diagnostics.errors() == 2);
  CHECK_THAT(all, Catch::Contains("/none/installers/HeliconZoo-") && Catch::Contains("-x64.msi is missing") &&
                      Catch::Contains("-x86.msi is missing"));
}

TEST_CASE("changed bytes under zoo/ are found", "[bundle]") {
  const World world;
  Diagnostics diagnostics;
  auto made = make_bundle(world.manifests, {}, world.product("BlankPerlProject"), options("none", true), diagnostics);
  REQUIRE(made);
  for (package::ZipItem& item : (*made)->items) {
    if (item.name == "zoo/README.txt") item = package::bytes_item(item.name, *item.bytes + "x");
  }
  (*made)->items.push_back(package::bytes_item("zoo/stray", "x"));
  std::erase_if((*made)->items, [](const auto& i) { return i.name == "zoo/steps.json"; });
  const auto bytes = package::make_zip((*made)->items, {});
  SourceSet sources;
  Diagnostics found;
  const auto package = package::read_package("x.zip", std::make_shared<MemorySource>(*bytes), sources, found);
  verify_bundle(*package, {}, sources, found);
  CHECK(found.has("ZP0501"));
  CHECK(found.has("ZP0502"));
  CHECK(found.has("ZP0507"));
}

TEST_CASE("the closure holds every alternative and what that needs", "[closure]") {
  const World world;
  const auto closure = closure_of(world.manifests, world.product("BlankDjangoProject"));
  for (const char* id : {"HeliconZooModule", "Python311", "Python313", "mysqlclient_Python312", "WDeploy", "IIS7"}) {
    INFO(id);
    CHECK(std::find(closure.begin(), closure.end(), id) != closure.end());
  }
  CHECK(std::find(closure.begin(), closure.end(), "BlankDjangoProject") == closure.end());
  CHECK(std::find(closure.begin(), closure.end(), "Ruby34") == closure.end());
  const std::string steps = install_steps(world.manifests, world.product("BlankDjangoProject"));
  CHECK_THAT(steps, Catch::Contains("\"HeliconZooModule\"") && Catch::Contains("\"Python313\""));
  CHECK(steps.find("\"BlankDjangoProject\"") == steps.rfind("\"BlankDjangoProject\""));
}

TEST_CASE("a setting that the files do not have is reported", "[settings]") {
  const World world;
  Diagnostics diagnostics;
  make_setup(world.product("BlankDjangoProject"), {"app", "\nengine = sqlite\n", "<configuration/>", {}}, diagnostics);
  CHECK(diagnostics.has("ZP0602"));
}

TEST_CASE("scripts have the line ends of Windows", "[install]") {
  for (const std::string& text : {install_cmd(), install_ps1()}) {
    CHECK(text.find("\r\n") != std::string::npos);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') REQUIRE(text[i - 1] == '\r');
      REQUIRE(static_cast<unsigned char>(text[i]) < 0x80);
    }
  }
}
