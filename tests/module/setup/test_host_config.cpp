// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <pugixml.hpp>
#include <random>
#include <sstream>

#include "module/setup/file_text.h"
#include "tests/module/setup/setup_samples.h"

using namespace zoo::setup;
using namespace zoo::setup::test;

namespace {

pugi::xml_document parsed(const std::string& text) {
  pugi::xml_document document;
  REQUIRE(document.load_buffer(text.data(), text.size(), pugi::parse_full));
  return document;
}

std::size_t count(const std::string& text, const char* path) {
  return parsed(text).select_nodes(path).size();
}

std::string problem_of(const std::string& text) {
  const SetupResult<ConfigPlan> plan = plan_install(text, "a.config", sample_registration());
  return plan ? "none" : plan.error().message;
}

/// The document with all that is ours taken out, as pugixml prints it: what must be as before.
std::string without_ours(const std::string& text) {
  pugi::xml_document document = parsed(text);
  for (const char* path :
       {"//section[starts-with(@name,'heliconZoo')]", "//globalModules/add[contains(@name,'HeliconZoo_')]",
        "//modules/add[contains(@name,'HeliconZoo_')]", "//heliconZooServer", "//heliconZoo"}) {
    for (const pugi::xpath_node& node : document.select_nodes(path)) node.parent().remove_child(node.node());
  }
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  return out.str();
}

/// As pugixml prints it.
std::string canonical(const std::string& text) {
  std::ostringstream out;
  parsed(text).save(out, "", pugi::format_raw);
  return out.str();
}

}  // namespace

TEST_CASE("install registers everything in every version's file", "[host_config]") {
  for (const std::string& name : server_fixtures()) {
    INFO(name);
    const std::string before = text_of(fixture(name));
    const std::string after = installed(before).text;
    CHECK(count(after,
                "/configuration/configSections/sectionGroup[@name='system.webServer']/section[@name='heliconZoo' "
                "and @overrideModeDefault='Allow']") == 1);
    CHECK(count(after,
                "/configuration/configSections/sectionGroup[@name='system.webServer']/"
                "section[@name='heliconZooServer' and @overrideModeDefault='Deny' and "
                "@allowDefinition='AppHostOnly']") == 1);
    CHECK(count(after,
                "/configuration/system.webServer/globalModules/add[@name='HeliconZoo_x64' and "
                "@preCondition='bitness64' and @image='C:\\Program Files\\Helicon\\Zoo\\HeliconZoo_x64.dll']") == 1);
    CHECK(count(after,
                "/configuration/location[@path='']/system.webServer/modules/add[@name='HeliconZoo_x86' and "
                "@preCondition='bitness32']") == 1);
    CHECK(count(after, "/configuration/system.webServer/heliconZooServer/engines/add") == 2);
    CHECK(count(after, "/configuration/system.webServer/heliconZooServer/userEngines") == 1);
    CHECK(count(after, "/configuration/system.webServer/heliconZooServer/switchboard") == 1);
    CHECK(without_ours(after) == without_ours(before));
    const SetupResult<HostStatus> status = inspect(after, name);
    REQUIRE(status);
    CHECK(status->registered());
    CHECK(status->engines == std::vector<std::string>{"python.3.12", "perl.mojo"});
  }
}

TEST_CASE("install twice is install once", "[host_config]") {
  for (const std::string& name : server_fixtures()) {
    const ConfigPlan once = installed(text_of(fixture(name)));
    const ConfigPlan twice = installed(once.text);
    CHECK(twice.changes.empty());
    CHECK(twice.text == once.text);
  }
}

TEST_CASE("uninstall gives the original file, byte by byte", "[host_config]") {
  for (const std::string& name : server_fixtures()) {
    INFO(name);
    const std::string before = text_of(fixture(name));
    CHECK(uninstalled(installed(before).text).text == before);
    // Without the module there is nothing to take out.
    const ConfigPlan plan = uninstalled(before);
    CHECK(plan.text == before);
    CHECK(plan.changes.empty());
  }
}

