// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/feed_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "feedgen/base/hash.h"
#include "feedgen/catalog/values.h"
#include "feedgen/feed/verified_download.h"
#include "feedgen/feed/webpi_names.h"

namespace zoo::feed {
namespace {

using namespace catalog;

constexpr std::uint64_t kKibibyte = 1024;

/// The selected products in the order of the definition, then what they need, in the order of the manifests.
class Selector {
 public:
  Selector(const FeedDefinition& definition, const Catalog& manifests)
      : definition_(definition), manifests_(manifests), index_(manifests), taken_(manifests.products.size(), false) {}

  std::vector<std::size_t> select() {
    for (const Selection& selection : definition_.selections) {
      for (std::size_t i = 0; i < manifests_.products.size(); ++i) {
        if (matches(selection, manifests_.products[i])) take(i);
      }
    }
    // NOLINTNEXTLINE(modernize-loop-convert): order_ grows while it is walked.
    for (std::size_t next = 0; next < order_.size(); ++next) needs(manifests_.products[order_[next]].dependency);
    return std::move(order_);
  }

 private:
  static bool matches(const Selection& selection, const Product& product) {
    if (selection.kind == Selection::Kind::kAll) return true;
    if (selection.kind == Selection::Kind::kProduct) return same_id(product.id.text, selection.id.text);
    return std::any_of(product.keywords.begin(), product.keywords.end(),
                       [&](const Field& keyword) { return same_id(keyword.text, selection.id.text); });
  }

  void take(std::size_t position) {
    if (taken_[position]) return;
    taken_[position] = true;
    order_.push_back(position);
  }

  void needs(const Dependency& tree) {
    if (tree.kind == Dependency::Kind::kProduct) {
      const std::ptrdiff_t at = index_.position(tree.id.text);
      if (at >= 0) take(static_cast<std::size_t>(at));
    }
    for (const Dependency& child : tree.children) needs(child);
  }

  const FeedDefinition& definition_;
  const Catalog& manifests_;
  ProductIndex index_;
  std::vector<bool> taken_;
  std::vector<std::size_t> order_;
};

class FeedBuilder {
 public:
  FeedBuilder(const FeedDefinition& definition, const LockFile& lock, const BuildOptions& options,
              Diagnostics& diagnostics)
      : definition_(definition), lock_(lock), options_(options), diagnostics_(diagnostics) {}

  FeedBuild build(const Catalog& manifests) {
    out_.catalog.owners = manifests.owners;
    out_.catalog.owners.push_back(manifests.pool);
    out_.catalog.owners.push_back(definition_.owner);
    decorate();
    for (const std::size_t position : Selector(definition_, manifests).select()) add(manifests.products[position]);
    drop_unsatisfied();
    for (Product& product : out_.catalog.products) drop_unknown_relations(product);
    collect_icons(manifests);
    return std::move(out_);
  }

 private:
  std::string_view keep(std::string text) { return out_.catalog.pool->keep(std::move(text)); }
  Field made(std::string text, SourcePos pos) { return {keep(std::move(text)), pos}; }
  std::string_view base_url() const {
    return options_.base_url.empty() ? definition_.base_url.text : std::string_view(options_.base_url);
  }

  // -------------------------------------------------------------------------------------------------- feed level

  void decorate() {
    FeedInfo& info = out_.catalog.info;
    info.pos = definition_.pos;
    info.id = definition_.id;
    info.title = definition_.title;
    if (!options_.updated.empty()) info.updated = made(options_.updated, definition_.pos);
    info.author_name = definition_.author_name;
    info.author_url = definition_.author_url;
    if (definition_.link.filled()) info.links.push_back({{}, definition_.link, {}});
    out_.catalog.languages = definition_.languages;
    if (!definition_.languages.empty()) out_.catalog.languages_pos = definition_.languages.front().pos;
    out_.catalog.keywords = definition_.keywords;
    out_.catalog.tabs = definition_.tabs;
  }

  // ---------------------------------------------------------------------------------------------------- products

  void add(const Product& manifest) {
    Product product = manifest;
    const Selection* selection = override_of(manifest);
    if (selection != nullptr) apply(*selection, product);
    if (product.published.filled()) {
      product.published = made(std::string(product.published.text) + "T00:00:00Z", product.published.pos);
    }
    locate_icon(product);
    check_keywords(product);
    if (!product.installers.empty() && !keep_installers(product, selection)) return;
    if (product.is_application()) product.entry_type = webpi::kApplication;
    out_.catalog.products.push_back(std::move(product));
  }

