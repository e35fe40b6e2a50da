// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/catalog/product.h"

/// The words for people: what the page says about an installer, in English.
namespace zoo::feed {

/// "28.8 MB" (decimal units, as download pages count); "" for 0.
std::string size_text(std::uint64_t bytes);
/// "28,808,040"
std::string grouped_digits(std::uint64_t number);
/// The number of a size field times `unit`; 0 when it is no number.
std::uint64_t size_of(const catalog::Field& size, std::uint64_t unit);

/// Host of an http(s) address, "" otherwise; and the last part of a path or address without query.
std::string_view host_of(std::string_view url);
std::string_view file_name_of(std::string_view url);

/// "64-bit and 32-bit", "64-bit", "32-bit Windows only", from one installer's architectures (absent: both).
std::string architecture_text(const catalog::Architectures& architectures);
/// The same for all installers of a product together.
std::string architecture_text(const catalog::Product& product);

/// "Windows 7 / Server 2008 R2 or later"; "Every version" when nothing is asked. References are looked up in `catalog`.
std::string os_text(const catalog::OsList& list, const catalog::Catalog& catalog);
/// Distinct texts of a product's installers, joined by "; ".
std::string os_text(const catalog::Product& product, const catalog::Catalog& catalog);

/// "Web Deploy package", "Windows Installer package", "Windows feature", "Python package", ...
std::string installer_kind(const catalog::Installer& installer);

/// One command as it would be typed: program and arguments.
std::string command_text(const catalog::Command& command);

/// An SPDX expression in pieces; `id` is set for licence and exception identifiers, which have pages at spdx.org.
struct SpdxPiece {
  std::string_view text;
  std::string_view id;
};
std::vector<SpdxPiece> spdx_pieces(std::string_view expression);

/// The first ten characters of an ISO date ("2026-08-01T..."), or "" when it is none.
std::string_view iso_day(std::string_view date);

/// "1 product", "12 products"
std::string count_text(std::size_t count, std::string_view noun);

}  // namespace zoo::feed
