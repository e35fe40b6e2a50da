// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/feed/feed_generator.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace zoo::bench {
namespace {

constexpr std::array<std::string_view, 24> kWords = {
    "server",  "module", "r\xC3\xA9seau", "package", "worker", "application", "hosting",  "database",
    "machine", "folder", "framework",     "site",    "driver", "gallery",     "template", "installs",
    "manages", "fast",   "&amp; small",   "secure",  "for",    "with",        "every",    "Windows"};
constexpr std::array<std::string_view, 8> kKeywords = {"Runtime", "Framework", "Database", "Server",
                                                       "Tools",   "Hosting",   "Media",    "Blog"};
/// One of ten products is a runtime, on which others of its block depend: trees stay as deep as real ones.
constexpr std::size_t kBlock = 10;

/// Numbers that look random and are the same everywhere (multiplier and increment of Knuth's MMIX generator).
class Numbers {
 public:
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state_ >> 33U) % limit;
  }

 private:
  std::uint64_t state_ = 42;
};

class Generator {
 public:
  std::string run(std::size_t products) {
    out_.reserve(products * 2600 + 4096);
    head();
    for (std::size_t i = 0; i < products; ++i) entry(i);
    out_ += "</feed>\n";
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  static std::string id(std::size_t index) { return fmt::format("Product{:06}", index); }

  std::string words(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      if (i != 0) text += ' ';
      text += kWords.at(numbers_.below(kWords.size()));
    }
    return text;
  }

  std::string hex(std::size_t digits) {
    std::string text;
    for (std::size_t i = 0; i < digits; ++i) text += "0123456789abcdef"[numbers_.below(16)];
    return text;
  }

  void head() {
    out_ +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
        "  <webpiFile version=\"5.0.0.0\"/>\n"
        "  <title>A large list of products</title>\n"
        "  <updated>2026-01-01T00:00:00Z</updated>\n"
        "  <author>\n    <name>Example</name>\n    <uri>https://example.com/</uri>\n  </author>\n"
        "  <id>https://example.com/feed.xml</id>\n"
        "  <languages>\n    <language default=\"true\">\n      <languageId>en</languageId>\n"
        "      <name>English</name>\n    </language>\n  </languages>\n  <keywords>\n";
    for (const std::string_view keyword : kKeywords) add("    <keyword id=\"{0}\">{0}</keyword>\n", keyword);
    out_ +=
        "  </keywords>\n  <osLists>\n    <osList id=\"Supported\">\n      <os>\n        <minimumVersion>\n"
        "          <osMajorVersion>6</osMajorVersion>\n          <osMinorVersion>1</osMinorVersion>\n"
        "        </minimumVersion>\n      </os>\n    </osList>\n  </osLists>\n";
  }

  void entry(std::size_t index) {
    add("  <entry>\n    <productId>{0}</productId>\n    <title resourceName=\"Entry_{0}_Title\">{1} {2}</title>\n",
        id(index), words(3), index);
    add("    <id>https://example.com/products/{}</id>\n    <summary resourceName=\"Entry_{}_Summary\">{}.</summary>\n",
        index, id(index), words(8));
    add("    <longSummary resourceName=\"Entry_{}_LongSummary\">{}.</longSummary>\n", id(index), words(14));
    add("    <version>{}.{}.{}</version>\n", 1 + numbers_.below(9), numbers_.below(20), index);
    add("    <published>20{:02}-{:02}-{:02}T12:00:00Z</published>\n    <updated>2026-01-01T00:00:00Z</updated>\n",
        10 + numbers_.below(15), 1 + numbers_.below(12), 1 + numbers_.below(28));
    add("    <author>\n      <name>Maker {0}</name>\n      <uri>https://maker{0}.example.com/</uri>\n    </author>\n",
        numbers_.below(500));
    add("    <link href=\"https://example.com/about/{0}?from=feed&amp;page={0}\"/>\n", index);
    add("    <images>\n      <icon>https://example.com/icons/{}.png</icon>\n    </images>\n", index);
    add("    <keywords>\n      <keywordId>{}</keywordId>\n      <keywordId>{}</keywordId>\n    </keywords>\n",
        kKeywords.at(numbers_.below(4)), kKeywords.at(4 + numbers_.below(4)));
    out_ += "    <productFamily resourceName=\"Family\">Applications</productFamily>\n";
    dependency(index);
    discovery(index);
    installers(index);
    out_ += "  </entry>\n";
  }

