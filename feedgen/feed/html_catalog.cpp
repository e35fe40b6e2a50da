// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_catalog.h"

#include <algorithm>
#include <string_view>

#include "feedgen/feed/html_downloads.h"
#include "feedgen/feed/html_files.h"
#include "feedgen/feed/html_groups.h"
#include "feedgen/feed/html_page.h"
#include "feedgen/feed/html_product.h"
#include "feedgen/feed/html_style.h"
#include "feedgen/feed/html_text.h"
#include "feedgen/feed/html_writer.h"

namespace zoo::feed {
namespace {

using catalog::Catalog;
using catalog::Product;
using Groups = std::vector<HtmlGroup>;

constexpr std::string_view kTagline =
    "Run Django, Rails, Perl and Mojolicious applications on Microsoft IIS. This feed gives the Web Platform Installer "
    "all "
    "that they need, from the language to the database.";
/// No script, and nothing from elsewhere: should hostile data ever get through, the browser still refuses to run it.
/// "file:" lets the icons appear where the page is opened from a disk.
constexpr std::string_view kPolicy =
    "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

std::string page_title(const Catalog& catalog) {
  return std::string(catalog.info.title.filled() ? catalog.info.title.text : "Zoo");
}

std::string feed_href(const HtmlPage& page) {
  const std::string path = relative_path(page.options().feed_path);
  return path.empty() ? "feed.xml" : path;
}

void write_head(HtmlWriter& writer, const HtmlPage& page) {
  const std::string title = page_title(page.catalog());
  const HtmlScope head(writer, "head");
  writer.raw("\n").empty("meta", {{"charset", "utf-8"}});
  writer.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  writer.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kPolicy}});
  writer.empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  writer.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  writer.empty("meta", {{"name", "description"},
                        {"content", page.options().tagline.empty() ? kTagline : page.options().tagline}});
  writer.element("title", {}, title + ": products for the Web Platform Installer");
  writer.empty("link",
               {{"rel", "alternate"}, {"type", "application/atom+xml"}, {"title", title}, {"href", feed_href(page)}});
  writer.empty("link", {{"rel", "icon"}, {"href", "data:,"}});
  writer.open("style").raw("\n").raw(html_style()).close();
}

void write_feed_link(HtmlWriter& writer, const HtmlPage& page, std::string_view style) {
  const std::string href = feed_href(page);
  writer.element("a", {{"class", style}, {"href", href}, {"type", "application/atom+xml"}}, file_name_of(href));
}

void write_counts(HtmlWriter& writer, const HtmlPage& page, const Groups& groups) {
  std::string text = count_text(page.catalog().products.size(), "product");
  for (const HtmlGroup& group : groups) {
    if (group.anchor == "applications") text += ", " + count_text(group.members.size(), "application") + " among them";
  }
  const HtmlScope line(writer, "p", {{"class", "counts"}});
  writer.text(text);
  const std::string_view day = iso_day(page.catalog().info.updated.text);
  if (!day.empty()) writer.text(". Updated ").element("time", {{"datetime", day}}, day);
}

void write_card(HtmlWriter& writer, const HtmlPage& page, std::size_t position) {
  const Product& product = page.product(position);
  const HtmlScope item(writer, "li", {{"class", "card"}});
  write_icon(writer, page, product);
  writer.open("h3");
  write_product_link(writer, page, position);
  writer.close();
  writer.element("p", {}, product.summary.text);
  if (product.version.filled())
    writer.element("p", {{"class", "version"}}, "Version " + std::string(product.version.text));
}

void write_cards(HtmlWriter& writer, const HtmlPage& page, const Groups& groups) {
  if (groups.empty() || groups.front().anchor != "applications") return;
  const HtmlScope section(writer, "section", {{"class", "start"}, {"aria-labelledby", "start"}});
  writer.element("h2", {{"id", "start"}}, "Start with a project");
  const HtmlScope list(writer, "ul", {{"class", "cards"}});
  for (const std::size_t position : groups.front().members) write_card(writer, page, position);
}

