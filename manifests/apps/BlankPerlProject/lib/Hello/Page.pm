# SPDX-License-Identifier: Apache-2.0
# The pages, as text with the values put in. A template engine from CPAN can take this over when there are more.
package Hello::Page;

use strict;
use warnings;
use utf8;

my %entities = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;', "'" => '&#39;');

# Text as HTML.
sub html {
    my ($text) = @_;
    return ($text // '') =~ s/([&<>"'])/$entities{$1}/gr;
}

# The start page: base, facts, usable, token, name, words, errors, greetings.
sub start {
    my (%page) = @_;
    my $facts = join "\n", map { sprintf '        <div><dt>%s</dt><dd><strong>%s</strong> <span>%s</span></dd></div>', map { html($_) } @$_ }
        @{ $page{facts} };
    my $card = $page{usable} ? form(%page) . list(@{ $page{greetings} }) : <<'END';
        <p class="error">The database is not ready, so nothing can be stored. Look into <code>log/deploy.log</code>.</p>
END
    my $base = html($page{base});
    return head('Hello, World! – Blank Perl Project', $base) . <<"END";
  <a class="skip" href="#main">Skip to the content</a>
  <header class="hero">
    <div class="wrap">
      <img src="$base/static/logo.svg" width="88" height="88" alt="">
      <div>
        <p class="eyebrow">Blank Perl Project</p>
        <h1>Hello, World!</h1>
        <p class="lead">Your Perl application is up and running. This page is where it starts. The rest is yours to write.</p>
      </div>
    </div>
  </header>
  <main id="main" class="wrap">
    <section aria-labelledby="running">
      <h2 id="running">What is running</h2>
      <dl class="facts">
$facts
      </dl>
    </section>
    <div class="columns">
      <section aria-labelledby="next">
        <h2 id="next">Where to go next</h2>
        <ol class="steps">
          <li><strong>Change this page.</strong> Its text is in <code>lib/Hello/Page.pm</code>.</li>
          <li><strong>Add an address.</strong> <code>answer</code> in <code>lib/Hello/App.pm</code> says what answers which path.</li>
          <li><strong>Store your own things.</strong> Put SQL into <code>migrations/</code>, queries into <code>lib/Hello/Store.pm</code>; the next start applies it.</li>
          <li><strong>Bring your CGI scripts.</strong> <a href="$base/cgi-bin/hello.pl">cgi-bin/hello.pl</a> shows how they run.</li>
          <li><strong>Set up the site.</strong> Database, host names and debugging are in <code>settings.ini</code>.</li>
        </ol>
        <p>Upload your changes, then restart the application pool. <code>README.md</code> tells the rest.</p>
        <ul class="links">
          <li><a href="https://perldoc.perl.org/">Perl documentation</a></li>
          <li><a href="https://plackperl.org/">PSGI and Plack</a></li>
          <li><a href="https://metacpan.org/">Modules on CPAN</a></li>
        </ul>
      </section>
      <section class="card" aria-labelledby="greet">
        <h2 id="greet">Leave a greeting</h2>
$card      </section>
    </div>
  </main>
  <footer class="wrap">
    <p>This page shows what runs on the server. Replace it before strangers visit.</p>
  </footer>
</body>
</html>
END
}

sub form {
    my (%page) = @_;
    my $fields = join '', map { field(@$_, \%page) } ['name', 'Name', 40], ['words', 'Greeting', 120];
    my ($base, $token) = map { html($_) } @page{qw(base token)};
    return <<"END";
        <p>A form, a session and the database in one: the name is remembered, the greeting is stored.</p>
        <form method="post" action="$base/#greet">
          <input type="hidden" name="token" value="$token">
$fields          <p><button type="submit">Say hello</button></p>
        </form>
END
}

sub field {
    my ($name, $label, $length, $page) = @_;
    my $value = html($page->{$name});
    my $error = $page->{errors}{$name} ? sprintf '<span class="error" role="alert">%s</span>', html($page->{errors}{$name}) : '';
    return <<"END";
          <p class="field">
            <label for="$name">$label</label>
            <input type="text" id="$name" name="$name" value="$value" maxlength="$length" required>$error
          </p>
END
}

sub list {
    my (@greetings) = @_;
    my $items = join '', map {
        sprintf "          <li><q>%s</q> <cite>%s, %s ago</cite></li>\n", html($_->{words}), html($_->{name}), age(time - $_->{created})
    } @greetings;
    $items ||= qq{          <li class="none">Nobody has said anything yet.</li>\n};
    return qq{        <ul class="greetings" aria-label="Newest greetings">\n$items        </ul>\n};
}

# Seconds in the largest unit that fits.
sub age {
    my ($seconds) = @_;
    for ([86_400, 'day'], [3600, 'hour'], [60, 'minute']) {
        my $count = int $seconds / $_->[0] or next;
        return $count == 1 ? "1 $_->[1]" : "$count $_->[1]s";
    }
    return 'less than a minute';
}

# A page with a title and a sentence, for errors.
sub message {
    my ($title, $text) = map { html($_) } @_;
    return head($title, undef) . <<"END";
  <h1>$title</h1>
  <p>$text</p>
</body>
</html>
END
}

sub head {
    my ($title, $base) = @_;
    my $links = defined $base ? <<"END" : '';
  <link rel="icon" href="$base/static/logo.svg" type="image/svg+xml">
  <link rel="stylesheet" href="$base/static/site.css">
END
    return <<"END";
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>$title</title>
$links</head>
<body>
END
}

1;
