// SPDX-License-Identifier: Apache-2.0
#include "module/core/cgi_response.h"

#include <algorithm>

namespace zoo::module {
namespace {

// RFC 3875 section 6.3.3: three digits, then nothing or a blank and the reason. Interim statuses are the server's own.
MaybeError apply_status(std::string_view value, CgiResponseHead& head) {
  const std::optional<unsigned> code = parse_status_code(value);
  if (!code || *code < 200 || (value.size() > 3 && value[3] != ' ')) {
    return CodecError{CodecFault::kBadStatus, "Status is not a number from 200 to 999 with an optional reason"};
  }
  head.status = *code;
  head.reason = trim_blanks(value.substr(3));
  return std::nullopt;
}

struct SpecialFields {
  const HeaderField* status = nullptr;
  const HeaderField* location = nullptr;
};

bool set_once(const HeaderField*& slot, const HeaderField& field) noexcept {
  const bool first = slot == nullptr;
  slot = &field;
  return first;
}

MaybeError find_special_fields(std::span<const HeaderField> fields, SpecialFields& special) {
  for (const HeaderField& field : fields) {
    if (equals_ignoring_case(field.name, "status") && !set_once(special.status, field)) {
      return CodecError{CodecFault::kDuplicateField, "there is more than one Status field"};
    }
    if (equals_ignoring_case(field.name, "location") && !set_once(special.location, field)) {
      return CodecError{CodecFault::kDuplicateField, "there is more than one Location field"};
    }
  }
  return std::nullopt;
}

void apply_location(std::string_view location, bool has_status, CgiResponseHead& head) {
  const bool is_path = location.starts_with('/') && !location.starts_with("//");
  head.location = location;
  head.redirect = is_path && !has_status ? CgiRedirect::kLocal : CgiRedirect::kClient;
  if (!has_status) head.status = 302;
}

}  // namespace

MaybeError parse_cgi_head(std::string_view block, std::size_t max_fields, std::vector<HeaderField>& fields,
                          CgiResponseHead& head) {
  if (MaybeError error = parse_fields(block, LineEnding::kLfOrCrLf, max_fields, fields)) return error;
  if (fields.empty()) return CodecError{CodecFault::kEmptyHead, "the response begins with an empty line"};
  SpecialFields special;
  if (MaybeError error = find_special_fields(fields, special)) return error;
  if (special.status != nullptr) {
    if (MaybeError error = apply_status(special.status->value, head)) return error;
  }
  if (special.location != nullptr) apply_location(special.location->value, special.status != nullptr, head);
  if (special.status != nullptr) fields.erase(fields.begin() + (special.status - fields.data()));
  if (MaybeError error = take_content_length(fields, head.content_length)) return error;
  head.fields = fields;
  return std::nullopt;
}

}  // namespace zoo::module
