# SPDX-License-Identifier: Apache-2.0
package Hello::Controller::Home;
use Mojo::Base 'Mojolicious::Controller', -signatures;

# The start page. Change templates/home/index.html.ep, or write another controller.
sub index ($self) {
    return $self->_page(200);
}

sub greet ($self) {
    my $v = $self->validation;
    return $self->render(text => 'The form may have been open for too long. Load the page again.', status => 403)
        if $v->csrf_protect->has_error('csrf_token');
    $v->required('name', 'trim', 'not_empty')->size(1, 40);
    $v->required('words', 'trim', 'not_empty')->size(1, 120);
    return $self->_page(422) if $v->has_error;
    $self->store->add_greeting($v->param('name'), $v->param('words'));
    $self->session(name => $v->param('name'));
    $self->res->code(303);
    return $self->redirect_to($self->url_for('index')->fragment('greet'));
}

# Sends every message back: https://docs.mojolicious.org/Mojolicious/Guides/Tutorial#WebSockets
sub echo ($self) {
    $self->tx->max_websocket_size(4096);
    $self->on(message => sub ($c, $text) { $c->send("echo: $text") });
}

sub file ($self) {
    my $file = $self->app->home->child('static', $self->stash('name'));
    return $self->reply->not_found if !-f $file;
    $self->res->headers->content_type($self->app->types->type($file->extname));
    return $self->reply->file($file);
}

sub _page ($self, $status) {
    my ($database, $remark, $usable) = $self->store->state($self->debug);
    my $server = $self->req->env->{SERVER_SOFTWARE} // 'over HTTP';
    $self->stash(
        facts => [
            ['Framework', 'Mojolicious ' . Mojolicious->VERSION, $self->app->mode . ($self->debug ? ', debug is on' : ', debug is off')],
            ['Language', sprintf('Perl %vd', $^V), $^O],
            ['Engine', $ENV{ZOO_ENGINE} // 'none', $server],
            ['Database', $database, $remark],
        ],
        usable    => $usable,
        greetings => $usable ? [$self->store->greetings(5)] : [],
    );
    return $self->render('home/index', status => $usable ? $status : 503);
}

1;
