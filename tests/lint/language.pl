#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: language.pl FILE...
# Prints FILE:LINE: what a comment of code, or the text of a document, has that
# CONTRIBUTING.md rules out:
#   an indefinite person as an actor (nobody, whoever; who without a noun before it)
#   a kernel-doc parameter whose description is no more than a pronoun
#   a sentence of more than 40 words
use strict;
use warnings;

my $max_words = 40;
# The user account nobody is a name.
my $persons = qr/\b(?:whoever|whomever|(?<!user )nobody|somebody|anybody|everybody|no one|someone|anyone|everyone)\b/i;
# A relative clause follows its noun. After these words, or at a beginning, who stands for
# a person that the text does not name.
my $no_noun = qr/(?:^|[.;:,(]\s*|\b(?:and|or|but|so|if|than|for|of|to|by|from|with|not|is|are)\s+)/i;
my $who = qr/${no_noun}whom?\b|(?:^|[.;:(]\s*)whose\b/i;
my $pronoun = qr/(?:it|its|that|this|them|these|those|which|whose|whom|who|whether|what|where|how|when|why)/i;

# say_finding LINE, TEXT
my $file;
sub say_finding {
	my ($line, $text) = @_;
	print "$file:$line: $text\n";
}

# blocks_of_c TEXT: [first line, comment] pairs, the comment without its frame.
sub blocks_of_c {
	my ($text) = @_;
	my @blocks;
	while ($text =~ m{(/\*.*?\*/|//[^\n]*)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'}gs) {
		next unless defined $1;
		my ($comment, $at) = ($1, $-[1]);
		$comment =~ s{^/\*+|\*+/$|^//}{}g;
		$comment =~ s{^[ \t]*\*(?!/)}{}gm;
		push @blocks, [1 + (substr($text, 0, $at) =~ tr/\n//), $comment];
	}
	return @blocks;
}

# Lines of comments that follow each other are one text.
sub join_blocks {
	my @joined;
	for my $block (@_) {
		my $last = $joined[-1];
		if ($last && $block->[1] !~ /\n/ && $last->[0] + ($last->[1] =~ tr/\n//) + 1 == $block->[0]) {
			$last->[1] .= "\n$block->[1]";
		} else {
			push @joined, [@$block];
		}
	}
	return @joined;
}

sub blocks_of_script {
	my ($text) = @_;
	my ($nr, @blocks) = (0);
	for my $line (split(/\n/, $text)) {
		$nr++;
		push @blocks, [$nr, $1] if $line =~ /^\s*#(?!!)\s?(.*)/;
	}
	return join_blocks(@blocks);
}

# A document without code, tables and headings; each paragraph is a block.
sub blocks_of_document {
	my ($text) = @_;
	$text =~ s/^```.*?^```[^\n]*/"\n" x ($& =~ tr{\n}{})/gmse;
	$text =~ s/^(?:\||    |\t|#)[^\n]*//gm;
	$text =~ s/`[^`\n]*`/CODE/g;
	my ($nr, @blocks) = (1);
	for my $paragraph (split(/(\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s))/, $text)) {
		push @blocks, [$nr, $paragraph] if $paragraph =~ /\S/;
		$nr += ($paragraph =~ tr/\n//);
	}
	return @blocks;
}

# The line of a place in a block.
sub line_at {
	my ($block, $at) = @_;
	return $block->[0] + (substr($block->[1], 0, $at) =~ tr/\n//);
}

sub check_persons {
	my ($block) = @_;
	my $text = $block->[1] =~ s/"[^"\n]*"/'"' . 'x' x (length($&) - 2) . '"'/ger;
	while ($text =~ /$persons/g) {
		say_finding(line_at($block, $-[0]), "\"$&\": name the actor");
	}
	# A question asks for a name.
	while ($text =~ /$who(?![^.;:]*\?)/g) {
		say_finding(line_at($block, $+[0] - 1), "\"who\" without a noun before it: name the actor");
	}
}

sub check_parameters {
	my ($block) = @_;
	while ($block->[1] =~ /^[ \t]*\@([\w.>-]+):[ \t]*($pronoun(?:[ \t]+\w+)?)[ \t]*$(?!\n[ \t]+(?!\@)\S)/gm) {
		say_finding(line_at($block, $-[0]), "\@$1: \"$2\" says no more than the name");
	}
}

sub check_sentences {
	my ($block) = @_;
	# A blank line, a list item, a tag of kernel-doc, and each errno of a list that has
	# semicolons begin a sentence, too.
	my $at = 0;
	for my $sentence (split(/((?<=[.!?:])\s+|(?<=;)\s+|\n\s*\n|\n(?=\s*(?:[-*@]|\d+\.|\w+:)\s?))/, $block->[1])) {
		my @words = $sentence =~ /[A-Za-z][\w'-]*/g;
		my ($blank) = $sentence =~ /^(\s*)/;
		say_finding(line_at($block, $at + length($blank)), "a sentence of " . @words . " words, at most $max_words")
			if @words > $max_words && $sentence !~ /SPDX|\t.*\t|====/;
		$at += length($sentence);
	}
}

for my $name (@ARGV) {
	$file = $name;
	next unless -f $file && -T $file;
	open(my $in, '<', $file) or die "language: $file: $!\n";
	my $text = do { local $/; <$in> };
	my @blocks;
	if ($file =~ /\.[ch]$/) {
		@blocks = blocks_of_c($text);
	} elsif ($file =~ /\.(?:md|in)$/) {
		@blocks = blocks_of_document($text);
	} elsif ($file =~ /\.(?:sh|pl|mk)$|(?:^|\/)(?:Makefile|Kbuild)[^\/]*$/ || $text =~ /^#!/) {
		@blocks = blocks_of_script($text);
	}
	for my $block (@blocks) {
		check_persons($block);
		check_parameters($block) if $file =~ /\.[ch]$/;
		check_sentences($block);
	}
}
