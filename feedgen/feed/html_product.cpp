// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_product.h"

#include <algorithm>
#include <string>

#include "feedgen/feed/html_downloads.h"
#include "feedgen/feed/html_files.h"
#include "feedgen/feed/html_groups.h"
#include "feedgen/feed/html_text.h"

namespace zoo::feed {
namespace {

using catalog::Dependency;
using catalog::Installer;
using catalog::Product;

constexpr std::size_t kShownUsers = 12;

// ---------------------------------------------------------------- facts

/// One row of the list of facts.
class Fact {
 public:
  Fact(HtmlWriter& writer, std::string_view name) : row_(writer, "div") {
    writer.element("dt", {}, name);
    writer.open("dd");
    writer_ = &writer;
  }
  ~Fact() { writer_->close(); }
  Fact(const Fact&) = delete;
  Fact& operator=(const Fact&) = delete;

 private:
  HtmlScope row_;
  HtmlWriter* writer_ = nullptr;
};

void write_spdx(HtmlWriter& writer, std::string_view expression) {
  for (const SpdxPiece& piece : spdx_pieces(expression)) {
    if (piece.id.empty()) {
      writer.text(piece.text);
    } else {
      write_link(writer, "https://spdx.org/licenses/" + std::string(piece.id) + ".html", piece.text);
    }
  }
}

void write_license(HtmlWriter& writer, const Product& product) {
  if (!product.license.filled() && !product.spdx.filled()) return;
  const Fact fact(writer, "Licence");
  writer.text(product.license.text);
  if (!product.spdx.filled()) return;
  if (product.license.filled()) writer.text(" (");
  write_spdx(writer, product.spdx.text);
  if (product.license.filled()) writer.text(")");
}

std::string_view eula_of(const Product& product) {
  for (const Installer& installer : product.installers) {
    if (installer.eula_url.filled()) return installer.eula_url.text;
  }
  return product.has_defaults ? product.defaults.eula_url.text : std::string_view();
}

void write_terms(HtmlWriter& writer, const Product& product) {
  const std::string url = linkable_url(eula_of(product));
  if (url.empty()) return;
  const Fact fact(writer, "Terms");
  write_link(writer, url, "accepted when installing");
}

void write_publisher(HtmlWriter& writer, const Product& product) {
  if (!product.author_name.filled()) return;
  const Fact fact(writer, "Publisher");
  write_link(writer, product.author_url.text, product.author_name.text);
}

void write_more(HtmlWriter& writer, const Product& product) {
  const std::string url = linkable_url(product.link.text);
  if (url.empty()) return;
  const Fact fact(writer, "More at");
  write_link(writer, url, host_of(url).empty() ? std::string_view(url) : host_of(url));
}

void write_day(HtmlWriter& writer, const Product& product) {
  const std::string_view day = iso_day(product.published.text);
  if (day.empty()) return;
  const Fact fact(writer, "Released");
  writer.element("time", {{"datetime", day}}, day);
}

void write_fact(HtmlWriter& writer, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  const Fact fact(writer, name);
  writer.text(value);
}

void write_facts(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  const HtmlScope list(writer, "dl", {{"class", "facts"}});
  write_publisher(writer, product);
  write_license(writer, product);
  write_terms(writer, product);
  write_fact(writer, "Windows", os_text(product, page.catalog()));
  write_fact(writer, "Processor", architecture_text(product));
  write_day(writer, product);
  write_more(writer, product);
  const Fact fact(writer, "Product id");
  writer.element("code", {}, product.id.text);
}

// ---------------------------------------------------------------- dependencies

/// Writes one product's tree as nested lists, up to the bounds of the page.
class TreeWriter {
 public:
  TreeWriter(HtmlWriter& writer, const HtmlPage& page) : writer_(writer), page_(page) {}

  void write(const Dependency& dependency) {
    const Dependency& tree = page_.resolved(dependency);
    if (tree.kind == Dependency::Kind::kAnd) {
      write_list(tree, 0);
    } else {
      const HtmlScope list(writer_, "ul", {{"class", "tree"}});
      write_item(tree, 0);
    }
    if (budget_ == 0)
      writer_.element("p", {{"class", "note"}}, "The rest of this tree is left out here; the feed holds all of it.");
  }

 private:
  void write_list(const Dependency& tree, std::size_t level) {
    const bool any = tree.kind == Dependency::Kind::kOr;
    const HtmlScope list(writer_, any ? "ol" : "ul", {{"class", any ? "tree any" : "tree"}});
    for (const Dependency& child : tree.children) {
      if (budget_ == 0) break;
      write_item(page_.resolved(child), level + 1);
    }
  }

