# SPDX-License-Identifier: Apache-2.0
# The application: which address goes where, the form, the session cookie.
package Hello::App;

use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex);
use Encode ();
use Hello::Page;
use Hello::Settings;
use Hello::Store;
use JSON::PP ();
use MIME::Base64 qw(encode_base64url decode_base64url);
use Time::HiRes ();

my %types = (css => 'text/css; charset=utf-8', js => 'text/javascript; charset=utf-8', svg => 'image/svg+xml');
my @headers = (
    'X-Content-Type-Options'  => 'nosniff',
    'Content-Security-Policy' => "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
);

sub new {
    my ($class, $root) = @_;
    my $settings = Hello::Settings->new($root);
    return bless {
        root     => $root,
        settings => $settings,
        key      => $settings->secret_key,
        debug    => $settings->boolean('site', 'debug'),
        https    => $settings->boolean('site', 'https'),
        store    => Hello::Store->new($settings),
    }, $class;
}

sub to_psgi {
    my ($self) = @_;
    return sub {
        my ($env) = @_;
        my $answer = eval { $self->answer($env) };
        return $answer if $answer;
        my $problem = $@;
        $env->{'psgi.errors'}->print("$env->{REQUEST_METHOD} $env->{PATH_INFO}: $problem");
        my $mail = $self->{settings}->text('site', 'admin_mail');
        my $help = $mail ne '' ? "Please tell $mail what you did." : 'Please try again later.';
        return $self->page(500, 'Something went wrong', $self->{debug} ? $problem : "The error has been noted. $help");
    };
}

