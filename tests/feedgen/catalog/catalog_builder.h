// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "feedgen/catalog/product.h"

/// Catalogs made in code, for tests.
namespace zoo::catalog::testing {

class CatalogBuilder {
 public:
  /// What can be said of an installer in one line; empty fields stay absent.
  struct InstallerSpec {
    std::string arch = {};      ///< "x86", "x64", "x86 x64"
    std::string min_os = {};    ///< "6.1"
    std::string max_os = {};    ///< "6.3"
    std::string os_type = {};   ///< "Server"
    std::string language = {};  ///< "en"
  };

  Field field(std::string text) { return {catalog.pool->keep(std::move(text)), pos()}; }
  SourcePos pos() { return {0, ++offset_}; }

  /// A tree written as "A & (B | C & D) & @shared"; `&` binds before `|`; "" is none.
  Dependency tree(std::string_view text) {
    Parser parser{*this, text};
    return parser.skip_space() ? parser.any() : Dependency{};
  }

  /// A product without installers.
  Product& detected(std::string id, std::string_view dependency = {}) {
    Product& product = catalog.products.emplace_back();
    product.pos = pos();
    product.title = {};
    static_cast<Field&>(product.title) = field("Title of " + id);
    product.version = field("1.0");
    product.id = field(std::move(id));
    product.dependency = tree(dependency);
    return product;
  }

  /// A product that installs everywhere by a command.
  Product& product(std::string id, std::string_view dependency = {}) {
    Product& made = detected(std::move(id), dependency);
    installer(made, {});
    return made;
  }

  Installer& installer(Product& product, const InstallerSpec& spec) {
    Installer& made = product.installers.emplace_back();
    made.pos = pos();
    made.id = field(std::to_string(product.installers.size()));
    if (!spec.arch.empty()) {
      made.architectures.pos = pos();
      for (const char* const name : {"x86", "x64"})
        if (spec.arch.find(name) != std::string::npos) made.architectures.names.push_back(field(name));
    }
    if (!spec.language.empty()) made.language = field(spec.language);
    if (!spec.min_os.empty() || !spec.max_os.empty() || !spec.os_type.empty()) {
      made.os.pos = pos();
      made.os.items.push_back(os(spec.min_os, spec.max_os, spec.os_type));
    }
    Command command;
    command.pos = pos();
    command.kind = field("cmdLine");
    command.exe = field("%InstallerFile%");
    made.commands.push_back(std::move(command));
    return made;
  }

  Os os(const std::string& minimum, const std::string& maximum, const std::string& type) {
    Os made;
    made.pos = pos();
    if (!minimum.empty()) made.minimum = version(minimum);
    if (!maximum.empty()) made.maximum = version(maximum);
    if (!type.empty()) made.types.push_back(field(type));
    return made;
  }

  /// "6.1" or "6.1.1" (service pack)
  OsVersion version(const std::string& text) {
    OsVersion made;
    made.pos = pos();
    Field* const fields[] = {&made.major, &made.minor, &made.sp_major};
    std::size_t begin = 0;
    for (Field* const part : fields) {
      const std::size_t end = text.find('.', begin);
      *part = field(text.substr(begin, end - begin));
      if (end == std::string::npos) break;
      begin = end + 1;
    }
    return made;
  }

  void shared(std::string id, std::string_view dependency) {
    catalog.dependencies.push_back({field(std::move(id)), tree(dependency)});
  }

  Catalog catalog;

 private:
  struct Parser {
    CatalogBuilder& builder;
    std::string_view rest;

    bool skip_space() {
      while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
      return !rest.empty();
    }
    bool take(char c) {
      if (!skip_space() || rest.front() != c) return false;
      rest.remove_prefix(1);
      return true;
    }
    Dependency any() {
      return group(Dependency::Kind::kOr, '|', [this] { return all(); });
    }
    Dependency all() {
      return group(Dependency::Kind::kAnd, '&', [this] { return one(); });
    }
    template <typename Next>
    Dependency group(Dependency::Kind kind, char separator, Next next) {
      Dependency first = next();
      if (!take(separator)) return first;
      Dependency made;
      made.kind = kind;
      made.children.push_back(std::move(first));
      do made.children.push_back(next());
      while (take(separator));
      return made;
    }
    Dependency one() {
      if (take('(')) {
        Dependency inner = any();
        take(')');
        return inner;
      }
      Dependency made;
      made.kind = take('@') ? Dependency::Kind::kReference : Dependency::Kind::kProduct;
      skip_space();
      const std::size_t end = std::min(rest.find_first_of(" &|()"), rest.size());
      made.id = builder.field(std::string(rest.substr(0, end)));
      rest.remove_prefix(end);
      return made;
    }
  };

  std::uint32_t offset_ = 0;
};

}  // namespace zoo::catalog::testing