  void write_item(const Dependency& tree, std::size_t level) {
    if (budget_ == 0) return;
    --budget_;
    if (level >= kShownLevels) budget_ = 0;
    const HtmlScope item(writer_, "li");
    if (tree.kind == Dependency::Kind::kProduct) {
      write_name(tree.id.text);
    } else if (tree.kind == Dependency::Kind::kNone) {
      writer_.element("span", {{"class", "note"}}, "a list that this feed does not hold");
    } else {
      write_rule(tree);
      write_list(tree, level);
    }
  }

  void write_rule(const Dependency& tree) {
    if (tree.kind == Dependency::Kind::kOr) {
      writer_.element("span", {{"class", "rule"}}, "One of");
      writer_.element("span", {{"class", "note"}}, ", the first is preferred");
    } else {
      writer_.element("span", {{"class", "rule"}}, "All of");
    }
  }

  void write_name(std::string_view id) {
    const std::ptrdiff_t position = page_.find(id);
    if (position >= 0) {
      write_product_link(writer_, page_, static_cast<std::size_t>(position));
    } else if (page_.is_missing(id)) {
      writer_.element("code", {}, id).text(" (").element("a", {{"href", "#missing"}}, "not in this build").text(")");
    } else {
      writer_.element("code", {}, id).element("span", {{"class", "note"}}, " (not in this feed)");
    }
  }

