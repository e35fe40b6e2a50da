// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "module/core/config_merge.h"
#include "module/host/rewrite_text.h"
#include "module/host/url_pattern.h"
#include "module/host/url_rewrite.h"
#include "module/host/webconfig_reader.h"

using namespace zoo::module;

namespace {

using Kind = RewriteResult::Kind;
using Verdict = UrlPattern::Verdict;
using Syntax = RewriteRule::Syntax;

/// A site in /site with some files.
class FakeFacts final : public RewriteFacts {
 public:
  std::string variable(std::string_view name) const override {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::string() : found->second;
  }
  std::string physical_path(std::string_view url_path) const override { return "/site" + std::string(url_path); }
  ResourceKind kind_of(const std::string& path) const override {
    if (files.contains(path)) return ResourceKind::kFile;
    return folders.contains(path) ? ResourceKind::kDirectory : ResourceKind::kNone;
  }

  std::map<std::string, std::string> variables = {{"APPL_PHYSICAL_PATH", "/site/"}, {"HTTP_HOST", "Shop.example"}};
  std::set<std::string> files = {"/site/public/a b.css", "/site/public/x.js", "/site/page.txt"};
  std::set<std::string> folders = {"/site/public/", "/site/news"};
};

ConfigDocument document(const std::string& rewrite) {
  ConfigProblems problems;
  const ConfigDocument read = read_config(
      "web.config",
      "<configuration><system.webServer><rewrite>" + rewrite + "</rewrite></system.webServer></configuration>",
      ConfigFileKind::kWeb, problems);
  for (const ConfigProblem& item : problems.items()) UNSCOPED_INFO(to_text(item));
  CHECK(problems.items().empty());
  return read;
}

FolderConfig merged(const ConfigDocument& root, const ConfigDocument* below = nullptr) {
  ConfigProblems problems;
  std::vector<ConfigLevel> levels = {{"", &root, true}};
  if (below != nullptr) levels.push_back({"blog", below, false});
  return merge_config(nullptr, "Site", levels, problems);
}

RewriteResult rewrite_of(const FolderConfig& config, std::string_view path, std::string_view query = {}) {
  const UrlRewriter rewriter(config.rewrite_rules, config.rewrite_maps);
  CHECK(rewriter.faults().empty());
  return rewriter.apply(path, query, FakeFacts());
}

RewriteResult rewrite_of(const std::string& rules, std::string_view path, std::string_view query = {}) {
  return rewrite_of(merged(document("<rules>" + rules + "</rules>")), path, query);
}

/// What the address becomes: "/path?query", "301 /there", "404 text", "abort" or "same".
std::string outcome(const RewriteResult& result) {
  switch (result.kind) {
    case Kind::kUnchanged:
      return "same";
    case Kind::kRewritten:
      return result.path + (result.query.empty() ? "" : "?" + result.query);
    case Kind::kRedirect:
      return std::to_string(result.status) + " " + result.location;
    case Kind::kAnswer:
      return std::to_string(result.status) + " " + result.text;
    case Kind::kAbort:
      return "abort";
  }
  return "?";
}

std::string rule(const std::string& match, const std::string& action, const std::string& attributes = "") {
  return "<rule name='r" + std::to_string(std::hash<std::string>()(match + action) % 1000000) + "' " + attributes +
         "><match " + match + "/><action " + action + "/></rule>";
}

const std::string kPublicFiles =
    "<rule name='Files of public' stopProcessing='true'><match url='^(?!public)(.*)$' ignoreCase='false'/>"
    "<conditions logicalGrouping='MatchAll' trackAllCaptures='true'>"
    "<add input='{APPL_PHYSICAL_PATH}' pattern='(.*)' ignoreCase='false'/>"
    "<add input='{C:1}public\\{R:1}' matchType='IsFile'/></conditions>"
    "<action type='Rewrite' url='public/{R:1}'/></rule>";

}  // namespace