  const Selection* override_of(const Product& product) const {
    const auto found = std::find_if(
        definition_.selections.begin(), definition_.selections.end(),
        [&](const Selection& s) { return s.kind == Selection::Kind::kProduct && same_id(s.id.text, product.id.text); });
    return found == definition_.selections.end() ? nullptr : &*found;
  }

  static void apply(const Selection& selection, Product& product) {
    if (selection.title.filled()) product.title = selection.title;
    if (selection.summary.filled()) product.summary = selection.summary;
    for (const Field& keyword : selection.keywords) product.keywords.push_back(keyword);
    if (!selection.eula.filled()) return;
    for (Installer& installer : product.installers) installer.eula_url = selection.eula;
  }

  void locate_icon(Product& product) {
    if (!product.icon.filled()) return;
    const Field path = product.icon;
    product.relative_icon = path;
    product.icon = {};
    if (base_url().empty()) return;
    product.icon = made(fmt::format("{}{}", base_url(), path.text), path.pos);
    product.relative_icon = {};
  }

  void check_keywords(const Product& product) {
    for (const Field& keyword : product.keywords) {
      const auto same = [&](const Keyword& defined) { return same_id(defined.id.text, keyword.text); };
      if (std::any_of(definition_.keywords.begin(), definition_.keywords.end(), same)) continue;
      diagnostics_.add({Severity::kError, "ZD0303",
                        fmt::format("the feed does not define the keyword \"{}\" of {}", keyword.text, product.id.text),
                        "add it to <keywords> of the feed definition: the client drops keywords that are not defined",
                        Effect::kIgnored, keyword.pos, std::string(product.id.text)});
    }
  }

  // -------------------------------------------------------------------------------------------------- installers

  /// False when nothing is left: the product is then named as left out.
  bool keep_installers(Product& product, const Selection* selection) {
    std::vector<Installer> kept;
    std::string reasons;
    for (Installer& installer : product.installers) {
      if (std::optional<std::string> reason = resolve(product, installer, selection)) {
        out_.left_out.push_back({std::string(product.id.text), std::string(installer.id.text), *reason, installer.pos});
        reasons += (reasons.empty() ? "" : "; ") + *reason;
      } else {
        kept.push_back(std::move(installer));
      }
    }
    product.installers = std::move(kept);
    if (!product.installers.empty()) return true;
    std::erase_if(out_.left_out, [&](const LeftOut& l) { return l.product_id == product.id.text; });
    leave_out(product, reasons);
    return false;
  }

  void leave_out(const Product& product, const std::string& reason) {
    out_.left_out.push_back({std::string(product.id.text), "", reason, product.pos});
  }

  /// Makes the installer's file what a feed needs; or says why it cannot be offered, after reporting it.
  std::optional<std::string> resolve(const Product& product, Installer& installer, const Selection* selection) {
    InstallerFile& file = installer.file;
    if (!file.present()) return std::nullopt;
    if (file.artifact.present()) return resolve_artifact(product, file);
    const LockEntry* entry = lock_.find(file.url.text);
    const std::string original(file.url.text);
    mirror(file.url, selection);
    if (entry != nullptr) {
      file.size = kibibytes(entry->size, file.pos);
      file.sha1 = made(entry->sha1, file.pos);
      file.sha256 = made(entry->sha256, file.pos);
      out_.measured[std::string(file.url.text)] = {entry->size, ""};
      return std::nullopt;
    }
    if (options_.locked) {
      return refuse(Severity::kError, "ZB0104", product, file.url.pos, fmt::format("{} is not in the lock", original),
                    "run feedgen lock");
    }
    return resolve_unlocked(product, installer);
  }