TEST_CASE("files that lack sections get and lose them", "[host_config]") {
  for (const std::string& before :
       {std::string("<configuration/>"), std::string("<configuration></configuration>"),
        std::string("<configuration>\n</configuration>\n"),
        std::string("<configuration>\n  <system.webServer/>\n</configuration>"),
        std::string("<configuration>\n  <system.webServer>\n    <modules/>\n    <globalModules></globalModules>\n  "
                    "</system.webServer>\n</configuration>"),
        std::string("<configuration>\n\t<configSections />\n\t<a/>\n</configuration>"),
        std::string(
            "<configuration><configSections><sectionGroup name=\"system.webServer\" /></configSections><location "
            "path=\".\"><system.webServer><modules /></system.webServer></location></configuration>"),
        std::string("<configuration>\n  <location><system.webServer><globalModules "
                    "/></system.webServer></location>\n</configuration>")}) {
    INFO(before);
    const ConfigPlan plan = installed(before);
    const SetupResult<HostStatus> status = inspect(plan.text, "a");
    REQUIRE(status);
    CHECK(status->registered());
    CHECK(std::string(parsed(plan.text).document_element().first_child().name()) == "configSections");
    CHECK(installed(plan.text).text == plan.text);
    CHECK(uninstalled(plan.text).text == before);
  }
}

TEST_CASE("an older version's registration is taken over; what users own stays", "[host_config]") {
  const std::string before = text_of(fixture("zoo-3.config"));
  const ConfigPlan plan = installed(before);
  CHECK(count(plan.text, "//globalModules/add[contains(@image,'Zoo3')]") == 0);
  CHECK(count(plan.text, "//globalModules/add[starts-with(@image,'C:\\Program Files\\Helicon\\Zoo\\')]") == 2);
  CHECK(count(plan.text, "//globalModules/add[@name='HeliconZooV4_x64']") == 1);
  CHECK(count(plan.text, "//modules/add[starts-with(@name,'HeliconZoo_')]") == 2);
  CHECK(count(plan.text, "//engines/add[@name='python.2.7.pipe']") == 0);
  // Byte by byte: userEngines with its comment, the switches, the panel's location, the administrator's locking.
  for (const auto& [first, last] :
       {std::pair("<userEngines>", "</userEngines>"), std::pair("<switchboard>", "</switchboard>"),
        std::pair("<location path=\"customer1", "</location>")}) {
    const std::size_t begin = before.find(first);
    CHECK(plan.text.find(before.substr(begin, before.find(last, begin) - begin)) != std::string::npos);
  }
  CHECK(count(plan.text, "//section[@name='heliconZoo' and @overrideModeDefault='Deny']") == 1);
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings[0].find("HeliconZooV4_x64") != std::string::npos);
}

TEST_CASE("a new version writes the engines anew and nothing else", "[host_config]") {
  const std::string before = installed(text_of(fixture("zoo-3.config"))).text;
  Registration wanted = sample_registration();
  wanted.engines->push_back({"ruby.3.4", "Ruby 3.4", "C:\\ruby.exe", "x", false, ""});
  const ConfigPlan plan = installed(before, wanted);
  CHECK(plan.changes == std::vector<std::string>{"wrote <engines>: python.3.12, perl.mojo, ruby.3.4"});
  CHECK(count(plan.text, "//userEngines/add[@name='goliath.http4']") == 1);
  wanted.engines.reset();
  CHECK(installed(plan.text, wanted).changes.empty());
}

TEST_CASE("engines need a registered module", "[host_config]") {
  const std::string before = text_of(fixture("iis-10.0.config"));
  const std::vector<Engine> engines = *sample_registration().engines;
  const SetupResult<ConfigPlan> refused = plan_engines(before, "a.config", engines);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == SetupExit::kFindings);
  const std::string after = installed(before).text;
  CHECK(plan_engines(after, "a.config", engines)->changes.empty());
  const SetupResult<ConfigPlan> none = plan_engines(after, "a.config", {});
  REQUIRE(none);
  CHECK(count(none->text, "//engines/add") == 0);
  CHECK(uninstalled(none->text).text == before);
}

TEST_CASE("uninstall takes out all sections and leaves handlers to their owner", "[host_config]") {
  std::string before = text_of(fixture("zoo-3.config"));
  const ConfigPlan plan = uninstalled(installed(before).text);
  CHECK(count(plan.text, "//heliconZooServer") == 0);
  CHECK(count(plan.text, "//section[starts-with(@name,'heliconZoo')]") == 0);
  CHECK(count(plan.text, "//globalModules/add[@name='HeliconZooV4_x64']") == 1);
  CHECK(count(plan.text, "//handlers/add[@modules='HeliconZoo_x64']") == 1);
  CHECK(count(plan.text, "//modules/add[@name='StaticFileModule']") == 1);
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings[0].starts_with("1 handlers still name the module"));
}

