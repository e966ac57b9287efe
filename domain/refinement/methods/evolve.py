"""Rules edited by what a judge gets wrong under them: ADD, DELETE and MODIFY, kept where accuracy rises (OpenRS).

The search is a beam over lists of rules, the rubric's criteria, on a fixed set of pairs. That an edit counts only where
the 95 % interval of the paired gain lies above zero, and that the end is checked on other pairs, is ours.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain import accuracy, prompts
from domain.ports import LabelRequest
from domain.refinement import drafting, writing
from domain.refinement.loop import (
    Answer,
    Ask,
    End,
    Inputs,
    Method,
    More,
    Need,
    Op,
    Pair,
    Param,
    Refused,
    Role,
    Suggestion,
)  # fmt: skip
from domain.refinement.replay import Batch, Chapter, Story, replay

EDITS = ("add", "delete", "modify")
SHAPE = writing.Shape("edit", "number", "edit", EDITS, 4, least=0)
SHOWN = 3
MOST_RULES = 40
LATER = "was changed again later"
OTHER = "other edits raise accuracy more"


class Rule(NamedTuple):
    """A rule by its key for good."""

    key: str
    text: str


class Edit(NamedTuple):
    """A change of one rule; `rule` is the key of what it changes or adds."""

    key: str
    word: str
    rule: str
    text: str
    round: int
    parents: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class State:
    """A list of rules, and the edits that led to it."""

    rules: tuple[Rule, ...]
    path: tuple[Edit, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What the judge reads."""
        return tuple(one.text for one in self.rules)

    def edited(self, edit: Edit) -> State:
        """The list with one more edit made."""
        if edit.word == "add":
            rules = (*self.rules, Rule(edit.rule, edit.text))
        elif edit.word == "delete":
            rules = tuple(one for one in self.rules if one.key != edit.rule)
        else:
            rules = tuple(Rule(one.key, edit.text) if one.key == edit.rule else one for one in self.rules)
        return State(rules, (*self.path, edit))


@dataclasses.dataclass
class Search:
    """What is known so far; `credit` holds, for the texts of each list, which pairs it gets right, None if unknown."""

    inputs: Inputs
    pairs: Mapping[tuple[int, int], Pair]
    split: drafting.Split
    seed: int
    credit: dict[tuple[str, ...], dict[tuple[int, int], float | None]] = dataclasses.field(default_factory=dict)
    fates: dict[str, tuple[Edit, str, dict[str, Any]]] = dataclasses.field(default_factory=dict)
    reads: dict[str, writing.Read] = dataclasses.field(default_factory=dict)
    repeated: int = 0

    def gain(self, one: State, other: State, pairs: Sequence[drafting.Pair]) -> accuracy.Estimate:
        """How much more of the pairs the second gets right, with the interval; what either failed on is left out."""
        both = [
            (before, after)
            for pair in pairs
            if (before := self.credit[one.texts].get((pair.better, pair.worse))) is not None
            and (after := self.credit[other.texts].get((pair.better, pair.worse))) is not None
        ]
        return accuracy.estimate([after - before for before, after in both], seed=self.seed)

    def share(self, state: State, pairs: Sequence[drafting.Pair]) -> accuracy.Estimate:
        """The share of pairs that a list of rules gets right."""
        found = [self.credit[state.texts].get((pair.better, pair.worse)) for pair in pairs]
        return accuracy.estimate([one for one in found if one is not None], seed=self.seed)


