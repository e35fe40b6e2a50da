# SPDX-License-Identifier: Apache-2.0
# The application that every worker's protocol tests run, in Perl.
use strict;
use warnings;
use Digest::SHA;
use Time::HiRes qw(sleep);

my @TEXT = ('Content-Type' => 'text/plain');

sub note {
    my ($text) = @_;
    open my $file, '>>', $ENV{COUNT_FILE} or die $!;
    print $file "$text\n";
    close $file;
}

sub pieces {
    my ($env, $each) = @_;
    while ($env->{'psgi.input'}->read(my $piece, 65536)) {
        $each->($piece);
    }
}

sub stream {
    my ($each) = @_;
    return sub {
        my $writer = $_[0]->([200, [@TEXT]]);
        $each->(sub { $writer->write($_[0]) });
        $writer->close;
    };
}

sub big {
    my ($count) = @_;
    my $block = join('', map { chr } 0 .. 255) x 256;
    return stream(sub {
        while ($count > 0) {
            $_[0]->(substr $block, 0, $count);
            $count -= length $block;
        }
    });
}

sub {
    my ($env) = @_;
    my ($path, $query) = @$env{qw(PATH_INFO QUERY_STRING)};
    die "early trouble\n" if $path eq '/die';
    return [204, [], []] if $path eq '/none';
    return [200, [@TEXT, 'X-Evil' => "a\r\nSet-Cookie: b"], ['x']] if $path eq '/evil';
    return [201, [@TEXT, 'Set-Cookie' => 'a=1', 'Set-Cookie' => 'b=2'], ['made']] if $path eq '/headers';
    return big($query) if $path eq '/big';
    return stream(sub { my $out = shift; for (qw(one two three)) { $out->($_); sleep 0.15 } }) if $path eq '/slow';
    return stream(sub { $_[0]->('begun'); die "late trouble\n" }) if $path eq '/late';
    return stream(sub { pieces($env, $_[0]) }) if $path eq '/through';
    my @body = ('Hello, World!');
    if ($path eq '/echo') {
        @body = ('');
        pieces($env, sub { $body[0] .= $_[0] });
    }
    elsif ($path eq '/sha') {
        my $digest = Digest::SHA->new(1);
        pieces($env, sub { $digest->add($_[0]) });
        @body = ($digest->hexdigest);
    }
    elsif ($path eq '/count') {
        note($query);
    }
    elsif ($path eq '/sleep') {
        note('begun');
        sleep $query;
    }
    elsif ($path eq '/errors') {
        $env->{'psgi.errors'}->print("a line for the log\n");
    }
    elsif ($path eq '/env') {
        @body = map { "$_=$env->{$_}\n" } grep { !ref $env->{$_} } sort keys %$env;
    }
    return [200, [@TEXT], \@body];
}
