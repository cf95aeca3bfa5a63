# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# For tests/mutants/run: lists the possible one-line faults of a C file. The operators are
# generic, so they do not depend on a file's contents.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);

# Statements without an effect at run time, or with an effect on the log only.
my $silent = qr/^(lockdep_assert|BUILD_BUG_ON|static_assert|pr_\w+|MODULE_|MMN_EXPORT|EXPORT_|DEFINE_|DECLARE_|NOKPROBE_|MMNOTIFY_IMPORT)/;
my $type = qr/^(const |static |struct |union |enum |unsigned |int |long |char |bool |void |size_t |u8 |u16 |u32 |u64 |atomic\w* |extern |typedef )/;
my $jump = qr/^(return|goto|break|continue|case|default|else|do|\}|fallthrough)\b/;

# Return: the end of the parenthesis that opens at $from, or -1.
sub closing {
	my ($line, $from) = @_;
	my $depth = 0;
	for my $i ($from .. length($line) - 1) {
		my $c = substr($line, $i, 1);
		$depth++ if $c eq '(';
		return $i if $c eq ')' && --$depth == 0;
	}
	return -1;
}

sub negated_condition {
	my ($line) = @_;
	$line =~ /^\s*(?:\} )?(?:else )?if \(/g or return;
	my $open = pos($line) - 1;
	my $close = closing($line, $open);
	return if $close < 0;
	return substr($line, 0, $open) . '(!' . substr($line, $open, $close - $open + 1) . ')' .
		substr($line, $close + 1);
}

# One fault for each match of a pattern in a line: [what, the changed line].
sub each_place {
	my ($line, $what, $pattern, $by) = @_;
	my @found;
	while ($line =~ /$pattern/g) {
		my ($from, $to) = ($-[0], $+[0]);
		my $nr = @found ? '#' . (@found + 1) : '';
		push @found, ["$what$nr", substr($line, 0, $from) . $by . substr($line, $to)];
	}
	return @found;
}

my @swaps = (
	[ '< to <=', qr/(?<= )<(?= )/, '<=' ], [ '<= to <', qr/(?<= )<=(?= )/, '<' ],
	[ '> to >=', qr/(?<= )>(?= )/, '>=' ], [ '>= to >', qr/(?<= )>=(?= )/, '>' ],
	[ '== to !=', qr/(?<= )==(?= )/, '!=' ], [ '!= to ==', qr/(?<= )!=(?= )/, '==' ],
	[ '&& to ||', qr/&&/, '||' ], [ '|| to &&', qr/\|\|/, '&&' ],
	[ '+ 1 to + 0', qr/\+ 1\b/, '+ 0' ], [ '- 1 to - 0', qr/(?<=[\w)\]] )- 1\b/, '- 0' ],
	[ '= 0 to = 1', qr/(?<= )= 0(?=[;,])/, '= 1' ], [ '= 1 to = 0', qr/(?<= )= 1(?=[;,])/, '= 0' ],
	[ 'true to false', qr/\btrue\b/, 'false' ], [ 'false to true', qr/\bfalse\b/, 'true' ],
	[ '~ dropped', qr/(?<=& )~/, '' ],
);

sub returns {
	my ($line) = @_;
	return ['return 1', $line =~ s/return 0;/return 1;/r] if $line =~ /\breturn 0;/;
	return ['return 0', $line =~ s/return -E\w+;/return 0;/r] if $line =~ /\breturn -E\w+;/;
	return ['negated return', $line =~ s/return !/return !!/r] if $line =~ /\breturn !/;
	return;
}

# Return: the faults of a line; $before is the code before it.
sub of_line {
	my ($line, $before) = @_;
	my $text = $line =~ s/^\s+|\s+$//gr;
	my @found;
	my $not = negated_condition($line);
	push @found, ['condition negated', $not] if defined $not;
	push @found, map { each_place($line, @$_) } @swaps;
	push @found, returns($line);
	push @found, ['dropped', $line =~ s/\b(break|continue);/;/r] if $text =~ /^(break|continue);$/;
	push @found, ['deleted', "\t;\n"]
		if $line =~ /^\t/ && $text =~ /;$/ && $text !~ $jump && $text !~ $type &&
		   $text !~ $silent && $text =~ /[(=]|\+\+|--/ && $before =~ /([;{}:)]|else|\bdo)$/ &&
		   $before !~ /^(struct|union|enum|#)\b/ && $text =~ /^[\w*(+-]/ &&
		   closes($text);
	return @found;
}

# True unless the line ends a statement of an earlier line.
sub closes {
	my ($text) = @_;
	return ($text =~ tr/(//) == ($text =~ tr/)//);
}

# Return: the line without comments and strings; the state is true inside a comment.
sub code_of {
	my ($line, $in_comment) = @_;
	my $code = $line;
	if ($$in_comment) {
		$code =~ s/^.*?\*\/// or return '';
		$$in_comment = 0;
	}
	$code =~ s/\/\*.*?\*\///g;
	$code =~ s/\/\/.*//;
	$$in_comment = 1 if $code =~ s/\/\*.*//s;
	return $code =~ s/\s+$//r;
}

# Each mutant: file, line (from 0), op, text, key, new, hash. The key identifies it without
# its line number.
sub mutants_of {
	my ($file, @lines) = @_;
	my ($in_comment, $in_macro, $before) = (0, 0, '');
	my (@mutants, %seen);
	for my $i (0 .. $#lines) {
		my $code = code_of($lines[$i], \$in_comment);
		next if $code =~ /^\s*$/;
		my $skip = $in_macro || $code =~ /^\s*#/;
		$in_macro = $skip && $code =~ /\\$/;
		next if $skip;
		my $text = $lines[$i] =~ s/^\s+|\s+$//gr;
		# Skip lines with a comment, whose words are no code.
		my @found = $lines[$i] =~ /\/\*|\/\/|"/ && $lines[$i] !~ /^\t.*\(.*".*\);$/ ? () :
			of_line($lines[$i], $before =~ s/^\s+//r);
		for my $m (@found) {
			my $key = "$m->[0]\t$text";
			$key .= ' [' . $seen{$key} . ']' if $seen{$key}++;
			push @mutants, { file => $file, line => $i, op => $m->[0], text => $text,
				key => $key, new => $m->[1], hash => md5_hex("$file\t$key") };
		}
		$before = $code;
	}
	return sort { $a->{hash} cmp $b->{hash} } @mutants;
}

1;
