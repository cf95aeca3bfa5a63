# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Shared by the summaries: JSON lines of a VM, including mmnotify's debugfs pages
# (pages.sh), the names in the header, and TAP.
package Pages;
use strict;
use warnings;
use Exporter 'import';
use JSON::PP;
our @EXPORT = qw(read_lines slurp vocabulary counters verify unknown_sites
	add_verify write_json ok skip plan);

my $json = JSON::PP->new->utf8->canonical;
my $nr = 0;
my $failed = 0;

sub slurp
{
	my ($file) = @_;

	open(my $f, '<', $file) or return;
	my @lines = <$f>;
	chomp(@lines);
	return @lines;
}

# The results of one VM: { records => verdicts, pages => { NAME => lines }, bad => lines }.
sub read_lines
{
	my ($file) = @_;
	my %vm = (records => [], pages => {}, bad => []);

	for my $line (slurp($file)) {
		my $it = eval { $json->decode($line) };

		if (ref($it) ne 'HASH') {
			push(@{$vm{bad}}, $line);
		} elsif (!defined($it->{page})) {
			push(@{$vm{records}}, $it);
		} else {
			my $name = join('@', grep { defined } @$it{qw(page at)});

			push(@{$vm{pages}{$name}}, $it->{line});
		}
	}
	return \%vm;
}

# The causes of the header in their order, and which of them are groups.
sub vocabulary
{
	my $text = join("\n", slurp($_[0]));
	my (@causes, %group);

	my ($list) = $text =~ /^enum mmnotify_cause \{(.*?)^\}/ms;
	@causes = map { lc } ($list // '') =~ /\bMMNOTIFY_CAUSE_(\w+)/g;
	$group{lc $1} = 1 while $text =~ /^ \* \@MMNOTIFY_CAUSE_(\w+): group:/mg;
	return (\@causes, \%group);
}

# The page counters: { cause => { NAME => { events, walks } }, inexact => N, ... }.
# walks is undefined if the page lacks it.
sub counters
{
	my %page = (cause => {}, events => 0);

	for (@_) {
		if (/^# (\w+) (\d+)$/) {
			$page{$1} = $2;
		} elsif (/^([A-Z_]+) (\w+) (\d+)(?: (\d+))?$/) {
			my $c = $page{cause}{$2} //= { events => 0 };

			$c->{events} += $3;
			$c->{walks} += $4 if defined($4);
			$page{events} += $3;
		}
	}
	return \%page;
}

my @columns = qw(agree event_differs cause_differs site_differs unsure);

# The page verify: sums, the same per site, and the last disagreements.
sub verify
{
	my %page = (sites => {}, last => [], map { $_ => 0 } @columns);

	for (@_) {
		if (/^- (.*)/) {
			push(@{$page{last}}, $1);
		} elsif (/^([\w.]+)((?:\s+\d+){5})\s*$/) {
			my ($site, @n) = ($1, split(' ', $2));

			$page{sites}{$site}{$columns[$_]} += $n[$_] for 0 .. $#columns;
			$page{$columns[$_]} += $n[$_] for 0 .. $#columns;
		}
	}
	return \%page;
}

sub add_verify
{
	my ($sum, $page) = @_;

	$sum->{$_} += $page->{$_} for @columns;
	for my $site (keys %{$page->{sites}}) {
		$sum->{sites}{$site}{$_} += $page->{sites}{$site}{$_} for @columns;
	}
	push(@{$sum->{last}}, @{$page->{last}});
}

# The page sites: call sites without a row that were hit.
sub unknown_sites
{
	return map { /^([^\s#]+)\s+unknown\s+\d+/ ? $1 : () } @_;
}

sub write_json
{
	my ($file, $what) = @_;

	open(my $f, '>', $file) or die "$file: $!\n";
	print $f $json->pretty->encode($what);
	close($f);
	$json->pretty(0);
}

sub ok
{
	my ($good, $what, @why) = @_;

	$nr++;
	print(($good ? '' : 'not ') . "ok $nr - $what\n");
	return 1 if $good;
	$failed++;
	my $more = @why > 40 ? @why - 40 : 0;
	$#why = 39 if $more;
	print "# $_\n" for map { split(/\n/) } @why;
	print "# ... and $more more\n" if $more;
	return 0;
}

sub skip
{
	my ($what, $why) = @_;

	$nr++;
	print "ok $nr - $what # SKIP $why\n";
}

# Prints the plan and exits with the status.
sub plan
{
	print "1..$nr\n";
	return $failed ? 1 : 0;
}

1;
