# SPDX-License-Identifier: Apache-2.0
# prove -l t
use Mojo::Base -strict, -signatures;

use Mojo::File qw(curfile tempdir);
use Test::Mojo;
use Test::More;

# A copy, so that the test has a database of its own.
my $project = curfile->dirname->sibling('.')->realpath;
my $root = tempdir;
for my $file ($project->list_tree->each) {
    my $name = $file->to_rel($project);
    next if $name =~ m{\A(?:data|log|media)/};
    $root->child($name)->dirname->make_path;
    $file->copy_to($root->child($name));
}
$root->child('data')->make_path;
$ENV{MOJO_HOME} = "$root";
unshift @INC, $root->child('lib')->to_string;

my $t = Test::Mojo->new('Hello');
$t->get_ok('/')->status_is(503)->content_like(qr/Not ready/);
is_deeply [$t->app->store->migrate], ['001_create_greetings.sql'];
is_deeply [$t->app->store->migrate], [];
$t->get_ok('/')->status_is(200)->text_is(h1 => 'Hello, World!')->header_is('X-Content-Type-Options' => 'nosniff');

$t->post_ok('/' => form => {name => 'Ada', words => 'Hi'})->status_is(403);
my $token = $t->get_ok('/')->tx->res->dom->at('input[name=csrf_token]')->{value};
$t->post_ok('/' => form => {csrf_token => $token, name => 'Ada', words => ''})->status_is(422)->element_exists('[role=alert]');
$t->post_ok('/' => form => {csrf_token => $token, name => 'Ada', words => 'Good <morning>'})->status_is(303);
$t->get_ok('/')->text_is('.greetings q' => 'Good <morning>')->element_exists('input[value=Ada]');

$t->get_ok('/static/site.css')->status_is(200)->content_type_like(qr{text/css});
$t->get_ok("/$_")->status_is(404) for qw(settings.ini static/web.config static/..%2fsettings.ini lib/Hello.pm nothing);
$t->websocket_ok('/echo')->send_ok('hello')->message_ok->message_is('echo: hello')->finish_ok;

local $ENV{APPL_VIRTUAL_PATH} = '/shop';
$t->get_ok('/shop/')->status_is(200)->element_exists('link[href="/shop/static/site.css"]')->element_exists('form[action^="/shop"]');
$t->get_ok('/shop/static/site.css')->status_is(200);
done_testing;
