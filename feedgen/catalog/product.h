// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/source.h"

/// The product model. Manifests, feed definitions and WebPI feeds are read into it; feeds, pages, graphs and packages
/// are written from it. It is a faithful mirror: wrong values are kept as text with their place, and the rules judge
/// them.
namespace zoo::catalog {

/// A value with its place. The text is a view into a document or pool that the Catalog keeps alive.
struct Field {
  std::string_view text;
  SourcePos pos;
  /// True when the element or attribute was there, be it empty.
  bool present() const { return text.data() != nullptr; }
  /// True when it was there and holds something.
  bool filled() const { return !text.empty(); }
  bool operator==(const Field& other) const { return present() == other.present() && text == other.text; }
};

/// A text with its translation key (WebPI: resourceName).
struct LocalText : Field {
  Field resource;
};

/// WebPI section 3: exactly one of a product, and, or, or a reference to a shared tree.
struct Dependency {
  enum class Kind : std::uint8_t { kNone, kProduct, kAnd, kOr, kReference };
  Kind kind = Kind::kNone;
  Field id;  ///< kProduct: product id; kReference: id of the shared tree. pos is the place of the node for all kinds.
  std::vector<Dependency> children;  ///< kAnd, kOr.
  bool present() const { return kind != Kind::kNone; }
};

/// WebPI section 5.
struct DiscoveryHint {
  enum class Kind : std::uint8_t {
    kNone,
    kRegistry,
    kFile,
    kMsiProductCode,
    kMsiPatchCode,
    kAnd,
    kOr,
    kNot,
    kReference
  };
  Kind kind = Kind::kNone;
  SourcePos pos;
  Field subject;          ///< kRegistry: keyPath, kFile: filePath, msi codes: the GUID, kReference: the id.
  Field value_name;       ///< kRegistry; present and empty means the default value.
  Field value_value;      ///< kRegistry
  Field minimum_version;  ///< kRegistry, kFile
  Field maximum_version;  ///< kRegistry
  Field minimum_value;    ///< kRegistry
  Field maximum_value;    ///< kRegistry
  std::vector<Field> further_value_names;  ///< kRegistry: the client reads only the first.
  std::vector<DiscoveryHint> children;     ///< kAnd, kOr, kNot.
  bool present() const { return kind != Kind::kNone; }
};

/// One side of an OS range; the parts are integers in WebPI, kept as text.
struct OsVersion {
  SourcePos pos;
  Field major, minor, sp_major, sp_minor;
  bool present() const { return pos.known(); }
};

/// One `os` condition.
struct Os {
  SourcePos pos;
  Field reference;  ///< idref
  OsVersion minimum, maximum;
  std::vector<Field> types;  ///< Element names, e.g. "Server"; pos of each.
};

struct OsList {
  SourcePos pos;    ///< Known when the element was there.
  Field reference;  ///< idref
  std::vector<Os> items;
  bool present() const { return pos.known(); }
};

struct Architectures {
  SourcePos pos;             ///< Known when the element was there.
  std::vector<Field> names;  ///< As written: "x86", "x64", or something wrong.
  bool present() const { return pos.known(); }
  bool has(std::string_view name) const;
};

struct InstallerFile {
  SourcePos pos;
  Field url;           ///< absolute http, https or file URI
  Field relative_url;  ///< relative to the feed's own place
  Field size;          ///< text as written; KiB in a feed, bytes in a manifest
  Field sha1;          ///< 40 hex digits
  Field tracking_url;
  Field sha256;     ///< manifest only: published by the maker, 64 hex digits
  Field signature;  ///< manifest only: "authenticode"
  Field signer;     ///< manifest only: subject name expected of the signature
  Field artifact;   ///< manifest only: file built here, relative to dist/, e.g. "packages/BlankDjangoProject-1.0.zip"
  bool present() const { return pos.known(); }
};

struct ReturnCode {
  SourcePos pos;
  Field code;     ///< signed decimal
  Field outcome;  ///< success, successRebootRequired, failure, failureRebootRequired, none; or something wrong
  std::size_t outcomes = 1;  ///< How many outcome elements the mapping has; the client wants one.
  LocalText detail;
};

/// One install command, in order.
struct Command {
  SourcePos pos;
  Field kind;               ///< element name as written: cmdLine, msiInstall, msuInstall, unzip, or something wrong
  Field exe;                ///< cmdLine
  Field arguments;          ///< cmdLine
  Field offline_arguments;  ///< cmdLine
  Field ignore_exit_code;   ///< cmdLine; present is enough
  Field package;            ///< msiInstall: msi, msuInstall: msu, unzip: zipFile
  Field properties;         ///< msiInstall
  Field target_directory;   ///< unzip
  std::vector<Field> environment;  ///< cmdLine environmentVariables: pos and "NAME=VALUE"
  bool has_mappings = false;
  std::vector<ReturnCode> return_codes;
};

/// Manifest only: one script that a package runs on its database.
struct DatabaseScript {
  SourcePos pos;
  Field path;        ///< Below the application's folder, ends with ".sql".
  Field delimiter;   ///< Ends a statement; absent: Web Deploy's own.
  Field transacted;  ///< "true" or "false"; absent: Web Deploy's default, all of a file in one transaction.
};

/// Manifest only: the database that a package fills at installation (web-deploy section 3).
struct Database {
  SourcePos pos;
  Field engine;  ///< kDatabaseEngines, or something wrong.
  std::vector<DatabaseScript> scripts;
  bool present() const { return pos.known(); }
};

struct MsDeploy {
  SourcePos pos;
  Field start_page;
  Database database;
  struct Parameter {
    Field name, value;
  };
  std::vector<Parameter> parameters;
  std::vector<Parameter> others;  ///< site, appPath and the like: element name and text
  bool present() const { return pos.known(); }
};

struct IisComponent {
  SourcePos pos;
  Field iis70, iis60, iis51;
  bool present() const { return pos.known(); }
};

struct PostFinish {
  SourcePos pos;
  Field description, path, x86_path, x64_path, arguments;
  bool present() const { return pos.known(); }
};

/// Also used for installerConfiguration, the defaults of an entry.
struct Installer {
  SourcePos pos;
  Field id;
  Field language;  ///< first languageId, the only one the client reads
  std::vector<Field> further_languages;
  Architectures architectures;
  OsList os;
  Field eula_url, help_link;
  InstallerFile file;
  std::size_t further_files = 0;  ///< installerFile elements after the first
  SourcePos commands_pos;         ///< Known when installCommands was there.
  std::vector<Command> commands;
  MsDeploy ms_deploy;
  IisComponent iis;
  std::vector<Field> log_files;
  PostFinish post_finish;
  Field shows_ui, total_install_time;
  std::vector<Field> unknown;  ///< elements the client does not know: text = element name
};

struct Incompatibility {
  Field product;
  LocalText message;
};

struct Terms {
  SourcePos pos;
  LocalText text, link_text;
  Field link;
  bool present() const { return pos.known(); }
};

/// A simple child that the client stores as a product attribute, e.g. productFamily.
struct Attribute {
  Field name;
  LocalText value;
};

struct ProductVersion {
  Field id;
  bool is_default = false;
};

struct Product {
  SourcePos pos;
  Field id;  ///< productId, compared without case
  LocalText title;
  LocalText summary;
  LocalText description;  ///< longSummary
  Field version;
  Field published;  ///< DateTime in a feed, ISO date in a manifest
  Field updated;
  Field atom_id;
  Field author_name, author_url;
  Field link;  ///< "more information"
  Field icon;  ///< absolute URI in a feed; file below manifests/ in a manifest
  Field relative_icon;
  std::vector<Field> screenshots;
  std::vector<Field> keywords;
  std::vector<Attribute> attributes;
  Field license;  ///< manifest only: name of the licence
  Field spdx;     ///< manifest only: SPDX expression
  Dependency dependency;
  std::size_t further_dependencies = 0;
  DiscoveryHint discovery;
  std::vector<DiscoveryHint> related_discovery;
  std::vector<Field> related_products;
  std::vector<Incompatibility> incompatible;
  std::vector<Field> incompatible_processes;
  std::vector<Field> updates;
  Terms terms;
  SourcePos installers_pos;
  std::vector<Installer> installers;
  Installer defaults;  ///< installerConfiguration
  bool has_defaults = false;
  Field external;        ///< present: not installable by the client
  Field search_exclude;  ///< present: hidden from search
  Field offline_exclude;
  std::string_view entry_type;     ///< entry@type
  std::string_view expanded_from;  ///< productVersions: id of the entry it was expanded from