void write_banner(HtmlWriter& writer, const HtmlPage& page, const Groups& groups) {
  const HtmlScope header(writer, "header", {{"class", "banner"}});
  const HtmlScope inner(writer, "div", {{"class", "wrap"}});
  writer.element("p", {{"class", "eyebrow"}}, "Web Platform Installer feed");
  writer.element("h1", {}, page_title(page.catalog()));
  writer.element("p", {{"class", "tagline"}}, page.options().tagline.empty() ? kTagline : page.options().tagline);
  writer.open("p", {{"class", "actions"}});
  writer.element("a", {{"class", "button"}, {"href", "#add-feed"}}, "Add the feed").text(" ");
  write_feed_link(writer, page, "button quiet");
  writer.close();
  write_counts(writer, page, groups);
  write_cards(writer, page, groups);
}

// ---------------------------------------------------------------- how to add the feed

/// What the examples install: the first application, or else the first product that a command line can name.
const Product* example_of(const HtmlPage& page, const Groups& groups) {
  for (const HtmlGroup& group : groups) {
    for (const std::size_t position : group.members) {
      const Product& product = page.product(position);
      if (!install_command(page, product).empty()) return &product;
    }
  }
  return nullptr;
}

void write_address(HtmlWriter& writer, const HtmlPage& page) {
  const std::string url = linkable_url(page.options().feed_url);
  const HtmlScope line(writer, "p", {{"class", "address"}});
  if (!url.empty()) {
    writer.text("The address of this feed is ")
        .element("a", {{"href", url}, {"type", "application/atom+xml"}}, url)
        .text(".");
    return;
  }
  writer.text("The feed lies beside this page: open the context menu of ");
  write_feed_link(writer, page, {});
  writer.text(" and copy the address of the link. In the lines below ").element("code", {}, "FEED");
  writer.text(" stands for that address.");
}

void write_steps(HtmlWriter& writer, const Product* example) {
  const HtmlScope steps(writer, "ol");
  writer.open("li").text("Choose ").element("b", {}, "Options").text(" at the bottom of the window.").close();
  writer.open("li").text("Paste the address under ").element("b", {}, "Custom feeds").text(" and choose ");
  writer.element("b", {}, "Add feed").text(".").close();
  writer.open("li").text("Choose IIS or IIS Express as the web server, then ").element("b", {}, "OK").text(".").close();
  if (example == nullptr) return;
  writer.open("li").text("Look for ").element("b", {}, title_of(*example)).text(", then choose ");
  writer.element("b", {}, "Add").text(" and ").element("b", {}, "Install").text(".").close();
}

void write_with_installer(HtmlWriter& writer, const Product* example) {
  const HtmlScope way(writer, "div", {{"class", "way"}});
  writer.element("h3", {}, "Web Platform Installer 5");
  write_steps(writer, example);
  writer.open("p", {{"class", "note"}});
  writer.text(
      "Microsoft switched its own product list off at the end of 2022. If the installer complains that it cannot load "
      "it, ");
  writer.text("put the address into ")
      .element("b", {}, "Primary feed")
      .text(" instead: this feed needs no other one.")
      .close();
}

void write_with_command_line(HtmlWriter& writer, const HtmlPage& page, const Product* example) {
  const HtmlScope way(writer, "div", {{"class", "way"}});
  const std::string feed = page.feed_name();
  writer.element("h3", {}, "Command line");
  writer.element("p", {}, "As the only feed:");
  write_command(writer, "WebpiCmd.exe /List /ListOption:Available /XML:" + feed);
  if (example != nullptr) write_command(writer, install_command(page, *example));
  writer.element("p", {}, "Beside the feed that the installer has already:");
  write_command(writer, "WebpiCmd.exe /List /ListOption:Available /Feeds:" + feed);
}