  HtmlWriter& writer_;
  const HtmlPage& page_;
  std::size_t budget_ = kShownNodes;
};

void write_needs(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  if (!product.dependency.present()) return;
  const HtmlScope section(writer, "div", {{"class", "block"}});
  writer.element("h4", {}, "Needs");
  TreeWriter(writer, page).write(product.dependency);
}

void write_users(HtmlWriter& writer, const HtmlPage& page, const std::vector<std::size_t>& users, std::size_t first) {
  const HtmlScope list(writer, "ul", {{"class", "chips"}});
  const std::size_t end = first == 0 ? std::min(users.size(), kShownUsers) : users.size();
  for (std::size_t i = first; i < end; ++i) {
    const HtmlScope item(writer, "li");
    write_product_link(writer, page, users[i]);
  }
}

void write_needed_by(HtmlWriter& writer, const HtmlPage& page, std::size_t position) {
  const std::vector<std::size_t>& users = page.needed_by(position);
  if (users.empty()) return;
  const HtmlScope section(writer, "div", {{"class", "block"}});
  writer.element("h4", {}, "Needed by");
  write_users(writer, page, users, 0);
  if (users.size() <= kShownUsers) return;
  const HtmlScope rest(writer, "details");
  writer.element("summary", {}, "and " + std::to_string(users.size() - kShownUsers) + " more");
  write_users(writer, page, users, kShownUsers);
}

void write_related(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  std::vector<std::size_t> found;
  for (const catalog::Field& id : product.related_products) {
    const std::ptrdiff_t position = page.find(id.text);
    if (position >= 0) found.push_back(static_cast<std::size_t>(position));
  }
  if (found.empty()) return;
  const HtmlScope section(writer, "div", {{"class", "block"}});
  writer.element("h4", {}, "Goes well with");
  write_users(writer, page, found, 0);
}

void write_incompatible(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  if (product.incompatible.empty()) return;
  const HtmlScope section(writer, "div", {{"class", "block"}});
  writer.element("h4", {}, "Cannot be installed beside");
  const HtmlScope list(writer, "ul", {{"class", "tree"}});
  for (const catalog::Incompatibility& other : product.incompatible) {
    const HtmlScope item(writer, "li");
    const std::ptrdiff_t position = page.find(other.product.text);
    if (position >= 0) {
      write_product_link(writer, page, static_cast<std::size_t>(position));
    } else {
      writer.element("code", {}, other.product.text);
    }
    if (other.message.filled()) writer.element("span", {{"class", "note"}}, ": " + std::string(other.message.text));
  }
}

// ---------------------------------------------------------------- installers

/// "for 64-bit", "for 32-bit Windows 7 or later, English": what tells this installer from its siblings.
std::string condition_text(const HtmlPage& page, const Product& product, const Installer& installer) {
  if (product.installers.size() < 2) return {};
  std::string out = architecture_text(installer.architectures);
  const std::string os = os_text(installer.os, page.catalog());
  if (installer.os.present()) out += ", " + os;
  if (installer.language.filled()) out += ", " + std::string(installer.language.text);
  return out;
}

void write_source(HtmlWriter& writer, const HtmlPage& page, const Installer& installer) {
  if (installer.iis.present()) {
    writer.text(": ").element("code", {}, installer.iis.iis70.text);
    return;
  }
  const FileName file = file_of(installer);
  if (file.text.empty() && file.href.empty()) return;
  writer.text(" ");
  write_file_link(writer, file);
  const std::string size = size_text(size_of(installer.file.size, page.options().size_unit));
  std::string note;
  if (!file.host.empty()) note += ", from " + std::string(file.host);
  if (!size.empty()) note += ", " + size;
  if (!note.empty()) writer.element("span", {{"class", "note"}}, note);
}

void write_installs(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  const HtmlScope section(writer, "div", {{"class", "block"}});
  writer.element("h4", {}, "Installs");
  if (product.installers.empty()) {
    writer.element("p", {{"class", "note"}}, "Nothing: the installer only looks whether it is there.");
    return;
  }
  const HtmlScope list(writer, "ul", {{"class", "installs"}});
  for (const Installer& installer : product.installers) {
    const HtmlScope item(writer, "li");
    const std::string condition = condition_text(page, product, installer);
    if (!condition.empty()) writer.element("span", {{"class", "cond"}}, condition).text(" ");
    writer.element("span", {{"class", "kind"}}, installer_kind(installer));
    write_source(writer, page, installer);
  }
}

void write_checks(HtmlWriter& writer, const catalog::InstallerFile& file) {
  write_hash(writer, "SHA-256", file.sha256.text);
  write_hash(writer, "SHA-1", file.sha1.text);
  if (!file.signature.filled()) return;
  std::string text = "Authenticode signature";
  if (file.signer.filled()) text += " of " + std::string(file.signer.text);
  writer.element("p", {}, text);
}

void write_file_row(HtmlWriter& writer, const HtmlPage& page, const Installer& installer) {
  const HtmlScope row(writer, "tr", {{"role", "row"}});
  {
    const HtmlScope cell(writer, "th", {{"role", "rowheader"}, {"scope", "row"}});
    write_file_link(writer, file_of(installer));
  }
  {
    const FileCell cell(writer, "Size");
    writer.text(bytes_text(page, installer));
  }
  const FileCell cell(writer, "Checked by");
  write_checks(writer, installer.file);
}

bool has_file(const Installer& installer) {
  return installer.file.present();
}

void write_files(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  if (std::none_of(product.installers.begin(), product.installers.end(), has_file)) return;
  const HtmlScope table(writer, "table", {{"role", "table"}});
  writer.element("caption", {}, "Files");
  write_head_row(writer, {"File", "Size", "Checked by"});
  const HtmlScope body(writer, "tbody", {{"role", "rowgroup"}});
  for (const Installer& installer : product.installers) {
    if (has_file(installer)) write_file_row(writer, page, installer);
  }
}

bool has_commands(const Installer& installer) {
  return !installer.commands.empty();
}

void write_commands(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  if (std::none_of(product.installers.begin(), product.installers.end(), has_commands)) return;
  writer.element("p", {{"class", "caption"}}, "Commands that the installer runs");
  const HtmlScope list(writer, "ol", {{"class", "commands"}});
  for (const Installer& installer : product.installers) {
    const std::string condition = condition_text(page, product, installer);
    for (const catalog::Command& command : installer.commands) {
      const HtmlScope item(writer, "li");
      if (!condition.empty()) writer.element("span", {{"class", "cond"}}, condition).text(" ");
      writer.element("code", {}, command_text(command));
    }
  }
}

// ---------------------------------------------------------------- folded parts

/// Says for screen readers which product a repeated label belongs to.
void write_summary(HtmlWriter& writer, std::string_view label, const Product& product) {
  writer.open("summary").text(label);
  writer.element("span", {{"class", "vh"}}, " of " + std::string(title_of(product)));
  writer.close();
}

void write_command_line(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  const std::string command = install_command(page, product);
  if (command.empty() || product.installers.empty()) return;
  const HtmlScope details(writer, "details");
  write_summary(writer, "Command line", product);
  write_command(writer, command);
  if (!linkable_url(page.options().feed_url).empty()) return;
  writer.open("p", {{"class", "note"}}).element("code", {}, "FEED").text(" stands for the ");
  writer.element("a", {{"href", "#add-feed"}}, "address of this feed").text(".").close();
}

/// How Web Deploy installs the product's package, and what it may be given.
void write_deployment(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  for (const Installer& installer : product.installers) {
    const LocalFile* file = installer.ms_deploy.present() ? local_file(page, installer) : nullptr;
    if (file == nullptr || file->settings.empty()) continue;
    const HtmlScope details(writer, "details");
    write_summary(writer, "Web Deploy", product);
    write_command(writer, deploy_command(file_of(installer).text, *file));
    writer.element("p", {{"class", "caption"}}, "Parameters of the package, with their usual values");
    const HtmlScope list(writer, "ul", {{"class", "settings"}});
    for (const LocalFile::Setting& setting : file->settings) {
      const HtmlScope item(writer, "li");
      writer.text(setting.name);
      if (!setting.value.empty()) writer.text(": ").element("code", {}, setting.value);
    }
  }
}

void write_details(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  const auto worth = [](const Installer& i) { return has_file(i) || has_commands(i); };
  if (std::none_of(product.installers.begin(), product.installers.end(), worth)) return;
  const bool files = std::any_of(product.installers.begin(), product.installers.end(), has_file);
  const HtmlScope details(writer, "details");
  write_summary(writer, files ? "Files, checksums and commands" : "Commands", product);
  write_files(writer, page, product);
  write_commands(writer, page, product);
}

void write_graph(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  if (!page.options().graph || !product.dependency.present()) return;
  const std::string svg = page.options().graph(product);
  if (svg.empty()) return;
  const HtmlScope details(writer, "details");
  write_summary(writer, "Picture of the dependencies", product);
  const HtmlScope figure(writer, "figure");
  {
    const std::string label = "Dependencies of " + std::string(title_of(product)) + ", a picture that scrolls";
    const HtmlScope scroller(writer, "div",
                             {{"class", "scroll"}, {"role", "group"}, {"tabindex", "0"}, {"aria-label", label}});
    writer.raw(svg);
  }
  writer.element(
      "figcaption", {},
      "Everything that is installed with it when nothing is there yet. The list under “Needs” says the same in words.");
}

// ---------------------------------------------------------------- article

void write_heading(HtmlWriter& writer, const HtmlPage& page, std::size_t position) {
  const Product& product = page.product(position);
  const HtmlScope head(writer, "div", {{"class", "head"}});
  write_icon(writer, page, product);
  const HtmlScope texts(writer, "div");
  writer.element("h3", {{"id", page.anchor(position) + "~t"}}, title_of(product));
  if (product.version.filled())
    writer.element("p", {{"class", "version"}}, "Version " + std::string(product.version.text));
}

void write_texts(HtmlWriter& writer, const Product& product) {
  if (product.summary.filled()) writer.element("p", {{"class", "summary"}}, product.summary.text);
  if (product.description.filled() && product.description.text != product.summary.text) {
    writer.element("p", {{"class", "description"}}, product.description.text);
  }
}

void write_full(HtmlWriter& writer, const HtmlPage& page, std::size_t position) {
  const Product& product = page.product(position);
  write_facts(writer, page, product);
  {
    const HtmlScope parts(writer, "div", {{"class", "parts"}});
    write_needs(writer, page, product);
    const HtmlScope other(writer, "div");
    write_installs(writer, page, product);
    write_needed_by(writer, page, position);
    write_related(writer, page, product);
    write_incompatible(writer, page, product);
  }
  write_command_line(writer, page, product);
  write_deployment(writer, page, product);
  write_details(writer, page, product);
  write_graph(writer, page, product);
}

void write_small(HtmlWriter& writer, const HtmlPage& page, std::size_t position) {
  const Product& product = page.product(position);
  const HtmlScope details(writer, "details");
  write_summary(writer, "Details", product);
  write_facts(writer, page, product);
  write_needs(writer, page, product);
  write_installs(writer, page, product);
  write_needed_by(writer, page, position);
  const std::string command = install_command(page, product);
  if (!command.empty()) write_command(writer, command);
}

}  // namespace

void write_product(HtmlWriter& writer, const HtmlPage& page, std::size_t position) {
  const bool compact = is_windows_feature(page.product(position));
  const std::string label = page.anchor(position) + "~t";
  const HtmlScope article(
      writer, "article",
      {{"id", page.anchor(position)}, {"class", compact ? "product small" : "product"}, {"aria-labelledby", label}});
  write_heading(writer, page, position);
  write_texts(writer, page.product(position));
  if (compact) {
    write_small(writer, page, position);
  } else {
    write_full(writer, page, position);
  }
}

}  // namespace zoo::feed
