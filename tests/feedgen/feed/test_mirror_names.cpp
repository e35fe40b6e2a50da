// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "feedgen/feed/mirror_names.h"

using zoo::feed::download_name;
using zoo::feed::is_plain_file_name;
using zoo::feed::plain_file_name;

TEST_CASE("names of a mirror's files are fit for every system", "[mirror]") {
  CHECK(plain_file_name("python-3.13.15-amd64.exe") == "python-3.13.15-amd64.exe");
  CHECK(plain_file_name("a b%20c+d.msi") == "a_b_20c_d.msi");
  CHECK(plain_file_name("../..\\x:y\n.zip") == "_.._x_y_.zip");
  CHECK(plain_file_name("..").empty());
  CHECK(plain_file_name(".hidden") == "hidden");
  CHECK(plain_file_name("end.. .") == "end.._");
  CHECK(plain_file_name("CON") == "_CON");
  CHECK(plain_file_name("com1.tar.gz") == "_com1.tar.gz");
  CHECK(plain_file_name("com10.txt") == "com10.txt");
  CHECK(plain_file_name("\xC3\xA9.msi") == "__.msi");
  const std::string longest = plain_file_name(std::string(300, 'x') + ".msi");
  CHECK(longest.size() == 100);
  CHECK(longest.substr(96) == ".msi");
}

TEST_CASE("names that are left as they are", "[mirror]") {
  for (const char* good : {"Python313", "IIS7", "a.b_c-d"}) CHECK(is_plain_file_name(good));
  for (const char* bad : {"", ".", "..", "a/b", "a b", "nul", "x.", ".x", "a\\b"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_plain_file_name(bad));
  }
}

TEST_CASE("a download has the name that Windows needs", "[mirror]") {
  CHECK(download_name("http://a.example/x/setup.exe?v=1", "", "") == "setup.exe");
  CHECK(download_name("http://go.example/fwlink/?LinkId=1", "http://b.example/php.msi", "MZ") == "php.msi");
  CHECK(download_name("http://a.example/get.aspx?id=15", "http://a.example/get.aspx?id=15", "PK\x03\x04") == "get.zip");
  CHECK(download_name("http://a.example/", "http://a.example/", "\xD0\xCF\x11\xE0") == "download.msi");
  CHECK(download_name("http://a.example/release-1.2", "", "MZ\x90") == "release-1.2.exe");
  CHECK(download_name("http://a.example/file", "", "text") == "file");
}