def _evolved(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    return replay(_story(inputs, params, seed), answers)


def _story(inputs: Inputs, params: Mapping[str, Any], seed: int) -> Story:
    begin = State(tuple(Rule(one.id, one.text) for one in inputs.criteria if one.text.strip()))
    if not 1 <= len(begin.rules) <= MOST_RULES:
        raise Refused(
            f"Between 1 and {MOST_RULES} rules can be edited; here are {len(begin.rules)}.", code="rules_count"
        )
    keyed = {(one.better.key, one.worse.key): one for one in inputs.pairs}
    split = drafting.split(
        [drafting.plain(one) for one in inputs.pairs], sources=params["sources"], checks=params["checks"], seed=seed
    )
    search = Search(inputs, keyed, split, seed)
    yield from _compared(search, [begin], (*split.sources, *split.sieve), "0")
    beam = [begin]
    for round_ in range(1, params["rounds"] + 1):
        made: list[tuple[State, State]] = []
        yield from _edits(search, beam, round_, made)
        yield from _compared(search, [state for _, state in made], (*split.sources, *split.sieve), str(round_))
        accepted = [state for parent, state in made if _accepted(search, parent, state, params["sure"])]
        if not accepted:
            break
        beam = _best(search, [*beam, *accepted], params["beam"], round_)
    yield from _compared(search, [begin, *([beam[0]] if beam[0] != begin else [])], split.held_out, "held out")
    return _end(search, begin, beam[0])


def _compared(search: Search, states: Sequence[State], pairs: Sequence[drafting.Pair], name: str) -> Chapter:
    """Ask which answer of each pair is better by each list of rules, in both orders."""
    lists = list(dict.fromkeys(one.texts for one in states))
    asks = [_comparison(search, lists, pair, place, name) for pair in pairs for place in (0, 1)] if lists else []
    answers = yield Batch(f"Comparing answers, {name if name == 'held out' else f'round {name}'}", tuple(asks))
    for number, rules in enumerate(lists):
        known = search.credit.setdefault(rules, {})
        for place, pair in enumerate(pairs):
            first, second = (
                drafting.degrees(answers[ask.key].labels, turn, len(lists))[number]
                for turn, ask in enumerate(asks[2 * place : 2 * place + 2])
            )
            found = drafting.preference(first, second)
            known[pair.better, pair.worse] = None if found is None else float(found > 0)


def _comparison(search: Search, lists: Sequence[tuple[str, ...]], pair: drafting.Pair, place: int, name: str) -> Ask:
    own = search.pairs[pair.better, pair.worse]
    first, second = (own.worse, own.better) if place else (own.better, own.worse)
    key = f"a{name} {pair.better} {pair.worse} {place}"
    token = writing.token(search.inputs, f"{pair.better} {pair.worse} {place}")
    blocks = [("Task", search.inputs.prompts.get(pair.prompt, "")), ("Answer A", first.text), ("Answer B", second.text)]
    suffixes = tuple(prompts.compare_suffix(token, rules) for rules in lists)
    labels = (prompts.CHECK_LABELS,) * len(suffixes)
    return Ask(
        key, Role.JUDGE, "Compares by rules", LabelRequest(prompts.compare_shared(token, blocks), suffixes, labels)
    )


def _edits(search: Search, beam: Sequence[State], round_: int, made: list[tuple[State, State]]) -> Chapter:
    """Have each list of the beam edited by pairs that it gets wrong; `made` gets parent and child."""
    asks = []
    for place, state in enumerate(beam):
        wrong = [one for one in search.split.sources if search.credit[state.texts].get((one.better, one.worse)) == 0.0]
        if wrong:
            asks.append((state, _editing(search, state, wrong[:SHOWN], f"e{round_}.{place}")))
    answers = yield Batch(f"Editing rules, round {round_}", tuple(ask for _, ask in asks))
    for state, ask in asks:
        texts = [text.text for pair in search.pairs.values() for text in pair]
        read = search.reads[ask.key] = writing.read(answers[ask.key], SHAPE, search.inputs, texts)
        for number, entry in enumerate(read.entries):
            edit = _edit(state, entry, f"{ask.key}.{number}", round_)
            why = "names no rule that there is" if edit is None else ""
            found = edit or Edit(f"{ask.key}.{number}", entry.choice, "", entry.text, round_, ())
            child = state.edited(found)
            if not why and (child.texts in search.credit or any(child.texts == one.texts for _, one in made)):
                search.repeated += 1
                continue
            if not why and not 1 <= len(child.rules) <= MOST_RULES:
                why = "leaves no rule, or too many"
            if why:
                search.fates[found.key] = (found, why, {})
            else:
                made.append((state, child))


def _editing(search: Search, state: State, wrong: Sequence[drafting.Pair], key: str) -> Ask:
    blocks = []
    for number, pair in enumerate(wrong, start=1):
        own = search.pairs[pair.better, pair.worse]
        blocks += [
            (f"Task {number}", search.inputs.prompts.get(pair.prompt, "")),
            (f"Answer A to task {number}", own.better.text),
            (f"Answer B to task {number}", own.worse.text),
        ]
    blocks.append(("Rules", prompts.numbered(state.texts)))
    return writing.written(search.inputs, key, "Edits the rules", SHAPE, blocks)


def _edit(state: State, entry: writing.Entry, key: str, round_: int) -> Edit | None:
    """What was written as an edit; None where it names no rule."""
    last = (state.path[-1].key,) if state.path else ()
    if entry.choice == "add":
        return Edit(key, "add", key, entry.text, round_, last)
    named = writing.numbers(entry.before, len(state.rules))
    if len(named) != 1:
        return None
    rule = state.rules[named[0]]
    text = rule.text if entry.choice == "delete" else entry.text
    return Edit(key, entry.choice, rule.key, text, round_, last)


def _accepted(search: Search, parent: State, child: State, sure: bool) -> bool:
    """Whether an edit raises the accuracy of its list: by the whole interval, or by the mean alone."""
    edit, pairs = child.path[-1], search.split.sieve
    gain, after = search.gain(parent, child, pairs), search.share(child, pairs)
    evidence = {"accuracy": _told(after), "gain": _told(gain)}
    low = gain.low if sure else gain.value
    kept = low is not None and low > 0
    why = "" if kept else "could not be checked" if gain.value is None else "does not surely raise accuracy"
    search.fates[edit.key] = (edit, why, evidence)
    return kept


def _best(search: Search, states: Sequence[State], width: int, round_: int) -> list[State]:
    """The lists that get most pairs right; equals by the seed."""
    drawn = random.Random(f"{search.seed} {round_}")
    order = [(-(search.share(one, search.split.sieve).value or 0.0), drawn.random(), one) for one in states]
    return [one for _, _, one in sorted(order, key=lambda each: each[:2])][:width]


def _end(search: Search, begin: State, final: State) -> End:
    held = search.split.held_out
    before, after, gain = search.share(begin, held), search.share(final, held), search.gain(begin, final, held)
    holds = gain.value is not None and gain.value >= 0
    figures = {
        "pairs": len(search.split.sieve), "held_out": len(held), "before": _told(before), "after": _told(after),
        "gain": _told(gain),
        "repeated": search.repeated, "sieve_before": _told(search.share(begin, search.split.sieve)),
    }  # fmt: skip
    own = _effects(begin, final)
    made = []
    for edit, why, evidence in search.fates.values():
        drop = why or ("" if edit.key in own else LATER if edit in final.path else OTHER)
        if not drop and not holds:
            drop = "does not hold on pairs held out"
        op, text = own.get(edit.key, ({"add": Op.ADD, "delete": Op.REMOVE}.get(edit.word, Op.CHANGE), edit.text))
        target = "" if op is Op.ADD else edit.rule
        made.append(
            Suggestion(
                edit.key, op, text, target=target, parents=edit.parents, round=edit.round, drop=drop, evidence=evidence
            )
        )
    made += writing.unfit_ones(search.reads)
    told = (
        f"On {after.items} pairs held out the judge agrees with people on {_percent(after)}, before {_percent(before)}."
    )
    return writing.ended(made, search.reads.values(), figures, told)


def _effects(begin: State, final: State) -> dict[str, tuple[Op, str]]:
    """What the path does in all, by the last edit of each rule."""
    first, last = ({one.key: one.text for one in state.rules} for state in (begin, final))
    found: dict[str, tuple[Op, str]] = {}
    for rule, edit in {edit.rule: edit for edit in final.path}.items():
        if rule in first and rule not in last:
            found[edit.key] = (Op.REMOVE, first[rule])
        elif rule in last and first.get(rule) != last[rule]:
            found[edit.key] = (Op.CHANGE if rule in first else Op.ADD, last[rule])
    return found


def _told(one: accuracy.Estimate) -> dict[str, Any]:
    """An estimate as stored figures."""
    value, low, high = (None if each is None else round(each, 4) for each in one[:3])
    return {"value": value, "low": low, "high": high, "count": one.items}


def _percent(one: accuracy.Estimate) -> str:
    return "none" if one.value is None else f"{one.value:.0%}"


METHOD = Method(
    kind="evolve", title="Evolve the rubric's rules",
    question="Which edits make the judge agree with people more often?",
    needs=frozenset({Need.PAIRS, Need.META}), source="OpenRS, arXiv:2602.14069", step=_evolved,
    params=(
        Param("rounds", "Rounds of edits", 3, 1, 8),
        Param("beam", "Lists kept side by side", 2, 1, 4, help="Each is edited anew in every round."),
        Param("sources", "Pairs to learn from", 12, 2, 100),
        Param(
            "checks", "Pairs to choose and to check by", 30, 2, 300,
            help="As many to choose edits by, and again to hold out. Two calls each, a round.",
        ),
        Param(
            "sure", "Only sure gains", 1, 0, 1,
            help="1: the 95 % interval of the gain must lie above zero; 0: its mean must.",
        ),
    ),
    frontier="OpenRS edits with a frontier model and reports RM-Bench 89.4; yours depend on the models you attach.",
)  # fmt: skip
