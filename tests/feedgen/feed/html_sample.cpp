// SPDX-License-Identifier: Apache-2.0
#include "html_sample.h"

#include <string>
#include <utility>

namespace zoo::feed::test {
namespace {

using catalog::Catalog;
using catalog::Dependency;
using catalog::Field;
using catalog::Installer;
using catalog::LocalText;
using catalog::Product;

const SourcePos kHere{0, 0};

Field field(std::string_view text) {
  return {text, kHere};
}

LocalText local(std::string_view text) {
  LocalText out;
  out.text = text;
  out.pos = kHere;
  return out;
}

Dependency one(std::string_view id) {
  Dependency out;
  out.kind = Dependency::Kind::kProduct;
  out.id = field(id);
  return out;
}

Dependency all(std::vector<Dependency> children) {
  Dependency out;
  out.kind = Dependency::Kind::kAnd;
  out.children = std::move(children);
  return out;
}

Dependency any(std::vector<Dependency> children) {
  Dependency out = all(std::move(children));
  out.kind = Dependency::Kind::kOr;
  return out;
}

Dependency shared(std::string_view id) {
  Dependency out = one(id);
  out.kind = Dependency::Kind::kReference;
  return out;
}

Installer installer(std::string_view id, std::string_view architecture) {
  Installer out;
  out.pos = kHere;
  out.id = field(id);
  if (architecture.empty()) return out;
  out.architectures.pos = kHere;
  out.architectures.names = {field(architecture)};
  return out;
}

catalog::Command command(std::string_view exe, std::string_view arguments) {
  catalog::Command out;
  out.kind = field("cmdLine");
  out.exe = field(exe);
  out.arguments = field(arguments);
  return out;
}

catalog::Os os_from(std::string_view major, std::string_view minor) {
  catalog::Os out;
  out.pos = kHere;
  out.minimum.pos = kHere;
  out.minimum.major = field(major);
  out.minimum.minor = field(minor);
  return out;
}

Product product(std::string_view id, std::string_view title, std::string_view version, std::string_view summary) {
  Product out;
  out.pos = kHere;
  out.id = field(id);
  out.title = local(title);
  out.version = field(version);
  out.summary = local(summary);
  return out;
}

void family(Product& target, std::string_view name) {
  target.attributes.push_back({field("productFamily"), local(name)});
}

void maker(Product& target, std::string_view name, std::string_view url) {
  target.author_name = field(name);
  target.author_url = field(url);
  target.link = field(url);
}

Product application(Catalog& into, std::string_view language, Dependency needs) {
  const auto keep = [&](std::string text) { return into.pool->keep(std::move(text)); };
  const std::string name(language);
  Product out = product(keep("Blank" + name + "Project"), keep("Blank " + name + " Project"), "1.0.0",
                        keep("An empty " + name + " project that says hello, with all it takes to run it on IIS."));
  out.description = local("Installs the language, the framework and the module where they are not there yet.");
  out.spdx = field("Apache-2.0");
  out.license = field("Apache License 2.0");
  out.published = field("2026-11-01T00:00:00Z");
  out.dependency = std::move(needs);
  Installer package = installer("1", "");
  package.file.pos = kHere;
  package.file.artifact = field(keep("packages/Blank" + name + "Project-1.0.0.zip"));
  package.file.size = field("183412");
  package.file.sha1 = field("00112233445566778899aabbccddeeff00112233");
  package.file.sha256 = field("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  package.ms_deploy.pos = kHere;
  out.installers = {package};
  return out;
}

Product python() {
  Product out =
      product("Python313", "Python 3.13", "3.13.7", "The Python 3.13 interpreter, for all users of the machine.");
  family(out, "Runtimes");
  maker(out, "Python Software Foundation", "https://www.python.org/");
  out.spdx = field("PSF-2.0");
  out.description = local("64-bit Windows gets the 64-bit build, 32-bit Windows the 32-bit build.");
  Installer x64 = installer("1", "x64");
  x64.os.pos = kHere;
  x64.os.items = {os_from("6", "3")};
  x64.eula_url = field("https://docs.python.org/3/license.html");
  x64.file.pos = kHere;
  x64.file.url = field("https://www.python.org/ftp/python/3.13.7/python-3.13.7-amd64.exe");
  x64.file.size = field("28808040");
  x64.file.sha1 = field("0123456789abcdef0123456789abcdef01234567");
  x64.file.sha256 = field("b12e2e82461ac8e51fc43289050bc8eb937a32d84ce4d242e2c88258c37cf2bb");
  x64.file.signature = field("authenticode");
  x64.file.signer = field("Python Software Foundation");
  x64.commands = {command("%InstallerFile%", "/quiet InstallAllUsers=1 TargetDir=\"C:\\Python313\"")};
  Installer x86 = x64;
  x86.id = field("2");
  x86.architectures.names = {field("x86")};
  x86.file.url = field("https://www.python.org/ftp/python/3.13.7/python-3.13.7.exe");
  x86.file.size = field("");
  out.installers = {x64, x86};
  return out;
}

Product by_command(Product out, std::string_view exe, std::string_view arguments, Dependency needs) {
  out.dependency = std::move(needs);
  Installer run = installer("1", "");
  run.commands = {command(exe, arguments)};
  out.installers = {run};
  return out;
}

Product feature(std::string_view id, std::string_view title, std::string_view component) {
  Product out = product(id, title, "", "Part of IIS.");
  Installer part = installer("1", "");
  part.iis.pos = kHere;
  part.iis.iis70 = field(component);
  out.installers = {part};
  return out;
}

Product module() {
  Product out =
      product("HeliconZooModule", "Zoo module for IIS", "1.0.0", "The native IIS module that runs the applications.");
  family(out, "Zoo");
  out.spdx = field("Apache-2.0 OR (MIT AND LicenseRef-Zoo)");
  out.dependency = any({one("IIS7"), one("IISExpress10")});
  Installer msi = installer("1", "x64");
  msi.file.pos = kHere;
  msi.file.artifact = field("installers/HeliconZoo-1.0.0-x64.msi");
  catalog::Command run;
  run.kind = field("msiInstall");
  run.package = field("%InstallerFile%");
  run.properties = field("ALLUSERS=1");
  msi.commands = {run};
  out.installers = {msi};
  return out;
}

Product database() {
  Product out =
      product("MariaDB118", "MariaDB Server 11.8", "11.8.2", "A database server that speaks MySQL's protocol.");
  family(out, "Database");
  maker(out, "MariaDB Foundation", "https://mariadb.org/");
  out.spdx = field("GPL-2.0-only");
  out.incompatible.push_back({field("MySQL84"), local("Both listen on port 3306.")});
  Installer msi = installer("1", "x64");
  msi.file.pos = kHere;
  msi.file.url = field("https://archive.mariadb.org/mariadb-11.8.2/winx64-packages/mariadb-11.8.2-winx64.msi");
  catalog::Command run;
  run.kind = field("msiInstall");
  run.package = field("%InstallerFile%");
  msi.commands = {run};
  out.installers = {msi};
  return out;
}

/// Texts that try to break out of every place that they are put into.
Product hostile() {
  Product out = product("Evil\"><script>alert(1)</script>", "</title><script>alert('t')</script> & \"quotes\"",
                        "1\"><b>", "]]></style><img src=x onerror=alert(2)>\x01\xFF\xC0\xAF");
  out.description = local("<!-- <svg onload=alert(3)> &lt;already escaped&gt; --> \xE2\x80\xAE reversed");
  maker(out, "Mallory <mallory@example.org>", "javascript:alert(4)");
  out.icon = field("../../etc/passwd");
  out.license = field("<b>Bold</b>");
  out.spdx = field("MIT\" onclick=\"alert(5)");
  out.dependency = all({one("No such \"product\""), one("LeftOut"), shared("IISForZoo"), shared("nowhere")});
  Installer run = installer("1", "");
  run.file.pos = kHere;
  run.file.url = field(" JavaScript:alert(6)//x.exe");
  run.eula_url = field("data:text/html,<script>alert(7)</script>");
  run.commands = {command("cmd.exe", "/c \"echo <pwned> & calc\"")};
  out.installers = {run};
  return out;
}

Dependency web_server() {
  return any({one("IIS7"), one("IISExpress10")});
}

Dependency python_project() {
  return all({shared("IISForZoo"), one("HeliconZooModule"), one("WDeploy"),
              any({all({one("Python313"), one("Django52"), any({one("PyMySQL"), one("pyodbc")})}), one("Python312")})});
}

}  // namespace

Catalog html_sample() {
  Catalog out;
  out.info.title = field("Zoo");
  out.info.updated = field("2026-11-02T10:00:00Z");
  out.dependencies.push_back({field("IISForZoo"), web_server()});
  out.products.push_back(application(out, "Django", python_project()));
  out.products.push_back(application(out, "Rails", all({web_server(), one("heliconzoomodule"), one("Ruby34")})));
  out.products.push_back(application(out, "Perl", all({web_server(), one("HeliconZooModule")})));
  out.products.push_back(application(out, "Mojolicious", one("HeliconZooModule")));
  out.products.front().related_products = {field("MariaDB118")};
  out.products.push_back(python());
  Product ruby = product("Ruby34", "Ruby 3.4 with Devkit", "3.4.10-1", "The Ruby interpreter and its compiler.");
  family(ruby, "Runtimes");
  out.products.push_back(by_command(ruby, "%InstallerFile%", "/VERYSILENT", {}));
  Product django = product("Django52", "Django 5.2 for Python 3.13", "5.2.16",
                           "The web framework for perfectionists with deadlines.");
  family(django, "Frameworks");
  out.products.push_back(
      by_command(django, "C:\\Python313\\python.exe", "-m pip install django==5.2.16", one("Python313")));
  Product driver = product("PyMySQL", "PyMySQL for Python 3.13", "1.1.2", "A database driver written in Python.");
  family(driver, "Database");
  driver.keywords = {field("Python")};
  out.products.push_back(
      by_command(driver, "C:\\Python313\\python.exe", "-m pip install PyMySQL==1.1.2", one("Python313")));
  out.products.push_back(database());
  out.products.push_back(module());
  Product iis = product("IIS7", "Internet Information Services", "", "The web server of Windows.");
  family(iis, "Server");
  iis.license = field("Part of Windows");
  out.products.push_back(
      by_command(iis, "%windir%\\System32\\dism.exe", "/online /enable-feature /featurename:IIS-WebServer", {}));
  Product express = product("IISExpress10", "IIS 10 Express", "10.0.2001", "The web server for developers.");
  family(express, "Server");
  out.products.push_back(by_command(express, "%InstallerFile%", "/qn", {}));
  Product deploy = product("WDeploy", "Web Deploy", "10.0.2001", "Unpacks applications.");
  family(deploy, "Server");
  out.products.push_back(deploy);
  out.products.push_back(feature("StaticContent", "IIS: Static Content", "IIS-StaticContent"));
  out.products.push_back(feature("CGI", "IIS: CGI", "IIS-CGI"));
  out.products.push_back(hostile());
  return out;
}

HtmlOptions html_sample_options() {
  HtmlOptions options;
  options.icon = [](const Product& p) {
    return p.id.text == "Python313" ? std::string("icons/python.png") : std::string();
  };
  options.graph = [](const Product&) {
    return std::string(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"Graph\" width=\"900\" height=\"60\" "
        "viewBox=\"0 0 900 60\"><rect x=\"1\" y=\"1\" width=\"898\" height=\"58\" rx=\"10\" fill=\"none\" "
        "stroke=\"currentColor\"/></svg>\n");
  };
  const auto project = [&](const std::string& name) {
    LocalFile& file = options.files["packages/Blank" + name + "Project-1.0.0.zip"];
    file.size = 183412;
    file.built_here = true;
    return &file;
  };
  LocalFile& django = *project("Django");
  django.settings = {{"IIS Web Application Name", "Default Web Site/BlankDjangoProject"},
                     {"Database Name", "data/db.sqlite3"},
                     {"Secret Key", ""},
                     {"Bad \"name\"", "%PATH% & calc"}};
  django.settings_file = "packages/BlankDjangoProject-1.0.0.SetParameters.xml";
  django.companions = {{"packages/BlankDjangoProject-1.0.0.zip.spdx.json", "Contents (SPDX)"},
                       {"../../etc/passwd", "Elsewhere"}};
  project("Rails");
  LocalFile& msi = options.files["installers/HeliconZoo-1.0.0-x64.msi"];
  msi.size = 1234567;
  msi.built_here = true;
  options.missing = {{"LeftOut", "packages/<LeftOut>-1.0.0.zip has not been built"}};
  return options;
}

}  // namespace zoo::feed::test
