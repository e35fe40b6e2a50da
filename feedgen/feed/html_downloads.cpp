// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_downloads.h"

#include <algorithm>
#include <string>
#include <vector>

#include "feedgen/feed/html_files.h"
#include "feedgen/feed/html_text.h"

namespace zoo::feed {
namespace {

using catalog::Installer;
using catalog::Product;

/// The parameter that every package of ours has: where the site goes.
constexpr std::string_view kApplicationName = "IIS Web Application Name";

struct Download {
  std::size_t product = 0;
  const Installer* installer = nullptr;
  const LocalFile* file = nullptr;
};

std::vector<Download> downloads(const HtmlPage& page) {
  std::vector<Download> out;
  for (std::size_t i = 0; i < page.catalog().products.size(); ++i) {
    for (const Installer& installer : page.product(i).installers) {
      const LocalFile* file = installer.file.present() ? local_file(page, installer) : nullptr;
      if (file != nullptr && file->built_here) out.push_back({i, &installer, file});
    }
  }
  return out;
}

// ---------------------------------------------------------------- the table

void write_companions(HtmlWriter& writer, const LocalFile& file) {
  const auto link = [&](const std::string& path, std::string_view label) {
    const std::string href = relative_path(path);
    if (href.empty()) return;
    writer.open("li").element("a", {{"href", href}}, label).close();
  };
  if (file.companions.empty() && file.settings_file.empty()) return;
  const HtmlScope list(writer, "ul", {{"class", "companions"}});
  if (!file.settings_file.empty()) link(file.settings_file, "Parameters");
  for (const LocalFile::Companion& companion : file.companions) link(companion.path, companion.label);
}

void write_row(HtmlWriter& writer, const HtmlPage& page, const Download& download) {
  const Installer& installer = *download.installer;
  const HtmlScope row(writer, "tr", {{"role", "row"}});
  {
    const HtmlScope cell(writer, "th", {{"role", "rowheader"}, {"scope", "row"}});
    write_file_link(writer, file_of(installer));
    writer.open("p", {{"class", "note"}});
    write_product_link(writer, page, download.product);
    if (installer.architectures.present()) writer.text(", " + architecture_text(installer.architectures));
    writer.close();
    write_companions(writer, *download.file);
  }
  {
    const FileCell cell(writer, "Size");
    writer.text(bytes_text(page, installer));
  }
  const FileCell cell(writer, "Checked by");
  write_hash(writer, "SHA-256", installer.file.sha256.text);
  write_hash(writer, "SHA-1", installer.file.sha1.text);
}

void write_table(HtmlWriter& writer, const HtmlPage& page, const std::vector<Download>& all) {
  const HtmlScope section(writer, "section", {{"id", "downloads"}, {"aria-labelledby", "downloads~t"}});
  writer.element("h2", {{"id", "downloads~t"}}, "Downloads");
  writer.element("p", {{"class", "introduction"}},
                 "Packages hold an application together with the module and the list of what it needs; the installers "
                 "hold the module alone. The Web Platform Installer fetches them by itself.");
  const HtmlScope table(writer, "table", {{"role", "table"}, {"class", "files"}});
  writer.element("caption", {{"class", "vh"}}, "Packages and installers");
  write_head_row(writer, {"File", "Size", "Checked by"});
  const HtmlScope body(writer, "tbody", {{"role", "rowgroup"}});
  for (const Download& download : all) write_row(writer, page, download);
}

// ---------------------------------------------------------------- how to install

/// A value between double quotes on a command line of cmd.exe; "" when it cannot stand there.
std::string quoted(std::string_view value) {
  if (value.find_first_of("\"%\r\n") != std::string_view::npos) return {};
  return '"' + std::string(value) + '"';
}

/// -setParam for what has a value, the application's path first.
std::string parameter_options(const LocalFile& file) {
  std::string out;
  for (const LocalFile::Setting& setting : file.settings) {
    const std::string name = quoted(setting.name), value = quoted(setting.value);
    if (name.empty() || value.empty() || setting.value.empty()) continue;
    out.append(" -setParam:").append(name).append("=").append(value);
  }
  return out;
}

std::string deploy_start(std::string_view package) {
  return "msdeploy.exe -verb:sync -source:package=" + std::string(package) + " -dest:auto";
}

std::string site_of(const LocalFile& file, std::string_view fallback) {
  for (const LocalFile::Setting& setting : file.settings) {
    if (setting.name == kApplicationName) return setting.value;
  }
  return "Default Web Site/" + std::string(fallback);
}

void write_by_installer(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  const HtmlScope way(writer, "div", {{"class", "way wide"}});
  writer.element("h3", {}, "With the Web Platform Installer");
  writer.open("p").text("It installs everything that the project needs, then the project. ");
  writer.element("a", {{"href", "#add-feed"}}, "Add the feed").text(", or type:").close();
  write_command(writer, install_command(page, product));
}

void write_prepare(HtmlWriter& writer, std::string_view package) {
  writer.open("li").text("Unpack ").element("code", {}, package).text(" into a folder of its own and run ");
  writer.element("code", {}, "zoo\\install.cmd")
      .text(
          " there, once for each server. It checks what the package brings by SHA-256, downloads by hash or signature, "
          "asks "
          "for administrator rights, and installs the module and the runtimes that are missing.");
  writer.close();
}

void write_by_deploy(HtmlWriter& writer, const Product& product, const LocalFile& file, std::string_view package) {
  const HtmlScope way(writer, "div", {{"class", "way wide"}});
  writer.element("h3", {}, "With Web Deploy");
  {
    const HtmlScope steps(writer, "ol");
    write_prepare(writer, package);
    writer.element("li", {}, "Install the package with the values that suit the site:");
  }
  write_command(writer, deploy_command(package, file));
  if (!file.settings_file.empty()) {
    const std::string name(file_name_of(file.settings_file));
    writer.open("p").text("Or write all of them into ");
    writer.element("a", {{"href", relative_path(file.settings_file)}}, name).text(", which lies beside it:").close();
    write_command(writer, deploy_start(package) + " -setParamFile:" + name);
  }
  writer.open("p", {{"class", "note"}}).text("Add ").element("code", {}, "-enableRule:DoNotDeleteRule");
  writer.text(
      " when the folder of the site holds files that the package does not: Web Deploy removes them otherwise. ");
  writer.element("code", {}, site_of(file, product.id.text)).text(" is the site in IIS and the path in it.").close();
}

void write_by_hand(HtmlWriter& writer, const Product& product, const LocalFile& file, std::string_view package) {
  const std::string site = site_of(file, product.id.text);
  const std::string id(product.id.text);
  const HtmlScope way(writer, "div", {{"class", "way wide"}});
  writer.element("h3", {}, "With neither");
  {
    const HtmlScope steps(writer, "ol");
    write_prepare(writer, package);
    writer.open("li")
        .text("Copy the folder ")
        .element("code", {}, id)
        .text(" to the server and make it an application:");
    writer.close();
  }
  write_command(writer, "%windir%\\System32\\inetsrv\\appcmd.exe add app /site.name:\"" +
                            site.substr(0, site.find('/')) + "\" /path:/" + id + " /physicalPath:C:\\inetpub\\" + id);
  writer.open("p").text("Let the account of its application pool write to the folders that the project's ");
  writer.element("code", {}, "README.md").text(" names, and to no other.").close();
}

void write_ways(HtmlWriter& writer, const HtmlPage& page, const Download& example) {
  const Product& product = page.product(example.product);
  const std::string_view package = file_of(*example.installer).text;
  const HtmlScope section(writer, "section", {{"id", "install"}, {"aria-labelledby", "install~t"}});
  writer.element("h2", {{"id", "install~t"}}, "How to install a package");
  writer.open("p", {{"class", "introduction"}}).text("Three ways, shown for ");
  write_product_link(writer, page, example.product);
  writer.text("; the others go the same way.").close();
  const HtmlScope ways(writer, "div", {{"class", "ways"}});
  write_by_installer(writer, page, product);
  write_by_deploy(writer, product, *example.file, package);
  write_by_hand(writer, product, *example.file, package);
}

bool is_package(const Download& download) {
  return download.installer->ms_deploy.present();
}

}  // namespace

std::string deploy_command(std::string_view package, const LocalFile& file) {
  return deploy_start(package) + parameter_options(file);
}

std::size_t download_count(const HtmlPage& page) {
  return downloads(page).size();
}

bool has_package(const HtmlPage& page) {
  const std::vector<Download> all = downloads(page);
  return std::any_of(all.begin(), all.end(), is_package);
}

void write_downloads(HtmlWriter& writer, const HtmlPage& page) {
  const std::vector<Download> all = downloads(page);
  if (all.empty()) return;
  write_table(writer, page, all);
  const auto example = std::find_if(all.begin(), all.end(), is_package);
  if (example != all.end()) write_ways(writer, page, *example);
}

}  // namespace zoo::feed
