// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "module/host/site_map.h"
#include "module/host/site_set.h"
#include "module/host/static_file.h"

using namespace zoo::module;

TEST_CASE("dates of HTTP", "[static_file]") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("yesterday") == -1);
  CHECK(parse_http_date("Sun, 06 Nop 1994 08:49:37 GMT") == -1);
}

TEST_CASE("a URL lies in the deepest folder that has its beginning", "[site_map]") {
  SiteMap site;
  site.folders = {{"", "/srv/root", true}, {"/blog", "/srv/blog", true}, {"/blog/media", "/data/media", false}};
  CHECK(site.physical_path("/x/y") == "/srv/root/x/y");
  CHECK(site.physical_path("/blog") == "/srv/blog");
  CHECK(site.physical_path("/blogs") == "/srv/root/blogs");
  CHECK(site.physical_path("/Blog/a") == "/srv/blog/a");
  CHECK(site.physical_path("/blog/media/a.png") == "/data/media/a.png");
  CHECK(site.find_application("/blog/media/a.png")->virtual_path == "/blog");
}

TEST_CASE("a binding's host name", "[site_set]") {
  CHECK(binding_rank("", "any.example") == 1);
  CHECK(binding_rank("*", "any.example") == 1);
  CHECK(binding_rank("www.example", "WWW.Example") == 3);
  CHECK(binding_rank("www.example", "example") == 0);
  CHECK(binding_rank("*.example", "www.example") == 2);
  CHECK(binding_rank("*.example", "a.b.example") == 2);
  CHECK(binding_rank("*.example", ".example") == 0);
  CHECK(binding_rank("*.example", "example") == 0);
  CHECK(binding_rank("*.example", "wwwexample") == 0);
}