  /// The client's own rule: msDeploy decides (webpi-feed section 2).
  bool is_application() const;
};

struct Language {
  Field id, name;
  bool is_default = false;
  SourcePos pos;
};

struct Keyword {
  Field id;
  LocalText label;
};

struct Tab {
  enum class Kind : std::uint8_t { kKeyword, kPillar, kGroup };
  SourcePos pos;
  Kind kind = Kind::kKeyword;
  Field id;
  LocalText name, description;
  std::vector<Field> keywords;  ///< kKeyword
  Field grouping;               ///< kGroup
  struct Pillar {
    Field id;
    LocalText name, description;
    Field grouping;
    std::vector<Field> recommended;
  };
  std::vector<Pillar> pillars;  ///< kPillar
};

struct Grouping {
  Field id, attribute;
  LocalText default_name;
  std::vector<LocalText> items;
};

template <typename T>
struct Shared {
  Field id;
  T value;
};

struct FeedLink {
  Field rel, href, relative_href;
};

struct ResourceFile {
  Field culture, url, relative_url;
};

/// Decoration and identity of a feed.
struct FeedInfo {
  SourcePos pos;
  Field id, title, version, schema_version, updated, author_name, author_url;
  std::vector<FeedLink> links;
  std::vector<ResourceFile> resources;
};

/// Keeps made-up strings alive. Thread-safe.
class StringPool {
 public:
  std::string_view keep(std::string text);

