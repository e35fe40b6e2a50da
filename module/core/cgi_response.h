// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "module/core/codec_error.h"
#include "module/core/header_block.h"
#include "module/core/header_field.h"

namespace zoo::module {

/// What the Location of a CGI response asks for (RFC 3875 section 6.2).
enum class CgiRedirect {
  kNone,
  kClient,  ///< The client is to go there.
  kLocal,   ///< A path without Status: the server may answer with that path's content, or send the client there.
};

/// The header of a CGI response. Views are valid during the callback that hands it over.
struct CgiResponseHead {
  unsigned status = 200;    ///< 200 to 999; 302 for a Location without Status.
  std::string_view reason;  ///< From Status; may be empty.
  CgiRedirect redirect = CgiRedirect::kNone;
  std::string_view location;
  std::optional<std::uint64_t> content_length;  ///< As announced; not compared with the body.
  std::span<const HeaderField> fields;          ///< In order, without Status; hop-by-hop fields are not filtered.
};

/// Parses a CGI header block that ends with its empty line. `fields` is scratch memory that `head.fields` points into.
MaybeError parse_cgi_head(std::string_view block, std::size_t max_fields, std::vector<HeaderField>& fields,
                          CgiResponseHead& head);

}  // namespace zoo::module
