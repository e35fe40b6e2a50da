// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zoo {

/// True when `text` is certainly a well-formed XML 1.0 document that is also correct with namespaces, of at most
/// `max_depth` nested elements, and without DOCTYPE. False says nothing: the text may be fine all the same, and a
/// complete parser has to decide. Most documents are plain (ASCII names without prefixes, no processing instructions,
/// predefined entities), and for them this is several times as fast as that parser.
/// `text` is claimed to be UTF-8, which is checked, without a byte order mark. Thread-safe; linear time, no allocation.
bool surely_well_formed(std::string_view text, unsigned max_depth);

}  // namespace zoo
