"""Rules over the words of one criterion; those that know only English are silent about other languages."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from domain import rubric, words
from domain.lint import fixes
from domain.lint.findings import Context, Finding, Fix, Rule, Severity

LONG = 60
Span = tuple[int, int]


class Hit(NamedTuple):
    """Where a rule matched, what to do, and how."""

    sentence: str
    span: Span | None = None
    fix: Fix | None = None


Test = Callable[[rubric.Criterion], Iterable[Hit]]


def english(said: rubric.Rubric) -> bool:
    """Whether the rubric says that it is in English."""
    return said.language.lower().partition("-")[0] in {"en", "eng"}


def rule(
    name: str, severity: Severity, title: str, *, why: str, good: str, bad: str, every_language: bool = False
) -> Callable[[Test], Rule]:
    """Make a rule of a test of one criterion."""

    def make(test: Test) -> Rule:
        def look(said: rubric.Rubric, _context: Context) -> Iterator[Finding]:
            if not every_language and not english(said):
                return
            for criterion in said.criteria:
                for hit in test(criterion):
                    about = f"{criterion.text}\x1f{criterion.polarity}"
                    yield Finding(made, hit.sentence, criterion.id, span=hit.span, fix=hit.fix, about=about)

        made = Rule(name, severity, title, why, good, bad, look)
        return made

    return make


@functools.lru_cache(maxsize=20_000)
def _search(pattern: re.Pattern[str], text: str) -> tuple[Span, str] | None:
    found = pattern.search(text)
    return (found.span(), found.group()) if found else None


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(?:" + "|".join(alternatives) + r")(?![\w-])", re.IGNORECASE)


_EXPLAINED = _words(r"e\.g\.", r"i\.e\.", "for example", "such as", "for instance", "including", "namely", "meaning")
_VAGUE = _words(
    "good", "nice", "great", "decent", "adequate(?:ly)?", "appropriate(?:ly)?", "proper(?:ly)?", "reasonabl[ey]",
    "sufficient(?:ly)?", "satisfactory", "suitabl[ey]", "high[- ]quality", "well[- ]written", "and so on", "etc",
    "user[- ]friendly", "somewhat",
)  # fmt: skip
_SOFT = _words(
    "as (?:good|well|helpful|accurate|clear|much|far) as possible", "to the best of (?:its|their) abilit(?:y|ies)",
    "(?:tries|attempts|aims|strives|seeks) to", "if possible", "where possible", "when possible", "if feasible",
    "ideally", "preferably", "may or may not",
)  # fmt: skip
_OTHER = _words(
    "(?:the |an?)?other (?:responses?|answers?|models?|candidates?|completions?)", "(?:response|answer) [AB]",
    "(?:the )?previous (?:response|answer)", "(?:both|all) (?:of the )?(?:responses|answers)",
    "better than (?:the other|other|most) (?:responses?|answers?)",
    "best (?:of|among) (?:the|all) (?:responses|answers)",
)  # fmt: skip
_ELSEWHERE = _words(
    r"(?:criterion|criteria|item|rule) (?:above|below|no\.? ?\d+|number \d+|\d+)",
    "(?:the )?(?:previous|preceding|next|following|other) (?:criterion|criteria)",
    "see above", "as above", "same as above",
)  # fmt: skip
_UNITS = (
    r"(?:words?|characters?|sentences?|paragraphs?|bullet points?|bullets?|examples?|items?|reasons?|sections?|"
    r"sources?|references?|citations?|headings?|questions?|lines?|points?|arguments?|strategies|suggestions?)"
)
_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|hundred)"
_COUNT = _words(
    rf"(?:at least|at most|no more than|no fewer than|fewer than|more than|less than|exactly|up to|a minimum of|"
    rf"a maximum of) {_NUMBER} (?:\w+ )?{_UNITS}",
    rf"{_NUMBER} or (?:more|fewer) (?:\w+ )?{_UNITS}",
    rf"between {_NUMBER} and {_NUMBER} {_UNITS}",
    rf"the number of {_UNITS}",
)
_LENGTH = _words(
    "comprehensive(?:ly)?", "exhaustive(?:ly)?", "thorough(?:ly)?", "in[- ]depth", "lengthy", "as much detail as",
    "(?:very |highly )?detailed (?:answer|response|explanation)", "long(?:er)? (?:answer|response)s?",
    "elaborates? at length",
)  # fmt: skip
_QUALITY = (
    "quality|level|degree|extent|amount|tone|style|format(?:ting)?|structure|length|accuracy|clarity|coherence|"
    "completeness|relevance|helpfulness|correctness|fluency|grammar|spelling|politeness|empathy|safety|depth|"
    "conciseness|creativity|readability|consistency|usefulness|flow"
)
_NO_DIRECTION = re.compile(
    rf"^\W*(?:the |overall |general )*(?:{_QUALITY})(?: (?:of|in) [\w' -]{{1,60}})?\W*$", re.IGNORECASE
)
_POINTS = re.compile(
    r"[(\[]\s*([+-]?\d+(?:\.\d+)?)\s*(?:points?|pts?|marks?)\s*[)\]]|^\s*\[([+-]?\d+)\]", re.IGNORECASE
)


@rule(
    "vague_words", Severity.WARNING, "Vague word",
    why="Two readers take such a word differently, and so does a judge from one answer to the next.",
    good="States the dose in milligrams.", bad="Gives an appropriate dose.",
)  # fmt: skip
def vague_words(criterion: rubric.Criterion) -> Iterator[Hit]:
    """A word that needs a standard to be read by, with none given."""
    if isinstance(criterion.levels, tuple) and any(level.anchor for level in criterion.levels):
        return
    found = _search(_VAGUE, criterion.text)
    if found and not criterion.examples and not _search(_EXPLAINED, criterion.text):
        yield Hit(f"Say what “{found[1]}” means here: name what must be in the answer.", found[0])


@rule(
    "no_direction", Severity.WARNING, "No direction",
    why="A topic is neither true nor false of an answer, so a judge cannot tell whether it is met.",
    good="Addresses the patient by name and without jargon.", bad="Tone of the letter",
)  # fmt: skip
def no_direction(criterion: rubric.Criterion) -> Iterator[Hit]:
    """A topic instead of a statement."""
    levels = criterion.levels
    anchored = isinstance(levels, tuple) and any(level.anchor for level in levels)
    if not anchored and _search(_NO_DIRECTION, criterion.text):
        yield Hit("Write a statement that is true of a good answer, beginning with a verb.", (0, len(criterion.text)))


@rule(
    "unfalsifiable", Severity.WARNING, "Cannot fail",
    why="Nobody can show that an answer did not try, so the criterion is met by everything.",
    good="Names two sources that can be looked up.", bad="Tries to support its claims where possible.",
)  # fmt: skip
def unfalsifiable(criterion: rubric.Criterion) -> Iterator[Hit]:
    """Words that let every answer pass."""
    if found := _search(_SOFT, criterion.text):
        yield Hit(f"Leave out “{found[1]}” and say what must be there.", found[0])


@rule(
    "refers_to_another_response", Severity.WARNING, "Refers to another answer",
    why="A judge sees one answer at a time, so a comparison with another is a guess.",
    good="Names the side effect that the patient asked about.", bad="Is better than the other response.",
)  # fmt: skip
def refers_to_another_response(criterion: rubric.Criterion) -> Iterator[Hit]:
    """A comparison with something the judge does not see."""
    if found := _search(_OTHER, criterion.text):
        yield Hit(f"“{found[1]}” is not shown to the judge: say what this answer itself must do.", found[0])


@rule(
    "refers_to_another_criterion", Severity.WARNING, "Refers to another criterion",
    why="Criteria are asked one by one; what another says is not in view.",
    good="Gives the reason for the dose.", bad="Gives the reason for criterion 2.",
)  # fmt: skip
def refers_to_another_criterion(criterion: rubric.Criterion) -> Iterator[Hit]:
    """A pointer to a criterion elsewhere."""
    if found := _search(_ELSEWHERE, criterion.text):
        yield Hit(f"Write out what “{found[1]}” stands for.", found[0])


@rule(
    "counting", Severity.ADVICE, "Depends on counting",
    why="Language models miscount; a program counts without fault and at no cost.",
    good="A computed check of at most 200 words.", bad="Has at most 200 words.",
)  # fmt: skip
def counting(criterion: rubric.Criterion) -> Iterator[Hit]:
    """A count that a judge would have to make."""
    if criterion.kind is rubric.Kind.CHECK:
        return
    if found := _search(_COUNT, criterion.text):
        fix = fixes.word_check(criterion)
        what = "Let a computed check count" if fix else "Name the things that must be there instead of their number"
        yield Hit(f"{what}: “{found[1]}”.", found[0], fix)


@rule(
    "rewards_length", Severity.ADVICE, "Rewards length",
    why="Answers grow longer under training wherever length alone is rewarded.",
    good="Explains why the second drug is stopped.", bad="Gives a comprehensive answer.",
)  # fmt: skip
def rewards_length(criterion: rubric.Criterion) -> Iterator[Hit]:
    """Praise for length in itself."""
    found = None if criterion.is_pitfall else _search(_LENGTH, criterion.text)
    if found and not _search(_EXPLAINED, criterion.text):
        yield Hit(f"Name the content that you miss in short answers instead of “{found[1]}”.", found[0])


@rule(
    "negation", Severity.ADVICE, "Written as a negation",
    why="Judges err more often on “does not”; a pitfall says the same without a negation.",
    good="As a pitfall: Recommends an antibiotic.", bad="Does not recommend an antibiotic.",
)  # fmt: skip
def negation(criterion: rubric.Criterion) -> Iterator[Hit]:
    """A statement about what is absent."""
    found = _search(fixes.NEGATED, criterion.text)
    if not found or criterion.kind not in {rubric.Kind.BINARY, rubric.Kind.NUGGET}:
        return
    fix = fixes.flip(criterion)
    if criterion.is_pitfall:
        yield Hit("A pitfall with a negation denies twice: reward what should be there instead.", found[0], fix)
    else:
        yield Hit("Make it a pitfall that names what must not be there.", found[0], fix)


@rule(
    "compound", Severity.WARNING, "Several things in one",
    why="An answer that does one of the two leaves the judge nothing right to say.",
    good="States the dose. (And, as a criterion of its own:) Explains how to take it.",
    bad="States the dose and explains how to take it.",
)  # fmt: skip
def compound(criterion: rubric.Criterion) -> Iterator[Hit]:
    """Two statements joined in one criterion."""
    if criterion.kind in {rubric.Kind.BINARY, rubric.Kind.NUGGET} and (parts := fixes.parts(criterion.text)):
        yield Hit("Split it: one thing in each criterion.", parts[0], fixes.split(criterion))


@rule(
    "too_long", Severity.ADVICE, "Long text",
    why="A judge follows short criteria better, and so do the people who check it.",
    good="Names the next appointment.", bad="A paragraph with conditions, exceptions and reasons.", every_language=True,
)  # fmt: skip
def too_long(criterion: rubric.Criterion) -> Iterator[Hit]:
    """More words than are followed easily."""
    if words.count_words(criterion.text) > LONG:
        yield Hit(f"It has more than {LONG} words: split it, or move background into the notes.")


@rule(
    "points_in_text", Severity.WARNING, "Points in the text differ from the weight",
    why="The weight counts, not what the text says; readers will expect the number they read.",
    good="Names the interaction, with weight 3.", bad="Names the interaction (3 points), with weight 1.",
    every_language=True,
)  # fmt: skip
def points_in_text(criterion: rubric.Criterion) -> Iterator[Hit]:
    """A number of points that is not the weight."""
    found = _POINTS.search(criterion.text)
    if found is None:
        return
    said = abs(float(found.group(1) or found.group(2)))
    if said != criterion.weight:
        fix = fixes.without(criterion, found.span())
        yield Hit(f"The text says {said:g} points, the weight is {criterion.weight:g}.", found.span(), fix)


RULES = (
    compound, vague_words, no_direction, unfalsifiable, negation, refers_to_another_response,
    refers_to_another_criterion, counting, rewards_length, too_long, points_in_text,
)  # fmt: skip