TEST_CASE("files of public/ are found at the root, as applications of Helicon Zoo have it", "[url_rewrite]") {
  CHECK(outcome(rewrite_of(kPublicFiles, "/x.js", "v=1")) == "/public/x.js?v=1");
  CHECK(outcome(rewrite_of(kPublicFiles, "/a b.css")) == "/public/a b.css");
  CHECK(outcome(rewrite_of(kPublicFiles, "/")) == "same");
  CHECK(outcome(rewrite_of(kPublicFiles, "/gone.js")) == "same");
  CHECK(outcome(rewrite_of(kPublicFiles, "/public/x.js")) == "same");
}

TEST_CASE("rules work on what those before them have left, until one stops", "[url_rewrite]") {
  const std::string first = rule("url='^a$'", "type='Rewrite' url='b'");
  const std::string second = rule("url='^b$'", "type='Rewrite' url='/c/d'");
  CHECK(outcome(rewrite_of(first + second, "/a")) == "/c/d");
  CHECK(outcome(rewrite_of(rule("url='^a$'", "type='Rewrite' url='b'", "stopProcessing='true'") + second, "/a")) ==
        "/b");
  CHECK(outcome(rewrite_of(rule("url='^a$'", "type='None'", "stopProcessing='true'") + first, "/a")) == "same");
  CHECK(outcome(rewrite_of(rule("url='.*'", "type='Rewrite' url='b'", "enabled='false'"), "/a")) == "same");
  CHECK(outcome(rewrite_of(rule("url='^secret' negate='true'", "type='Rewrite' url='open'"), "/a")) == "/open");
  CHECK(outcome(rewrite_of(rule("url='^A$'", "type='Rewrite' url='b'"), "/a")) == "/b");
  CHECK(outcome(rewrite_of(rule("url='^A$' ignoreCase='false'", "type='Rewrite' url='b'"), "/a")) == "same");
}

TEST_CASE("queries", "[url_rewrite]") {
  const std::string article = rule("url='^article/([0-9]+)/?$'", "type='Rewrite' url='app.fcgi?id={R:1}'");
  CHECK(outcome(rewrite_of(article, "/article/7", "x=1")) == "/app.fcgi?id=7&x=1");
  CHECK(outcome(rewrite_of(article, "/article/7")) == "/app.fcgi?id=7");
  CHECK(outcome(rewrite_of(rule("url='^a$'", "type='Rewrite' url='b?y' appendQueryString='false'"), "/a", "x")) ==
        "/b?y");
  CHECK(outcome(rewrite_of(rule("url='^a$'", "type='Rewrite' url='b' appendQueryString='false'"), "/a", "x")) == "/b");
  const std::string by_query =
      "<rule name='q'><match url='^page$'/><conditions><add input='{QUERY_STRING}' pattern='^id=(\\d+)$'/></conditions>"
      "<action type='Rewrite' url='pages/{C:1}' appendQueryString='false'/></rule>";
  CHECK(outcome(rewrite_of(by_query, "/page", "id=12")) == "/pages/12");
  CHECK(outcome(rewrite_of(by_query, "/page", "id=x")) == "same");
  // A '?' or '%' of the decoded path stays in the path.
  CHECK(outcome(rewrite_of(rule("url='(.*)'", "type='Rewrite' url='q/{R:1}'"), "/a?b%41#c")) == "/q/a?b%41#c");
}

TEST_CASE("redirects, answers, and dropped connections", "[url_rewrite]") {
  CHECK(outcome(rewrite_of(rule("url='^old/(.*)'", "type='Redirect' url='new/{R:1}'"), "/old/a b", "x=1")) ==
        "301 /new/a%20b?x=1");
  CHECK(outcome(rewrite_of(rule("url='(.*)'", "type='Redirect' url='https://{HTTP_HOST}/{R:1}' redirectType='Found'"),
                           "/a")) == "302 https://Shop.example/a");
  CHECK(outcome(rewrite_of(rule("url='(.*)'", "type='Redirect' url='{ToLower:{URL}}' redirectType='Temporary'"),
                           "/A/B")) == "307 /a/b");
  CHECK(outcome(rewrite_of(rule("url='(.*)'", "type='Redirect' url='/x\xC3\xA9' redirectType='SeeOther'"), "/a")) ==
        "303 /x%C3%A9");
  CHECK(outcome(rewrite_of(
            rule("url='^no'", "type='CustomResponse' statusCode='403' subStatusCode='4' statusReason='Not you'"),
            "/no")) == "403 403.4: Not you");
  CHECK(outcome(rewrite_of(rule("url='^no'", "type='AbortRequest'"), "/no")) == "abort");
  CHECK(outcome(rewrite_of(rule("url='(.*)'", "type='Rewrite' url='http://127.0.0.1:81/{R:1}'"), "/a")).substr(0, 9) ==
        "404 404.4");
  CHECK(outcome(rewrite_of(rule("url='(.*)'", "type='Rewrite' url='../../{R:1}'"), "/a")).substr(0, 4) == "400 ");
}

