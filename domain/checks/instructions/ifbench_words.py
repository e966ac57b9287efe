"""IFBench: words one by one and beside each other."""

from __future__ import annotations

import collections
import functools
import string
from itertools import pairwise

import syllapy

from domain.checks.instructions import text as cut
from domain.checks.instructions import verbs
from domain.checks.instructions.family import Count, Position, Short
from domain.checks.instructions.ifbench_family import IFBENCH
from domain.checks.result import CheckResult, abstain, of

CONSONANTS = frozenset(string.ascii_lowercase) - frozenset("aeiou")
PALINDROMES, PALINDROME_LENGTH, VOWELS = 10, 5, 3
_PRIMES = frozenset(n for n in range(2, 98) if all(n % d for d in range(2, n)))


@IFBENCH.add("words:alphabet", "Each word begins with the next letter of the alphabet; after Z comes A.")
def alphabet(text: str) -> CheckResult:
    """First letters one after the other."""
    firsts = [word[0] for word in cut.bare_words(text)]
    if not firsts or firsts[0] not in string.ascii_lowercase:
        return of(False, "The first word does not begin with a letter from A to Z.")
    start = ord(firsts[0]) - ord("a")
    for n, first in enumerate(firsts):
        if first != string.ascii_lowercase[(start + n) % 26]:
            return of(False, f"Word {n + 1} begins with “{first}”.")
    return of(True, f"{len(firsts)} words in the order of the alphabet.")


@IFBENCH.add("words:vowel", "The answer is one paragraph with at most three different vowels.")
def vowel(text: str) -> CheckResult:
    """Which of the five vowels there are."""
    if "\n" in text.strip():
        return of(False, "It is more than one paragraph.")
    found = sorted(set(text.lower()) & set("aeiou"))
    return of(len(found) <= VOWELS, f"Vowels: {' '.join(found) or 'none'}.")


@IFBENCH.add("words:consonants", "Each word has two or more consonants side by side.")
def consonants(text: str) -> CheckResult:
    """A cluster in each word; y is a consonant."""
    wrong = [word for word in text.lower().split() if not any({a, b} <= CONSONANTS for a, b in pairwise(word))]
    return of(not wrong, _without(wrong, "a cluster"))


@IFBENCH.add("words:palindrome", "At least 10 words are palindromes of at least 5 letters.")
def palindrome(text: str) -> CheckResult:
    """Count words that read the same backwards."""
    found = [word for word in cut.bare_words(text) if len(word) >= PALINDROME_LENGTH and word == word[::-1]]
    return of(len(found) >= PALINDROMES, f"{len(found)} palindromes: {', '.join(found[:10]) or 'none'}.")


@IFBENCH.add("words:prime_lengths", "The length of each word is a prime number.")
def prime_lengths(text: str) -> CheckResult:
    """Lengths without marks."""
    wrong = [word for word in cut.bare_words(text) if len(word) not in _PRIMES]
    return of(not wrong, _without(wrong, "a prime length"))


@IFBENCH.add("words:start_verb", "The answer begins with a verb.")
def start_verb(text: str) -> CheckResult:
    """Told by lists of words; where they do not tell, there is no answer."""
    tokens = cut.tokens(text[:2_000])
    first = tokens[0] if tokens else ""
    told = verbs.is_verb(first, tokens[1] if len(tokens) > 1 else "")
    if told is None:
        return abstain(f"“{first[:40]}” may or may not be a verb here.")
    return of(told, f"It begins with “{first[:40]}”.")


@IFBENCH.add("words:repeats", "No word stands more than `small_n` times.")
def repeats(text: str, *, small_n: Count) -> CheckResult:
    """How often the most frequent word stands."""
    counted = collections.Counter(cut.bare_words(text)).most_common(1)
    word, most = counted[0] if counted else ("", 0)
    return of(most <= small_n, f"“{word[:40]}” stands {most} times.")


@IFBENCH.add("words:odd_even_syllables", "Words with odd and with even numbers of syllables alternate.")
def odd_even_syllables(text: str) -> CheckResult:
    """Syllables of a pronouncing list, guessed for words that it lacks."""
    words = cut.bare_words(text)
    odd = [_syllables(word) % 2 for word in words]
    for n, (one, two) in enumerate(pairwise(odd)):
        if one == two:
            return of(False, f"“{words[n][:40]} {words[n + 1][:40]}” are both {'odd' if one else 'even'}.")
    return of(True, "They alternate.")


@IFBENCH.add("words:last_first", "Each sentence begins with the word that ended the one before.")
def last_first(text: str) -> CheckResult:
    """Last and first words, case and marks aside."""
    for before, after in pairwise(cut.sentences(text)):
        last, first = before.rstrip(cut.AROUND).split(), after.lstrip(cut.AROUND).split()
        if not last or not first or last[-1].lower() != first[0].lower():
            return of(False, f"“{after[:60]}” does not begin with “{last[-1][:40] if last else ''}”.")
    return of(True, "Each sentence takes up the last word.")


@IFBENCH.add("words:paragraph_last_first", "Each paragraph ends with the word it began with.")
def paragraph_last_first(text: str) -> CheckResult:
    """First and last words of each line that holds words."""
    for line in text.lower().split("\n"):
        words = line.strip().strip(cut.AROUND).split()
        if words and words[0] != words[-1]:
            return of(False, f"A paragraph begins with “{words[0][:40]}” and ends with “{words[-1][:40]}”.")
    return of(True, "Each paragraph ends as it began.")


@IFBENCH.add("words:no_consecutive", "No two words side by side begin with the same letter.")
def no_consecutive(text: str) -> CheckResult:
    """First letters of neighbours differ."""
    for one, two in pairwise(cut.bare_words(text)):
        if one[0] == two[0]:
            return of(False, f"“{one[:40]} {two[:40]}” begin alike.")
    return of(True, "No neighbours begin alike.")


@IFBENCH.add("words:keywords_specific_position", "The `keyword` is word `m` of sentence `n`.")
def keywords_specific_position(text: str, *, keyword: Short, n: Position, m: Position) -> CheckResult:
    """The word at a place; marks do not count."""
    sentences = cut.sentences(text)
    if len(sentences) < n:
        return of(False, f"There are only {len(sentences)} sentences.")
    words = [token for token in cut.tokens(sentences[n - 1]) if any(map(str.isalnum, token))]
    if len(words) < m:
        return of(False, f"Sentence {n} has only {len(words)} words.")
    return of(words[m - 1].lower() == keyword.strip().lower(), f"Word {m} of sentence {n} is “{words[m - 1][:40]}”.")


@IFBENCH.add("words:words_position", "The second word and the last but one are the `keyword`.")
def words_position(text: str, *, keyword: Short) -> CheckResult:
    """Second and last but one, a mark at the very end aside."""
    tokens = cut.tokens(text)
    if len(tokens) > 1 and tokens[-1] in string.punctuation:
        tokens = tokens[:-1]
    if len(tokens) < 2:
        return of(False, "There are fewer than two words.")
    second, last_but_one = tokens[1].lower(), tokens[-2].lower()
    return of(second == last_but_one == keyword.strip().lower(), f"“{second[:40]}” and “{last_but_one[:40]}”.")


@functools.lru_cache(maxsize=50_000)
def _syllables(word: str) -> int:
    return int(syllapy.count(word[:60]))


def _without(wrong: list[str], what: str) -> str:
    if not wrong:
        return f"Each word has {what}."
    named = ", ".join(f"“{word[:40]}”" for word in wrong[:5])
    return f"{len(wrong)} words without {what}: {named}."
