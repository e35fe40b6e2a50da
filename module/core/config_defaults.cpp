// SPDX-License-Identifier: Apache-2.0
#include "module/core/config_merge.h"

namespace zoo::module {
namespace {

struct DefaultType {
  const char* extension;
  const char* type;
};

// What browsers need, as registered with IANA. Unlike IIS of 2008 it knows today's formats.
constexpr DefaultType kTypes[] = {
    {".7z", "application/x-7z-compressed"},
    {".aac", "audio/aac"},
    {".atom", "application/atom+xml"},
    {".avif", "image/avif"},
    {".bmp", "image/bmp"},
    {".css", "text/css"},
    {".csv", "text/csv"},
    {".eot", "application/vnd.ms-fontobject"},
    {".flac", "audio/flac"},
    {".gif", "image/gif"},
    {".gz", "application/gzip"},
    {".htm", "text/html"},
    {".html", "text/html"},
    {".ico", "image/x-icon"},
    {".ics", "text/calendar"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript"},
    {".json", "application/json"},
    {".jsonld", "application/ld+json"},
    {".m4a", "audio/mp4"},
    {".map", "application/json"},
    {".md", "text/markdown"},
    {".mjs", "text/javascript"},
    {".mp3", "audio/mpeg"},
    {".mp4", "video/mp4"},
    {".oga", "audio/ogg"},
    {".ogg", "audio/ogg"},
    {".ogv", "video/ogg"},
    {".otf", "font/otf"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".rss", "application/rss+xml"},
    {".rtf", "application/rtf"},
    {".svg", "image/svg+xml"},
    {".svgz", "image/svg+xml"},
    {".tar", "application/x-tar"},
    {".tif", "image/tiff"},
    {".tiff", "image/tiff"},
    {".ttf", "font/ttf"},
    {".txt", "text/plain"},
    {".wasm", "application/wasm"},
    {".wav", "audio/wav"},
    {".webm", "video/webm"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".xhtml", "application/xhtml+xml"},
    {".xml", "text/xml"},
    {".xsl", "text/xml"},
    {".zip", "application/zip"},
};

// What IIS does not hand out to anybody: sources and settings that lie beside the pages.
constexpr const char* kHiddenExtensions[] = {".asax",    ".ascx", ".config", ".cs",     ".csproj",    ".java",
                                             ".ldf",     ".mdb",  ".mdf",    ".master", ".resources", ".resx",
                                             ".sitemap", ".skin", ".vb",     ".vbproj"};
constexpr const char* kHiddenSegments[] = {"web.config", "bin",          "App_code",           "App_GlobalResources",
                                           "App_Data",   "App_Browsers", "App_LocalResources", "App_WebReferences"};
constexpr const char* kDefaultDocuments[] = {"Default.htm", "Default.asp",  "index.htm",
                                             "index.html",  "iisstart.htm", "default.aspx"};

Handler static_file_handler() {
  Handler handler;
  handler.name = "StaticFile";
  handler.path = "*";
  handler.verb = "*";
  handler.modules = "StaticFileModule,DefaultDocumentModule,DirectoryListingModule";
  handler.resource_type = "Either";
  handler.require_access = "Read";
  return handler;
}

}  // namespace

FolderConfig default_config() {
  FolderConfig config;
  config.handlers.push_back(static_file_handler());
  config.default_documents.files.assign(std::begin(kDefaultDocuments), std::end(kDefaultDocuments));
  for (const DefaultType& type : kTypes) config.mime_types.push_back({type.extension, type.type});
  for (const char* extension : kHiddenExtensions) config.filter.extensions.push_back({extension, false});
  config.filter.hidden_segments.assign(std::begin(kHiddenSegments), std::end(kHiddenSegments));
  return config;
}

}  // namespace zoo::module