  std::optional<std::string> resolve_artifact(const Product& product, InstallerFile& file) {
    const std::string path = (options_.dist.empty() ? "" : options_.dist + "/") + std::string(file.artifact.text);
    const Result<FileHashes> hashes = hash_file(path);
    if (!hashes) {
      refuse(Severity::kWarning, "ZB0101", product, file.artifact.pos, fmt::format("{} is missing", path), "");
      // Without the folder: the page, which says it too, is the same wherever it is built.
      return fmt::format("{} has not been built", file.artifact.text);
    }
    file.size = kibibytes(hashes->size, file.pos);
    file.sha1 = made(hashes->sha1, file.pos);
    file.sha256 = made(hashes->sha256, file.pos);
    if (base_url().empty()) {
      file.relative_url = file.artifact;
    } else {
      file.url = made(fmt::format("{}{}", base_url(), file.artifact.text), file.artifact.pos);
    }
    const Field& name = file.url.filled() ? file.url : file.relative_url;
    out_.measured[std::string(name.text)] = {hashes->size, std::string(file.artifact.text)};
    return std::nullopt;
  }

  std::optional<std::string> resolve_unlocked(const Product& product, Installer& installer) {
    InstallerFile& file = installer.file;
    const Field bytes = file.size;
    const std::uint64_t size = parse_unsigned(bytes.text).value_or(0);
    file.size = bytes.present() ? kibibytes(size, bytes.pos) : Field{};
    if (size != 0) out_.measured[std::string(file.url.text)] = {size, ""};
    if (file.signature.present()) {
      file.sha1 = {};  // the signature is checked; a SHA-1 that nobody measured would only add a way to fail
      return std::nullopt;
    }
    if (file.sha1.present() || verify_in_command(installer)) return std::nullopt;
    return refuse(Severity::kWarning, "ZB0102", product, file.url.pos,
                  fmt::format("the client cannot check {}: no SHA-1, no signature", file.url.text), "run feedgen lock");
  }

  /// The commands download and check the file themselves (verified_download.h). False when one is of another kind.
  bool verify_in_command(Installer& installer) {
    const InstallerFile& file = installer.file;
    const auto can = [](const Command& c) {
      return c.kind.text == webpi::kCmdLine || c.kind.text == webpi::kMsiInstall;
    };
    if (!file.sha256.present() || installer.commands.empty() ||
        !std::all_of(installer.commands.begin(), installer.commands.end(), can)) {
      return false;
    }
    for (Command& command : installer.commands) {
      if (command.kind.text == webpi::kMsiInstall) to_msiexec(command);
      if (contains_folded(command.arguments.text, "%InstallerFile%") ||
          contains_folded(command.exe.text, "%InstallerFile%")) {
        to_verified(command, file);
      }
    }
    installer.file = {};
    return true;
  }

  void to_msiexec(Command& command) {
    command.kind.text = webpi::kCmdLine;
    command.exe = {"msiexec.exe", command.pos};
    const std::string_view space = command.properties.filled() ? " " : "";
    command.arguments = made(
        fmt::format("/i \"{}\" /qn /norestart{}{}", command.package.text, space, command.properties.text), command.pos);
    command.package = {};
    command.properties = {};
    command.has_mappings = true;
    // msiInstall knows these two by itself, cmdLine counts everything but 0 as failure (webpi-feed 4).
    for (const std::string_view code : {"3010", "1641"}) {
      const auto same = [&](const ReturnCode& r) { return r.code.text == code; };
      if (std::any_of(command.return_codes.begin(), command.return_codes.end(), same)) continue;
      command.return_codes.push_back(
          {command.pos, {code, command.pos}, {webpi::kSuccessRebootRequired, command.pos}, 1, {}});
    }
  }

  void to_verified(Command& command, const InstallerFile& file) {
    const std::string_view url = file.url.text;
    const std::string_view path = url.substr(0, url.find_first_of("?#"));
    const std::string arguments = verified_download(
        {url, file.sha256.text, path.substr(path.rfind('/') + 1), command.exe.text, command.arguments.text});
    command.exe = {kPowerShell, command.pos};
    command.arguments = made(arguments, command.pos);
  }

  std::optional<std::string> refuse(Severity severity, std::string code, const Product& product, SourcePos pos,
                                    std::string reason, std::string hint) {
    diagnostics_.add({severity, std::move(code), fmt::format("{} is left out: {}", product.id.text, reason),
                      std::move(hint), Effect::kNone, pos, std::string(product.id.text)});
    return reason;
  }

  Field kibibytes(std::uint64_t bytes, SourcePos pos) {
    return made(std::to_string((bytes + kKibibyte - 1) / kKibibyte), pos);
  }

