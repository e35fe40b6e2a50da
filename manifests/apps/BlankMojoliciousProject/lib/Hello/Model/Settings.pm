# SPDX-License-Identifier: Apache-2.0
# What settings.ini says, and the key that signs cookies.
package Hello::Model::Settings;

use strict;
use warnings;

# Reads ROOT/settings.ini: "[section]", "key = value" taken as it stands; ";" begins a line that is not read.
sub new {
    my ($class, $root) = @_;
    my $file = "$root/settings.ini";
    open my $handle, '<:encoding(UTF-8)', $file or die "$file cannot be read: $!\n";
    my ($section, %values) = ('');
    while (my $line = <$handle>) {
        $line =~ s/\A\x{FEFF}//;
        $line =~ s/\A\s+|\s+\z//g;
        next if $line eq '' || $line =~ /\A;/;
        if    ($line =~ /\A\[(.+)\]\z/)            { $section = $1 }
        elsif ($line =~ /\A([^=]+?)\s*=\s*(.*)\z/) { $values{$section}{$1} = $2 }
        else                                       { die "$file, line $.: what is \"$line\"?\n" }
    }
    return bless {root => $root, file => $file, values => \%values}, $class;
}

sub root { $_[0]{root} }

# The value of a key; the default when it is missing or empty.
sub text {
    my ($self, $section, $key, $default) = @_;
    my $value = $self->{values}{$section}{$key} // '';
    return $value ne '' ? $value : $default // '';
}

sub boolean {
    my ($self, $section, $key) = @_;
    my $value = lc $self->text($section, $key, 'false');
    return 1 if $value =~ /\A(?:true|yes|on|1)\z/;
    return 0 if $value =~ /\A(?:false|no|off|0)\z/;
    die "$self->{file}: $key must be true or false, not \"$value\"\n";
}

sub words {
    my ($self, $section, $key) = @_;
    return grep { $_ ne '' } split /\s*,\s*/, $self->text($section, $key);
}

# From settings.ini, or made once and kept in data/secret_key.
sub secret_key {
    my ($self) = @_;
    my $given = $self->text('site', 'secret_key');
    return $given if $given ne '';
    my $file = "$self->{root}/data/secret_key";
    _store_once($file, unpack 'H*', _random_bytes(48)) if !-e $file;
    open my $handle, '<', $file or die "$file cannot be read: $!\n";
    chomp(my $key = <$handle> // '');
    die "$file is empty: delete it\n" if $key eq '';
    return $key;
}

# Written aside and linked into place: nobody ever reads half a key, and the first one to arrive wins.
sub _store_once {
    my ($file, $text) = @_;
    my $aside = "$file.$$";
    my $advice = "secret_key in settings.ini is empty, and $file cannot be written: fill in the key, or give the account of the "
        . "application pool the right to modify the folder data";
    open my $handle, '>', $aside or die "$advice ($!)\n";
    chmod 0600, $aside;
    print {$handle} $text and close $handle or die "$advice ($!)\n";
    my $linked = link($aside, $file) || -e $file;
    unlink $aside;
    die "$advice\n" if !$linked;
    return;
}

# Perl has no source of secrets of its own: the system's.
sub _random_bytes {
    my ($count) = @_;
    if (open my $handle, '<:raw', '/dev/urandom') {
        my $got = read $handle, my ($bytes), $count;
        return $bytes if ($got // 0) == $count;
    }
    if ($^O eq 'MSWin32' && eval { require Win32::API; 1 }) {
        my $bytes = "\0" x $count;
        my $call  = Win32::API->new('advapi32', 'SystemFunction036', 'PN', 'I');
        return $bytes if $call && ($call->Call($bytes, $count) & 0xFF);
    }
    return Crypt::URandom::urandom($count) if eval { require Crypt::URandom; 1 };
    die "there is no source of random numbers here: fill in secret_key in settings.ini\n";
}

1;