 private:
  std::mutex mutex_;
  std::deque<std::string> strings_;
};

/// All products of a run or of a feed with what they refer to. Movable; views stay valid as long as it (or a copy)
/// lives.
struct Catalog {
  FeedInfo info;
  SourcePos languages_pos;
  std::vector<Language> languages;
  std::vector<Keyword> keywords;
  std::vector<Tab> tabs;
  std::vector<Grouping> groupings;
  std::vector<Shared<Os>> oses;
  std::vector<Shared<OsList>> os_lists;
  std::vector<Shared<Dependency>> dependencies;
  std::vector<Shared<DiscoveryHint>> discovery_hints;
  std::vector<Product> products;
  std::shared_ptr<StringPool> pool = std::make_shared<StringPool>();
  std::vector<std::shared_ptr<const void>> owners;  ///< documents that the views point into
};

/// ASCII case folding, as the client compares ids.
bool same_id(std::string_view a, std::string_view b);
std::string folded(std::string_view id);
/// Without XML white space at both ends.
std::string_view trimmed(std::string_view text);

/// Products by id. Keeps pointers into `catalog`, which must outlive it unchanged. The first of equal ids wins.
class ProductIndex {
 public:
  explicit ProductIndex(const Catalog& catalog);
  ~ProductIndex();
  ProductIndex(const ProductIndex&) = delete;
  ProductIndex& operator=(const ProductIndex&) = delete;
  const Product* find(std::string_view id) const;
  /// Position in catalog.products, or -1.
  std::ptrdiff_t position(std::string_view id) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace zoo::catalog