# Which address goes where: add yours here.
sub answer {
    my ($self, $env) = @_;
    return $self->page(400, 'That is no proper request', 'This site does not answer to that name.')
        if !$self->{settings}->allows_host($env->{HTTP_HOST} // $env->{SERVER_NAME});
    my ($method, $path) = @$env{qw(REQUEST_METHOD PATH_INFO)};
    return $self->to_https($env) if $self->{https} && $env->{'psgi.url_scheme'} ne 'https';
    return $self->static_file($1) if $method =~ /\A(?:GET|HEAD)\z/ && $path =~ m{\A/static/([\w-]+(?:\.[\w-]+)+)\z}a;
    return $self->page(404, 'There is no such page', 'The address may be mistyped, or the page has moved.') if $path !~ m{\A/?\z};
    return $self->greet($env) if $method eq 'POST';
    return $self->start($env) if $method =~ /\A(?:GET|HEAD)\z/;
    return $self->page(405, 'That cannot be done here', 'The address takes GET and POST.', Allow => 'GET, HEAD, POST');
}

sub start {
    my ($self, $env, %form) = @_;
    my $session = $self->session($env);
    my ($name, $remark, $usable) = $self->{store}->state($self->{debug});
    my %page = (
        base      => $env->{SCRIPT_NAME} // '',
        facts     => $self->facts($env, $name, $remark),
        usable    => $usable,
        token     => $self->token($session),
        name      => $session->{name} // '',
        greetings => $usable ? [$self->{store}->greetings(5)] : [],
        %form,
    );
    my $status = !$usable ? 503 : $form{errors} ? 422 : 200;
    return $self->reply($status, Hello::Page::start(%page), $self->cookie($env, $session));
}

sub facts {
    my ($self, $env, $name, $remark) = @_;
    my $plack = eval { require Plack; 'with Plack ' . Plack->VERSION } || 'without Plack';
    my $debug = $self->{debug} ? 'debug is on' : 'debug is off';
    return [
        ['Interface', 'PSGI ' . join('.', @{ $env->{'psgi.version'} }), "$plack, $debug"],
        ['Language', sprintf('Perl %vd', $^V), $^O],
        ['Engine', $ENV{ZOO_ENGINE} // 'none', $env->{SERVER_SOFTWARE} || 'unknown server'],
        ['Database', $name, $remark],
    ];
}

sub greet {
    my ($self, $env) = @_;
    my $session = $self->session($env);
    my $form = form_of($env) or return $self->page(413, 'That is too much', 'The form takes less than this.');
    return $self->page(403, 'That could not be accepted', 'The form may have been open for too long. Load the page again.')
        if !$session->{known} || ($form->{token} // '') ne $self->token($session);
    my %limits = (name => 40, words => 120);
    my %errors;
    for my $field (keys %limits) {
        $form->{$field} = ($form->{$field} // '') =~ s/\A\s+|\s+\z//gr;
        $errors{$field} = 'This field is required.' if $form->{$field} eq '';
        $errors{$field} = "At most $limits{$field} characters." if length $form->{$field} > $limits{$field};
    }
    return $self->start($env, name => $form->{name}, words => $form->{words}, errors => \%errors) if %errors;
    $self->{store}->add_greeting(@$form{qw(name words)});
    $session->{name} = $form->{name};
    return [303, [Location => ($env->{SCRIPT_NAME} // '') . '/#greet', $self->cookie($env, $session), @headers], []];
}

# The fields of a form, decoded; undef when there is more than a form needs.
sub form_of {
    my ($env) = @_;
    my $length = $env->{CONTENT_LENGTH} || 0;
    return if $length > 10_000;
    my $body = '';
    while ($length > length $body) {
        last if !$env->{'psgi.input'}->read($body, $length - length $body, length $body);
    }
    my %form;
    for my $pair (split /[&;]/, $body) {
        my ($name, $value) = map { tr/+/ /; s/%([0-9A-Fa-f]{2})/chr hex $1/ger } map { $_ // '' } (split(/=/, $pair, 2))[0, 1];
        $form{$name} = Encode::decode('UTF-8', $value);
    }
    return \%form;
}

# The session is a signed cookie; a new one has an id that cannot be guessed.
sub session {
    my ($self, $env) = @_;
    my ($text, $signature) = ($env->{HTTP_COOKIE} // '') =~ /(?:\A|;\s*)hello=([\w-]+)\.([0-9a-f]{64})(?:;|\z)/a;
    if (defined $text && $signature eq hmac_sha256_hex("session $text", $self->{key})) {
        my $session = eval { JSON::PP->new->utf8->decode(decode_base64url($text)) };
        return {%$session, known => 1} if $session;
    }
    our $count++;
    return {id => hmac_sha256_hex("id $$ $count " . Time::HiRes::time() . ' ' . rand, $self->{key})};
}

sub token {
    my ($self, $session) = @_;
    return hmac_sha256_hex("form $session->{id}", $self->{key});
}

sub cookie {
    my ($self, $env, $session) = @_;
    my %kept = map { $_ => $session->{$_} } grep { defined $session->{$_} } qw(id name);
    my $text = encode_base64url(JSON::PP->new->utf8->canonical->encode(\%kept));
    my $path = ($env->{SCRIPT_NAME} // '') . '/';
    my $secure = $env->{'psgi.url_scheme'} eq 'https' ? '; Secure' : '';
    return 'Set-Cookie' => "hello=$text." . hmac_sha256_hex("session $text", $self->{key}) . "; Path=$path; HttpOnly; SameSite=Lax$secure";
}

sub to_https {
    my ($self, $env) = @_;
    my $host = ($env->{HTTP_HOST} // $env->{SERVER_NAME}) =~ s/:[0-9]+\z//r;
    my $query = ($env->{QUERY_STRING} // '') ne '' ? "?$env->{QUERY_STRING}" : '';
    my $path = ($env->{SCRIPT_NAME} // '') . $env->{PATH_INFO};
    $path =~ s/([^\w\/.~-])/sprintf '%%%02X', ord $1/gea;
    return [301, [Location => "https://$host$path$query"], []];
}

# The web server serves the folder static itself; other servers get its files from here.
sub static_file {
    my ($self, $name) = @_;
    my ($type) = map { $types{$_} } $name =~ /\.(\w+)\z/;
    return $self->page(404, 'There is no such file', $name) if !$type || !open my $handle, '<:raw', "$self->{root}/static/$name";
    return [200, ['Content-Type' => $type, 'Content-Length' => -s $handle, 'Cache-Control' => 'max-age=3600'], $handle];
}

sub page {
    my ($self, $status, $title, $text, @more) = @_;
    return $self->reply($status, Hello::Page::message($title, $text), @more);
}

sub reply {
    my ($self, $status, $html, @more) = @_;
    my $bytes = Encode::encode('UTF-8', $html);
    return [$status, ['Content-Type' => 'text/html; charset=utf-8', 'Content-Length' => length $bytes, @headers, @more], [$bytes]];
}

1;
