"""Criteria split until they tell answers apart, with what harms or repeats left out (RRD, arXiv:2602.05125)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.refinement import sifting, writing
from domain.refinement.loop import (
    Answer,
    Ask,
    End,
    Inputs,
    Method,
    More,
    Need,
    Op,
    Param,
    Refused,
    Suggestion,
    Text,
)  # fmt: skip
from domain.refinement.replay import Batch, Chapter, Story, replay
from domain.refinement.sifting import Fault, Limits, Votes

LEAST_ANSWERS = 4
SHOWN = 8
NAMES = "ABCDEFGH"
KINDS = ("hard rule", "principle")
PROPOSE = writing.Shape("propose", "difference", "kind", KINDS, 5)
HALVE = writing.Shape("halve", "part", "kind", KINDS, 2)
SPLIT = "split in two"
ENOUGH = "more than the rubric is to have"
REMOVED = frozenset({SPLIT, Fault.MISALIGNED, Fault.REDUNDANT, Fault.CONFLICT})
STAYS = "stands in the rubric and stays"


class Node(NamedTuple):
    """A criterion in the lineage; `target` is its id where the rubric has it."""

    key: str
    text: str
    round: int
    kind: str = ""
    before: str = ""
    parents: tuple[str, ...] = ()
    target: str = ""


@dataclass
class Search:
    """What is known so far: kept and dropped nodes in their order, with the votes on each."""

    inputs: Inputs
    answers: tuple[Text, ...]
    limits: Limits
    most_rejected: int
    seen: dict[str, Votes] = field(default_factory=dict)
    kept: list[Node] = field(default_factory=list)
    dropped: list[tuple[Node, str]] = field(default_factory=list)
    reads: dict[str, writing.Read] = field(default_factory=dict)
    rejected: int = 0
    tried: set[str] = field(default_factory=set)

    @property
    def over(self) -> bool:
        """Whether so many proposals were rejected that it ends."""
        return self.rejected >= self.most_rejected

    def places(self, authors: Sequence[str]) -> frozenset[int]:
        """Where the answers of these authors stand in the sample."""
        return frozenset(n for n, one in enumerate(self.answers) if one.author in authors)

    def drop(self, node: Node, why: str, *, counts: bool = True) -> None:
        """Leave a node out; what the judge failed on or the rubric has is no rejected proposal."""
        self.dropped.append((node, why))
        self.rejected += counts and not node.target and why != Fault.UNCHECKED

    def take(self, node: Node, *, instead: Node | None = None) -> bool:
        """Keep a node unless a filter stops it; `instead` is its parent, which it may resemble."""
        others = [one for one in self.kept if one is not instead]
        why: Fault | None = sifting.alone(
            self.seen[node.key], self.places(self.inputs.strong), self.places(self.inputs.weak), self.limits
        )
        near = None if why else sifting.beside(node.text, [one.text for one in others], self.limits)
        why = near[0] if near else why
        if why is None:
            self.kept.append(node)
        else:
            self.drop(node, why)
        return why is None


def sample(inputs: Inputs, count: int, prompts: int, seed: int) -> tuple[Text, ...]:
    """Up to so many different answers to the prompts that have most, taking turns between strong, weak and others.

    Raises Refused where all answers are equal or fewer than four are left.
    """
    first: dict[tuple[int, str], Text] = {}
    for one in inputs.answers:
        first.setdefault((one.prompt, one.text), one)
    if len(inputs.answers) > 1 and len({one.text for one in inputs.answers}) == 1:
        raise Refused("All answers are the same text, so nothing sets them apart.", code="answers_equal")
    by: dict[int, list[Text]] = {}
    for one in first.values():
        by.setdefault(one.prompt, []).append(one)
    rng = random.Random(seed)
    most = sorted(by.values(), key=lambda own: (-len(own), own[0].prompt))[:prompts]
    rows = [_in_turn(own, inputs, rng) for own in most]
    found = [one for turn in range(count) for row in rows for one in row[turn : turn + 1]][:count]
    if len(found) < LEAST_ANSWERS:
        raise Refused(
            f"{len(found)} different answers can be used; at least {LEAST_ANSWERS} are needed to see which criteria "
            "tell answers apart.", code="too_few_answers",
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.prompt, one.key)))


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Propose, check on the sampled answers, split what too many meet, filter; until fifteen were rejected."""
    return replay(_story(inputs, params, seed), answers)


def _story(inputs: Inputs, params: Mapping[str, Any], seed: int) -> Story:
    chosen = sample(inputs, params["answers"], params["prompts"], seed)
    search = Search(inputs, chosen, Limits(broad=params["broad"]), params["rejections"])
    asks = tuple(_proposal(inputs, prompt, chosen) for prompt in dict.fromkeys(one.prompt for one in chosen))
    answers = yield Batch("Proposing criteria", asks)
    nodes = [Node(f"have {one.id}", one.text, 0, target=one.id) for one in inputs.criteria if one.text.strip()]
    nodes += _proposed(search, asks, answers)[: params["initial"]]
    yield from _voted(search, nodes, 0)
    for node in nodes:
        if search.over:
            break
        search.take(node)
    for round_ in range(1, params["depth"] + 1):
        if not (broad := _broad(search)):
            break
        yield from _divided(search, broad, round_)
    return _end(search, params)