void write_with_panel(HtmlWriter& writer) {
  const HtmlScope way(writer, "div", {{"class", "way"}});
  writer.element("h3", {}, "SolidCP and WebsitePanel");
  writer.element(
      "p", {},
      "Add the address to the list of feeds in the system settings; several addresses are separated by a semicolon.");
  writer.open("p")
      .text("These panels also ask for ")
      .element("code", {}, "http://www.helicontech.com/zoo/feed-wsp21.xml");
  writer.text(
      ", which is gone, and they drop every feed but the first when one fails. Let your name server answer that "
      "address with this feed.");
  writer.close();
}

void write_offline(HtmlWriter& writer, const HtmlPage& page, const Product* example) {
  const HtmlScope way(writer, "div", {{"class", "way"}});
  const std::string id = example == nullptr ? "All" : std::string(example->id.text);
  writer.element("h3", {}, "Without internet");
  writer.element("p", {}, "On a machine with internet, collect the files and the feed in a folder:");
  write_command(writer,
                "WebpiCmd.exe /Offline /Products:" + id + " /XML:" + page.feed_name() + " /Path:C:\\zoo-offline");
  writer.element("p", {}, "Take the folder along and install from it:");
  const std::string what = example != nullptr && example->is_application() ? " /Application:" : " /Products:";
  write_command(writer, "WebpiCmd.exe /Install" + what + id + " /XML:C:\\zoo-offline\\feeds\\latest\\" +
                            std::string(file_name_of(feed_href(page))) + " /AcceptEula");
}

void write_add_feed(HtmlWriter& writer, const HtmlPage& page, const Groups& groups) {
  const Product* example = example_of(page, groups);
  const HtmlScope section(writer, "section", {{"id", "add-feed"}, {"aria-labelledby", "add-feed~t"}});
  writer.element("h2", {{"id", "add-feed~t"}}, "How to add the feed");
  write_address(writer, page);
  const HtmlScope ways(writer, "div", {{"class", "ways"}});
  write_with_installer(writer, example);
  write_with_command_line(writer, page, example);
  write_with_panel(writer);
  write_offline(writer, page, example);
}

void write_about_feed(HtmlWriter& writer, const HtmlPage& page) {
  const HtmlScope section(writer, "section", {{"id", "about-feed"}, {"aria-labelledby", "about-feed~t"}});
  writer.element("h2", {{"id", "about-feed~t"}}, "What feed.xml is");
  writer.open("p");
  write_feed_link(writer, page, {});
  writer.text(
      " is written for programs: an Atom document that the Web Platform Installer, WebpiCmd and hosting panels read. ");
  writer.text(
      "A browser shows it as bare XML, or offers to save it. Nothing is broken then, and there is nothing to click: ");
  writer.text("give its address to the installer instead. Everything that it holds is on this page in readable form.");
  writer.close();
}

// ---------------------------------------------------------------- contents

void write_contents(HtmlWriter& writer, const HtmlPage& page, const Groups& groups) {
  const HtmlScope nav(writer, "nav", {{"class", "contents"}, {"aria-label", "Contents"}});
  const HtmlScope list(writer, "ul");
  const auto entry = [&](std::string_view anchor, std::string_view text, std::size_t count) {
    const std::string href = '#' + std::string(anchor);
    writer.open("li").open("a", {{"href", href}}).text(text);
    if (count != 0) writer.text(" ").element("span", {{"class", "count"}}, std::to_string(count));
    writer.close().close();
  };
  entry("add-feed", "Add the feed", 0);
  entry("about-feed", "About feed.xml", 0);
  if (const std::size_t files = download_count(page); files != 0) {
    entry("downloads", "Downloads", files);
    if (has_package(page)) entry("install", "Install a package", 0);
  }
  entry("overview", "All products", 0);
  for (const HtmlGroup& group : groups) entry(group.anchor, group.label, group.members.size());
  if (!page.options().missing.empty()) entry("missing", "Not in this build", page.options().missing.size());
}

