// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "module/core/error_page.h"

using namespace zoo::module;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

ErrorPage sample() {
  ErrorPage page;
  page.status = 502;
  page.what = "The application did not answer.";
  page.advice = "Try again in a minute.";
  page.retry_after = 7;
  page.reasons = {"/usr/bin/python3 ended with exit code 1"};
  page.steps = {"Read the end of the standard error below"};
  page.worker_errors = "Traceback <module>\nImportError: 'x' & \"y\"";
  page.deploy_log = "migrate failed";
  page.settings = {{"WORKER_REQUEST_TIMEOUT", "60 s"}};
  page.environment = {{"SECRET_KEY", "hunter2"}, {"RACK_ENV", "production"}};
  return page;
}

}  // namespace

TEST_CASE("visitors from elsewhere see no details", "[error_page]") {
  const std::string html = error_page(sample(), false);
  CHECK(holds(html, "<title>502 Bad Gateway</title>"));
  CHECK(holds(html, "The application did not answer."));
  CHECK(holds(html, "7 seconds"));
  for (const char* secret :
       {"python3", "Traceback", "hunter2", "RACK_ENV", "WORKER_REQUEST_TIMEOUT", "migrate", "below"}) {
    CHECK_FALSE(holds(html, secret));
  }
}

TEST_CASE("local visitors see everything but secrets", "[error_page]") {
  const std::string html = error_page(sample(), true);
  CHECK(holds(html, "exit code 1"));
  CHECK(holds(html, "Traceback &lt;module&gt;\nImportError: &#39;x&#39; &amp; &quot;y&quot;"));
  CHECK(holds(html, "<th scope=\"row\">RACK_ENV</th><td>production</td>"));
  CHECK(holds(html, "<th scope=\"row\">SECRET_KEY</th><td>***</td>"));
  CHECK(holds(html, "migrate failed"));
  CHECK_FALSE(holds(html, "hunter2"));
}

TEST_CASE("the page needs no script and no other file", "[error_page]") {
  for (const bool local : {true, false}) {
    const std::string html = error_page(sample(), local);
    for (const char* part : {"<script", "src=", "href=", "url(", "onload"}) CHECK_FALSE(holds(html, part));
    CHECK(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    CHECK(holds(html, "<main>"));
    CHECK(html.ends_with("</html>\n"));
  }
}

TEST_CASE("hostile text is only text", "[error_page]") {
  ErrorPage page = sample();
  page.worker_errors = "</pre><script>alert(1)</script>\xFF\xC0\x80\x1b[31m\r\n\xE2\x82\xAC";
  page.environment = {{"<b>", "\"><img src=x onerror=y>"}};
  const std::string html = error_page(page, true);
  CHECK_FALSE(holds(html, "<script"));
  CHECK_FALSE(holds(html, "<img"));
  CHECK_FALSE(holds(html, "<b>"));
  CHECK(holds(html, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD[31m\n\xE2\x82\xAC"));
}

TEST_CASE("text that is not UTF-8 is replaced byte by byte", "[error_page]") {
  CHECK(html_text("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(html_text("\xF0\x9F\x98\x80") == "\xF0\x9F\x98\x80");
  CHECK(html_text("\xF0\x9F") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(html_text("\xE0\x80\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("long output is cut to its end", "[error_page]") {
  ErrorPage page = sample();
  page.worker_errors = "BEGIN" + std::string(1000000, 'x') + "THE END";
  const std::string html = error_page(page, true);
  CHECK(html.size() < 100000);
  CHECK(holds(html, "THE END"));
  CHECK_FALSE(holds(html, "BEGIN"));
}

TEST_CASE("which requests are local", "[error_page]") {
  CHECK(is_local_request("127.0.0.1", "10.0.0.5"));
  CHECK(is_local_request("127.8.8.8", "127.0.0.1"));
  CHECK(is_local_request("::1", "::1"));
  CHECK(is_local_request("::ffff:127.0.0.1", "::ffff:10.0.0.5"));
  CHECK(is_local_request("10.0.0.5", "10.0.0.5"));
  CHECK(is_local_request("::ffff:10.0.0.5", "10.0.0.5"));
  CHECK_FALSE(is_local_request("10.0.0.6", "10.0.0.5"));
  CHECK_FALSE(is_local_request("", ""));
  CHECK_FALSE(is_local_request("12.7.0.0", "10.0.0.5"));
}
