#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# set_times.pl MSI SECONDS: sets when the package says that it was made and saved. wixl writes the time of day there, and
# nothing in msitools can change it. Format: [MS-OLEPS], property set of {F29F85E0-4FF9-1068-AB91-08002B27B3D9}.
use strict;
use warnings;

my ($path, $seconds) = @ARGV;
open(my $file, '+<:raw', $path) or die "cannot open $path: $!\n";
my $bytes = do { local $/ = undef; <$file> };

# The header of the set: one format id, and the offset of its section from the set's beginning (48).
my $header = pack('C*', 0xE0, 0x85, 0x9F, 0xF2, 0xF9, 0x4F, 0x68, 0x10, 0xAB, 0x91, 0x08, 0x00, 0x2B, 0x27, 0xB3, 0xD9);
my $found = index($bytes, $header . pack('V', 48));
die "$path has no summary information\n" if $found < 0;
my $section = $found + 20;

# FILETIME: 100 nanoseconds since 1601.
my $time = pack('Q<', ($seconds + 11_644_473_600) * 10_000_000);
my ($size, $count) = unpack('VV', substr($bytes, $section, 8));
my $set = 0;
for my $i (0 .. $count - 1) {
  my ($id, $offset) = unpack('VV', substr($bytes, $section + 8 + 8 * $i, 8));
  next unless $id == 12 || $id == 13;    # created, saved
  my $at = $section + $offset;
  die "$path: property $id is no time\n" unless unpack('V', substr($bytes, $at, 4)) == 64;    # VT_FILETIME
  seek($file, $at + 4, 0) or die "cannot write $path: $!\n";
  print {$file} $time or die "cannot write $path: $!\n";
  ++$set;
}
die "$path has no times\n" unless $set == 2;
close($file) or die "cannot write $path: $!\n";
