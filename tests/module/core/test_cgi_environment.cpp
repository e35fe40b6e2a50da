// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "module/core/cgi_environment.h"
#include "tests/module/core/codec_events.h"

using namespace zoo::module;
using zoo::module::test::describe;

namespace {

constexpr std::string_view kAbsent = "(absent)";

std::string_view value_of(const CgiEnvironment& environment, std::string_view name) {
  for (const HeaderField& variable : environment.variables()) {
    if (variable.name == name) return variable.value;
  }
  return kAbsent;
}

CgiRequest hello_request() {
  CgiRequest request;
  request.method = "GET";
  request.request_uri = "/app/a%20b?x=1";
  request.script_name = "/app";
  request.path_info = "/a b";
  request.query = "x=1";
  request.server_name = "example.org";
  request.server_port = 8080;
  request.remote_address = "10.0.0.1";
  return request;
}

}  // namespace

TEST_CASE("the smallest environment", "[cgi_environment]") {
  CgiEnvironment environment;
  environment.build(hello_request());
  CHECK(describe(environment.variables()) ==
        "|GATEWAY_INTERFACE=CGI/1.1|SERVER_PROTOCOL=HTTP/1.1|SERVER_NAME=example.org|SERVER_PORT=8080|HTTPS=off"
        "|REQUEST_METHOD=GET|REQUEST_URI=/app/a%20b?x=1|SCRIPT_NAME=/app|PATH_INFO=/a b|QUERY_STRING=x=1"
        "|REMOTE_ADDR=10.0.0.1");
}

TEST_CASE("the full environment", "[cgi_environment]") {
  CgiRequest request = hello_request();
  request.method = "POST";
  request.path_translated = "C:\\site\\a b";
  request.physical_path = "C:\\site\\app";
  request.document_root = "C:\\site";
  request.server_software = "Zoo/1";
  request.server_address = "10.0.0.9";
  request.server_protocol = "HTTP/2.0";
  request.https = true;
  request.remote_port = 50000;
  request.remote_user = "joe";
  request.auth_type = "Basic";
  request.content_length = 12345678901234;
  const std::vector<HeaderField> headers = {
      {"Content-Type", "text/plain"}, {"Content-Length", "7"}, {"Accept", "*/*"}, {"Authorization", "Basic x"}};
  request.headers = headers;
  CgiEnvironment environment;
  environment.build(request);
  CHECK(describe(environment.variables()) ==
        "|GATEWAY_INTERFACE=CGI/1.1|SERVER_SOFTWARE=Zoo/1|SERVER_PROTOCOL=HTTP/2.0|SERVER_NAME=example.org"
        "|SERVER_PORT=8080|SERVER_ADDR=10.0.0.9|HTTPS=on|REQUEST_METHOD=POST|REQUEST_URI=/app/a%20b?x=1"
        "|SCRIPT_NAME=/app|PATH_INFO=/a b|PATH_TRANSLATED=C:\\site\\a b|QUERY_STRING=x=1|SCRIPT_FILENAME=C:\\site\\app"
        "|DOCUMENT_ROOT=C:\\site|REMOTE_ADDR=10.0.0.1|REMOTE_PORT=50000|REMOTE_USER=joe|AUTH_TYPE=Basic"
        "|CONTENT_LENGTH=12345678901234|CONTENT_TYPE=text/plain|HTTP_ACCEPT=*/*");
}

TEST_CASE("headers become variables", "[cgi_environment]") {
  CgiRequest request = hello_request();
  const std::vector<HeaderField> headers = {
      {"x-Forwarded-For", "a"},         {"Cookie", "a=1"}, {"Authorization", "Basic x"},
      {"X-Forwarded-For", "b"},         {"cookie", "b=2"}, {"X-Forwarded-FOR", "c"},
      {"Transfer-Encoding", "chunked"}, {"Empty", ""},     {"Host", "h"}};
  request.headers = headers;
  CgiEnvironment environment;
  environment.build(request);
  CHECK(value_of(environment, "HTTP_X_FORWARDED_FOR") == "a, b, c");
  CHECK(value_of(environment, "HTTP_COOKIE") == "a=1; b=2");
  CHECK(value_of(environment, "HTTP_AUTHORIZATION") == "Basic x");
  CHECK(value_of(environment, "HTTP_TRANSFER_ENCODING") == kAbsent);
  CHECK(value_of(environment, "HTTP_EMPTY").empty());
  CHECK(value_of(environment, "CONTENT_LENGTH") == kAbsent);
  CHECK(environment.variables().size() == 11 + 5);
  CHECK(environment.refused_headers() == 0);
}

TEST_CASE("headers that could pass for others are refused", "[cgi_environment]") {
  CgiRequest request = hello_request();
  const std::vector<HeaderField> headers = {{"Proxy", "http://evil"},
                                            {"PROXY", "http://evil"},
                                            {"X_Real_IP", "1"},
                                            {"X.Real.IP", "1"},
                                            {"", "1"},
                                            {"X-Real-IP", "2"},
                                            {"A", "b\nc"},
                                            {"A", "good"}};
  request.headers = headers;
  CgiEnvironment environment;
  environment.build(request);
  CHECK(value_of(environment, "HTTP_PROXY") == kAbsent);
  CHECK(value_of(environment, "HTTP_X_REAL_IP") == "2");
  CHECK(value_of(environment, "HTTP_A") == "good");
  CHECK(environment.variables().size() == 11 + 2);
  CHECK(environment.refused_headers() == 6);
}

TEST_CASE("extra variables replace built ones, but never bring HTTP_PROXY", "[cgi_environment]") {
  CgiRequest request = hello_request();
  const std::vector<HeaderField> extra = {
      {"SCRIPT_NAME", ""}, {"APPL_ID", "7"}, {"HTTP_PROXY", "x"}, {"http_proxy", "x"}};
  request.extra = extra;
  CgiEnvironment environment;
  environment.build(request);
  CHECK(value_of(environment, "SCRIPT_NAME").empty());
  CHECK(value_of(environment, "APPL_ID") == "7");
  CHECK(environment.variables().size() == 11 + 1);
}

TEST_CASE("an environment is built again without traces of the last", "[cgi_environment]") {
  std::vector<HeaderField> headers;
  const std::string value(300, 'v');
  for (int i = 0; i < 200; ++i) headers.push_back({"X-Many", value});
  headers.push_back({"Bad_Name", ""});
  CgiRequest request = hello_request();
  request.headers = headers;
  CgiEnvironment environment;
  environment.build(request);
  CHECK(value_of(environment, "HTTP_X_MANY").size() == 200 * 300 + 199 * 2);
  environment.build(hello_request());
  CHECK(environment.variables().size() == 11);
  CHECK(environment.refused_headers() == 0);
}
