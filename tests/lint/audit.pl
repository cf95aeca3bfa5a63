#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: audit.pl CENSUS_TABLE DATA...
# Prints FILE:LINE: what the census table of the module denies of the data of audited kernels: an
# event, a number of calls or a caller. A compiler may duplicate a call, so the table may have more.
use strict;
use warnings;

my ($table, @data) = @ARGV;
my ($text, %natives, %calls, %callers, %seen);
{
	local $/;
	open(my $in, '<', $table) or die "$table: $!\n";
	$text = <$in>;
}
while ($text =~ /^\t\{ "(\w+)",\s*(EVENT\([^{}]*?\)), (\d+) \}/mg) {
	my ($name, $events, $count) = ($1, $2, $3);
	$natives{$name} = { map { $_ => 1 } $events =~ /EVENT\((\w+)\)/g };
	$calls{$name} = $count;
}
while ($text =~ /^\t\{ "(\w+)", MMN_CLASS_\w+, \{(.*?)\} \}/msg) {
	my ($name, $list) = ($1, $2);
	$callers{$name} = { map { $_ => 1 } $list =~ /"(\w+)"/g };
}
print "$table:1: no rows\n" if !%natives;
print "$table:1: no callers\n" if !%callers;

for my $file (@data) {
	open(my $in, '<', $file) or die "$file: $!\n";
	while (<$in>) {
		chomp;
		my ($name, undef, $kinds, undef, $events, $count, $callers) = split(/\t/);
		next if /^#/ || $kinds !~ /\b(?:site|row)\b/;
		my ($at, $row) = ("$file:$.", $natives{$name});
		print "$at: $table has no row of $name\n" if !$row;
		for my $event ($row ? grep { $_ ne '-' } split(/,/, $events) : ()) {
			$seen{$name}{$event} = 1;
			print "$at: $table has no event $event of $name\n" if !$row->{$event};
		}
		print "$at: $table has fewer calls of $name\n" if $row && $calls{$name} < $count;
		for my $caller (grep { /^\w/ } split(/,/, $callers)) {
			print "$at: $table has no caller $caller of $name\n" if
				!$callers{$name} || !$callers{$name}{$caller};
		}
	}
}
for my $name (sort keys %seen) {
	print "$table:1: no audited kernel has event $_ of $name\n" for
		grep { !$seen{$name}{$_} } sort keys %{$natives{$name}};
}
