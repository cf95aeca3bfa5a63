# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Shared by the selftests of the summaries: a summary must pass with good results, and must
# report each single fault in them.
package Selftest;
use strict;
use warnings;
use Exporter 'import';
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
our @EXPORT = qw($tree begin put edit passes fails done);

our $tree = tempdir(CLEANUP => 1);
my ($command, $make, $tests, $findings) = ('', undef, 0, 0);

# begin COMMAND, SUB: SUB writes good results to $tree.
sub begin
{
	($command, $make) = @_;
}

sub put
{
	my ($file, @lines) = @_;

	make_path("$tree/$file" =~ s{/[^/]*$}{}r);
	open(my $f, '>', "$tree/$file") or die "$file: $!\n";
	print $f map { "$_\n" } @lines;
	close($f);
}

# edit FILE, SUB: SUB changes $_, the whole text, and fails if that changes nothing.
sub edit
{
	my ($file, $how) = @_;

	open(my $f, '<', "$tree/$file") or die "$file: $!\n";
	local $_ = join('', <$f>);
	close($f);
	my $old = $_;
	$how->();
	die "selftest: nothing to change in $file\n" if $_ eq $old;
	chomp;
	put($file, $_);
}

sub run
{
	my ($bad, @arguments) = @_;

	remove_tree($tree, { keep_root => 1 });
	$make->();
	$bad->() if $bad;
	$tests++;
	local $ENV{MMN_TREE} = $tree;
	my $output = `$command @arguments 2>&1`;
	return ($? >> 8, $output);
}

sub finding
{
	my ($what, $output) = @_;

	my @lines = grep { !/^ok/ } split(/\n/, $output);

	$findings++;
	$#lines = 9 if @lines > 10;
	print "$what\n", map { "  $_\n" } @lines;
}

# passes WHAT, SUB, ARGUMENT...
sub passes
{
	my ($what, $change, @arguments) = @_;
	my ($status, $output) = run($change, @arguments);

	finding("$command: $what: exits with $status", $output)
		if $status || $output =~ /^not ok/m || $output !~ /^1\.\.[1-9]/m;
}

# fails TEST, SUB, ARGUMENT...: the test of that name fails.
sub fails
{
	my ($test, $bad, @arguments) = @_;
	my ($status, $output) = run($bad, @arguments);

	finding("$command: exits with $status and \"$test\" does not fail", $output)
		unless $status == 1 && $output =~ /^not ok \d+ - \Q$test\E$/m;
}

sub done
{
	print "$tests cases\n" unless $findings;
	return $findings || !$tests ? 1 : 0;
}

1;
