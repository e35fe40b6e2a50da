// SPDX-License-Identifier: Apache-2.0
// What an HTTP worker sends, in one piece and in many: no crash, and the same events. Fields that the decoder lets
// through must also be sound as a request's fields and as CGI variables.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/cgi_environment.h"
#include "tests/module/core/codec_events.h"

namespace {

using namespace zoo::module;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_encoder(std::span<const HeaderField> fields) {
  std::string out;
  const Http1Request request{.method = "GET", .target = "/", .host = "example", .fields = fields, .upgrade = {}};
  require(!append_http1_request(out, request));
  require(out.ends_with("\r\n\r\n") && out.find("\r\n\r\n") + 4 == out.size());
  require(std::ranges::count(out, '\n') == std::ranges::count(out, '\r') && out.find('\0') == std::string::npos);
}

void check_environment(std::span<const HeaderField> fields) {
  CgiRequest request;
  request.headers = fields;
  CgiEnvironment environment;
  environment.build(request);
  std::vector<std::string_view> names;
  for (const HeaderField& variable : environment.variables()) names.push_back(variable.name);
  std::ranges::sort(names);
  require(std::ranges::adjacent_find(names) == names.end());
  require(!std::ranges::binary_search(names, std::string_view("HTTP_PROXY")));
}

class FieldChecker : public zoo::module::test::Http1Recorder {
 public:
  void on_head(const Http1ResponseHead& head) override {
    check_encoder(head.fields);
    check_environment(head.fields);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const std::string& line : zoo::module::test::check_http1_input(input)) {
    if (line.starts_with("BROKEN")) std::abort();
  }
  Http1ResponseDecoder decoder;
  FieldChecker checker;
  decoder.begin({});
  decoder.feed(input.substr(std::min<std::size_t>(1, size)), checker);
  return 0;
}