TEST_CASE("conditions", "[url_rewrite]") {
  const auto with = [](const std::string& attributes, const std::string& conditions) {
    return "<rule name='r'><match url='(.*)'/><conditions " + attributes + ">" + conditions +
           "</conditions><action type='Rewrite' url='yes/{C:0}/{C:1}/{C:2}'/></rule>";
  };
  const std::string shop = "<add input='{HTTP_HOST}' pattern='^(shop)\\.(.*)$'/>";
  const std::string query = "<add input='{QUERY_STRING}' pattern='(q)=(.)'/>";
  CHECK(outcome(rewrite_of(with("", shop + query), "/a", "q=1")) == "/yes/q=1/q/1?q=1");
  CHECK(outcome(rewrite_of(with("trackAllCaptures='true'", shop + query), "/a", "q=1")) ==
        "/yes/Shop.example/Shop/example?q=1");
  CHECK(outcome(rewrite_of(with("", shop + query), "/a", "z")) == "same");
  CHECK(outcome(rewrite_of(with("logicalGrouping='MatchAny'", query + shop), "/a", "z")) ==
        "/yes/Shop.example/Shop/example?z");
  CHECK(outcome(rewrite_of(with("logicalGrouping='MatchAny'", query), "/a", "z")) == "same");
  CHECK(outcome(rewrite_of(with("", "<add input='{HTTP_HOST}' pattern='other' negate='true'/>"), "/a")) == "/yes///");
  CHECK(outcome(rewrite_of(with("", "<add input='{REQUEST_FILENAME}' matchType='IsFile' negate='true'/>"),
                           "/page.txt")) == "same");
  CHECK(outcome(rewrite_of(with("", "<add matchType='IsDirectory'/>"), "/news")) == "/yes///");
  CHECK(outcome(rewrite_of(with("", "<add input='{NOBODY}' pattern='^$'/>"), "/a")) == "/yes///");
}

TEST_CASE("patterns of other syntax", "[url_rewrite]") {
  CHECK(outcome(rewrite_of(rule("url='old/*/?.html'", "type='Rewrite' url='new/{R:1}'", "patternSyntax='Wildcard'"),
                           "/old/x.y/z/1.html")) == "/new/x.y/z");
  CHECK(outcome(rewrite_of(rule("url='a+b.c'", "type='Rewrite' url='yes'", "patternSyntax='Wildcard'"), "/aab.c")) ==
        "same");
  CHECK(outcome(rewrite_of(rule("url='a*'", "type='Rewrite' url='yes'", "patternSyntax='ExactMatch'"), "/a*")) ==
        "/yes");
  CHECK(outcome(rewrite_of(rule("url='a*'", "type='Rewrite' url='yes'", "patternSyntax='ExactMatch'"), "/ab")) ==
        "same");
}

TEST_CASE("maps", "[url_rewrite]") {
  const ConfigDocument root = document(
      "<rewriteMaps><rewriteMap name='Old pages' defaultValue='gone'><add key='/News' "
      "value='/blog?kind=news'/></rewriteMap>"
      "</rewriteMaps><rules><rule name='m'><match url='.*'/><conditions><add input='{Old pages:{REQUEST_URI}}' "
      "pattern='(.+)'/></conditions><action type='Rewrite' url='{C:1}'/></rule></rules>");
  CHECK(outcome(rewrite_of(merged(root), "/news")) == "/blog?kind=news");
  CHECK(outcome(rewrite_of(merged(root), "/else")) == "/gone");
}

