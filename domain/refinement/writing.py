"""What all that write criteria share: how a writer is asked, how its reply is read, and what small checks are asked."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from domain import principles, prompts, reply_forms, verdicts
from domain.ports import Form, LabelRequest, Part, TextRequest
from domain.refinement.drafting import MOST_TEXT, Drop, grouped, languages, runs, unfit
from domain.refinement.gate import Floats
from domain.refinement.loop import Alike, Answer, Ask, End, Inputs, More, Op, Role, Suggestion

TOKENS = 900
FAITHFUL = principles.LEAST_SIMILAR
_LIST = re.compile(r"\"criteria\"\s*:\s*\[")
_WORD = re.compile(r"\w+")
_ALIKE = "alike"
_NUMBERS = re.compile(r"\W*\d{1,5}(\W+\d{1,5})*\W*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_NUMBER = re.compile(r"\d+")
WHY = {
    Drop.ECHO: "speaks of the answers or the label", Drop.COPIED: "copies a passage", Drop.ORDERS: "gives orders",
    Drop.LONG: "is too long", Drop.REPEATED: "says the same again", Drop.MANY: "is one too many",
    Drop.KNOWN: "stands in the rubric", Drop.FOREIGN: "is in another language",
    Drop.FORM: "repeats the form of the reply",
    Drop.SILENT: "tells no answers apart", Drop.UNCHECKED: "could not be checked",
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """What a writer's list looks like: texts before the criterion, then one word of those on offer, the mildest last.

    `section` is that of the prompt; where the word is none of those on offer the last one holds (ours).
    """

    section: str
    before: str
    choice: str
    offered: tuple[str, ...]
    most: int
    tokens: int = TOKENS
    least: int = 16
    numbers: int = 0

    @property
    def form(self) -> Form:
        """The JSON that a reply is held to."""
        return reply_forms.listed(
            self.tokens, "criteria", self.most, texts=(self.before, "criterion"), choice=self.choice,
            offered=self.offered, least=self.least,
            numbers=self.numbers,
        )  # fmt: skip

    def says(self, text: str) -> bool:
        """Whether a text is made of the words of the form alone, as a small model's echo of it is."""
        own = f"{self.before} {self.choice} {' '.join(self.offered)} criterion or and".casefold()
        return set(_WORD.findall(text.casefold())) <= set(_WORD.findall(own))


class Entry(NamedTuple):
    """A criterion as it was written, the text before it, and the word that was chosen."""

    text: str
    before: str
    choice: str


class Read(NamedTuple):
    """What a reply holds: fit entries, unfit ones with why, and a reason where nothing could be read."""

    entries: tuple[Entry, ...] = ()
    unfit: tuple[tuple[str, Drop], ...] = ()
    reason: str = ""


def token(inputs: Inputs, key: str) -> str:
    """The fence of a question."""
    return prompts.fence(inputs.secret, hashlib.sha256(key.encode()).hexdigest())


def written(
    inputs: Inputs, key: str, purpose: str, shape: Shape, blocks: Sequence[prompts.Block], *, role: Role = Role.WRITER,
    **places: object,
) -> Ask:  # fmt: skip
    """A question to write a list of criteria; `blocks` are titles and hostile texts."""
    own = {"most": str(shape.most), **{name: str(value) for name, value in places.items()}}
    fence = token(inputs, key)
    shared = prompts.writer_shared(fence, blocks, meta=inputs.meta, turned_down=inputs.turned_down)
    suffix = prompts.writer_suffix(shape.section, own, (shape.before, "criterion", shape.choice))
    return Ask(key, role, purpose, TextRequest(shared, (suffix,), max_tokens=shape.tokens, forms=(shape.form,)))


def sentence(
    inputs: Inputs, key: str, purpose: str, section: str, blocks: Sequence[prompts.Block], *, form: Form
) -> Ask:
    """A question that is answered with one sentence."""
    shared = prompts.writer_shared(token(inputs, key), blocks, meta=inputs.meta)
    request = TextRequest(shared, (prompts.writer_suffix(section, {}),), max_tokens=120, stop=("\n\n",), forms=(form,))
    return Ask(key, Role.WRITER, purpose, request)


