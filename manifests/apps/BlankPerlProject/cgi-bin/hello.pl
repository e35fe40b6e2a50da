#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
# A classic CGI script: reads the environment, prints headers, an empty line, and the page.

use strict;
use warnings;

my ($name) = ($ENV{QUERY_STRING} // '') =~ /(?:\A|[&;])name=([^&;]*)/;
$name = defined $name && $name ne '' ? $name : 'World';
$name =~ tr/+/ /;
$name =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
my %entities = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;');
$name =~ s/([&<>"])/$entities{$1}/g;

print "Content-Type: text/html; charset=utf-8\r\n\r\n";
print <<"END";
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Hello from CGI</title>
  <link rel="stylesheet" href="../static/site.css">
</head>
<body>
  <header class="hero"><div class="wrap"><div>
    <p class="eyebrow">cgi-bin/hello.pl</p>
    <h1>Hello, $name!</h1>
    <p class="lead">A classic CGI script, run by Perl $^V without starting a process for each request.</p>
  </div></div></header>
  <main class="wrap">
    <form class="card" method="get">
      <p class="field"><label for="name">Name</label> <input id="name" name="name" type="text" maxlength="40"></p>
      <p><button type="submit">Say hello</button> <a href="../">Back to the start page</a></p>
    </form>
  </main>
</body>
</html>
END
