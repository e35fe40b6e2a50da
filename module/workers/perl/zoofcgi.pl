#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0

# A FastCGI worker for PSGI applications, Mojolicious and classic CGI scripts: one file, core modules only, Perl 5.16
# and later. The front end gives the worker a listening or a connected stream socket as descriptor 0 (on Windows the
# server end of a named pipe as standard input) and the configuration as environment variables: see README.md beside
# this folder. One request at a time; requests that the front end sent ahead wait in this process's input buffer.
#
# Protocol: FastCGI specification 1.0; the sections named in comments are its sections.

# Before everything else in this file, so that a CGI script sees none of its pragmas and lexicals. evalbytes, because
# the file's bytes are what "use utf8" in the script speaks about.
sub Zoo::Script::evaluate { package main; CORE::evalbytes($_[0]) }

BEGIN {
    # A script's exit ends the script, not the worker. "last" leaves through the script's own evals.
    *CORE::GLOBAL::exit = sub (;$) {
        CORE::exit($_[0] // 0) unless $Zoo::Script::running;
        $Zoo::Script::exited = 1;
        no warnings 'exiting';
        last ZOO_SCRIPT;
    };
}

package Zoo;
use strict;
use warnings;
use Errno qw(EINTR EAGAIN EWOULDBLOCK);
use Fcntl qw(F_SETFD FD_CLOEXEC);
use Socket qw(SOL_SOCKET SO_ACCEPTCONN IPPROTO_TCP TCP_NODELAY);
use Time::HiRes ();

# Record types, roles, flags and statuses: section 8.
use constant {
    BEGIN_REQUEST => 1, ABORT_REQUEST => 2, END_REQUEST => 3, PARAMS => 4, STDIN_RECORD => 5, STDOUT_RECORD => 6,
    STDERR_RECORD => 7, GET_VALUES => 9, GET_VALUES_RESULT => 10, UNKNOWN_TYPE => 11,
    RESPONDER => 1, KEEP_CONN => 1,
    REQUEST_COMPLETE => 0, CANT_MPX_CONN => 1, OVERLOADED => 2, UNKNOWN_ROLE => 3,
    HEADER => 'CCnnCx',
    RECORD_MAX => 65528,            # the largest multiple of eight that a record can carry (section 3.3)
    PARAMS_MAX => 1 << 20,          # no server sends this much; more is garbage or an attack
    RECV_SIZE => 65536, BODY_RECV_SIZE => 262144,
    SEND_BATCH => 1 << 18,          # bytes of a large answer joined for one write
    CACHED_BLOCKS => 256, CACHED_BLOCK_MAX => 2048,     # whole parameter blocks kept decoded
    HOT_WAIT => 0.05,               # seconds a connection may be silent before the others are looked at too
    TURN => 0.1,                    # seconds one connection is served while others may wait
    SLOW_CALL => 0.002,             # after requests that took longer, look for aborts before the next one: see README.md
    CHECK_EVERY => 0.005,           # seconds between two looks for an abort while a long answer is sent
};
my %HOP_BY_HOP = map { $_ => 1 } qw(connection keep-alive proxy-authenticate proxy-authorization proxy-connection te
    trailer trailers transfer-encoding upgrade);
my %GET_VALUES_ANSWERS = (FCGI_MAX_CONNS => 1, FCGI_MAX_REQS => 1, FCGI_MPXS_CONNS => 0);
my %REASONS = (
    200 => 'OK', 201 => 'Created', 202 => 'Accepted', 204 => 'No Content', 206 => 'Partial Content',
    301 => 'Moved Permanently', 302 => 'Found', 303 => 'See Other', 304 => 'Not Modified', 307 => 'Temporary Redirect',
    308 => 'Permanent Redirect', 400 => 'Bad Request', 401 => 'Unauthorized', 403 => 'Forbidden', 404 => 'Not Found',
    405 => 'Method Not Allowed', 409 => 'Conflict', 410 => 'Gone', 413 => 'Content Too Large',
    415 => 'Unsupported Media Type', 422 => 'Unprocessable Content', 429 => 'Too Many Requests',
    500 => 'Internal Server Error', 501 => 'Not Implemented', 502 => 'Bad Gateway', 503 => 'Service Unavailable',
);

# What ends a request or a connection; thrown with die, told apart by class.
sub thrown {
    my ($kind, $text) = @_;
    die bless { text => $text }, "Zoo::$kind";      # Disconnected, Aborted, ProtocolError, ConfigError
}

sub is_thrown {
    my ($error, @kinds) = @_;
    return grep { ref $error eq "Zoo::$_" } @kinds;
}

# Writes to the process's own stderr, which the front end keeps for its error page.
our $real_stderr;

sub log_text {
    my ($text) = @_;
    $text .= "\n" if $text !~ /\n\z/;
    utf8::encode($text) if utf8::is_utf8($text);
    syswrite $real_stderr, $text if $real_stderr;
    return;
}

sub record {
    my ($kind, $rid, $content) = @_;
    return pack(HEADER, 1, $kind, $rid, length $content, 0) . $content;
}

sub end_record {
    my ($rid, $protocol_status, $app_status) = @_;
    return pack('CCnnCxNCx3', 1, END_REQUEST, $rid, 8, 0, $app_status, $protocol_status);
}

# All pairs of a block as a flat list (section 3.4).
sub decode_pairs {
    my ($block) = @_;
    my ($pos, $size, @pairs) = (0, length $block);
    while ($pos < $size) {
        my ($names, $values) = unpack 'CC', substr $block, $pos, 2;
        if (defined $values && $names < 128 && $values < 128) {
            $pos += 2;
        }
        else {
            ($names, $pos) = long_length($block, $pos);
            ($values, $pos) = long_length($block, $pos);
        }
        my $stop = $pos + $names + $values;
        thrown(ProtocolError => 'a name-value pair is longer than its stream') if $stop > $size;
        push @pairs, substr($block, $pos, $names), substr($block, $pos + $names, $values);
        $pos = $stop;
    }
    return \@pairs;
}

sub long_length {
    my ($block, $pos) = @_;
    thrown(ProtocolError => 'a name-value pair is cut short') if $pos >= length $block;
    my $first = ord substr $block, $pos, 1;
    return ($first, $pos + 1) if $first < 128;
    thrown(ProtocolError => 'a name-value pair is cut short') if $pos + 4 > length $block;
    return (unpack('N', substr $block, $pos, 4) & 0x7fffffff, $pos + 4);
}

# A connected stream socket.
package Zoo::SocketTransport;

sub new {
    my ($class, $handle) = @_;
    binmode $handle;
    setsockopt $handle, Zoo::IPPROTO_TCP, Zoo::TCP_NODELAY, 1;      # fails on Unix sockets, which need it not
    return bless { handle => $handle }, $class;
}

# Appends what comes to the buffer, waiting as long as it takes; false at the end.
sub recv {
    my ($self, $size) = @_;
    while (1) {
        my $count = sysread $self->{handle}, $_[2], $size, length $_[2];
        return $count if defined $count;
        return 0 unless $! == Zoo::EINTR;
    }
}

# Whether input comes within `seconds`.
sub wait {
    my ($self, $seconds) = @_;
    my $bits = '';
    vec($bits, fileno $self->{handle}, 1) = 1;
    return (select($bits, undef, undef, $seconds) // 0) > 0;
}

sub send {
    my ($self) = @_;
    my ($pos, $size) = (0, length $_[1]);
    while ($pos < $size) {
        my $count = syswrite $self->{handle}, $_[1], $size - $pos, $pos;
        if (defined $count) {
            $pos += $count;
        }
        elsif ($! != Zoo::EINTR) {
            Zoo::thrown(Disconnected => "$!");
        }
    }
    return;
}

sub close {
    my ($self) = @_;
    CORE::close($self->{handle});
    return;
}

# The only place that calls Windows; every method returns Windows' error code first, 0 for success. With Win32::API a
# pipe serves one client after the other; without it the first client is the only one, and the worker ends with it.
package Zoo::WindowsPipeApi;
use constant { PIPE_LISTENING => 536, BROKEN_PIPE => 109 };

sub new {
    my ($class) = @_;
    my $self = bless { functions => {} }, $class;
    if (eval { require Win32::API; require Win32API::File; 1 }) {
        $self->{functions}{$_} = Win32::API->new('kernel32', $_, 'NN', 'I') for 'ConnectNamedPipe';
        $self->{functions}{$_} = Win32::API->new('kernel32', $_, 'N', 'I') for 'DisconnectNamedPipe', 'FlushFileBuffers';
        $self->{handle} = Win32API::File::FdGetOsFHandle(0);
    }
    open $self->{file}, '+<&=', 0 or return;
    binmode $self->{file};
    return $self;
}

sub call {
    my ($self, $name, @arguments) = @_;
    my $function = $self->{functions}{$name} or return 1;
    return $function->Call($self->{handle}, @arguments) ? 0 : Win32::GetLastError();
}

sub reusable { return defined $_[0]{handle} }
sub connect { return $_[0]->call('ConnectNamedPipe', 0) }
sub disconnect { return $_[0]->call('DisconnectNamedPipe') }
sub flush { return $_[0]->call('FlushFileBuffers') }

sub read {
    my ($self, $size) = @_;
    my $data;
    my $count = sysread $self->{file}, $data, $size;
    return defined $count ? (0, $data) : ($^E + 0 || BROKEN_PIPE, '');
}

sub write {
    my ($self, $data) = @_;
    my $count = syswrite $self->{file}, $data;
    return defined $count ? (0, $count) : ($^E + 0 || BROKEN_PIPE, 0);
}

# The server end of a named pipe (FastCGI's convention on Windows).
package Zoo::PipeTransport;
use constant { PIPE_CONNECTED => 535, NO_DATA => 232, LISTENING => 536, MORE_DATA => 234, WRITE_MAX => 1 << 20 };

sub new {
    my ($class, $api) = @_;
    return bless { api => $api, used => 0 }, $class;
}

# Waits for a client; false when there will be none.
sub accept {
    my ($self) = @_;
    return !$self->{used}++ unless $self->{api}->reusable;
    while (1) {
        my $error = $self->{api}->connect;
        return 1 if $error == 0 || $error == PIPE_CONNECTED;
        return 0 if $error != NO_DATA;              # that one: a client came and left before it was looked at
        $self->{api}->disconnect;
    }
}

sub recv {
    my ($self, $size) = @_;
    while (1) {
        my ($error, $data) = $self->{api}->read($size);
        if ($error == LISTENING) {                  # no ConnectNamedPipe to wait in
            Time::HiRes::sleep(0.002);
            next;
        }
        return 0 if $error && $error != MORE_DATA;
        $_[2] .= $data;
        return length $data;
    }
}

sub wait { return 0 }                               # a look ahead would block; aborts are seen with the next read

sub send {
    my ($self, $data) = @_;
    my $pos = 0;
    while ($pos < length $data) {
        my ($error, $count) = $self->{api}->write(substr $data, $pos, WRITE_MAX);
        Zoo::thrown(Disconnected => "the pipe is closed, error $error") if $error;
        $pos += $count;
    }
    return;
}

sub close {
    my ($self) = @_;
    return unless $self->{api}->reusable;
    $self->{api}->flush;                            # else a client would lose what it has not read yet
    $self->{api}->disconnect;
    return;
}

# The bytes of one connection and the records in them: {data} from {pos} on is what has not been looked at.
package Zoo::Connection;

sub new {
    my ($class, $transport) = @_;
    return bless { transport => $transport, data => '', pos => 0, out => '', rid => 0, left => 0, padding => 0,
        aborts => 0 }, $class;
}

sub available { return length($_[0]{data}) - $_[0]{pos} }

# Waits for input; throws Disconnected at the end.
sub fill {
    my ($self, $size) = @_;
    $self->flush if $self->{out} ne '';
    substr $self->{data}, 0, $self->{pos}, '';
    $self->{pos} = 0;
    $self->{transport}->recv($size || Zoo::RECV_SIZE, $self->{data}) or Zoo::thrown(Disconnected => 'end of input');
    # Looks like an abort: its header with any id and no content. Bodies are not searched: aborted() walks the records.
    $self->{aborts} = $self->{rid} || (index($self->{data}, "\1\2") >= 0 && $self->{data} =~ /\x01\x02..\0\0/s);
    return;
}

# Takes in what has arrived, without waiting and without piling up.
sub poll {
    my ($self) = @_;
    $self->fill if $self->available < 2 * Zoo::RECV_SIZE && $self->{transport}->wait(0);
    return;
}

sub content {
    my ($self, $length, $padding) = @_;
    my $total = $length + $padding;
    $self->fill while length($self->{data}) - $self->{pos} < $total;
    my $content = substr $self->{data}, $self->{pos}, $length;
    $self->{pos} += $total;
    return $content;
}

sub header {
    my ($self) = @_;
    $self->fill while length($self->{data}) - $self->{pos} < 8;
    my ($version, $kind, $rid, $length, $padding) = unpack Zoo::HEADER, substr $self->{data}, $self->{pos}, 8;
    Zoo::thrown(ProtocolError => 'not a FastCGI record of version 1') if $version != 1;
    $self->{pos} += 8;
    return ($kind, $rid, $length, $padding);
}

# The next record of request `rid`; answers or skips all others on the way.
sub record_of {
    my ($self, $rid) = @_;
    while (1) {
        my ($kind, $other, $length, $padding) = $self->header;
        return ($kind, $length, $padding) if $other == $rid;
        my $content = $self->content($length, $padding);
        if ($other == 0) {
            $self->management($kind, $content);
        }
        elsif ($kind == Zoo::BEGIN_REQUEST) {
            $self->finish($other, Zoo::CANT_MPX_CONN, 0);
        }
    }
}

# Waits for a request and its parameters: (id, keep, PARAMS stream), or nothing after one that came to nothing.
sub next_request {
    my ($self) = @_;
    my ($kind, $rid, $length, $padding) = $self->header;
    my $content = $self->content($length, $padding);
    if ($rid == 0) {
        $self->management($kind, $content);
    }
    elsif ($kind == Zoo::BEGIN_REQUEST) {
        Zoo::thrown(ProtocolError => "FCGI_BEGIN_REQUEST of $length bytes") if $length != 8;
        my ($role, $flags) = unpack 'nC', $content;
        my $keep = $flags & Zoo::KEEP_CONN;
        return $self->parameters($rid, $keep) if $role == Zoo::RESPONDER;
        $self->finish($rid, Zoo::UNKNOWN_ROLE, 0);
        $self->flush_and($keep);
    }
    return;                             # a record of a request that is over: section 3.3 says to ignore it
}

sub parameters {
    my ($self, $rid, $keep) = @_;
    my $block = '';
    while (1) {
        my ($kind, $length, $padding) = $self->record_of($rid);
        my $piece = $self->content($length, $padding);
        if ($kind == Zoo::ABORT_REQUEST) {
            $self->finish($rid, Zoo::REQUEST_COMPLETE, 0);
            $self->flush_and($keep);
            return;
        }
        Zoo::thrown(ProtocolError => "record type $kind among the parameters") if $kind != Zoo::PARAMS;
        last if !$length;
        $block .= $piece;
        Zoo::thrown(ProtocolError => 'too many bytes of parameters') if length $block > Zoo::PARAMS_MAX;
    }
    @$self{qw(rid left padding)} = ($rid, 0, 0);
    return ($rid, $keep, $block);
}

# The next piece of the request's body, '' at its end; pieces may be parts of records.
sub read_stdin {
    my ($self) = @_;
    return '' if !$self->{left} && !$self->next_stdin_record;
    $self->fill(Zoo::BODY_RECV_SIZE) if $self->available <= 0;
    my $count = $self->available;
    $count = $self->{left} if $count > $self->{left};
    my $piece = substr $self->{data}, $self->{pos}, $count;
    $self->{pos} += $count;
    $self->{left} -= $count;
    return $piece;
}

sub next_stdin_record {
    my ($self) = @_;
    return 0 if !$self->{rid};
    $self->content(0, $self->{padding}) if $self->{padding};
    $self->{padding} = 0;
    my ($kind, $length, $padding) = $self->record_of($self->{rid});
    if ($kind == Zoo::STDIN_RECORD && $length) {
        @$self{qw(left padding)} = ($length, $padding);
        return 1;
    }
    $self->content($length, $padding);
    $self->{rid} = 0;
    Zoo::thrown(Aborted => 'the request was aborted') if $kind == Zoo::ABORT_REQUEST;
    Zoo::thrown(ProtocolError => "record type $kind inside a body") if $kind != Zoo::STDIN_RECORD;
    return 0;
}

# The request's body if all of it is here already, else undef; moves only in the first case.
sub whole_body {
    my ($self) = @_;
    my ($pos, $size, $body) = ($self->{pos}, length $self->{data}, '');
    while ($size - $pos >= 8) {
        my ($version, $kind, $rid, $length, $padding) = unpack Zoo::HEADER, substr $self->{data}, $pos, 8;
        my $stop = $pos + 8 + $length + $padding;
        return if $version != 1 || $kind != Zoo::STDIN_RECORD || $rid != $self->{rid} || $stop > $size;
        if (!$length) {
            @$self{qw(pos rid)} = ($stop, 0);
            return $body;
        }
        $body .= substr $self->{data}, $pos + 8, $length;
        $pos = $stop;
    }
    return;
}

# Reads what the application left of the body.
sub drain {
    my ($self) = @_;
    eval { 1 while $self->read_stdin ne ''; 1 } or Zoo::is_thrown($@, 'Aborted') or die $@;
    return;
}

# Whether an abort of `rid` lies in the input, behind other requests or not.
sub aborted {
    my ($self, $rid) = @_;
    return 0 if !$self->{aborts};
    my ($pos, $size) = ($self->{pos} + $self->{left} + $self->{padding}, length $self->{data});
    while ($size - $pos >= 8) {
        my (undef, $kind, $other, $length, $padding) = unpack Zoo::HEADER, substr $self->{data}, $pos, 8;
        return 1 if $other == $rid && $kind == Zoo::ABORT_REQUEST;
        return 0 if $other == $rid && $kind == Zoo::BEGIN_REQUEST;     # the id is used again
        $pos += 8 + $length + $padding;
    }
    return 0;
}

sub management {
    my ($self, $kind, $content) = @_;
    if ($kind == Zoo::GET_VALUES) {
        my @pairs = @{ Zoo::decode_pairs($content) };
        my $answer = '';
        while (my ($name) = splice @pairs, 0, 2) {
            my $value = $GET_VALUES_ANSWERS{$name};
            $answer .= pack('CC', length $name, length $value) . $name . $value if defined $value;
        }
        $self->{out} .= Zoo::record(Zoo::GET_VALUES_RESULT, 0, $answer);
    }
    else {
        $self->{out} .= Zoo::record(Zoo::UNKNOWN_TYPE, 0, pack 'Cx7', $kind);
    }
    $self->flush if $self->available <= 0;
    return;
}

sub finish {
    my ($self, $rid, $protocol_status, $app_status) = @_;
    $self->{out} .= Zoo::end_record($rid, $protocol_status, $app_status);
    return;
}

# After the answer to one request: FCGI_KEEP_CONN says whether another may follow (section 5.1).
sub flush_and {
    my ($self, $keep) = @_;
    $self->flush if $self->{out} ne '';
    Zoo::thrown(Disconnected => 'one request was asked for') if !$keep;
    return;
}

sub flush {
    my ($self) = @_;
    return if $self->{out} eq '';
    my $data = $self->{out};
    $self->{out} = '';
    $self->{transport}->send($data);
    return;
}

# Tells the front end which requests it sent ahead were not begun, so that it can give them to another worker.
sub refuse_queued {
    my ($self) = @_;
    my ($pos, $size) = ($self->{pos}, length $self->{data});
    while ($size - $pos >= 8) {
        my (undef, $kind, $rid, $length, $padding) = unpack Zoo::HEADER, substr $self->{data}, $pos, 8;
        $self->finish($rid, Zoo::OVERLOADED, 0) if $kind == Zoo::BEGIN_REQUEST;
        $pos += 8 + $length + $padding;
    }
    $self->flush;
    return;
}

# The request's body as an object (psgi.input) and as a tied handle (STDIN of a CGI script), read as it is asked for.
package Zoo::Input;

sub new {
    my ($class, $conn, $whole) = @_;
    return bless { conn => defined $whole ? undef : $conn, rid => $conn->{rid}, buffer => $whole // '' }, $class;
}

sub TIEHANDLE { return $_[1] }

sub more {
    my ($self) = @_;
    return 0 if !$self->{conn} || $self->{conn}{rid} != $self->{rid};
    my $piece = $self->{conn}->read_stdin;
    return 0 if $piece eq '';
    $self->{buffer} .= $piece;
    return 1;
}

sub read {
    my ($self, undef, $length, $offset) = @_;
    $offset //= 0;
    $_[1] //= '';
    if (length $self->{buffer} < $length) {
        1 while length $self->{buffer} < $length && $self->more;
    }
    $_[1] .= "\0" x ($offset - length $_[1]) if $offset > length $_[1];
    substr($_[1], $offset) = substr $self->{buffer}, 0, $length, '';
    return length($_[1]) - $offset;
}

sub getline {
    my ($self) = @_;
    return $self->block if ref $/ || !defined $/;
    my $ending = $/ eq '' ? "\n\n" : $/;
    my $at;
    my $from = 0;
    while (($at = index $self->{buffer}, $ending, $from) < 0) {
        $from = length($self->{buffer}) - length($ending) + 1;
        $from = 0 if $from < 0;
        last unless $self->more;
    }
    my $count = $at < 0 ? length $self->{buffer} : $at + length $ending;
    return $count ? substr($self->{buffer}, 0, $count, '') : undef;
}

sub block {
    my ($self) = @_;
    my $size = ref $/ ? ${$/} : undef;
    1 while (!defined $size || length $self->{buffer} < $size) && $self->more;
    return undef if $self->{buffer} eq '';
    return substr $self->{buffer}, 0, $size // length $self->{buffer}, '';
}

sub getlines {
    my ($self) = @_;
    my @lines;
    while (defined(my $line = $self->getline)) {
        push @lines, $line;
    }
    return @lines;
}

sub READ { my $self = shift; return $self->read(@_) }
sub READLINE { return wantarray ? $_[0]->getlines : $_[0]->getline }
sub GETC { my ($self) = @_; my $byte; return $self->read($byte, 1) ? $byte : undef }
sub EOF { return $_[0]{buffer} eq '' && !$_[0]->more }
sub eof { return $_[0]->EOF }
sub BINMODE { return 1 }
sub FILENO { return 0 }
sub CLOSE { return 1 }
sub close { return 1 }
sub UNTIE { return }

# Cuts the stream from the connection at the end of its request, for applications that hold on to it.
sub detach {
    my ($self) = @_;
    @$self{qw(conn buffer)} = (undef, '');
    return;
}

# psgi.errors, and STDERR of a CGI script: FCGI_STDERR of the request that runs, the process's stderr outside of one.
package Zoo::Errors;

sub new { return bless { conn => undef, rid => 0 }, $_[0] }
sub TIEHANDLE { return $_[1] }

sub print {
    my ($self, @texts) = @_;
    my $text = join defined $, ? $, : '', @texts;
    utf8::encode($text) if utf8::is_utf8($text);
    if (!$self->{conn}) {
        Zoo::log_text($text);
        return 1;
    }
    for (my $at = 0; $at < length $text; $at += Zoo::RECORD_MAX) {
        $self->{conn}{out} .= Zoo::record(Zoo::STDERR_RECORD, $self->{rid}, substr $text, $at, Zoo::RECORD_MAX);
    }
    return 1;
}

sub PRINT { my $self = shift; return $self->print(@_) }
sub printf { my ($self, $format, @values) = @_; return $self->print(sprintf $format, @values) }
sub PRINTF { my $self = shift; return $self->printf(@_) }
sub WRITE { my ($self, $data, $length, $offset) = @_; $self->print(substr $data, $offset // 0, $length); return $length }
sub flush { $_[0]{conn}->flush if $_[0]{conn}; return 1 }
sub BINMODE { return 1 }
sub FILENO { return 2 }
sub CLOSE { return 1 }
sub OPEN { return 1 }
sub UNTIE { return }

# One request's answer, on the wire.
package Zoo::Answer;

sub new {
    my ($class, $conn, $rid, $head_request) = @_;
    return bless { conn => $conn, rid => $rid, head_request => $head_request, bodiless => $head_request, head => undef,
        head_sent => 0, ended => 0, sent => 0, next_check => 0 }, $class;
}

my %LINES;          # header lines checked and encoded, by name and value

sub start {
    my ($self, $status, $headers) = @_;
    die "the status is not a number of three digits: $status\n" if $status !~ /\A[1-9][0-9][0-9]\z/;
    die "the headers are not pairs\n" if ref $headers ne 'ARRAY' || @$headers % 2;
    $self->{bodiless} ||= $status == 204 || $status == 304 || $status < 200;
    my $head = "Status: $status " . ($REASONS{$status} // 'Unknown') . "\r\n";
    for (my $i = 0; $i < @$headers; $i += 2) {
        my ($name, $value) = @$headers[$i, $i + 1];
        if (lc $name eq 'transfer-encoding' && lc $value eq 'chunked') {
            $self->{chunks} = '';       # Mojolicious frames a body of unknown length itself; FastCGI has its own frames
            next;
        }
        my $line = $LINES{$name}{$value} // line_of($name, $value);
        $self->{declared} = $value if substr($line, 0, 16) eq 'Content-Length: ';
        $head .= $line;
    }
    $self->{head} = $head;
    $self->{next_check} = Time::HiRes::time() + Zoo::CHECK_EVERY;
    return;
}

sub line_of {
    my ($name, $value) = @_;
    $value //= '';
    my $lower = lc $name;
    die "not a header name: $name\n" if $name !~ /\A[!#\$%&'*+.^_`|~0-9A-Za-z-]+\z/ || $lower eq 'status';
    die "hop-by-hop header $name belongs to the server\n" if $HOP_BY_HOP{$lower};
    die "control character in the value of header $name\n" if $value =~ /[\x00-\x08\x0a-\x1f\x7f]/;
    my $bytes = $value;
    die "a character wider than a byte in the value of header $name\n" unless utf8::downgrade($bytes, 1);
    if ($lower eq 'content-length') {
        die "not a Content-Length: $value\n" if $value !~ /\A[0-9]+\z/;
        $name = 'Content-Length';
    }
    my $line = "$name: $bytes\r\n";
    if (length $line < 128) {
        %LINES = () if keys %LINES > 64;
        $LINES{$_[0]} = {} if keys %{ $LINES{$_[0]} } > 256;
        $LINES{$_[0]}{$value} = $line;
    }
    return $line;
}

# Headers in PSGI's form and all of the body: its length is known, and a small one is worth one write.
sub send_all {
    my ($self, $status, $headers, $chunks) = @_;
    $self->start($status, $headers);
    my $body = @$chunks == 1 ? $chunks->[0] // '' : join '', map { $_ // '' } @$chunks;
    die "the body has characters wider than a byte\n" if utf8::is_utf8($body) && !utf8::downgrade($body, 1);
    $self->{head} .= 'Content-Length: ' . length($body) . "\r\n" unless defined $self->{declared} || $self->{bodiless};
    my $size = length($self->{head}) + 2 + length $body;
    my $usual = !defined $self->{declared} || $self->{declared} == length $body;
    if ($self->{bodiless} || !$usual || $size > Zoo::RECORD_MAX) {
        $self->write($body);
        return $self->finish;
    }
    @$self{qw(head_sent ended)} = (1, 1);
    my $conn = $self->{conn};
    $conn->{out} .= pack(Zoo::HEADER, 1, Zoo::STDOUT_RECORD, $self->{rid}, $size, 0) . "$self->{head}\r\n$body"
        . $self->tail(0);
    $conn->flush;
    return;
}

sub tail {
    my ($self, $app_status) = @_;
    my $rid = $self->{rid};
    return pack 'CCnnCxCCnnCxNCx3', 1, Zoo::STDOUT_RECORD, $rid, 0, 0, 1, Zoo::END_REQUEST, $rid, 8, 0, $app_status, 0;
}

# Sends one block at once, the head before the first.
sub write {
    my ($self, $chunk) = @_;
    return if $self->{ended} || !defined $chunk || $chunk eq '';
    $chunk = $self->unframed($chunk) if defined $self->{chunks};
    die "the body has characters wider than a byte\n" if utf8::is_utf8($chunk) && !utf8::downgrade($chunk, 1);
    if (!$self->{bodiless} && defined $self->{declared} && length $chunk > $self->{declared} - $self->{sent}) {
        Zoo::log_text('zoofcgi: the body is longer than its Content-Length; the rest is dropped');
        $chunk = substr $chunk, 0, $self->{declared} - $self->{sent};
    }
    $self->{sent} += length $chunk;
    $self->put(($self->{head_sent} ? '' : "$self->{head}\r\n") . ($self->{bodiless} ? '' : $chunk));
    $self->{head_sent} = 1;
    $self->look_for_abort;
    return;
}

# The data of a chunked body's next piece (RFC 9112 section 7.1); what is cut short waits for the next.
sub unframed {
    my ($self, $piece) = @_;
    $self->{chunks} .= $piece;
    my $data = '';
    while ($self->{chunks} =~ /\A(?:\r\n)?([0-9A-Fa-f]+)[^\r\n]*\r\n/) {
        my ($start, $size) = ($+[0], hex $1);
        last if length $self->{chunks} < $start + $size;
        $data .= substr $self->{chunks}, $start, $size;
        substr $self->{chunks}, 0, $start + $size, '';
    }
    return $data;
}

sub put {
    my ($self, $content) = @_;
    my $conn = $self->{conn};
    for (my $at = 0; $at < length $content; $at += Zoo::RECORD_MAX) {
        $conn->{out} .= Zoo::record(Zoo::STDOUT_RECORD, $self->{rid}, substr $content, $at, Zoo::RECORD_MAX);
        $conn->flush if length $conn->{out} > Zoo::SEND_BATCH;
    }
    $conn->flush;
    return;
}

sub look_for_abort {
    my ($self) = @_;
    my $now = Time::HiRes::time();
    return if $now < $self->{next_check};
    $self->{next_check} = $now + Zoo::CHECK_EVERY;
    $self->{conn}->poll;
    Zoo::thrown(Aborted => 'the request was aborted') if $self->{conn}->aborted($self->{rid});
    return;
}

sub finish {
    my ($self) = @_;
    return if $self->{ended};
    my $content = $self->{head_sent} ? '' : "$self->{head}\r\n";
    $self->{conn}{out} .= Zoo::record(Zoo::STDOUT_RECORD, $self->{rid}, $content) if $content ne '';
    $self->{head_sent} = 1;
    if (defined $self->{declared} && !$self->{bodiless} && $self->{sent} < $self->{declared}) {
        Zoo::log_text('zoofcgi: the body is shorter than its Content-Length');
        return $self->end_with(1);
    }
    $self->{ended} = 1;
    $self->{conn}{out} .= $self->tail(0);
    $self->{conn}->flush;
    return;
}

# Ends the request without completing its body; a status other than 0 tells the front end that it is cut.
sub end_with {
    my ($self, $app_status) = @_;
    return if $self->{ended};
    $self->{ended} = 1;
    $self->{conn}->finish($self->{rid}, Zoo::REQUEST_COMPLETE, $app_status);
    $self->{conn}->flush;
    return;
}

# The application failed: a 500 to the client where that is possible.
sub fail {
    my ($self, $text) = @_;
    return if $self->{ended};
    return $self->end_with(1) if $self->{head_sent};
    my $body = Zoo::enabled('ZOOFCGI_DEBUG') ? $text : "Internal Server Error\n";
    utf8::encode($body) if utf8::is_utf8($body);
    $self->{bodiless} = $self->{head_request};
    delete $self->{declared};
    return $self->send_all(500, ['Content-Type' => 'text/plain; charset=utf-8', 'Content-Length' => length $body], [$body]);
}

# Runs a PSGI application (specification 1.1) for one request.
package Zoo::Psgi;

sub new {
    my ($class, $app) = @_;
    return bless { app => $app }, $class;
}

sub run {
    my ($self, $answer, $env, $input, $errors) = @_;
    my %env = (
        %$env,
        'psgi.version' => [1, 1], 'psgi.input' => $input, 'psgi.errors' => $errors,
        'psgi.url_scheme' => ($env->{HTTPS} // '') =~ /\A(?:on|1|true|yes)\z/i ? 'https' : 'http',
        'psgi.multithread' => !!0, 'psgi.multiprocess' => !!1, 'psgi.run_once' => !!0, 'psgi.nonblocking' => !!0,
        'psgi.streaming' => !!1, 'psgix.input.buffered' => !!0,
    );
    my $result = $self->{app}->(\%env);
    if (ref $result eq 'ARRAY') {
        respond($answer, $result);
    }
    elsif (ref $result eq 'CODE') {
        delayed($answer, $result);
    }
    else {
        die "the PSGI application returned neither an array nor a code reference\n";
    }
    return;
}

sub respond {
    my ($answer, $result) = @_;
    my ($status, $headers, $body) = @$result;
    return $answer->send_all($status, $headers, $body) if ref $body eq 'ARRAY';
    die "the body is neither an array nor a file handle\n" if !ref $body;
    $answer->start($status, $headers);
    local $/ = \65536;
    if (!$answer->{bodiless}) {
        while (defined(my $chunk = $body->getline)) {
            $answer->write($chunk);
        }
    }
    $body->close;
    return $answer->finish;
}

sub delayed {
    my ($answer, $callback) = @_;
    my $called = 0;
    $callback->(sub {
        my ($result) = @_;
        die "the PSGI application called its responder twice\n" if $called++;
        return respond($answer, $result) if @$result > 2;
        $answer->start(@$result);
        return bless { answer => $answer }, 'Zoo::Writer';
    });
    die "the PSGI application did not respond before it returned; psgi.nonblocking is false here\n" if !$called;
    die "the PSGI application did not close its writer before it returned\n" if !$answer->{ended};
    return;
}

package Zoo::Writer;

sub write { my ($self, $chunk) = @_; return $self->{answer}->write($chunk) }
sub close { my ($self) = @_; return $self->{answer}->finish }
sub poll_cb { my ($self, $callback) = @_; return $callback->($self) }

# STDOUT of a CGI script: its header turned into ours, its body sent in blocks of some size, or at once with $|.
package Zoo::ScriptOutput;

sub new {
    my ($class, $answer, $real) = @_;
    return bless { answer => $answer, real => $real, buffer => '', begun => 0 }, $class;
}

sub TIEHANDLE { return $_[1] }

sub PRINT {
    my ($self, @texts) = @_;
    my $text = join(defined $, ? $, : '', @texts) . ($\ // '');
    utf8::encode($text) if utf8::is_utf8($text) && !utf8::downgrade($text, 1);
    $self->take_real;
    $self->{buffer} .= $text;
    $self->flush if $| || length $self->{buffer} > 32768;
    return 1;
}

# What children of the script wrote to the real descriptor 1 meanwhile belongs before what follows.
sub take_real {
    my ($self) = @_;
    my $real = $self->{real} or return;
    my $size = -s $real or return;
    sysseek $real, 0, 0;
    sysread $real, $self->{buffer}, $size, length $self->{buffer};
    truncate $real, 0;
    sysseek $real, 0, 0;
    return;
}

sub PRINTF { my ($self, $format, @values) = @_; local $\; return $self->PRINT(sprintf $format, @values) }

sub WRITE {
    my ($self, $data, $length, $offset) = @_;
    local ($\, $,);
    $self->PRINT(substr $data, $offset // 0, $length // length $data);
    return $length;
}

# Sends what there is once the header is complete.
sub flush {
    my ($self) = @_;
    if (!$self->{begun}) {
        return 1 if $self->{buffer} !~ s/\A(.*?\n)\r?\n//s && $self->{buffer} !~ s/\A()\r?\n//;
        $self->{answer}->start(parse_header($1));
        $self->{begun} = 1;
    }
    my $data = $self->{buffer};
    $self->{buffer} = '';
    $self->{answer}->write($data);
    return 1;
}

# A CGI header (RFC 3875 section 6.3) as PSGI's status and pairs.
sub parse_header {
    my ($text) = @_;
    my ($status, @headers) = (undef);
    for my $line (split /\r?\n/, $text) {
        if ($line =~ m{\AHTTP/[0-9.]+ ([0-9]{3})}) {        # a "non-parsed header" script
            $status = $1;
        }
        elsif ($line =~ /\AStatus:\s*([0-9]{3})/i) {
            $status = $1;
        }
        elsif ($line =~ /\A([^\s:]+):[ \t]*(.*?)[ \t]*\z/) {
            push @headers, $1, $2 unless $HOP_BY_HOP{ lc $1 };
        }
        else {
            die "not a CGI header line: $line\n";
        }
    }
    my $redirects = grep { lc $headers[$_ * 2] eq 'location' } 0 .. $#headers / 2;
    return ($status // ($redirects ? 302 : 200), \@headers);
}

sub BINMODE { return 1 }
sub FILENO { return 1 }
sub CLOSE { return 1 }
sub OPEN { return 1 }
sub UNTIE { return }

# Runs classic CGI scripts inside this process, each request as if perl had just started.
package Zoo::Script;
our ($running, $exited, $shown) = (0, 0, 0);

my %KEEP = map { $_ => 1 } qw(ENV INC ARGV ARGVOUT STDIN STDOUT STDERR SIG _ a b);

sub new {
    my ($class, $base, $fixed) = @_;
    my $self = bless { base => $base, fixed => $fixed, sources => {}, env => {%ENV} }, $class;
    open my $real, '+>', undef or die "no temporary file: $!\n";
    $self->{real} = $real;
    open STDOUT, '>&', $real or die "descriptor 1 cannot be redirected: $!\n";
    tell_carp() if eval { require CGI::Carp; 1 };
    return $self;
}

# CGI::Carp shows an error in the browser unless an eval is there to catch it; the one around the script is none.
sub tell_carp {
    no warnings qw(redefine once);
    *CGI::Carp::ineval = sub {
        my ($evals, $depth) = (0, 0);
        while (my $name = (caller $depth++)[3]) {
            last if $name eq 'Zoo::Script::evaluate';
            $evals++ if $name eq '(eval)';
        }
        return $evals > 1;
    };
    return;
}

sub run {
    my ($self, $answer, $env, $input, $errors) = @_;
    my ($file, $script, $info) = $self->find($env);
    if (!defined $file) {
        return $answer->send_all(404, ['Content-Type' => 'text/plain'], ["Not Found\n"]);
    }
    my %env = (%{ $self->{env} }, %$env, SCRIPT_NAME => $script, PATH_INFO => $info, SCRIPT_FILENAME => $file);
    my $output = Zoo::ScriptOutput->new($answer, $self->{real});
    my $error = $self->execute($file, \%env, $input, $output, $errors);
    die $error if ref $error && Zoo::is_thrown($error, qw(Disconnected ProtocolError Aborted));
    $output->take_real;
    $output->flush;
    return $self->report($file, $error, $output, $answer);
}

# How the script ended: its own exit is its own affair, an uncaught die is an error unless CGI::Carp has shown it.
sub report {
    my ($self, $file, $error, $output, $answer) = @_;
    my $begun = $output->{begun};
    die $error if defined $error && !($begun && $shown);
    die "$file ended without a complete header; it begins: " . substr($output->{buffer}, 0, 80) . "\n" if !$begun;
    return $answer->finish;
}

# (file, SCRIPT_NAME, PATH_INFO) of the script for a request; nothing when there is none below the application's folder.
sub find {
    my ($self, $env) = @_;
    return ($self->{fixed}, $env->{SCRIPT_NAME}, $env->{PATH_INFO}) if defined $self->{fixed};
    my $given = $env->{SCRIPT_FILENAME};
    return ($given, $env->{SCRIPT_NAME}, $env->{PATH_INFO})
        if defined $given && $given =~ /\.(?:pl|cgi)\z/i && -f $given && $self->inside($given);
    my ($path, $info, @rest) = ($self->{base}, '', split m{/}, substr($env->{PATH_INFO}, 1), -1);
    my $script = $env->{SCRIPT_NAME};
    while (@rest) {
        my $part = shift @rest;
        last if $part eq '';
        return if $part =~ /\A\./ || $part =~ m{[\\:\0]};           # no parent folders, hidden files, streams
        $path .= "/$part";
        $script .= "/$part";
        next if -d $path;
        return if $part !~ /\.(?:pl|cgi)\z/i || !-f $path || !$self->inside($path);
        return ($path, $script, @rest ? join '/', '', @rest : '');
    }
    for my $index ('index.pl', 'index.cgi') {
        return ("$path/$index", "$script/$index", '') if -f "$path/$index";
    }
    return;
}

sub inside {
    my ($self, $file) = @_;
    require Cwd;
    my ($real, $base) = map { Cwd::realpath($_) // '' } $file, $self->{base};
    return $base ne '' && index($real, "$base/") == 0;
}

# The script's text; read again when the file has changed.
sub source {
    my ($self, $file) = @_;
    my ($size, $time) = (stat $file)[7, 9];
    my $known = $self->{sources}{$file};
    return $known if $known && $known->{size} == ($size // -1) && $known->{time} == $time;
    open my $handle, '<:raw', $file or die "cannot read $file: $!\n";
    my $text = do { local $/; <$handle> };
    CORE::close($handle);
    $text =~ s/\r\n/\n/g if $^O eq 'MSWin32';
    my ($data) = $text =~ /^__(?:DATA|END)__[^\S\n]*\r?\n(.*)\z/ms;
    return $self->{sources}{$file} = { size => $size, time => $time, data => $data,
        warnings => $text =~ /\A#!.*perl\S*\s.*-\w*w/ ? 1 : 0, text => "#line 1 \"$file\"\n$text" };
}

# Runs the script; returns what it died with, undef when it did not.
sub execute {
    my ($self, $file, $env, $input, $output, $errors) = @_;
    my $source = $self->source($file);
    my $state = save();
    %ENV = %$env;
    my ($folder) = $file =~ m{\A(.*)[/\\]};
    chdir $folder;
    @ARGV = ();
    $0 = $file;
    tie *STDIN, 'Zoo::Input', $input;
    tie *STDOUT, 'Zoo::ScriptOutput', $output;
    tie *STDERR, 'Zoo::Errors', $errors;
    no warnings 'once';
    open main::DATA, '<', \$source->{data} if defined $source->{data};
    FindBin->again if $INC{'FindBin.pm'} && FindBin->can('again');
    my $error = evaluate_in_loop($source);
    untie *STDIN;
    untie *STDOUT;
    untie *STDERR;
    $self->restore($state);
    return $error;
}

sub evaluate_in_loop {
    my ($source) = @_;
    local %SIG = (%SIG, __DIE__ => 'DEFAULT', __WARN__ => 'DEFAULT', ALRM => 'DEFAULT', PIPE => 'IGNORE');
    delete @SIG{qw(__DIE__ __WARN__)};
    local ($/, $\, $,, $|, $", $;) = ("\n", undef, undef, 0, ' ', "\034");
    local ($^W, $@, $!, $_) = ($source->{warnings}, '', 0);
    ($running, $exited) = (1, 0);
    my $error;
    {
        no warnings 'exiting';
    ZOO_SCRIPT: for (1) {
            evaluate($source->{text});
            $error = $@ if ref $@ || $@ ne '';
        }
    }
    alarm 0 if $^O ne 'MSWin32';
    my $handler = $SIG{__DIE__};
    $shown = ref $handler eq 'CODE' && CGI::Carp->can('die') && $handler == CGI::Carp->can('die');
    $running = 0;
    return $exited ? undef : $error;
}

# What a script may change and the next must not see.
sub save {
    require Cwd;
    return { env => {%ENV}, inc => [@INC], files => {%INC}, folder => Cwd::getcwd(), name => $0, umask => umask,
        symbols => { map { $_ => 1 } keys %main:: }, selected => select };
}

sub restore {
    my ($self, $state) = @_;
    %ENV = %{ $state->{env} };
    @INC = @{ $state->{inc} };
    chdir $state->{folder};
    $0 = $state->{name};
    umask $state->{umask} if defined $state->{umask};
    select $state->{selected};
    # Old libraries (require "lib.pl") define their subs in the package that is emptied now: load them again next time.
    delete @INC{ grep { !$state->{files}{$_} && !/\.pm\z/ } keys %INC };
    for my $name (keys %main::) {
        next if $state->{symbols}{$name} || $KEEP{$name} || $name !~ /\A[A-Za-z_]\w*\z/;
        delete $main::{$name};
    }
    CGI::initialize_globals() if $INC{'CGI.pm'} && CGI->can('initialize_globals');
    return;
}

# Reads requests from connections and has them answered, one at a time and in order.
package Zoo::Worker;

sub new {
    my ($class, $app) = @_;
    return bless { app => $app, stopping => 0, errors => Zoo::Errors->new, blocks => {}, seen => {}, openings => {},
        before => 0, last => 0 }, $class;
}

# Runs what arrives; true when the connection only fell silent or its turn is over, false when it is over itself.
sub serve {
    my ($self, $conn, $limit) = @_;
    my $open = 0;
    return $open if eval { $open = $self->serve_until($conn, $limit); 1 };
    my $error = $@;
    Zoo::log_text("zoofcgi: connection closed: $error->{text}") if Zoo::is_thrown($error, 'ProtocolError');
    Zoo::log_text("zoofcgi: $error") if !ref $error;
    return 0;
}

sub serve_until {
    my ($self, $conn, $limit) = @_;
    while (1) {
        $self->run_ready($conn);
        if ($self->{stopping}) {
            $conn->poll;
            $conn->refuse_queued;
            return 0;
        }
        if ($conn->available > 0) {
            $self->run_next($conn);
            next;
        }
        $conn->flush;
        return 1 if defined $limit && (Time::HiRes::time() > $limit || !$conn->{transport}->wait(Zoo::HOT_WAIT));
        $conn->fill;
    }
}

# The usual case, fast: requests without a body that lie in the input completely, one after the other.
sub run_ready {
    my ($self, $conn) = @_;
    while (!$self->{stopping}) {
        my $pos = $conn->{pos};
        return if length($conn->{data}) - $pos < 40;
        my $opening = $self->{openings}{ substr $conn->{data}, $pos, 20 } || $self->opening($conn->{data}, $pos) or return;
        my ($rid, $keep, $tail) = @$opening;
        my ($length, $padding) = unpack 'nC', substr $conn->{data}, $pos + 20, 3;
        my $after = $pos + 24 + $length + $padding;
        return if $after + 16 > length $conn->{data} || substr($conn->{data}, $after, 16) ne $tail;
        my $block = substr $conn->{data}, $pos + 24, $length;
        $conn->{pos} = $after + 16;
        $self->answer($conn, $rid, $block, '');
        $conn->flush_and($keep);
        my $now = Time::HiRes::time();
        $conn->poll if $now - $self->{last} > Zoo::SLOW_CALL && $conn->available > 0;
        @$self{qw(last before)} = ($self->{before}, $now);
    }
    return;
}

# Recognizes BEGIN_REQUEST followed by PARAMS of one id, and keeps it for the next time.
sub opening {
    my ($self, undef, $pos) = @_;
    my $start = substr $_[1], $pos, 20;
    my ($version, $kind, $rid, $length, $padding, $role, $flags, $version2, $kind2, $rid2) = unpack 'CCnnCxnCx5CCn', $start;
    return if "$version $kind $length $padding $role $version2 $kind2 $rid2"
        ne join(' ', 1, Zoo::BEGIN_REQUEST, 8, 0, Zoo::RESPONDER, 1, Zoo::PARAMS, $rid) || !$rid;
    my $tail = Zoo::record(Zoo::PARAMS, $rid, '') . Zoo::record(Zoo::STDIN_RECORD, $rid, '');
    $self->{openings} = {} if keys %{ $self->{openings} } >= 4096;
    return $self->{openings}{$start} = [$rid, $flags & Zoo::KEEP_CONN, $tail];
}

# Every other request: with a body, in several pieces, with records between that are not its own.
sub run_next {
    my ($self, $conn) = @_;
    my ($rid, $keep, $block) = $conn->next_request or return;
    return if !defined $rid;
    my $body = $conn->whole_body;
    $self->answer($conn, $rid, $block, $body);
    $conn->drain;
    $conn->flush_and($keep);
    @$self{qw(last before)} = (0, 0);       # time has passed: look for aborts before the next one
    $conn->poll;
    return;
}

sub answer {
    my ($self, $conn, $rid, $block, $body) = @_;
    return $conn->finish($rid, Zoo::REQUEST_COMPLETE, 0) if defined $body && $conn->aborted($rid);
    my $env = $self->decode($block);
    my $errors = $self->{errors};
    @$errors{qw(conn rid)} = ($conn, $rid);
    my $input = Zoo::Input->new($conn, $body);
    my $answer = Zoo::Answer->new($conn, $rid, $env->{REQUEST_METHOD} eq 'HEAD');
    eval { $self->{app}->run($answer, $env, $input, $errors); 1 } or $self->failed($answer, $@);
    $errors->{conn} = undef;
    $input->detach;
    return;
}

sub failed {
    my ($self, $answer, $error) = @_;
    if (ref $error) {
        die $error if Zoo::is_thrown($error, qw(Disconnected ProtocolError));
        return $answer->end_with(0) if Zoo::is_thrown($error, 'Aborted');
    }
    my $text = "$error";
    $text .= "\n" if $text !~ /\n\z/;
    return Zoo::log_text($text) if $answer->{ended};
    $self->{errors}->print($text);
    return $answer->fail($text);
}

# A PARAMS stream as CGI variables. A block seen twice is kept decoded.
sub decode {
    my ($self, $block) = @_;
    my $known = $self->{blocks}{$block};
    return {%$known} if $known;
    my %env = (REQUEST_METHOD => 'GET', SCRIPT_NAME => '', SERVER_NAME => 'localhost', SERVER_PORT => 80,
        SERVER_PROTOCOL => 'HTTP/1.0', @{ Zoo::decode_pairs($block) });
    complete(\%env);
    $self->remember($block, \%env) if length $block <= Zoo::CACHED_BLOCK_MAX;
    return \%env;
}

sub remember {
    my ($self, $block, $env) = @_;
    if (!$self->{seen}{$block}) {
        $self->{seen} = {} if keys %{ $self->{seen} } >= 2 * Zoo::CACHED_BLOCKS;
        $self->{seen}{$block} = 1;
        return;
    }
    $self->{blocks} = {} if keys %{ $self->{blocks} } >= Zoo::CACHED_BLOCKS;
    $self->{blocks}{$block} = {%$env};
    return;
}

# What applications want and a server's variables do not say.
sub complete {
    my ($env) = @_;
    delete @$env{qw(HTTP_PROXY HTTP_CONTENT_TYPE HTTP_CONTENT_LENGTH)};     # HTTP_PROXY: CVE-2016-5385
    for my $name (qw(CONTENT_LENGTH CONTENT_TYPE)) {
        delete $env->{$name} if defined $env->{$name} && $env->{$name} eq '';
    }
    $env->{SCRIPT_NAME} =~ s{/+\z}{};
    my ($path, $query) = split /\?/, $env->{REQUEST_URI} // '', 2;
    $env->{QUERY_STRING} //= $query // '';
    if (!defined $env->{PATH_INFO}) {
        $path //= '';
        $path =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
        my $script = $env->{SCRIPT_NAME};
        $path = substr $path, length $script if $script ne '' && ($path eq $script || index($path, "$script/") == 0);
        $env->{PATH_INFO} = $path;
    }
    $env->{PATH_INFO} = '/' if $env->{PATH_INFO} eq '' && $env->{SCRIPT_NAME} eq '';
    $env->{REQUEST_URI} //= $env->{SCRIPT_NAME} . $env->{PATH_INFO};
    return;
}

# Waits on the listener and the connections; gives each one that has input to the worker.
package Zoo::Server;

sub new {
    my ($class, $worker, $listener) = @_;
    my $self = bless { worker => $worker, listener => $listener, conns => {} }, $class;
    pipe $self->{wake}, $self->{waker} or die "no pipe: $!\n";
    $_->blocking(0) for $self->{waker};
    return $self;
}

sub catch_signals {
    my ($self) = @_;
    for my $name (qw(TERM INT)) {
        $SIG{$name} = sub {
            $self->{worker}{stopping} = 1;
            syswrite $self->{waker}, 'x';
        };
    }
    return;
}

sub add {
    my ($self, $handle) = @_;
    fcntl $handle, Zoo::F_SETFD, Zoo::FD_CLOEXEC;
    $self->{conns}{ fileno $handle } = Zoo::Connection->new(Zoo::SocketTransport->new($handle));
    return;
}

# Until a signal says to stop or nothing can come any more.
sub run {
    my ($self) = @_;
    my $worker = $self->{worker};
    while (!$worker->{stopping} && ($self->{listener} || %{ $self->{conns} })) {
        my $bits = '';
        vec($bits, $_, 1) = 1 for fileno $self->{wake}, keys %{ $self->{conns} };
        vec($bits, fileno $self->{listener}, 1) = 1 if $self->{listener};
        next if select($bits, undef, undef, undef) <= 0 || $worker->{stopping};
        $self->accept_one if $self->{listener} && vec $bits, fileno $self->{listener}, 1;
        $self->serve_one($_) for grep { vec $bits, $_, 1 } keys %{ $self->{conns} };
    }
    for my $conn (values %{ $self->{conns} }) {
        eval { $conn->poll; $conn->refuse_queued; 1 };      # the front end may be gone already
        $conn->{transport}->close;
    }
    return;
}

sub accept_one {
    my ($self) = @_;
    accept my $handle, $self->{listener} or return;         # another worker of the same listener was quicker
    $handle->blocking(1);
    $self->add($handle);
    return;
}

sub serve_one {
    my ($self, $number) = @_;
    my $conn = $self->{conns}{$number};
    return if $self->{worker}{stopping} || $self->{worker}->serve($conn, Time::HiRes::time() + Zoo::TURN);
    delete $self->{conns}{$number};
    $conn->{transport}->close;
    return;
}

package Zoo;

sub enabled {
    my ($name) = @_;
    return ($ENV{$name} // '') !~ /\A(?:|0|no|off|false)\z/i;
}

sub read_start {
    my ($file) = @_;
    open my $handle, '<:raw', $file or return '';
    read $handle, my $text, 65536;
    return $text // '';
}

sub is_mojolicious {
    my ($file) = @_;
    return read_start($file) =~ /^\s*(?:use\s+Mojolicious::Lite\b|(?:use|require)\s+Mojolicious::Commands\b|Mojolicious::Commands->)/m;
}

# The file that holds the application: the named one, app.psgi, or a Mojolicious script; undef for a folder of scripts.
sub find_application {
    my ($base, $argument) = @_;
    my ($name) = grep { defined && $_ ne '' } $argument, @ENV{qw(PSGI_WORKER APP_WORKER)};
    if (defined $name) {
        require File::Spec;
        my $file = File::Spec->rel2abs($name, $base);
        return $file if -f $file;
        thrown(ConfigError => "there is no $file, which APP_WORKER in web.config or the engine's arguments name");
    }
    return "$base/app.psgi" if -f "$base/app.psgi";
    my ($mojolicious) = grep { -f && is_mojolicious($_) } sort glob_files("$base/script"), glob_files($base, qr/\.pl\z/);
    return $mojolicious;
}

sub glob_files {
    my ($folder, $pattern) = @_;
    opendir my $handle, $folder or return;
    return map { "$folder/$_" } grep { !/\A\./ && (!$pattern || $_ =~ $pattern) } readdir $handle;
}

sub load_psgi {
    my ($file) = @_;
    require File::Basename;
    local $0 = $file;
    my $number = ++our $sandboxes;
    my $app = eval "package Zoo::Sandbox$number; my \$app = do \$file; die \$@ if \$@; \$app";
    die $@ if $@;
    thrown(ConfigError => "$file did not return a code reference, which a PSGI application is") if ref $app ne 'CODE'
        && !(ref $app && eval { defined &{$app} });
    return $app;
}

sub load_mojolicious {
    my ($file) = @_;
    $ENV{MOJO_MODE} //= $ENV{PLACK_ENV} && $ENV{PLACK_ENV} ne 'deployment' ? $ENV{PLACK_ENV} : 'production';
    require Mojo::Server::PSGI;
    my $server = Mojo::Server::PSGI->new;
    $server->load_app($file);
    return $server->to_psgi_app;
}

# The application that the environment and the folder name, with working directory and @INC set up for it.
sub load_application {
    my ($argument) = @_;
    my $base = $ENV{APPL_PHYSICAL_PATH} // '';
    thrown(ConfigError => "APPL_PHYSICAL_PATH is \"$base\", which is not a folder") if $base ne '' && !-d $base;
    require Cwd;
    $base = $base eq '' ? Cwd::getcwd() : Cwd::realpath($base);
    chdir $base if ($ENV{CURRENT_DIRECTORY} // '') eq '';
    unshift @INC, $base, grep { -d } "$base/lib";
    $ENV{PLACK_ENV} //= 'deployment';
    my $file = find_application($base, $argument);
    if (!defined $file) {
        return Zoo::Script->new($base) if grep { /\.(?:pl|cgi)\z/i } glob_files($base), glob_files("$base/cgi-bin");
        thrown(ConfigError => "$base holds no app.psgi, no Mojolicious script and no .pl or .cgi file; APP_WORKER in web.config "
            . 'names an application elsewhere');
    }
    return Zoo::Psgi->new(load_mojolicious($file)) if is_mojolicious($file);
    return Zoo::Script->new($base, $file) if $file =~ /\.(?:pl|cgi)\z/i;
    return Zoo::Psgi->new(load_psgi($file));
}

# Moves descriptor 0 out of the application's (and its children's) reach; undef when it is not a socket.
sub take_descriptor_zero {
    return unless -S STDIN;
    open my $handle, '+<&', \*STDIN or return;
    fcntl $handle, F_SETFD, FD_CLOEXEC;
    open STDIN, '<', '/dev/null' or return;
    return $handle;
}

# The listener of an engine with transport tcp, which tells the worker HOST and PORT; undef without them.
sub listen_on_port {
    my $port = $ENV{PORT} // '';
    return if $port !~ /\A[0-9]+\z/;
    require IO::Socket::INET;
    return IO::Socket::INET->new(LocalAddr => $ENV{HOST} || '127.0.0.1', LocalPort => $port, Listen => 128, ReuseAddr => 1)
        // thrown(ConfigError => "cannot listen on port $port: $!");
}

sub serve_sockets {
    my ($worker, $handle) = @_;
    my $listening = unpack 'i', getsockopt($handle, SOL_SOCKET, SO_ACCEPTCONN) // pack 'i', 1;
    $handle->blocking(0) if $listening;
    my $server = Zoo::Server->new($worker, $listening ? $handle : undef);
    $server->catch_signals;
    $server->add($handle) if !$listening;
    $server->run;
    return;
}

sub serve_pipe {
    my ($worker, $transport) = @_;
    while (!$worker->{stopping} && $transport->accept) {
        $worker->serve(Zoo::Connection->new($transport));
        $transport->close;
    }
    return;
}

sub start {
    my ($argument) = @_;
    require IO::Handle;
    open $real_stderr, '>&', \*STDERR or undef $real_stderr;
    fcntl $real_stderr, F_SETFD, FD_CLOEXEC if $real_stderr && $^O ne 'MSWin32';
    my $handle = $^O eq 'MSWin32' ? undef : take_descriptor_zero();
    my $pipe = $^O eq 'MSWin32' && -p STDIN ? Zoo::WindowsPipeApi->new : undef;
    my $worker = Zoo::Worker->new(load_application($argument));
    $handle //= listen_on_port() if !$pipe;
    thrown(ConfigError => 'standard input is no socket and no pipe, and PORT is not set: this program is started by a server')
        if !$handle && !$pipe;
    $SIG{PIPE} = 'IGNORE';
    return $pipe ? serve_pipe($worker, Zoo::PipeTransport->new($pipe)) : serve_sockets($worker, $handle);
}

sub main {
    my ($argument) = @_;
    return 0 if eval { start($argument); 1 };
    my $error = $@;
    log_text('zoofcgi: ' . (is_thrown($error, 'ConfigError') ? $error->{text} : "the application cannot be loaded: $error"));
    return is_thrown($error, 'ConfigError') ? 2 : 1;
}

CORE::exit(main(@ARGV)) if !caller;
1;