def checked(
    inputs: Inputs, key: str, purpose: str, blocks: Sequence[prompts.Block], questions: Sequence[tuple[str, str]]
) -> Ask:
    """Questions that are answered with yes or no: the section of each and the criterion that it is about, or none."""
    fence = token(inputs, key)
    suffixes = tuple(prompts.yes_suffix(section, fence, text) for section, text in questions)
    labels = ((prompts.YES, prompts.NO),) * len(suffixes)
    return Ask(key, Role.JUDGE, purpose, LabelRequest(prompts.yes_shared(fence, blocks), suffixes, labels))


def comparison(made: Sequence[Suggestion], inputs: Inputs, answers: Mapping[str, Answer]) -> More | None:
    """The question how alike those that are left are, among each other and to the rubric; None where it is answered."""
    texts = [one.text for one in made if not one.drop]
    if not texts or _ALIKE in answers or len(texts) + len(inputs.criteria) < 2:
        return None
    request = Alike((*texts, *(one.text for one in inputs.criteria)))
    return More("Finding what says the same", (Ask(_ALIKE, Role.STUDIO, "Compares the criteria", request),))


def once(made: Sequence[Suggestion], inputs: Inputs, answers: Mapping[str, Answer]) -> list[Suggestion]:
    """The same suggestions, of which those that repeat an earlier one or the rubric are dropped.

    The first of a group counts how often it was said in `evidence["said"]` and has the others' keys as `same`.
    """
    left = [n for n, one in enumerate(made) if not one.drop]
    known = len(inputs.criteria)
    cosines, over = compared(answers, len(left) + known)
    groups, old = grouped(cosines[: len(left)], over=over, known=known)
    found = list(made)
    for place in old:
        like = inputs.criteria[int(cosines[place, len(left) :].argmax())].id
        one = found[left[place]]
        found[left[place]] = one._replace(drop=WHY[Drop.KNOWN], evidence={**one.evidence, "like": like})
    for first, *others in groups:
        lead = found[left[first]]
        same = [found[left[place]].key for place in others]
        if same:
            found[left[first]] = lead._replace(evidence={**lead.evidence, "said": len(same) + 1, "same": same})
        for place in others:
            found[left[place]] = found[left[place]]._replace(drop=WHY[Drop.REPEATED])
    return found


def compared(answers: Mapping[str, Answer], count: int) -> tuple[Floats, float]:
    """What `comparison` came to: cosines and from where on two say the same; nothing is alike where it failed."""
    answer = answers.get(_ALIKE, Answer())
    if len(answer.alike) != count or not count:
        return np.eye(count), 1.0
    over = principles.ALIKE_IN_WORDS if answer.by == "words" else principles.ALIKE
    return np.array(answer.alike, dtype=np.float64).reshape(count, count), over


def plain(text: str) -> TextRequest:
    """A text as a question to a person."""
    return TextRequest((Part(text, trusted=False),), ((),))


def said(answer: Answer) -> str:
    """The first text of an answer without a model's thinking; empty where there is none."""
    return " ".join(verdicts.spoken(answer.texts[0]).split()) if answer.texts and answer.texts[0] else ""


def yes(answer: Answer, count: int) -> list[float | None]:
    """The share of yes of each question; None where it failed."""
    rows: list[Mapping[str, float] | None] = [*answer.labels[:count], *[None] * (count - len(answer.labels))]
    return [_share(one) for one in rows]


def read(answer: Answer, shape: Shape, inputs: Inputs, against: Iterable[str] | None = None) -> Read:
    """The criteria of the last list in a reply, at most as many as the shape has; others with why they are unfit.

    Unfit is what speaks of the answers at hand or of a label, copies eight words in a row of `against` (of all answers
    where that is not given), gives orders, is longer than 300 characters, is neither in English nor in a language of
    the material, repeats the form, says the same again, or is one too many. Raises nothing.
    """
    if answer.reason or not answer.texts or answer.texts[0] is None:
        return Read(reason=answer.reason or "The writer gave no reply.")
    reply = verdicts.spoken(answer.texts[0])
    begins = list(_LIST.finditer(reply))
    if not begins:
        return Read(reason="The writer did not reply with a list of criteria.")
    rubric = " ".join(one.text for one in inputs.criteria)
    passages = [runs(one) for one in ((each.text for each in inputs.answers) if against is None else against)]
    expected = languages([inputs.goal, rubric, *list(inputs.prompts.values())[:20]])
    found: dict[str, Entry] = {}
    out: list[tuple[str, Drop]] = []
    for given in verdicts.objects_of(reply, begins[-1].end()):
        if (one := _entry(given, shape)) is None:
            continue
        key = one.text.casefold().rstrip(".")
        drop = unfit(one.text, passages, expected) or (Drop.FORM if shape.says(one.text) else None)
        if drop is None and key in found:
            drop = Drop.REPEATED
        elif drop is None and len(found) >= shape.most:
            drop = Drop.MANY
        if drop is None:
            found[key] = one
        else:
            out.append((one.text[:MOST_TEXT], drop))
    return Read(tuple(found.values()), tuple(out))