def _divided(search: Search, broad: Sequence[Node], round_: int) -> Chapter:
    """Have each broad criterion split, and take the halves that do better."""
    asks = tuple(_halving(search, node, round_) for node in broad)
    answers = yield Batch(f"Splitting, round {round_}", asks)
    pairs = []
    for node, ask in zip(broad, asks, strict=True):
        search.tried.add(node.key)
        read = search.reads[ask.key] = writing.read(answers[ask.key], HALVE, search.inputs, _texts(search))
        parents = (node.key,)
        pairs.append([
            Node(f"{ask.key}.{n}", one.text, round_, one.choice, one.before, parents)
            for n, one in enumerate(read.entries)
        ])  # fmt: skip
    yield from _voted(search, [one for pair in pairs for one in pair], round_)
    for parent, children in zip(broad, pairs, strict=True):
        if search.over:
            break
        _decide(search, parent, children)


def _decide(search: Search, parent: Node, children: Sequence[Node]) -> None:
    if len(children) != 2:
        for child in children:
            search.drop(child, "came without its other half")
        return
    why = sifting.halves(search.seen[parent.key], [search.seen[one.key] for one in children], search.limits)
    took = False
    for child in children:
        if search.over:
            break
        if why is not None:
            search.drop(child, why)
        else:
            took = search.take(child, instead=parent) or took
    if took:
        search.kept.remove(parent)
        search.drop(parent, SPLIT, counts=False)


def _in_turn(own: Sequence[Text], inputs: Inputs, rng: random.Random) -> list[Text]:
    sides: list[list[Text]] = [[], [], []]
    for one in sorted(own, key=lambda one: one.key):
        sides[0 if one.author in inputs.strong else 1 if one.author in inputs.weak else 2].append(one)
    for side in sides:
        rng.shuffle(side)
    return [side[turn] for turn in range(len(own)) for side in sides if turn < len(side)]


def _proposal(inputs: Inputs, prompt: int, chosen: Sequence[Text]) -> Ask:
    own = [one for one in chosen if one.prompt == prompt][:SHOWN]
    return writing.written(inputs, f"p{prompt}", "Writes what sets answers apart", PROPOSE, _shown(inputs, own))


def _halving(search: Search, node: Node, round_: int) -> Ask:
    met = [search.answers[place] for place in sorted(search.seen[node.key].met)]
    own = [one for one in met if one.prompt == met[0].prompt][:SHOWN]
    blocks = [*_shown(search.inputs, own), ("Criterion", node.text)]
    key = f"s{round_} {node.key}"
    return writing.written(search.inputs, key, "Splits a criterion", HALVE, blocks, count=len(own))


def _shown(inputs: Inputs, own: Sequence[Text]) -> list[tuple[str, str]]:
    answers = [(f"Answer {NAMES[n]}", one.text) for n, one in enumerate(own)]
    return [("Task", inputs.prompts.get(own[0].prompt, "")), *answers]


def _texts(search: Search) -> list[str]:
    return [one.text for one in search.answers]


def _proposed(search: Search, asks: Sequence[Ask], answers: Mapping[str, Answer]) -> list[Node]:
    found: list[Node] = []
    for ask in asks:
        read = search.reads[ask.key] = writing.read(answers[ask.key], PROPOSE, search.inputs, _texts(search))
        found += [Node(f"{ask.key}.{n}", one.text, 0, one.choice, one.before) for n, one in enumerate(read.entries)]
    return found


def _voted(search: Search, nodes: Sequence[Node], round_: int) -> Chapter:
    """Ask the judge of every sampled answer which of the new criteria it meets."""
    questions = [("true_of", one.text) for one in nodes]
    asks = tuple(
        writing.checked(
            search.inputs, f"c{round_}.{one.key}", "Checks one answer",
            [("Task", search.inputs.prompts.get(one.prompt, "")), ("Answer", one.text)], questions,
        )
        for one in search.answers
        if questions
    )  # fmt: skip
    answers = yield Batch(f"Checking answers, round {round_}", asks)
    rows = [writing.yes(answers[ask.key], len(nodes)) for ask in asks]
    for place, node in enumerate(nodes):
        search.seen[node.key] = sifting.votes([row[place] for row in rows])


def _broad(search: Search) -> list[Node]:
    if search.over:
        return []
    limit = search.limits.broad
    return [one for one in search.kept if one.key not in search.tried and search.seen[one.key].coverage > limit]