  void mirror(Field& url, const Selection* selection) {
    const auto replace = [&](const Mirror& m) {
      if (url.text.substr(0, m.from.text.size()) != m.from.text) return false;
      url = made(std::string(m.to.text) + std::string(url.text.substr(m.from.text.size())), url.pos);
      return true;
    };
    if (selection != nullptr && std::any_of(selection->mirrors.begin(), selection->mirrors.end(), replace)) return;
    (void)std::any_of(definition_.mirrors.begin(), definition_.mirrors.end(), replace);
  }

  // ------------------------------------------------------------------------------ what depends on what is left out

  /// The tree without products that are not in the feed; nothing when it cannot be met any more.
  static std::optional<Dependency> pruned(const Dependency& tree, const std::set<std::string>& ids,
                                          std::string& missing) {
    if (tree.kind == Dependency::Kind::kProduct) {
      if (ids.count(folded(tree.id.text)) != 0) return tree;
      missing = std::string(tree.id.text);
      return std::nullopt;
    }
    Dependency out = tree;
    out.children.clear();
    for (const Dependency& child : tree.children) {
      std::optional<Dependency> kept = pruned(child, ids, missing);
      if (kept) {
        out.children.push_back(std::move(*kept));
      } else if (tree.kind == Dependency::Kind::kAnd) {
        return std::nullopt;
      }
    }
    if (out.children.empty()) return std::nullopt;
    if (out.children.size() == 1) return std::move(out.children.front());
    return out;
  }

  std::set<std::string> known_ids() const {
    std::set<std::string> ids;
    for (const Product& product : out_.catalog.products) ids.insert(folded(product.id.text));
    return ids;
  }

  /// Until nothing changes: a product that is dropped may be what another needs.
  void drop_unsatisfied() {
    for (bool changed = true; changed;) {
      changed = false;
      const std::set<std::string> ids = known_ids();
      std::vector<Product> kept;
      for (Product& product : out_.catalog.products) {
        std::string missing;
        if (product.dependency.present() && !pruned(product.dependency, ids, missing)) {
          drop(product, missing);
          changed = true;
        } else {
          kept.push_back(std::move(product));
        }
      }
      out_.catalog.products = std::move(kept);
    }
    const std::set<std::string> ids = known_ids();
    std::string missing;
    for (Product& product : out_.catalog.products) {
      if (product.dependency.present()) product.dependency = *pruned(product.dependency, ids, missing);
    }
  }

  void drop(const Product& product, const std::string& missing) {
    std::erase_if(out_.left_out, [&](const LeftOut& l) { return l.product_id == product.id.text; });
    const std::string reason = fmt::format("it needs {}, which is left out", missing);
    diagnostics_.add({Severity::kWarning, "ZB0103", fmt::format("{} is left out: {}", product.id.text, reason), "",
                      Effect::kNone, product.pos, std::string(product.id.text)});
    leave_out(product, reason);
  }

  /// The feed names no product that it does not hold, so that it can be a primary feed.
  void drop_unknown_relations(Product& product) {
    const std::set<std::string>& ids = final_ids();
    std::erase_if(product.related_products, [&](const Field& id) { return ids.count(folded(id.text)) == 0; });
    std::erase_if(product.incompatible,
                  [&](const Incompatibility& i) { return ids.count(folded(i.product.text)) == 0; });
  }

  void collect_icons(const Catalog& manifests) {
    std::set<std::string> files;
    for (const Product& manifest : manifests.products) {
      if (manifest.icon.filled() && final_ids().count(folded(manifest.id.text)) != 0) files.emplace(manifest.icon.text);
    }
    out_.icons.assign(files.begin(), files.end());
  }

  const std::set<std::string>& final_ids() {
    if (final_ids_.empty()) final_ids_ = known_ids();
    return final_ids_;
  }

  const FeedDefinition& definition_;
  const LockFile& lock_;
  const BuildOptions& options_;
  Diagnostics& diagnostics_;
  FeedBuild out_;
  std::set<std::string> final_ids_;
};

}  // namespace

FeedBuild build_feed(const FeedDefinition& definition, const Catalog& manifests, const LockFile& lock,
                     const BuildOptions& options, Diagnostics& diagnostics) {
  return FeedBuilder(definition, lock, options, diagnostics).build(manifests);
}

}  // namespace zoo::feed
