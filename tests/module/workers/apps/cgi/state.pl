#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Changes all there is to change and shows that nothing of the last time is left.
our $count;
my $lexical;
use vars qw(@list %hash);
$count++;
$lexical++;
push @list, 1;
$hash{ keys %hash }++;
sub closure { return ++$lexical }
closure();
use Cwd;
my ($folder) = getcwd() =~ m{([^/]+)\z};
print "Content-Type: text/plain\n\n";
print join ' ', $count, $lexical, scalar @list, scalar keys %hash, $folder, $ENV{LEFT} // 'none', "[$/]" eq "[\n]" ? 'lf' : 'other',
    defined $, ? 'comma' : 'none', $SIG{__DIE__} ? 'handler' : 'none', scalar(@ARGV), $0 =~ /state\.pl\z/ ? 'name' : $0, umask;
$ENV{LEFT} = 'over';
$/ = undef;
$, = ',';
$| = 1;
$SIG{__DIE__} = sub { };
$SIG{ALRM} = sub { };
@ARGV = (1);
umask 0;
unshift @INC, '/nowhere';
chdir '/';
select STDERR;