def _end(search: Search, params: Mapping[str, Any]) -> End:
    """Leave out what every answer meets and what is too much, weigh the rest, and tell the fate of all."""
    for node in [one for one in search.kept if not one.target and _everybody(search, one)]:
        search.kept.remove(node)
        search.drop(node, Fault.BROAD, counts=False)
    own = sorted((one for one in search.kept if not one.target), key=lambda one: -search.seen[one.key].spread)
    for node in own[max(0, params["final"] - sum(bool(one.target) for one in search.kept)) :]:
        search.kept.remove(node)
        search.drop(node, ENOUGH, counts=False)
    weights, figures = _weights(search)
    made = [_suggestion(search, one, STAYS if one.target else "", weights.get(one.key)) for one in search.kept]
    made += [_suggestion(search, one, why) for one, why in search.dropped]
    made.sort(key=lambda one: one.round)
    found = [*made, *writing.unfit_ones(search.reads)]
    figures |= {"answers": len(search.answers), "rejected": search.rejected}
    return writing.ended(found, search.reads.values(), figures, _stopped(search, params))


def _everybody(search: Search, node: Node) -> bool:
    found = search.seen[node.key]
    return found.met == found.known


def _weights(search: Search) -> tuple[dict[str, float], dict[str, Any]]:
    """Whitened weights of what is kept, by the answers with all verdicts; none where they would be equal."""
    import numpy as np

    from domain import weighing

    seen = [search.seen[one.key] for one in search.kept]
    rows = [place for place in range(len(search.answers)) if all(place in one.known for one in seen)]
    table = np.array([[float(place in one.met) for one in seen] for place in rows]).reshape(len(rows), len(seen))
    found = weighing.whitened(table)
    keys = [one.key for one in search.kept]
    figures = {
        "weights": dict(zip(keys, (round(one, 4) for one in found.weights), strict=True)), "uniform": found.uniform,
        "eigenvalues": [round(one, 4) for one in found.eigenvalues],
        "opposed": [[keys[one], keys[other]] for one, other in found.opposed],
    }  # fmt: skip
    if found.uniform:
        return {}, figures
    present = [one.weight for one in search.inputs.criteria if one.weight > 0]
    usual = sum(present) / len(present) if present else 1.0
    return {key: round(share * len(keys) * usual, 2) for key, share in zip(keys, found.weights, strict=True)}, figures


def _suggestion(search: Search, node: Node, drop: str, weight: float | None = None) -> Suggestion:
    """A node with its fate; what the rubric has is removed only where it harms, repeats or was split."""
    found = search.seen[node.key]
    evidence: dict[str, Any] = {"coverage": round(found.share, 4), "met": found.coverage, "of": len(found.known)}
    for name, authors in (("strong", search.inputs.strong), ("weak", search.inputs.weak)):
        if places := search.places(authors) & found.known:
            evidence[name] = round(len(places & found.met) / len(places), 4)
    if node.before:
        evidence["difference"] = node.before
    op = Op.REMOVE if node.target else Op.ADD
    if node.target and drop in REMOVED:
        evidence["why"], drop = drop, ""
    return Suggestion(
        node.key, op, node.text, target=node.target, parents=node.parents, round=node.round, drop=drop,
        weight=None if node.target else weight, kind=node.kind, evidence=evidence,
    )  # fmt: skip


def _stopped(search: Search, params: Mapping[str, Any]) -> str:
    if search.over:
        return f"It stopped when {search.rejected} proposals had been rejected."
    if reason := next((one.reason for one in search.reads.values() if one.reason.startswith("The budget")), ""):
        return reason
    broad = len([one for one in search.kept if search.seen[one.key].coverage > params["broad"]])
    if broad:
        return f"It stopped after {params['depth']} rounds of splitting; {broad} criteria could not be split further."
    return f"It stopped when no criterion was met by more than {params['broad']} of {len(search.answers)} answers."


METHOD = Method(
    kind="decompose",
    title="Split and filter",
    question="Which finer criteria tell these answers apart?",
    needs=frozenset({Need.ANSWERS, Need.META}),
    params=(
        Param("answers", "Answers to check by", 8, LEAST_ANSWERS, 64, help="Every criterion is checked on each."),
        Param("prompts", "Prompts that they answer", 2, 1, 16, help="One call each to propose."),
        Param("broad", "Split what more answers meet than", 2, 1, 63, help="RRD splits what more than two meet."),
        Param("initial", "Criteria to begin with", 8, 1, 20),
        Param("final", "Criteria to end with, at most", 24, 1, 60),
        Param("depth", "Rounds of splitting", 3, 0, 5),
        Param("rejections", "Rejected proposals that end it", 15, 1, 100),
    ),
    source="RRD, arXiv:2602.05125",
    step=step,
    frontier="RRD's gains were measured with GPT-4o; yours depend on the writer and the judge that you attach.",
)  # fmt: skip
