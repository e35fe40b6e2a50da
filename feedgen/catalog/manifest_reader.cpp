// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/manifest_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "feedgen/base/files.h"
#include "feedgen/catalog/cycles.h"
#include "feedgen/catalog/manifest_names.h"
#include "feedgen/catalog/manifest_shape.h"
#include "feedgen/catalog/values.h"

namespace zoo::catalog {
namespace {

constexpr std::string_view kInstallerFileVariable = "%InstallerFile%";

std::string hint_list(const auto& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

/// Turns the tree of one manifest into a product and judges its values; the shape has been checked before.
class ManifestReader {
 public:
  ManifestReader(Catalog& catalog, Diagnostics& diagnostics) : catalog_(catalog), diagnostics_(diagnostics) {}

  Product read(XmlNode root) {
    Product product;
    product.pos = root.pos();
    product.id = attribute(root, "id");
    product.version = attribute(root, "version");
    identity(product);
    for (const XmlNode node : children(root)) part(product, node);
    for (const Installer& installer : product.installers) {
      judge(installer);
      database_keyword(product, installer.ms_deploy.database);
    }
    return product;
  }

 private:
  void error(std::string_view code, SourcePos pos, std::string message, std::string hint = {}) {
    diagnostics_.error(std::string(code), std::move(message), pos, std::move(hint));
  }

  static Field attribute(XmlNode node, std::string_view name) {
    const XmlAttribute a = node.attribute(name);
    if (!a) return {};
    return {a.value(), node.pos(name)};
  }

  Field text(XmlNode node) {
    const std::string_view raw = node.text();
    const std::string_view tight = trimmed(raw);
    if (tight.find_first_of("\n\r\t") == std::string_view::npos && tight.find("  ") == std::string_view::npos) {
      return {tight, node.pos()};
    }
    return {catalog_.pool->keep(collapsed(raw)), node.pos()};
  }

  LocalText local_text(XmlNode node) {
    LocalText out;
    static_cast<Field&>(out) = text(node);
    return out;
  }

  void identity(const Product& product) {
    if (product.id.filled() && !is_product_id(product.id.text)) {
      error("ZM0201", product.id.pos, fmt::format("\"{}\" cannot be a product id", product.id.text),
            "letters, digits, '.', '_' and '-', 100 at most, the first a letter or digit");
    }
    if (product.version.filled() && !words(product.version.text).empty() && words(product.version.text).size() != 1) {
      error("ZM0205", product.version.pos, fmt::format("\"{}\" cannot be a version", product.version.text),
            "a version has no white space, e.g. 3.13.15");
    }
  }

  void part(Product& product, XmlNode node) {
    const std::string_view name = node.name();
    if (name == "title") product.title = local_text(node);
    if (name == "summary") product.summary = local_text(node);
    if (name == "description") product.description = local_text(node);
    if (name == "author") author(product, node);
    if (name == "link") product.link = url(text(node));
    if (name == "license") {
      product.license = text(node);
      product.spdx = attribute(node, "spdx");
    }
    if (name == "icon") icon(product, node);
    if (name == "released") released(product, node);
    if (name == "family") product.attributes.push_back({{"productFamily", node.pos()}, local_text(node)});
    if (name == "hidden") product.search_exclude = {"", node.pos()};
    if (name == "keywords") keywords(product, node);
    if (name == "dependencies") product.dependency = dependencies(node);
    if (name == "related") related(product, node);
    if (name == "incompatible") incompatible(product, node);
    if (name == "discovery") product.discovery = discovery(node);
    if (name == "installers") installers(product, node);
  }

  void author(Product& product, XmlNode node) {
    product.author_name = attribute(node, "name");
    product.author_url = url(attribute(node, "url"));
  }

  void icon(Product& product, XmlNode node) {
    product.icon = text(node);
    const std::string_view path = product.icon.text;
    if (!is_relative_path(path) || path.size() < 5 || !same_id(path.substr(path.size() - 4), ".png")) {
      error("ZM0207", node.pos(), fmt::format("\"{}\" is no PNG file below the folder of the manifests", path),
            "e.g. icons/python.png");
    }
  }

  void released(Product& product, XmlNode node) {
    product.published = text(node);
    if (!is_iso_date(product.published.text)) {
      error("ZM0204", node.pos(), fmt::format("\"{}\" is no date", product.published.text), "e.g. 2026-08-31");
    }
  }

  void keywords(Product& product, XmlNode node) {
    for (const XmlNode child : children(node)) {
      const Field keyword = text(child);
      if (!is_product_id(keyword.text)) {
        error("ZM0208", keyword.pos, fmt::format("\"{}\" cannot be a keyword", keyword.text),
              "letters, digits, '.', '_' and '-'");
      }
      product.keywords.push_back(keyword);
    }
  }

  Field url(Field field) {
    if (field.filled() && !is_absolute_url(field.text)) {
      error("ZM0206", field.pos, fmt::format("\"{}\" is no absolute http, https or file URL", field.text),
            "the client drops the whole feed for one URL that is not absolute");
    }
    return field;
  }

  // ------------------------------------------------------------------------------------------------- dependencies

  Dependency dependencies(XmlNode node) {
    Dependency all = branch(node, Dependency::Kind::kAnd);
    if (count_children(node) == 0) error("ZM0301", node.pos(), "<dependencies> is empty", "leave it out");
    if (all.children.size() == 1) return std::move(all.children.front());
    return all;
  }

  Dependency branch(XmlNode node, Dependency::Kind kind) {
    Dependency out;
    out.kind = kind;
    out.id.pos = node.pos();
    for (const XmlNode child : children(node)) {
      if (child.name() == "product") {
        out.children.push_back({Dependency::Kind::kProduct, text(child), {}});
      } else if (child.name() == "all" || child.name() == "any") {
        out.children.push_back(branch(child, child.name() == "all" ? Dependency::Kind::kAnd : Dependency::Kind::kOr));
        at_least_two(child, "ZM0301");
      }
    }
    return out;
  }

  /// Elements that may not stand there are counted too: they are reported already.
  static std::size_t count_children(XmlNode node) {
    std::size_t count = 0;
    for ([[maybe_unused]] const XmlNode child : children(node)) ++count;
    return count;
  }

  void at_least_two(XmlNode node, std::string_view code) {
    const std::size_t count = count_children(node);
    if (count >= 2) return;
    error(code, node.pos(), fmt::format("<{}> holds {} of at least two", node.name(), count),
          "the client drops a feed with an and/or of fewer than two: write the single one without it");
  }

  void related(Product& product, XmlNode node) {
    for (const XmlNode child : children(node)) product.related_products.push_back(text(child));
  }

  void incompatible(Product& product, XmlNode node) {
    for (const XmlNode child : children(node)) {
      Incompatibility entry;
      entry.product = attribute(child, "id");
      static_cast<Field&>(entry.message) = attribute(child, "message");
      product.incompatible.push_back(entry);
    }
  }

  // ---------------------------------------------------------------------------------------------------- discovery

  DiscoveryHint discovery(XmlNode node) {
    const auto hints = hints_in(node);
    if (const std::size_t count = count_children(node); count != 1) {
      error("ZM0401", node.pos(), fmt::format("<discovery> holds {} hints, it needs one", count),
            "put them into <any> or <all>");
    }
    return hints.empty() ? DiscoveryHint{} : hints.front();
  }

  std::vector<DiscoveryHint> hints_in(XmlNode node) {
    std::vector<DiscoveryHint> out;
    for (const XmlNode child : children(node)) out.push_back(hint(child));
    std::erase_if(out, [](const DiscoveryHint& h) { return !h.present(); });
    return out;
  }

  DiscoveryHint hint(XmlNode node) {
    const std::string_view name = node.name();
    if (name == "registry") return registry(node);
    if (name == "file") return hint_file(node);
    if (name == "msi") return hint_msi(node);
    DiscoveryHint out;
    if (name != "any" && name != "all" && name != "not") return out;
    out.pos = node.pos();
    out.children = hints_in(node);
    if (name == "not") {
      out.kind = DiscoveryHint::Kind::kNot;
      if (count_children(node) != 1) error("ZM0401", node.pos(), "<not> holds exactly one hint");
      return out;
    }
    out.kind = name == "any" ? DiscoveryHint::Kind::kOr : DiscoveryHint::Kind::kAnd;
    at_least_two(node, "ZM0401");
    return out;
  }

  DiscoveryHint registry(XmlNode node) {
    DiscoveryHint out;
    out.kind = DiscoveryHint::Kind::kRegistry;
    out.pos = node.pos();
    out.subject = attribute(node, "key");
    out.value_name = attribute(node, "value");
    out.value_value = attribute(node, "equals");
    out.minimum_version = version(attribute(node, "min-version"));
    out.maximum_version = version(attribute(node, "max-version"));
    out.minimum_value = integer(attribute(node, "min-value"));
    out.maximum_value = integer(attribute(node, "max-value"));
    if (out.subject.filled() && !is_registry_key(out.subject.text)) {
      error("ZM0402", out.subject.pos,
            fmt::format("\"{}\" does not begin with the full name of a hive", out.subject.text),
            R"(e.g. HKEY_LOCAL_MACHINE\SOFTWARE\...: the client's check fails on HKLM\)");
    }
    comparisons(out);
    return out;
  }

  void comparisons(const DiscoveryHint& h) {
    const bool versions = h.minimum_version.present() || h.maximum_version.present();
    const bool values = h.minimum_value.present() || h.maximum_value.present();
    const int kinds = (versions ? 1 : 0) + (values ? 1 : 0) + (h.value_value.present() ? 1 : 0);
    if (kinds > 1) {
      error("ZM0403", h.pos, "equals, versions and values exclude each other",
            "one of: equals; min-version and max-version; min-value and max-value");
    }
    if (kinds > 0 && !h.value_name.present()) {
      error("ZM0403", h.pos, "a comparison needs the attribute \"value\"", "value=\"\" is the default value");
    }
  }

  DiscoveryHint hint_file(XmlNode node) {
    DiscoveryHint out;
    out.kind = DiscoveryHint::Kind::kFile;
    out.pos = node.pos();
    out.subject = attribute(node, "path");
    out.minimum_version = version(attribute(node, "min-version"));
    return out;
  }

  DiscoveryHint hint_msi(XmlNode node) {
    DiscoveryHint out;
    out.kind = DiscoveryHint::Kind::kMsiProductCode;
    out.pos = node.pos();
    out.subject = attribute(node, "product-code");
    if (out.subject.filled() && !is_guid(out.subject.text)) {
      error("ZM0404", out.subject.pos, fmt::format("\"{}\" is no GUID", out.subject.text));
    }
    return out;
  }

  Field version(Field field) {
    if (field.present() && !is_version(field.text)) {
      error("ZM0405", field.pos, fmt::format("\"{}\" is no version of two to four numbers", field.text),
            "e.g. 10.0.2001");
    }
    return field;
  }

  Field integer(Field field) {
    if (field.present() && !is_return_code(field.text)) {
      error("ZM0405", field.pos, fmt::format("\"{}\" is no whole number", field.text));
    }
    return field;
  }

  // --------------------------------------------------------------------------------------------------- installers

  void installers(Product& product, XmlNode node) {
    product.installers_pos = node.pos();
    for (const XmlNode child : children(node)) {
      Installer made = installer(child);
      const auto same = [&](const Installer& other) { return other.id == made.id; };
      if (std::any_of(product.installers.begin(), product.installers.end(), same)) {
        error("ZM0501", made.id.pos, fmt::format("a second installer with the id \"{}\"", made.id.text));
      }
      product.installers.push_back(std::move(made));
    }
  }

  Installer installer(XmlNode node) {
    Installer out;
    out.pos = node.pos();
    out.id = attribute(node, "id");
    out.language = attribute(node, "language");
    out.eula_url = url(attribute(node, "eula"));
    out.help_link = url(attribute(node, "help"));
    architectures(out, attribute(node, "arch"));
    for (const XmlNode child : children(node)) installer_part(out, child);
    return out;
  }

  void architectures(Installer& out, Field arch) {
    if (!arch.present()) return;
    out.architectures.pos = arch.pos;
    for (const std::string_view name : words(arch.text)) {
      if (name != "x86" && name != "x64") {
        error("ZM0502", arch.pos, fmt::format("\"{}\" is no architecture", name),
              "x86, x64 or both: the client knows no other");
      }
      if (out.architectures.has(name)) error("ZM0502", arch.pos, fmt::format("\"{}\" stands twice", name));
      out.architectures.names.push_back({name, arch.pos});
    }
    if (out.architectures.names.empty()) error("ZM0502", arch.pos, "arch is empty", "leave it out for both");
  }

  void installer_part(Installer& out, XmlNode node) {
    const std::string_view name = node.name();
    if (name == "os") os(out, node);
    if (name == "file") out.file = file(node);
    if (name == "run" || name == "msi" || name == "msu" || name == "unzip") {
      if (!out.commands_pos.known()) out.commands_pos = node.pos();
      out.commands.push_back(command(node));
    }
    if (name == "iis") {
      out.iis.pos = node.pos();
      out.iis.iis70 = attribute(node, "component");
    }
    if (name == "web-deploy") {
      out.ms_deploy.pos = node.pos();
      out.ms_deploy.start_page = attribute(node, "start-page");
      for (const XmlNode child : children(node)) {
        if (child.name() == "database") out.ms_deploy.database = database(child);
      }
    }
    if (name == "log") out.log_files.push_back(text(node));
  }

  Database database(XmlNode node) {
    Database out;
    out.pos = node.pos();
    out.engine = attribute(node, "engine");
    if (out.engine.present() && find_database_engine(out.engine.text) == nullptr) {
      error("ZM0513", out.engine.pos, fmt::format("\"{}\" is no database that Web Deploy fills", out.engine.text),
            "mysql (MariaDB too) or sqlserver");
    }
    for (const XmlNode child : children(node)) {
      if (child.name() == "script") script(out, child);
    }
    return out;
  }

  void script(Database& out, XmlNode node) {
    DatabaseScript made;
    made.pos = node.pos();
    made.path = attribute(node, "path");
    made.delimiter = attribute(node, "delimiter");
    made.transacted = checked_boolean(attribute(node, "transacted"));
    const std::string_view path = made.path.text;
    constexpr std::string_view kEnding = ".sql";
    const bool named = path.size() > kEnding.size() && same_id(path.substr(path.size() - kEnding.size()), kEnding);
    if (made.path.present() && (!is_relative_path(path) || !named)) {
      error("ZM0514", made.path.pos, fmt::format("\"{}\" is no .sql file below the application's folder", path),
            "e.g. database/install.sql");
    }
    const auto same = [&](const DatabaseScript& other) { return other.path == made.path; };
    if (std::any_of(out.scripts.begin(), out.scripts.end(), same)) {
      error("ZM0514", made.path.pos, fmt::format("the script \"{}\" stands twice", path));
    }
    if (made.delimiter.present() && words(made.delimiter.text).size() != 1) {
      error("ZM0515", made.delimiter.pos, fmt::format("\"{}\" cannot end a statement", made.delimiter.text),
            "one word, e.g. // or GO");
    }
    out.scripts.push_back(made);
  }

  /// Clients find out by the keyword that a product needs a database (web-deploy section 6).
  void database_keyword(const Product& product, const Database& database) {
    const DatabaseEngine* engine = find_database_engine(database.engine.text);
    if (engine == nullptr) return;
    const auto is_it = [&](const Field& keyword) { return same_id(keyword.text, engine->keyword); };
    if (std::any_of(product.keywords.begin(), product.keywords.end(), is_it)) return;
    error("ZM0516", database.engine.pos, fmt::format("the product has no keyword \"{}\"", engine->keyword),
          "clients tell by it which database a product needs; the feed definition defines keywords");
  }

  void os(Installer& out, XmlNode node) {
    Os entry;
    entry.pos = node.pos();
    entry.minimum = os_version(attribute(node, "min"));
    entry.maximum = os_version(attribute(node, "max"));
    const Field types = attribute(node, "types");
    for (const std::string_view type : words(types.text)) {
      if (std::find(std::begin(kOsTypes), std::end(kOsTypes), type) == std::end(kOsTypes)) {
        error("ZM0503", types.pos, fmt::format("\"{}\" is no Windows edition that the client knows", type),
              "one of: " + hint_list(kOsTypes));
      }
      entry.types.push_back({type, types.pos});
    }
    if (!out.os.present()) out.os.pos = node.pos();
    out.os.items.push_back(std::move(entry));
  }

  OsVersion os_version(Field field) {
    OsVersion out;
    if (!field.present()) return out;
    out.pos = field.pos;
    const auto parts = split(field.text, '.');
    const bool numbers = std::all_of(parts.begin(), parts.end(), [](auto p) { return parse_unsigned(p).has_value(); });
    if (!numbers || parts.size() < 2 || parts.size() > 4) {
      error("ZM0503", field.pos, fmt::format("\"{}\" is no Windows version", field.text),
            "major.minor, e.g. 6.1 or 10.0, then service pack");
      return out;
    }
    Field* fields[] = {&out.major, &out.minor, &out.sp_major, &out.sp_minor};
    for (std::size_t i = 0; i < parts.size(); ++i) *fields[i] = {parts[i], field.pos};
    return out;
  }

  InstallerFile file(XmlNode node) {
    InstallerFile out;
    out.pos = node.pos();
    out.url = url(attribute(node, "url"));
    out.artifact = attribute(node, "artifact");
    out.size = attribute(node, "size");
    out.sha1 = digest(attribute(node, "sha1"), 40);
    out.sha256 = digest(attribute(node, "sha256"), 64);
    out.signature = attribute(node, "signature");
    out.signer = attribute(node, "signer");
    if (out.url.present() == out.artifact.present()) {
      error("ZM0507", out.pos, "<file> needs either url or artifact",
            "url: downloaded; artifact: built here, below dist/");
    }
    if (out.artifact.present() && !is_relative_path(out.artifact.text)) {
      error("ZM0507", out.artifact.pos, fmt::format("\"{}\" is no path below dist/", out.artifact.text));
    }
    if (out.size.present() && parse_unsigned(out.size.text).value_or(0) == 0) {
      error("ZM0509", out.size.pos, fmt::format("\"{}\" is no size in bytes", out.size.text));
    }
    signature(out);
    return out;
  }

  Field digest(Field field, std::size_t digits) {
    if (field.present() && !is_hex(field.text, digits)) {
      error("ZM0508", field.pos,
            fmt::format("the digest needs {} hexadecimal digits, it has {} characters", digits, field.text.size()));
    }
    return field;
  }

  void signature(const InstallerFile& f) {
    if (f.signature.present() && f.signature.text != "authenticode") {
      error("ZM0510", f.signature.pos, fmt::format("unknown signature \"{}\"", f.signature.text),
            "authenticode is the only kind that the client checks");
    }
    if (f.signer.present() && !f.signature.present()) {
      error("ZM0510", f.signer.pos, "a signer without signature=\"authenticode\"");
    }
  }

  Command command(XmlNode node) {
    struct KindName {
      std::string_view manifest, webpi;
    };
    static constexpr KindName kKinds[] = {
        {"run", "cmdLine"}, {"msi", "msiInstall"}, {"msu", "msuInstall"}, {"unzip", "unzip"}};
    Command out;
    out.pos = node.pos();
    for (const KindName& kind : kKinds) {
      if (kind.manifest == node.name()) out.kind = {kind.webpi, node.pos()};
    }
    out.exe = attribute(node, "exe");
    out.arguments = attribute(node, "arguments");
    out.ignore_exit_code = boolean(attribute(node, "ignore-exit-code"));
    out.package = attribute(node, "package");
    out.properties = attribute(node, "properties");
    out.target_directory = attribute(node, "to");
    for (const XmlNode child : children(node)) {
      if (child.name() == "return") return_code(out, child);
    }
    out.has_mappings = !out.return_codes.empty();
    return out;
  }

  Field checked_boolean(Field field) {
    if (field.present() && field.text != "true" && field.text != "false") {
      error("ZM0512", field.pos, fmt::format("\"{}\" is neither true nor false", field.text));
    }
    return field;
  }

  /// Absent when false: the client asks only whether it is there.
  Field boolean(Field field) {
    field = checked_boolean(field);
    return field.text == "true" ? field : Field{};
  }

  void return_code(Command& out, XmlNode node) {
    ReturnCode code;
    code.pos = node.pos();
    code.code = attribute(node, "code");
    if (node.text().find_first_not_of(" \t\r\n") != std::string_view::npos) code.detail = local_text(node);
    if (code.code.filled() && !is_return_code(code.code.text)) {
      error("ZM0511", code.code.pos, fmt::format("\"{}\" is no return code", code.code.text),
            "signed decimal, e.g. 3010 or -1");
    }
    const auto twice = [&](const ReturnCode& other) { return other.code == code.code; };
    if (std::any_of(out.return_codes.begin(), out.return_codes.end(), twice)) {
      error("ZM0511", code.code.pos, fmt::format("return code {} stands twice", code.code.text));
    }
    code.outcome = outcome(attribute(node, "outcome"));
    out.return_codes.push_back(code);
  }

  Field outcome(Field field) {
    for (const OutcomeName& name : kOutcomes) {
      if (name.manifest == field.text) return {name.webpi, field.pos};
    }
    if (field.filled()) {
      error("ZM0511", field.pos, fmt::format("\"{}\" is no outcome", field.text),
            "success, success-reboot, failure, failure-reboot or none");
    }
    return field;
  }

  // ---------------------------------------------------------------------------------------- what belongs together

  void judge(const Installer& i) {
    const int ways = (i.commands.empty() ? 0 : 1) + (i.iis.present() ? 1 : 0) + (i.ms_deploy.present() ? 1 : 0);
    if (ways != 1) {
      error("ZM0504", i.pos,
            ways == 0 ? "the installer does nothing" : "the installer mixes commands, iis and web-deploy",
            "either commands (run, msi, msu, unzip), or iis, or web-deploy");
    }
    const bool used = i.ms_deploy.present() || std::any_of(i.commands.begin(), i.commands.end(), uses_file);
    if (i.file.present() && !used && ways == 1) {
      error("ZM0505", i.file.pos, "the file is downloaded but no command uses %InstallerFile%");
    }
    if (!i.file.present() && used) {
      error("ZM0506", i.pos,
            i.ms_deploy.present() ? "web-deploy without a <file>" : "%InstallerFile% is used without a <file>");
    }
  }

  static bool uses_file(const Command& command) {
    const Field* fields[] = {&command.exe, &command.arguments, &command.package, &command.properties};
    return std::any_of(std::begin(fields), std::end(fields),
                       [](const Field* f) { return contains_folded(f->text, kInstallerFileVariable); });
  }

  Catalog& catalog_;
  Diagnostics& diagnostics_;
};

std::vector<std::filesystem::path> manifest_files(const std::string& folder, std::error_code& error) {
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::filesystem::path& path = it->path();
    if (path.extension() == ".xml" && path.filename() != kLockFileName) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

void check_file_name(const Catalog& catalog, const std::filesystem::path& path, Diagnostics& diagnostics) {
  const Product& product = catalog.products.back();
  if (!product.id.filled() || path.stem() == product.id.text) return;
  diagnostics.error("ZM0202", fmt::format("the product {} is not in {}.xml", product.id.text, product.id.text),
                    product.id.pos, "a manifest is named after its product");
}

void check_icon(const Catalog& catalog, const std::filesystem::path& folder, Diagnostics& diagnostics) {
  const Field& icon = catalog.products.back().icon;
  if (!icon.filled() || !is_relative_path(icon.text)) return;
  const Result<std::string> bytes = read_file((folder / icon.text).string(), kMaxManifestBytes);
  constexpr std::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);
  if (bytes && bytes->substr(0, kPngSignature.size()) == kPngSignature) return;
  diagnostics.error("ZM0207", bytes ? fmt::format("{} is no PNG file", icon.text) : bytes.error().message, icon.pos);
}

void known(const ProductIndex& index, const Field& id, Diagnostics& diagnostics) {
  if (!id.filled() || index.find(id.text) != nullptr) return;
  diagnostics.error("ZM0302", fmt::format("no manifest describes the product \"{}\"", id.text), id.pos,
                    "the client drops a feed that names a product it does not know");
}

void known(const ProductIndex& index, const Dependency& tree, Diagnostics& diagnostics) {
  if (tree.kind == Dependency::Kind::kProduct) known(index, tree.id, diagnostics);
  for (const Dependency& child : tree.children) known(index, child, diagnostics);
}

}  // namespace

bool read_manifest(const std::shared_ptr<XmlDocument>& document, Catalog& catalog, Diagnostics& diagnostics) {
  if (!check_shape(document->root(), manifest_shape(), kManifestNamespace, kManifestShapeCodes, diagnostics))
    return false;
  catalog.owners.push_back(document);
  catalog.products.push_back(ManifestReader(catalog, diagnostics).read(document->root()));
  return true;
}

Result<Catalog> read_manifests(const std::string& folder, SourceSet& sources, Diagnostics& diagnostics) {
  std::error_code error;
  const auto files = manifest_files(folder, error);
  if (error) return fail(ExitCode::kIo, fmt::format("cannot read the folder {}: {}", folder, error.message()));
  if (files.empty()) return fail(ExitCode::kIo, fmt::format("no manifests in {}", folder));
  Catalog catalog;
  for (const auto& path : files) {
    Result<std::string> bytes = read_file(path.string(), kMaxManifestBytes);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto document = XmlDocument::parse(path.string(), std::move(*bytes), sources, diagnostics);
    if (!document || !read_manifest(document, catalog, diagnostics)) continue;
    check_file_name(catalog, path, diagnostics);
    check_icon(catalog, folder, diagnostics);
  }
  check_manifests(catalog, diagnostics);
  return catalog;
}

void check_manifests(const Catalog& catalog, Diagnostics& diagnostics) {
  const ProductIndex index(catalog);
  for (std::size_t i = 0; i < catalog.products.size(); ++i) {
    const Product& product = catalog.products[i];
    if (product.id.filled() && index.position(product.id.text) != static_cast<std::ptrdiff_t>(i)) {
      diagnostics.error("ZM0203", fmt::format("a second product with the id \"{}\"", product.id.text), product.id.pos,
                        "ids are compared without case; the client drops a feed that holds one twice");
    }
    known(index, product.dependency, diagnostics);
    for (const Field& id : product.related_products) known(index, id, diagnostics);
  }
  for (const Cycle& cycle : find_cycles(catalog, index)) {
    diagnostics.error("ZM0303", "products need each other in a circle: " + to_text(cycle), cycle.pos,
                      "the client fails on it while it plans");
  }
}

}  // namespace zoo::catalog
