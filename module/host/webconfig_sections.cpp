// SPDX-License-Identifier: Apache-2.0
#include "module/host/webconfig_sections.h"

#include <array>

#include "module/host/webconfig_values.h"

namespace zoo::module {
namespace {

std::optional<Handler> read_handler(const XmlElement& element, EditKind kind, ConfigProblems& problems) {
  std::optional<std::string> name = read_key(element, "name", problems);
  if (!name) return std::nullopt;
  Handler handler;
  handler.name = *std::move(name);
  handler.place = element.place();
  if (kind == EditKind::kRemove) return handler;
  handler.path = element.text_of("path");
  handler.verb = element.text_of("verb");
  handler.script_processor = element.text_of("scriptProcessor");
  handler.modules = element.text_of("modules", handler.modules);
  handler.pre_condition = element.text_of("preCondition");
  handler.resource_type = element.text_of("resourceType", handler.resource_type);
  handler.require_access = element.text_of("requireAccess", handler.require_access);
  for (const std::string_view needed : {"path", "verb"}) {
    if (trim(element.text_of(needed)).empty()) read_key(element, needed, problems);
  }
  return handler;
}

AccessPolicy read_access(std::string_view text) {
  AccessPolicy access{false, false, false, false};
  for (const std::string_view flag : split_list(text, ',')) {
    access.read |= equal_nocase(flag, "Read");
    access.script |= equal_nocase(flag, "Script");
    access.execute |= equal_nocase(flag, "Execute");
    access.write |= equal_nocase(flag, "Write");
  }
  return access;
}

void read_handlers(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems) {
  if (const auto access = section.attribute("accessPolicy")) edits.access = read_access(*access);
  read_collection<Handler>(section, {"add"}, edits.handlers, problems, [&](const XmlElement& element, EditKind kind) {
    return read_handler(element, kind, problems);
  });
}

void read_default_document(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems) {
  if (const auto enabled = read_bool(section, "enabled", problems)) edits.default_document_enabled = enabled;
  if (const auto files = section.child("files")) {
    read_collection<std::string>(
        *files, {"add"}, edits.default_documents, problems,
        [&](const XmlElement& element, EditKind) { return read_key(element, "value", problems); });
  }
}

void read_static_content(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems) {
  for (const XmlElement& element : section.children()) {
    if (element.name() == "clientCache") continue;
    const std::optional<EditKind> kind = edit_kind(element, {"mimeMap"}, problems);
    if (!kind) continue;
    if (*kind == EditKind::kClear) {
      edits.mime_types.push_back({*kind, {}});
    } else if (auto extension = read_key(element, "fileExtension", problems)) {
      edits.mime_types.push_back({*kind, {*std::move(extension), element.text_of("mimeType")}});
    }
  }
}

void read_limits(const XmlElement& limits, RequestFilterEdits& filter, ConfigProblems& problems) {
  if (const auto length = read_unsigned(limits, "maxAllowedContentLength", UINT32_MAX, problems)) {
    filter.max_content_length = length;
  }
  if (const auto url = read_unsigned(limits, "maxUrl", UINT32_MAX, problems)) {
    filter.max_url = static_cast<std::uint32_t>(*url);
  }
  if (const auto query = read_unsigned(limits, "maxQueryString", UINT32_MAX, problems)) {
    filter.max_query_string = static_cast<std::uint32_t>(*query);
  }
}

/// <fileExtensions> and <verbs>: the same but for the key's name.
template <typename T>
void read_allow_list(const XmlElement& list, std::string_view key, Edits<T>& edits, ConfigProblems& problems) {
  read_collection<T>(list, {"add"}, edits, problems, [&](const XmlElement& element, EditKind kind) -> std::optional<T> {
    std::optional<std::string> name = read_key(element, key, problems);
    if (!name) return std::nullopt;
    const bool allowed = kind == EditKind::kAdd && read_bool(element, "allowed", problems).value_or(false);
    return T{*std::move(name), allowed};
  });
}

void read_filtering(const XmlElement& section, RequestFilterEdits& filter, ConfigProblems& problems) {
  if (const auto allow = read_bool(section, "allowDoubleEscaping", problems)) filter.allow_double_escaping = allow;
  if (const auto limits = section.child("requestLimits")) read_limits(*limits, filter, problems);
  if (const auto list = section.child("fileExtensions")) {
    if (const auto allow = read_bool(*list, "allowUnlisted", problems)) filter.allow_unlisted_extensions = allow;
    read_allow_list(*list, "fileExtension", filter.extensions, problems);
  }
  if (const auto list = section.child("verbs")) {
    if (const auto allow = read_bool(*list, "allowUnlisted", problems)) filter.allow_unlisted_verbs = allow;
    read_allow_list(*list, "verb", filter.verbs, problems);
  }
  if (const auto list = section.child("hiddenSegments")) {
    read_collection<std::string>(
        *list, {"add"}, filter.hidden_segments, problems,
        [&](const XmlElement& element, EditKind) { return read_key(element, "segment", problems); });
  }
}

std::optional<HttpErrors::Entry> read_error_entry(const XmlElement& element, ConfigProblems& problems) {
  const auto status = read_unsigned(element, "statusCode", 999, problems);
  if (!status) return std::nullopt;
  HttpErrors::Entry entry;
  entry.status = static_cast<int>(*status);
  const auto sub_status = parse_number(element.text_of("subStatusCode", "-1"));
  if (sub_status && *sub_status >= 0 && *sub_status < 1000) entry.sub_status = static_cast<int>(*sub_status);
  entry.path = element.text_of("path");
  const std::string mode = element.text_of("responseMode");
  if (equal_nocase(mode, "ExecuteURL")) entry.response = HttpErrors::Response::kExecuteUrl;
  if (equal_nocase(mode, "Redirect")) entry.response = HttpErrors::Response::kRedirect;
  return entry;
}

void read_http_errors(const XmlElement& section, HttpErrorsEdits& errors, ConfigProblems& problems) {
  const std::string mode = section.text_of("errorMode");
  if (equal_nocase(mode, "Custom")) errors.mode = HttpErrors::Mode::kCustom;
  if (equal_nocase(mode, "Detailed")) errors.mode = HttpErrors::Mode::kDetailed;
  if (equal_nocase(mode, "DetailedLocalOnly")) errors.mode = HttpErrors::Mode::kDetailedLocalOnly;
  const std::string existing = section.text_of("existingResponse");
  if (equal_nocase(existing, "Auto")) errors.existing = HttpErrors::Existing::kAuto;
  if (equal_nocase(existing, "Replace")) errors.existing = HttpErrors::Existing::kReplace;
  if (equal_nocase(existing, "PassThrough")) errors.existing = HttpErrors::Existing::kPassThrough;
  read_collection<HttpErrors::Entry>(
      section, {"error"}, errors.entries, problems,
      [&](const XmlElement& element, EditKind) { return read_error_entry(element, problems); });
}

using SectionReader = void (*)(const XmlElement&, SectionEdits&, ConfigProblems&);
struct KnownSection {
  std::string_view name;
  ConfigSection section;
  SectionReader read;
};
constexpr std::array<KnownSection, 6> kSections = {{
    {"heliconZooServer", ConfigSection::kHeliconZooServer, read_zoo_server},
    {"heliconZoo", ConfigSection::kHeliconZoo, read_zoo_applications},
    {"handlers", ConfigSection::kHandlers, read_handlers},
    {"defaultDocument", ConfigSection::kDefaultDocument, read_default_document},
    {"staticContent", ConfigSection::kStaticContent, read_static_content},
    {"httpErrors", ConfigSection::kHttpErrors,
     [](const XmlElement& section, SectionEdits& edits, ConfigProblems& problems) {
       read_http_errors(section, edits.errors, problems);
     }},
}};

void note(SectionEdits& edits, ConfigSection section, const XmlElement& element, ConfigProblems& problems) {
  edits.places[static_cast<std::size_t>(section)] = element.place();
  if (element.attribute("configSource")) {
    problems.error("ZC0107", "configSource is not followed", element.place_of("configSource"),
                   "put the section into this file");
  }
}

void read_web_server(const XmlElement& group, SectionEdits& edits, ConfigProblems& problems) {
  for (const XmlElement& element : group.children()) {
    for (const KnownSection& known : kSections) {
      if (element.name() != known.name) continue;
      note(edits, known.section, element, problems);
      known.read(element, edits, problems);
    }
    if (element.name() == "rewrite") {
      for (const XmlElement& part : element.children()) {
        if (part.name() == "rules") note(edits, ConfigSection::kRewriteRules, part, problems);
        if (part.name() == "rewriteMaps") note(edits, ConfigSection::kRewriteMaps, part, problems);
      }
      read_rewrite(element, edits, problems);
    }
    if (element.name() != "security") continue;
    if (const auto filtering = element.child("requestFiltering")) {
      note(edits, ConfigSection::kRequestFiltering, *filtering, problems);
      read_filtering(*filtering, edits.filter, problems);
    }
  }
}

}  // namespace

void read_sections(const XmlElement& parent, SectionEdits& edits, ConfigProblems& problems) {
  for (const XmlElement& element : parent.children()) {
    if (element.name() == "system.webServer") read_web_server(element, edits, problems);
  }
}

}  // namespace zoo::module
