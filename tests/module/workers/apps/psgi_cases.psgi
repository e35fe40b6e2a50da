# SPDX-License-Identifier: Apache-2.0
# PSGI applications for the tests of zoofcgi.pl alone.
use strict;
use warnings;
use Plack::Builder;
use Plack::Middleware::Lint;

my @TEXT = ('Content-Type' => 'text/plain');
my $lint = Plack::Middleware::Lint->wrap(sub {
    my ($env) = @_;
    my $input = $env->{'psgi.input'};
    my $line = $input->getline // '';
    $input->read(my $three, 3);
    $input->read(my $rest = 'xx', 100, 2);
    return [200, [@TEXT], [join '|', $line, $three, $rest]];
});

sub {
    my ($env) = @_;
    my $path = $env->{PATH_INFO};
    return $lint->($env) if $path eq '/lint';
    if ($path eq '/handle') {
        open my $file, '<', $0 or die $!;
        return [200, [@TEXT], $file];
    }
    return sub { $_[0]->([200, [@TEXT], ['delayed']]) } if $path eq '/delayed';
    return sub { } if $path eq '/never';
    return sub { my $writer = $_[0]->([200, [@TEXT]]); $writer->write('a'); $writer->write('b'); $writer->close } if $path eq '/writer';
    return [200, [@TEXT], ["wide \x{442}"]] if $path eq '/wide';
    return [200, [@TEXT, 'Content-Length' => 10], ['123']] if $path eq '/short';
    return [200, [@TEXT, 'Content-Length' => 2], ['123', '456']] if $path eq '/long';
    return [200, [@TEXT, Connection => 'close'], ['x']] if $path eq '/hop';
    if ($path eq '/exit') {
        exit 5;
    }
    if ($path eq '/change') {
        $env->{PATH_INFO} = 'changed';
        delete $env->{HTTP_HOST};
    }
    return [200, [@TEXT], [join '|', @$env{qw(SCRIPT_NAME PATH_INFO QUERY_STRING psgi.url_scheme)}]];
};