TEST_CASE("uninstall leaves another copy of the module alone", "[host_config]") {
  const std::string before = text_of(fixture("zoo-3.config"));
  const ConfigPlan plan = uninstalled(before);
  CHECK(plan.text == before);
  CHECK(plan.changes.empty());
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings[0].find("left alone") != std::string::npos);
}

TEST_CASE("what cannot be edited is refused", "[host_config]") {
  CHECK(problem_of("<web/>") == "a.config is no configuration: its root element is <web>");
  CHECK(problem_of("<configuration>").ends_with("<configuration> is not closed"));
  CHECK(problem_of("<configuration><system.webServer><globalModules configSource=\"m.config\" "
                   "/></system.webServer></configuration>")
            .find("lies in another file (configSource=\"m.config\")") != std::string::npos);
  for (const std::string& name : server_fixtures()) {
    const std::string text = text_of(fixture(name));
    // Cut anywhere: never taken for whole.
    for (std::size_t length = 0; length + 30 < text.size(); length += 97)
      CHECK(problem_of(text.substr(0, length)) != "none");
  }
}

TEST_CASE("lookalikes are not taken for ours", "[host_config]") {
  const std::string before =
      "<configuration>\n  <!-- <globalModules><add name=\"HeliconZoo_x64\" /></globalModules> -->\n  <configSections>\n"
      "    <sectionGroup name=\"other\">\n      <section name=\"heliconZoo\" />\n    </sectionGroup>\n  "
      "</configSections>\n"
      "  <other>\n    <heliconZoo />\n  </other>\n  <location path=\"a\">\n    <system.webServer>\n      <modules>\n"
      "        <add name=\"HeliconZoo_x64\" />\n      </modules>\n    </system.webServer>\n  "
      "</location>\n</configuration>\n";
  const std::string after = installed(before).text;
  CHECK(count(after, "/configuration/system.webServer/modules/add[@name='HeliconZoo_x64']") == 1);
  CHECK(uninstalled(after).text == before);
}

TEST_CASE("changed at random, a file is refused, or edited and restored", "[host_config]") {
  std::mt19937 random(20240917);
  const std::string_view alphabet = "<>/=\"'& \r\n!-a";
  std::size_t edited = 0;
  for (unsigned run = 0; run < 1500; ++run) {
    const std::vector<std::string>& names = server_fixtures();
    std::string before = text_of(fixture(names[random() % names.size()]));
    for (std::size_t change = 0; change <= run % 3U; ++change) {
      const std::size_t at = random() % before.size();
      const char byte = alphabet[random() % alphabet.size()];
      if (random() % 2 == 0) {
        before[at] = byte;
      } else if (random() % 2 == 0) {
        before.insert(at, 1, byte);
      } else {
        before.erase(at, random() % 20);
      }
    }
    const SetupResult<ConfigPlan> plan = plan_install(before, "a.config", sample_registration());
    if (!plan) continue;
    ++edited;
    INFO(before);
    REQUIRE(installed(plan->text).text == plan->text);
    // Blanks in an end tag are the one thing that may differ, when chance has put them where the editor does.
    REQUIRE(canonical(uninstalled(plan->text).text) == canonical(before));
  }
  CHECK(edited > 300);
}

TEST_CASE("a huge file is edited in reasonable time", "[host_config]") {
  std::string before = "<configuration>\r\n    <system.applicationHost>\r\n";
  for (int i = 0; i < 20'000; ++i) {
    before += "        <site name=\"site" + std::to_string(i) +
              "\" id=\"1\"><application path=\"/\"><virtualDirectory path=\"/\" physicalPath=\"C:\\x\" "
              "/></application></site>\r\n";
  }
  before += "    </system.applicationHost>\r\n</configuration>\r\n";
  const std::string after = installed(before).text;
  CHECK(uninstalled(after).text == before);
}

TEST_CASE("paths and names are compared as Windows does", "[host_config]") {
  CHECK(same_path("C:\\Program Files/Helicon", "c:\\program files\\HELICON"));
  CHECK_FALSE(same_path("C:\\a", "C:\\ab"));
  CHECK(folder_of("C:\\a\\b.dll") == "C:\\a");
  CHECK(folder_of("b.dll").empty());
  CHECK(module_dlls("C:\\z", false).size() == 1);
}