void write_overview(HtmlWriter& writer, const HtmlPage& page, const Groups& groups) {
  const HtmlScope section(writer, "section", {{"id", "overview"}, {"aria-labelledby", "overview~t"}});
  writer.element("h2", {{"id", "overview~t"}}, "All products at a glance");
  const HtmlScope blocks(writer, "div", {{"class", "glance"}});
  for (const HtmlGroup& group : groups) {
    const HtmlScope block(writer, "div");
    writer.element("h3", {}, group.title);
    const HtmlScope list(writer, "ul");
    for (const std::size_t position : group.members) {
      writer.open("li");
      write_product_link(writer, page, position);
      writer.close();
    }
  }
}

// ---------------------------------------------------------------- chapters

void write_members(HtmlWriter& writer, const HtmlPage& page, const HtmlGroup& group) {
  const auto is_full = [&](std::size_t position) { return !is_windows_feature(page.product(position)); };
  const auto features = std::partition_point(group.members.begin(), group.members.end(), is_full);
  std::for_each(group.members.begin(), features, [&](std::size_t position) { write_product(writer, page, position); });
  if (features == group.members.end()) return;
  const HtmlScope grid(writer, "div", {{"class", "grid"}});
  std::for_each(features, group.members.end(), [&](std::size_t position) { write_product(writer, page, position); });
}

void write_group(HtmlWriter& writer, const HtmlPage& page, const HtmlGroup& group) {
  const std::string label = std::string(group.anchor) + "~t";
  const HtmlScope section(writer, "section", {{"id", group.anchor}, {"aria-labelledby", label}});
  writer.element("h2", {{"id", label}}, group.title);
  writer.element("p", {{"class", "introduction"}}, group.introduction);
  write_members(writer, page, group);
}

void write_missing(HtmlWriter& writer, const HtmlPage& page) {
  if (page.options().missing.empty()) return;
  const HtmlScope section(writer, "section", {{"id", "missing"}, {"aria-labelledby", "missing~t"}});
  writer.element("h2", {{"id", "missing~t"}}, "Not in this build");
  writer.element("p", {{"class", "introduction"}},
                 "These products belong to the feed, but this build of it leaves them out.");
  const HtmlScope list(writer, "ul", {{"class", "missing"}});
  for (const MissingProduct& missing : page.options().missing) {
    writer.open("li").element("code", {}, missing.id).text(": " + missing.reason).close();
  }
}

void write_footer(HtmlWriter& writer, const HtmlPage& page) {
  const HtmlScope footer(writer, "footer");
  const HtmlScope inner(writer, "div", {{"class", "wrap"}});
  writer.open("p").text("This page and ");
  write_feed_link(writer, page, {});
  writer.text(
      " are made from the same data. Products belong to their publishers and come under the licences named with them.");
  writer.close();
}

}  // namespace

std::string html_catalog(const Catalog& catalog, const HtmlOptions& options) {
  const HtmlPage page(catalog, options);
  const Groups groups = html_groups(catalog);
  HtmlWriter writer;
  writer.raw("<!DOCTYPE html>\n").open("html", {{"lang", "en"}, {"xmlns", "http://www.w3.org/1999/xhtml"}}).raw("\n");
  write_head(writer, page);
  writer.open("body").raw("\n").element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content").raw("\n");
  write_banner(writer, page, groups);
  writer.open("div", {{"class", "wrap columns"}});
  write_contents(writer, page, groups);
  writer.open("main", {{"id", "main"}, {"tabindex", "-1"}});
  write_add_feed(writer, page, groups);
  write_about_feed(writer, page);
  write_downloads(writer, page);
  write_overview(writer, page, groups);
  for (const HtmlGroup& group : groups) write_group(writer, page, group);
  write_missing(writer, page);
  writer.close().close();
  write_footer(writer, page);
  writer.close().close();
  return writer.markup();
}

}  // namespace zoo::feed