  void need(std::string_view indent, std::size_t index) {
    add("{0}<dependency>\n{0}  <productId>{1}</productId>\n{0}</dependency>\n", indent, id(index));
  }

  /// "The runtime and one of two others of my block", or nothing for the runtimes themselves.
  void dependency(std::size_t index) {
    const std::size_t place = index % kBlock;
    const std::size_t runtime = index - place;
    if (place == 0) return;
    out_ += "    <dependency>\n";
    if (place < 3) {
      add("      <productId>{}</productId>\n", id(runtime));
    } else {
      out_ += "      <and>\n";
      need("        ", runtime);
      out_ += "        <dependency>\n          <or>\n";
      need("            ", runtime + 1);
      need("            ", runtime + 2);
      out_ += "          </or>\n        </dependency>\n      </and>\n";
    }
    out_ += "    </dependency>\n";
  }

  /// Runtimes are found in both views of the registry, the others in one.
  void discovery(std::size_t index) {
    out_ += "    <discoveryHint>\n";
    if (index % kBlock == 0) {
      out_ += "      <or>\n        <discoveryHint>\n";
      registry(index, "SOFTWARE\\Wow6432Node");
      out_ += "        </discoveryHint>\n        <discoveryHint>\n";
      registry(index, "SOFTWARE");
      out_ += "        </discoveryHint>\n      </or>\n";
    } else {
      registry(index, "SOFTWARE");
    }
    out_ += "    </discoveryHint>\n";
  }

  void registry(std::size_t index, std::string_view hive) {
    add("      <registry>\n        <keyPath>HKEY_LOCAL_MACHINE\\{}\\Example\\{}</keyPath>\n"
        "        <valueName>Version</valueName>\n        <minimumVersion>1.{}</minimumVersion>\n      </registry>\n",
        hive, id(index), index % 50);
  }

  /// One product of five has an installer for each architecture.
  void installers(std::size_t index) {
    out_ += "    <installers>\n";
    if (index % 5 == 0) {
      installer(index, 1, "<x86/>");
      installer(index, 2, "<x64/>");
    } else {
      installer(index, 1, "<x86/>\n          <x64/>");
    }
    out_ += "    </installers>\n";
  }

  void installer(std::size_t index, int number, std::string_view architectures) {
    add("      <installer>\n        <id>{}</id>\n        <languageId>en</languageId>\n        <architectures>\n"
        "          {}\n        </architectures>\n        <osList idref=\"Supported\"/>\n",
        number, architectures);
    add("        <eulaURL>https://example.com/eula/{}</eulaURL>\n        <installerFile>\n"
        "          <fileSize>{}</fileSize>\n"
        "          <installerURL>https://download.example.com/{}/setup-{}.exe</installerURL>\n"
        "          <sha1>{}</sha1>\n        </installerFile>\n",
        index, 100 + numbers_.below(90000), id(index), number, hex(40));
    out_ +=
        "        <installCommands>\n          <cmdLine>\n            <exe>%InstallerFile%</exe>\n"
        "            <commandLineArguments>/quiet /norestart</commandLineArguments>\n            <returnCodeMappings>\n"
        "              <mapping>\n                <returnCode>3010</returnCode>\n                "
        "<successRebootRequired/>\n"
        "              </mapping>\n            </returnCodeMappings>\n          </cmdLine>\n        "
        "</installCommands>\n"
        "      </installer>\n";
  }

  std::string out_;
  Numbers numbers_;
};

}  // namespace

std::string generate_feed(std::size_t products) {
  return Generator().run(products);
}

}  // namespace zoo::bench
