// SPDX-License-Identifier: Apache-2.0
// Every fixture of our own formats: what the tool says, what xmllint says by the published schema, and what the fixture
// itself says it breaks.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/catalog/feed_definition.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/manifest_reader.h"

namespace fs = std::filesystem;
using namespace zoo;
using namespace zoo::catalog;

namespace {

const fs::path kRoot = ZOO_SOURCE_DIR;

std::vector<fs::path> fixtures(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(kRoot / "tests/fixtures" / folder)) {
    if (entry.path().extension() == ".xml") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string text_of(const fs::path& path) {
  return read_file(path.string(), kMaxManifestBytes).value();
}

bool good(const fs::path& path) {
  return path.filename().string().rfind("good", 0) == 0;
}

bool schema_accepts(const fs::path& schema, const fs::path& file) {
  const std::string command =
      "xmllint --nonet --noout --schema '" + schema.string() + "' '" + file.string() + "' >/dev/null 2>&1";
  return std::system(command.c_str()) == 0;
}

/// What the fixture's first comment says of the schema.
bool schema_should_accept(const fs::path& path) {
  return good(path) || text_of(path).find("xsd: accepts") != std::string::npos;
}

Diagnostics judge_manifest(const fs::path& path) {
  SourceSet sources;
  Diagnostics diagnostics;
  Catalog catalog;
  const auto document = XmlDocument::parse(path.string(), text_of(path), sources, diagnostics);
  if (document) read_manifest(document, catalog, diagnostics);
  return diagnostics;
}

Diagnostics judge_definition(const fs::path& path) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto document = XmlDocument::parse(path.string(), text_of(path), sources, diagnostics);
  if (document) read_definition(document, diagnostics);
  return diagnostics;
}

Diagnostics judge_lock(const fs::path& path) {
  SourceSet sources;
  Diagnostics diagnostics;
  read_lock(path.string(), text_of(path), sources, diagnostics);
  return diagnostics;
}

void compare(const std::string& folder, const fs::path& schema, Diagnostics (*judge)(const fs::path&)) {
  const auto paths = fixtures(folder);
  REQUIRE(paths.size() > 20);
  for (const fs::path& path : paths) {
    INFO(path.string());
    const Diagnostics found = judge(path);
    CHECK(found.items().empty() == good(path));
    CHECK(schema_accepts(schema, path) == schema_should_accept(path));
    for (const Diagnostic& d : found.items()) CHECK(d.pos.known());
  }
}

}  // namespace

TEST_CASE("manifest fixtures: tool, schema and fixture agree", "[schema]") {
  compare("manifests", kRoot / "manifests/manifest.xsd", judge_manifest);
}

TEST_CASE("definition fixtures: tool, schema and fixture agree", "[schema]") {
  compare("definitions", kRoot / "feeds/feed.xsd", judge_definition);
}

TEST_CASE("lock fixtures: tool, schema and fixture agree", "[schema]") {
  compare("locks", kRoot / "manifests/lock.xsd", judge_lock);
}

TEST_CASE("a bad manifest breaks one rule", "[schema]") {
  std::set<std::string> seen;
  for (const fs::path& path : fixtures("manifests")) {
    if (good(path)) continue;
    INFO(path.string());
    std::set<std::string> codes;
    const Diagnostics found = judge_manifest(path);
    for (const Diagnostic& d : found.items()) codes.insert(d.code);
    CHECK(codes.size() == 1);
    seen.insert(codes.begin(), codes.end());
  }
  for (const char* code : {"ZM0101", "ZM0102", "ZM0103", "ZM0104", "ZM0105", "ZM0106", "ZM0201", "ZM0204", "ZM0205",
                           "ZM0206", "ZM0207", "ZM0208", "ZM0301", "ZM0401", "ZM0402", "ZM0403", "ZM0404", "ZM0405",
                           "ZM0501", "ZM0502", "ZM0503", "ZM0504", "ZM0505", "ZM0506", "ZM0507", "ZM0508", "ZM0509",
                           "ZM0510", "ZM0511", "ZM0512", "ZM0513", "ZM0514", "ZM0515", "ZM0516"}) {
    INFO(code);
    CHECK(seen.count(code) == 1);
  }
}
