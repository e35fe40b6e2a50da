# SPDX-License-Identifier: Apache-2.0
package Hello;
use Mojo::Base 'Mojolicious', -signatures;

use Hello::Model::Settings;
use Hello::Model::Store;
use Mojo::Log;

our $VERSION = '1.0.0';

# Runs once at the start.
sub startup ($self) {
    my $settings = Hello::Model::Settings->new($self->home->to_string);
    my $store = Hello::Model::Store->new($settings);
    my $debug = $settings->boolean('site', 'debug');
    $self->mode($debug ? 'development' : 'production');
    $self->secrets([$settings->secret_key]);
    $self->sessions->cookie_name('hello')->samesite('Lax')->secure($settings->boolean('site', 'https'));
    $self->helper(settings => sub { $settings });
    $self->helper(store    => sub { $store });
    $self->helper(debug    => sub { $debug });

    # Warnings and errors go to standard error, which the web server keeps in the folder log.
    $self->log(Mojo::Log->new(level => $debug ? 'debug' : 'warn', handle => \*STDERR));

    # Nothing is served from disk but what the route below allows.
    $self->static->paths([]);
    $self->hook(before_dispatch => \&_check_request);

    # Which address goes where: https://docs.mojolicious.org/Mojolicious/Guides/Routing
    my $routes = $self->routes;
    $routes->get('/')->to('home#index')->name('index');
    $routes->post('/')->to('home#greet')->name('greet');
    $routes->websocket('/echo')->to('home#echo')->name('echo');

    # The web server serves the folder static itself; other servers get its files from here.
    $routes->get('/static/<name>' => [name => qr/[\w-]+\.(?:css|js|svg)/a])->to('home#file')->name('static');
}

# Runs before anything else is done with a request.
sub _check_request ($c) {
    my $url = $c->req->url;
    _leave_prefix($url, $ENV{APPL_VIRTUAL_PATH} // '/');
    $c->res->headers->header('X-Content-Type-Options' => 'nosniff');
    $c->res->headers->content_security_policy(
        "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'");

    my @allowed = map {lc} $c->settings->words('site', 'allowed_hosts');
    my $host = lc($url->to_abs->host // '');
    return $c->render(text => 'This site does not answer to that name.', status => 400) if !grep { $_ eq '*' || $_ eq $host } @allowed;
    return if !$c->settings->boolean('site', 'https') || $c->req->is_secure;
    $c->redirect_to($url->to_abs->scheme('https')->port(undef));
}

# Below another site the address begins with the application's own path: it belongs to the base of all links.
sub _leave_prefix ($url, $prefix) {
    my @prefix = grep { $_ ne '' } split m{/}, $prefix;
    my ($base, $path) = ($url->base->path, $url->path);
    return if !@prefix || @{$base->parts};
    my @parts = @{$path->parts};
    return if @parts < @prefix || grep { lc $parts[$_] ne lc $prefix[$_] } 0 .. $#prefix;
    $base->parts([splice @parts, 0, scalar @prefix])->leading_slash(1)->trailing_slash(1);
    $path->parts(\@parts)->leading_slash(0);
}

1;
