"""IFBench: sentences one after the other."""

from __future__ import annotations

from itertools import pairwise

from domain.checks.instructions import text as cut
from domain.checks.instructions.family import Count, Position, Short
from domain.checks.instructions.ifbench_family import IFBENCH
from domain.checks.result import CheckResult, of


@IFBENCH.add(
    "sentence:alliteration_increment", "Each sentence has a longer row of words that begin alike than the last."
)
def alliteration_increment(text: str) -> CheckResult:
    """Words that stand in rows of the same first letter, more from sentence to sentence."""
    rows = [_alliterating(sentence) for sentence in cut.sentences(text)]
    grows = all(before < after for before, after in pairwise(rows))
    return of(grows, f"Words in rows that begin alike: {', '.join(map(str, rows[:20]))}.")


@IFBENCH.add("sentence:increment", "Each sentence has exactly `small_n` words more than the one before.")
def increment(text: str, *, small_n: Count) -> CheckResult:
    """Words of each sentence."""
    counts = [len(cut.bare_words(sentence)) for sentence in cut.sentences(text)]
    grows = all(after == before + small_n for before, after in pairwise(counts))
    return of(grows, f"Words in each sentence: {', '.join(map(str, counts[:20]))}.")


@IFBENCH.add("sentence:keyword", "The `word` stands in sentence `N`.")
def keyword(text: str, *, word: Short, N: Position) -> CheckResult:  # noqa: N803 (published name)
    """The keyword in one sentence."""
    sentences = cut.sentences(text)
    if len(sentences) < N:
        return of(False, f"There are only {len(sentences)} sentences.")
    return of(cut.is_word_in(word, sentences[N - 1]), f"Sentence {N}: “{sentences[N - 1][:200]}”")


@IFBENCH.add("ratio:sentence_words", "The answer is three sentences of the same number of characters.")
def sentence_words(text: str) -> CheckResult:
    """Lengths of three sentences; that their words differ the published checker does not look at."""
    lengths = [len(sentence.strip()) for sentence in cut.sentences(text)]
    alike = len(lengths) == 3 and len(set(lengths)) == 1
    return of(alike, f"{len(lengths)} sentences; characters: {', '.join(map(str, lengths[:10]))}.")


@IFBENCH.add("custom:sentence_alphabet", "26 sentences begin with the letters from A to Z in order.")
def sentence_alphabet(text: str) -> CheckResult:
    """First letters of the sentences."""
    firsts = "".join(sentence.lstrip()[:1].lower() for sentence in cut.sentences(text))
    return of(firsts == "abcdefghijklmnopqrstuvwxyz", f"{len(firsts)} sentences begin with {firsts[:40]}.")


def _alliterating(sentence: str) -> int:
    """How many words stand in rows of two or more that begin alike."""
    firsts = [word[0] for piece in sentence.lower().split() if (word := piece.lstrip(cut.AROUND))]
    alike = [one == two for one, two in pairwise(firsts)]
    return sum(any(alike[max(0, n - 1) : n + 1]) for n in range(len(firsts)))
