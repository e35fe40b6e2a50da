// SPDX-License-Identifier: Apache-2.0
#include "module/host/builtin_engines.h"

#include <array>
#include <string_view>

namespace zoo::module {
namespace {

struct Language {
  std::string_view name;
  std::string_view program;
  std::string_view arguments;  ///< Before the worker's path.
  std::string_view worker;
  int major;
  int first_minor;
  int last_minor;
  std::array<std::string_view, 4> suffixes;
};

constexpr std::array kLanguages = {
    Language{"python", "python3", "-O ", "python/zoofcgi.py", 2, 5, 7, {"", ".pipe", ".wsgi", ".fcgi"}},
    Language{"python", "python3", "-O ", "python/zoofcgi.py", 3, 3, 20, {"", ".pipe", ".wsgi", ".fcgi"}},
    Language{"ruby", "ruby", "", "ruby/zoorack.rb", 1, 8, 9, {"", ".pipe", ".rack", ".fcgi"}},
    Language{"ruby", "ruby", "", "ruby/zoorack.rb", 2, 0, 7, {"", ".pipe", ".rack", ".fcgi"}},
    Language{"ruby", "ruby", "", "ruby/zoorack.rb", 3, 0, 9, {"", ".pipe", ".rack", ".fcgi"}},
    Language{"ruby", "ruby", "", "ruby/zoorack.rb", 4, 0, 9, {"", ".pipe", ".rack", ".fcgi"}},
    Language{"perl", "perl", "", "perl/zoofcgi.pl", 5, 8, 50, {"", ".pipe", ".psgi", ".fcgi"}},
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

void add_engine(std::string& out, const std::string& name, const Language& language, const std::string& folder) {
  out += "<add name=\"" + name + "\" fullPath=\"" + std::string(language.program) + "\" arguments=\"" +
         std::string(language.arguments) + "&quot;" + escaped(folder) + "/" + std::string(language.worker) +
         "&quot;\" transport=\"NamedPipe\" protocol=\"fastcgi\" />\n";
}

}  // namespace

std::string builtin_engines(const std::string& workers_folder) {
  std::string out = "<configuration><system.webServer><heliconZooServer><engines>\n";
  for (const Language& language : kLanguages) {
    for (int minor = language.first_minor; minor <= language.last_minor; ++minor) {
      const std::string version =
          std::string(language.name) + "." + std::to_string(language.major) + "." + std::to_string(minor);
      for (const std::string_view suffix : language.suffixes) {
        add_engine(out, version + std::string(suffix), language, workers_folder);
      }
    }
  }
  for (const std::size_t index : {std::size_t{1}, std::size_t{4}, kLanguages.size() - 1}) {
    const Language& language = kLanguages.at(index);
    add_engine(out, std::string(language.name), language, workers_folder);
    add_engine(out, std::string(language.name) + ".pipe", language, workers_folder);
  }
  for (const std::string_view name : {"perl.mojo", "mojolicious", "mojolicious.http", "perl.mojolicious.http"}) {
    out +=
        "<add name=\"" + std::string(name) +
        "\" fullPath=\"perl\" arguments=\"&quot;%APP_WORKER%&quot; daemon -l http://%HOST%:%PORT%\" transport=\"tcp\" "
        "protocol=\"http\" />\n";
  }
  return out + "</engines></heliconZooServer></system.webServer></configuration>\n";
}

}  // namespace zoo::module