TEST_CASE("rules of a folder concern what lies in it, after those of the folders above", "[url_rewrite]") {
  const ConfigDocument root =
      document("<rules>" + rule("url='^blog/old$'", "type='Rewrite' url='blog/new'") + "</rules>");
  const ConfigDocument blog = document("<rules>" + rule("url='^new$'", "type='Rewrite' url='post'") + "</rules>");
  CHECK(outcome(rewrite_of(merged(root, &blog), "/blog/old")) == "/blog/post");
  CHECK(outcome(rewrite_of(merged(root, &blog), "/new")) == "same");
  const ConfigDocument clearing = document("<rules><clear/></rules>");
  CHECK(outcome(rewrite_of(merged(root, &clearing), "/blog/old")) == "same");
}

TEST_CASE("a rule that cannot be used is told", "[url_rewrite]") {
  const FolderConfig config = merged(document("<rules>" + rule("url='(('", "type='None'") + "</rules>"));
  const UrlRewriter broken(config.rewrite_rules, {});
  REQUIRE(broken.faults().size() == 1);
  CHECK(broken.faults()[0].find("\"((\" is no regular expression") != std::string::npos);

  ConfigProblems problems;
  read_config("web.config",
              "<configuration><system.webServer><rewrite><rules><rule name='x' patternSyntax='Perl'><match url='a'/>"
              "<serverVariables><set name='A' value='b'/></serverVariables></rule></rules>"
              "<outboundRules><rule name='o'/></outboundRules></rewrite></system.webServer></configuration>",
              ConfigFileKind::kWeb, problems);
  CHECK(problems.has("ZC0501"));
  CHECK(problems.has("ZC0502"));
  CHECK(problems.items().size() == 3);
}

TEST_CASE("a pattern that would take for ever is given up", "[url_rewrite]") {
  const std::string nested = rule("url='^(a+)+$'", "type='Rewrite' url='b'");
  CHECK(outcome(rewrite_of(nested, "/aaaa")) == "/b");
  CHECK(outcome(rewrite_of(nested, "/" + std::string(60, 'a') + "!")).substr(0, 4) == "500 ");
  std::vector<std::string> captures;
  CHECK(UrlPattern(Syntax::kEcmaScript, "^(.)(x)?$", true).match("\xFF", captures) == Verdict::kNo);
  CHECK(UrlPattern(Syntax::kEcmaScript, "(b)|(a)", true).match("cab", captures) == Verdict::kYes);
  CHECK(captures == std::vector<std::string>{"a", "", "a"});
}

TEST_CASE("references in texts", "[rewrite_text]") {
  class Names final : public RewriteReferences {
   public:
    std::string capture(char kind, std::size_t number) const override { return kind + std::to_string(number); }
    std::string variable(std::string_view name) const override { return "<" + std::string(name) + ">"; }
    std::string mapped(std::string_view map, std::string_view key) const override {
      return std::string(map) + "[" + std::string(key) + "]";
    }
  };
  const Names names;
  CHECK(expand_rewrite_text("a{R:1}b{c:2}{HTTP_HOST}", names) == "aR1bC2<HTTP_HOST>");
  CHECK(expand_rewrite_text("{M:{R:1}:{URL}}", names) == "M[R1:<URL>]");
  CHECK(expand_rewrite_text("{UrlEncode:a b/\xC3\xA9}{UrlDecode:%41%zz%4}{ToLower:ABC}", names) ==
        "a%20b%2F%C3%A9A%zz%4abc");
  CHECK(expand_rewrite_text("{{}}{", names) == "<{}>{");
  CHECK(expand_rewrite_text("{", names) == "{");
  CHECK(expand_rewrite_text(std::string(100000, '{'), names).size() == 65536);
  std::string deep = "x";
  for (int i = 0; i < 50; ++i) deep = "{ToLower:" + deep + "}";
  CHECK(expand_rewrite_text(deep, names).size() < 1000);
  CHECK(encode_url_path("/a%b?c#d e\x7F") == "/a%25b%3Fc%23d%20e%7F");
  CHECK(encode_url("/a%20b?c=\"d\"\r\n") == "/a%20b?c=%22d%22%0D%0A");
}
