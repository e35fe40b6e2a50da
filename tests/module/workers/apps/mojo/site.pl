#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
use Mojolicious::Lite -signatures;
use Digest::SHA qw(sha1_hex);

get '/' => sub ($c) { $c->render(inline => '<p>Hello <%= param "name" %> at <%= url_for "up" %></p>') };
post '/upload' => sub ($c) {
    my $file = $c->param('file');
    $c->render(text => join ' ', $file->filename, $file->size, sha1_hex($file->slurp), $c->param('text'));
} => 'up';
get '/count' => sub ($c) { $c->render(text => ++$c->session->{count}) };
get '/chunks' => sub ($c) { $c->write_chunk('one' => sub ($c, @) { $c->write_chunk('two' => sub ($c, @) { $c->finish('three') }) }) };
get '/fail' => sub { die 'mojo trouble' };
app->secrets(['test']);
app->log->level('fatal');
app->start;
