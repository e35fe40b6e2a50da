// SPDX-License-Identifier: Apache-2.0
#include "module/core/error_page.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace zoo::module {
namespace {

constexpr std::size_t kLongest = std::size_t{64} * 1024;
constexpr std::size_t kMostRows = 500;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Contrast of all pairs is above 7:1, in the dark too.
constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{margin:0 auto;max-width:60rem;padding:1.5rem;font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b;"
    "background:#fff}"
    "h1{font-size:1.6rem;margin:0 0 1rem;border-left:.4rem solid #a4262c;padding-left:.8rem}"
    "h2{font-size:1.1rem;margin:1.8rem 0 .4rem}"
    "pre{overflow:auto;max-height:30rem;padding:.8rem;background:#f3f3f3;white-space:pre-wrap;"
    "overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ccc;"
    "overflow-wrap:anywhere}"
    "th{font-weight:600;white-space:nowrap}"
    "footer{margin-top:2rem;font-size:.9rem}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#262626}"
    "th,td{border-color:#555}}";

struct Phrase {
  unsigned status;
  std::string_view text;
};
constexpr std::array<Phrase, 31> kPhrases = {{{101, "Switching Protocols"},
                                              {200, "OK"},
                                              {201, "Created"},
                                              {202, "Accepted"},
                                              {204, "No Content"},
                                              {206, "Partial Content"},
                                              {301, "Moved Permanently"},
                                              {302, "Found"},
                                              {303, "See Other"},
                                              {304, "Not Modified"},
                                              {307, "Temporary Redirect"},
                                              {308, "Permanent Redirect"},
                                              {400, "Bad Request"},
                                              {401, "Unauthorized"},
                                              {403, "Forbidden"},
                                              {404, "Not Found"},
                                              {405, "Method Not Allowed"},
                                              {408, "Request Timeout"},
                                              {411, "Length Required"},
                                              {412, "Precondition Failed"},
                                              {413, "Content Too Large"},
                                              {414, "URI Too Long"},
                                              {416, "Range Not Satisfiable"},
                                              {417, "Expectation Failed"},
                                              {431, "Request Header Fields Too Large"},
                                              {500, "Internal Server Error"},
                                              {501, "Not Implemented"},
                                              {502, "Bad Gateway"},
                                              {503, "Service Unavailable"},
                                              {504, "Gateway Timeout"},
                                              {505, "HTTP Version Not Supported"}}};

/// How many bytes the UTF-8 character at the front of `text` has; 0: it is not one (RFC 3629 section 4).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
  return overlong || outside ? 0 : length;
}

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
        if (c != '\r') out += kReplacement;
      } else {
        out += c;
      }
  }
}

/// The end of a long text: what a program wrote last says why it has ended.
std::string_view tail(std::string_view text) {
  return text.size() <= kLongest ? text : text.substr(text.size() - kLongest);
}

class PageWriter {
 public:
  std::string write(const ErrorPage& page, bool local) {
    const std::string title = std::to_string(page.status) + " " + std::string(status_phrase(page.status));
    out_ = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    out_ += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n";
    out_ += "<meta name=\"robots\" content=\"noindex\">\n<title>" + title + "</title>\n<style>";
    out_ += kStyle;
    out_ += "</style>\n</head>\n<body>\n<main>\n<h1>" + title + "</h1>\n";
    paragraph(page.what);
    paragraph(page.advice);
    if (page.retry_after != 0) {
      paragraph("The server expects to be ready in " + std::to_string(page.retry_after) + " seconds.");
    }
    if (local) write_details(page);
    out_ += "</main>\n<footer>";
    out_ += local ? "Details are shown because this request comes from the server itself."
                  : "Details are shown to requests from the server itself, and are in the application's log.";
    out_ += "</footer>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  void write_details(const ErrorPage& page) {
    list("What was seen", page.reasons, "ul");
    list("What to try", page.steps, "ol");
    text_block("The end of the worker's standard error", page.worker_errors);
    text_block("The end of the deploy log", page.deploy_log);
    table("Settings", page.settings);
    table("Variables of the application", page.environment);
  }

  void paragraph(std::string_view text) {
    if (!text.empty()) out_ += "<p>" + html_text(tail(text)) + "</p>\n";
  }

  void heading(std::string_view text) { out_ += "<h2>" + html_text(text) + "</h2>\n"; }

  void list(std::string_view title, const std::vector<std::string>& items, std::string_view tag) {
    if (items.empty()) return;
    heading(title);
    out_.append("<").append(tag).append(">\n");
    for (const std::string& item : items) out_ += "<li>" + html_text(tail(item)) + "</li>\n";
    out_.append("</").append(tag).append(">\n");
  }

  void text_block(std::string_view title, std::string_view text) {
    if (text.empty()) return;
    heading(title);
    // Long text scrolls: it must be reachable from the keyboard and have a name.
    out_ += "<pre tabindex=\"0\" role=\"region\" aria-label=\"" + html_text(title) + "\">";
    out_ += html_text(tail(text)) + "</pre>\n";
  }

  void table(std::string_view title, const EnvironmentList& rows) {
    if (rows.empty()) return;
    heading(title);
    out_ += "<table>\n<tbody>\n";
    for (std::size_t i = 0; i < std::min(rows.size(), kMostRows); ++i) {
      const auto& [name, value] = rows[i];
      out_ += "<tr><th scope=\"row\">" + html_text(name) + "</th><td>" + html_text(tail(masked_value(name, value))) +
              "</td></tr>\n";
    }
    out_ += "</tbody>\n</table>\n";
  }

  std::string out_;
};

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 1) {
      append_ascii(out, text.front());
    } else {
      out += length == 0 ? kReplacement : text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string_view status_phrase(unsigned status) {
  const auto* found =
      std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Phrase& phrase) { return phrase.status == status; });
  return found == kPhrases.end() ? std::string_view("Error") : found->text;
}

bool is_local_request(std::string_view remote_address, std::string_view local_address) {
  constexpr std::string_view kMapped = "::ffff:";
  const auto plain = [&](std::string_view address) {
    return address.starts_with(kMapped) ? address.substr(kMapped.size()) : address;
  };
  const std::string_view remote = plain(remote_address);
  if (remote.empty()) return false;
  return remote == "::1" || remote.starts_with("127.") || remote == plain(local_address);
}

std::string error_page(const ErrorPage& page, bool local) {
  return PageWriter().write(page, local);
}

}  // namespace zoo::module
