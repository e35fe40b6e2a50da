// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "module/core/config_edits.h"
#include "module/core/config_text.h"
#include "module/host/webconfig_element.h"

/// What the readers of sections share.
namespace zoo::module {

/// A whole number from 0 to `most`; others are reported and left out.
std::optional<std::uint64_t> read_unsigned(const XmlElement& element, std::string_view attribute, std::uint64_t most,
                                           ConfigProblems& problems);
std::optional<bool> read_bool(const XmlElement& element, std::string_view attribute, ConfigProblems& problems);
void warn_unknown(const XmlElement& element, std::initializer_list<std::string_view> known, ConfigProblems& problems);

/// How an element edits a collection; nothing, with a warning: it is not one of those that do. `add` are the names that
/// add an item.
std::optional<EditKind> edit_kind(const XmlElement& element, std::initializer_list<std::string_view> add,
                                  ConfigProblems& problems);

/// Calls make(element, kind) for each edit of a collection; it gives the item, or nothing after reporting why.
template <typename T, typename Make>
void read_collection(const XmlElement& parent, std::initializer_list<std::string_view> add, Edits<T>& edits,
                     ConfigProblems& problems, Make make) {
  for (const XmlElement& element : parent.children()) {
    const std::optional<EditKind> kind = edit_kind(element, add, problems);
    if (!kind) continue;
    if (*kind == EditKind::kClear) {
      edits.push_back({EditKind::kClear, T()});
    } else if (std::optional<T> item = make(element, *kind)) {
      edits.push_back({*kind, *std::move(item)});
    }
  }
}

/// The attribute that an item cannot do without; nothing after reporting that it is missing or empty.
std::optional<std::string> read_key(const XmlElement& element, std::string_view attribute, ConfigProblems& problems);

}  // namespace zoo::module