def numbers(text: str, most: int) -> tuple[int, ...]:
    """The places, from 0, that a text names by numbers from 1 to `most`; each once."""
    named = (int(one) - 1 for one in _NUMBER.findall(text)[:50] if len(one) < 6)
    return tuple(dict.fromkeys(place for place in named if 0 <= place < most))


def listed(texts: Sequence[str]) -> str:
    """Texts under each other with their numbers."""
    return "\n".join(f"{n}. {' '.join(one.split())}" for n, one in enumerate(texts, start=1))


def sentences(text: str) -> list[str]:
    """The sentences of a passage."""
    return [one.strip() for one in _SENTENCE.split(text) if _WORD.search(one)]


def cited(given: str, text: str) -> str:
    """What a writer rests on in a passage: its sentences by their numbers, or the words most like those it copied.

    Empty where there is neither.
    """
    if _NUMBERS.fullmatch(given):
        found = sentences(text)
        return " ".join(found[place] for place in numbers(given, len(found)))
    return faithful(given, text)


def faithful(quote: str, text: str) -> str:
    """The passage of a text that a quote means; empty where nothing is more than 60 alike (as RLBFF has it)."""
    near = verdicts.nearest_passage(quote, text, over=FAITHFUL)
    return near[0].text if near else ""


def unfit_ones(reads: Mapping[str, Read], number: int = 0) -> list[Suggestion]:
    """What was dropped while reading, as suggestions with their reasons; `reads` are by the keys of the questions."""
    return [
        Suggestion(f"{key}.x{n}", Op.ADD, text, round=number, drop=WHY[drop])
        for key, one in reads.items()
        for n, (text, drop) in enumerate(one.unfit)
    ]


def ended(suggestions: Sequence[Suggestion], reads: Iterable[Read], figures: Mapping[str, Any], stopped: str) -> End:
    """The end: `stopped` where something is proposed, else a sentence on why nothing is."""
    found = {**figures, "written": len(suggestions), "kept": sum(not one.drop for one in suggestions)}
    if not found["kept"]:
        stopped = _why_nothing(suggestions, reads)
    return End(tuple(suggestions), found, stopped)


def _why_nothing(suggestions: Sequence[Suggestion], reads: Iterable[Read]) -> str:
    if suggestions:
        why = Counter(one.drop for one in suggestions)
        told = ", ".join(f"{count} {drop}" for drop, count in why.most_common(4))
        return f"None of {len(suggestions)} criteria that were written is proposed: {told}."
    reasons = Counter(one.reason for one in reads if one.reason)
    if reasons:
        return f"No criterion could be read. {reasons.most_common(1)[0][0]}"
    return "The writer named no criterion."


def _share(labels: Mapping[str, float] | None) -> float | None:
    if labels is None:
        return None
    both = labels.get(prompts.YES, 0.0) + labels.get(prompts.NO, 0.0)
    return labels.get(prompts.YES, 0.0) / both if both > 0 else None


def _entry(given: object, shape: Shape) -> Entry | None:
    if not isinstance(given, dict) or not isinstance(given.get("criterion"), str):
        return None
    text = " ".join(str(given["criterion"]).split())
    if not _WORD.search(text):
        return None
    before, choice = given.get(shape.before), given.get(shape.choice)
    word = choice.casefold().replace("_", " ").strip() if isinstance(choice, str) else ""
    return Entry(
        text, " ".join(before.split())[:MOST_TEXT] if isinstance(before, str) else "",
        word if word in shape.offered else shape.offered[-1],
    )  # fmt: skip
