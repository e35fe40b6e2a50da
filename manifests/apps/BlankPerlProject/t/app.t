# SPDX-License-Identifier: Apache-2.0
# prove -l t
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Test::More;
use Hello::App;

my $root = tempdir(CLEANUP => 1);
mkdir "$root/$_" for qw(data migrations static);
copy("static/site.css", "$root/static/site.css") or die $!;
copy("migrations/001_create_greetings.sql", "$root/migrations/001_create_greetings.sql") or die $!;
open my $handle, '>', "$root/settings.ini" or die $!;
print {$handle} "[site]\nallowed_hosts = localhost\n[database]\nname = data/test.sqlite3\n";
close $handle;

my $app = Hello::App->new($root);
my $psgi = $app->to_psgi;

sub request {
    my ($method, $path, $body, %more) = @_;
    open my $input, '<', \($body // '');
    open my $errors, '>', \my $log;
    return $psgi->({
        REQUEST_METHOD => $method, SCRIPT_NAME => '', PATH_INFO => $path, HTTP_HOST => 'localhost:80', CONTENT_LENGTH => length($body // ''),
        'psgi.url_scheme' => 'http', 'psgi.version' => [1, 1], 'psgi.input' => $input, 'psgi.errors' => $errors, %more
    });
}

is request('GET', '/')->[0], 503, 'without its table the page says so';
is_deeply [$app->{store}->migrate], ['001_create_greetings.sql'], 'the migration is applied';
is_deeply [$app->{store}->migrate], [], 'and not applied again';
my $page = request('GET', '/');
is $page->[0], 200;
like $page->[2][0], qr/Hello, World!/;
is request('GET', '/', undef, HTTP_HOST => 'evil.example')->[0], 400, 'foreign host names are refused';
is request('GET', '/static/site.css')->[0], 200;
is request('GET', "/static/$_")->[0], 404, $_ for qw(web.config ../settings.ini ..%2fsettings.ini);

my %headers = @{ $page->[1] };
my ($cookie) = $headers{'Set-Cookie'} =~ /\A([^;]+)/;
my ($token) = $page->[2][0] =~ /name="token" value="(\w+)"/;
is request('POST', '/', 'name=Ada&words=Hi')->[0], 403, 'a form without its token is refused';
is request('POST', '/', "name=Ada&words=&token=$token", HTTP_COOKIE => $cookie)->[0], 422;
my $answer = request('POST', '/', "name=Ada&words=Good+%3Cmorning%3E&token=$token", HTTP_COOKIE => $cookie);
is $answer->[0], 303;
%headers = @{ $answer->[1] };
$page = request('GET', '/', undef, HTTP_COOKIE => $headers{'Set-Cookie'})->[2][0];
like $page, qr/Good &lt;morning&gt;/, 'the greeting is shown as text';
like $page, qr/value="Ada"/, 'the name is remembered';
$app->{store}->add_greeting('n', $_) for 1 .. 55;
is $app->{store}->dbh->selectrow_array('SELECT COUNT(*) FROM greetings'), 50, 'the oldest are forgotten';
done_testing;
