"""The inputs of an audit in columns, their digests, and where what they name can be looked at."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import orjson

from apps.audit.queries import columns, facts
from apps.audit.queries.columns import Column, Floats, Item, Key
from apps.audit.queries.facts import Facts
from apps.audit.queries.sources import Named
from apps.datasets.models import SubjectKind
from apps.judging import queries as judging
from apps.judging.models import VerdictStatus
from domain import audits
from domain.audits import Need

MOST_REPLIES = 20_000
_OF_CRITERIA = {Need.CRITERIA, Need.WEIGHTS}
_OF_PAIRS = {Need.PAIRS, Need.ORDERS, Need.JUDGED, Need.STRENGTHS}


@dataclass
class Gathered:
    """Inputs as the audits read them, and where what they name can be looked at."""

    inputs: audits.Inputs
    responses: dict[str, dict[str, Any]] = field(default_factory=dict)
    prompts: dict[str, int] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)


def gather(named: Named, needs: Iterable[Need], known: Facts | None = None) -> Gathered:
    """Read what is named, no more of it than the audit needs: the union of all scored answers, NaN where no score is.

    `known` are the facts of the data set where they were read before.

    Answers are in the order of their ids, so the same rows give the same columns and the same digests.
    """
    wanted = set(needs)
    held = [columns.column_of(one, criteria=bool(wanted & _OF_CRITERIA)) for one in named.sources]
    gold = columns.column_of(named.gold, criteria=False) if named.gold else None
    known = known or (facts.facts_of(named.dataset) if named.dataset else None)
    keys = sorted({key for column in held for key in column.values})
    labels = _labels(keys)
    answers = _answers(keys, labels, held, gold, known)
    inputs = audits.Inputs(
        answers=answers if keys else None,
        scores=[_scores(column, keys) for column in held] if keys else [],
        pairs=_pairs(held, known, labels) if wanted & _OF_PAIRS and known else None,
        trajectories=_trajectories(held[0], known, labels) if Need.STEPS in wanted else [],
        replies=_replies(held[0], labels) if Need.REPLIES in wanted else [],
        known=_known(held[0], labels) if Need.KNOWN in wanted else None,
    )
    made = Gathered(inputs, columns=held)
    _place(made, held, known, labels)
    return made


def narrowed(inputs: audits.Inputs, needs: Iterable[Need]) -> audits.Inputs:
    """Only what an audit asks for, so that its finding and digests do not depend on what else was read."""
    wanted = set(needs)
    scores = inputs.scores
    if not wanted & _OF_CRITERIA:
        scores = [replace(one, criteria=(), degrees=None, weights=None) for one in scores]
    return audits.Inputs(
        answers=inputs.answers, scores=scores, pairs=inputs.pairs if wanted & _OF_PAIRS else None,
        trajectories=inputs.trajectories if Need.STEPS in wanted else [],
        replies=inputs.replies if Need.REPLIES in wanted else [],
        known=inputs.known if Need.KNOWN in wanted else None,
    )  # fmt: skip


def digests_of(inputs: audits.Inputs) -> list[dict[str, Any]]:
    """The digest of each part of the inputs: {name, rows, digest}."""
    return [_digest(name, rows, content) for name, rows, content in _contents(inputs)]


def _labels(keys: Sequence[Key]) -> dict[Key, str]:
    """One name for each answer: its own id, with that of its prompt where several answers share it."""
    again = Counter(response for _, response in keys)
    return {(prompt, name): name if again[name] == 1 else f"{prompt}/{name}" for prompt, name in keys}


def _answers(
    keys: Sequence[Key], labels: Mapping[Key, str], held: Sequence[Column], gold: Column | None, known: Facts | None
) -> audits.Answers:
    correct: dict[Key, float] = dict(known.correct) if known else {}
    for column in reversed(held):
        correct |= column.correct
    golden = gold.values if gold else known.gold if known else {}
    there = [known.answers.get(key) if known else None for key in keys]
    names = sorted({name for fact in there if fact for name, value in fact.tags.items() if value})
    tags = {name: [fact.tags.get(name, "") if fact else "" for fact in there] for name in names}
    if "of" in tags:
        tags["of"] = [labels.get((prompt, one), one) for (prompt, _), one in zip(keys, tags["of"], strict=True)]
    return audits.Answers(
        prompts=[prompt for prompt, _ in keys],
        ids=[labels[key] for key in keys],
        correct=_column(keys, correct) if correct else None,
        gold=_column(keys, golden) if golden else None,
        lengths=np.array([fact.length if fact else np.nan for fact in there]) if any(there) else None,
        tags=tags,
    )


def _scores(column: Column, keys: Sequence[Key]) -> audits.Scores:
    empty = [np.nan] * len(column.criteria)
    degrees = np.array([column.degrees.get(key, empty) for key in keys]) if column.criteria else None
    weights = np.array(column.weights) if column.criteria else None
    return audits.Scores(
        column.name, _column(keys, column.values), criteria=column.criteria, degrees=degrees, weights=weights
    )


def _pairs(held: Sequence[Column], known: Facts, labels: Mapping[Key, str]) -> audits.Pairs | None:
    """Pairs on which most raters agree; judged by those who compare, with margins of those who score answers."""
    better = [pair for pair in known.better if pair[0] in known.answers and pair[1] in known.answers]
    ids = [(known.answers[first].response, known.answers[second].response) for first, second in better]
    judged, margins = [], {}
    for column in held:
        compared = facts.pair_scores(column)
        if compared:
            first = [compared.get(pair) for pair in ids]
            second = [compared.get(pair[::-1]) for pair in ids]
            turned = [None if value is None else 1 - value for value in second]
            once = not any(pair[::-1] in compared for pair in compared)
            judged.append(audits.Judged(column.name, _plain(first), _plain(turned), once=once))
        elif column.values:
            lost = float("nan")
            found = [column.values.get(one, lost) - column.values.get(two, lost) for one, two in better]
            margins[column.name] = np.array(found)
    if not better:
        return None
    name = {pair: (labels.get(pair[0], pair[0][1]), labels.get(pair[1], pair[1][1])) for pair in better}
    return audits.Pairs(
        ids=[f"{one} over {two}" for one, two in name.values()],
        prompts=[prompt for (prompt, _), _ in better],
        better=[one for one, _ in name.values()],
        worse=[two for _, two in name.values()],
        judged=judged,
        margins=margins,
        strength=_plain([known.strength.get(pair) for pair in ids]) if known.strength else None,
        tags={name: [known.answers[first].tags.get(name, "") for first, _ in better] for name in _axes(known)},
    )


def _axes(known: Facts) -> list[str]:
    """The tags that answers have."""
    return sorted({name for fact in known.answers.values() for name, value in fact.tags.items() if value})


def _trajectories(column: Column, known: Facts | None, labels: Mapping[Key, str]) -> list[audits.Trajectory]:
    """The step scores of each answer whose steps were judged."""
    steps: dict[Key, dict[int, Item]] = defaultdict(dict)
    for item in column.items:
        if item.kind == SubjectKind.STEP and item.members:
            steps[item.prompt_id, item.members[0][1]][item.step or 0] = item
    made = []
    for (prompt, name), by_step in sorted(steps.items()):
        raws = [by_step[place].raw if place in by_step else None for place in range(max(by_step) + 1)]
        outcome = known.correct.get((prompt, name)) if known else None
        made.append(audits.Trajectory(prompt, labels.get((prompt, name), name), _plain(raws), outcome))
    return made


def _replies(column: Column, labels: Mapping[Key, str]) -> list[audits.Reply]:
    """The judge's reasons with the verdict that each ended in; None where it could not be read. Degrees between true
    and false are no such verdict and left out."""
    places = {key: item for item in column.items if item.member for key in item.keys}
    keys = list(places)[:MOST_REPLIES]
    rows = columns.verdicts_by_key(keys, "status", "value", "rationale", "criterion")
    replies = []
    for key in keys:
        status, value, text, criterion = rows.get(key, ("", None, "", ""))
        if status not in (VerdictStatus.OK, VerdictStatus.UNPARSEABLE):
            continue
        item = places[key]
        name = (item.prompt_id, item.member[1]) if item.member else ("", "")
        if status == VerdictStatus.OK and value not in (0, 1):
            continue
        verdict = None if status == VerdictStatus.UNPARSEABLE else "pass" if value else "fail"
        shown = labels.get(name, name[1])
        replies.append(audits.Reply(f"{shown}, {criterion}", verdict, text, prompt=item.prompt_id, response=shown))
    return replies


def _known(column: Column, labels: Mapping[Key, str]) -> audits.Known | None:
    """What the judge said where people settled or labelled a criterion of the version."""
    side = column.side
    if side is None or side.version is None:
        return None
    truths = judging.known_values(side.version)
    said = judging.said_by(side.version, side.judge, truths)
    items = {item.subject: item for item in column.items if item.member is not None}
    rows = []
    for (subject, criterion), truth in truths.items():
        verdict = said.get((subject, criterion))
        item = items.get(subject)
        if verdict is None or verdict.value is None or item is None or item.member is None:
            continue
        name = labels.get((item.prompt_id, item.member[1]), item.member[1])
        rows.append((item.prompt_id, name, criterion, verdict.value, truth.value))
    rows.sort()
    return audits.Known(
        said=np.array([row[3] for row in rows], dtype=float), truth=np.array([row[4] for row in rows], dtype=float),
        prompts=[row[0] for row in rows], ids=[row[1] for row in rows], criteria=[row[2] for row in rows],
    )  # fmt: skip


def _contents(inputs: audits.Inputs) -> Iterable[tuple[str, int, Any]]:
    """Everything that the audit can see, by name."""
    if inputs.answers is not None:
        one = inputs.answers
        facts_ = [one.prompts, one.ids, _listed(one.correct), _listed(one.gold), _listed(one.lengths), dict(one.tags)]
        yield "answers", len(one), facts_
    for table in inputs.scores:
        parts = [_listed(table.values), list(table.criteria), _listed(table.degrees), _listed(table.weights)]
        yield table.name, int((~np.isnan(table.values)).sum()), parts
    if inputs.pairs is not None:
        pairs = inputs.pairs
        said = [[judge.name, _listed(judge.first), _listed(judge.second)] for judge in pairs.judged]
        gaps = [[name, _listed(values)] for name, values in pairs.margins.items()]
        facts_ = [pairs.ids, pairs.prompts, said, gaps, _listed(pairs.strength), dict(pairs.tags)]
        yield "pairs", len(pairs), facts_
    if inputs.trajectories:
        steps = [[one.prompt, one.id, _listed(one.scores), one.outcome] for one in inputs.trajectories]
        yield "trajectories", len(steps), steps
    if inputs.replies:
        yield "replies", len(inputs.replies), [[one.id, one.verdict, one.text] for one in inputs.replies]
    if inputs.known is not None:
        pair = inputs.known
        yield "labels", len(pair.said), [pair.prompts, pair.ids, pair.criteria, _listed(pair.said), _listed(pair.truth)]


def _digest(name: str, rows: int, content: Any) -> dict[str, Any]:
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return {"name": name, "rows": rows, "digest": f"sha256:{hashlib.sha256(text).hexdigest()}"}


def _place(made: Gathered, held: Sequence[Column], known: Facts | None, labels: Mapping[Key, str]) -> None:
    """Where each answer and prompt is: its place in the first run that judged it, else in the data set."""
    if known is not None:
        for key, fact in known.answers.items():
            made.prompts[key[0]] = fact.prompt
            if key in labels:
                made.responses[labels[key]] = {"prompt": fact.prompt}
    for column in reversed(held):
        for item in column.items:
            made.prompts.setdefault(item.prompt_id, item.prompt)
            if item.member is not None and column.side is not None:
                name = labels[item.prompt_id, item.member[1]]
                run = str(column.side.run.pk)
                made.responses[name] = {"prompt": item.prompt, "run": run, "index": item.index}


def _column(keys: Sequence[Key], values: Mapping[Key, float]) -> Floats:
    lost = float("nan")
    return np.array([values.get(key, lost) for key in keys], dtype=float)


def _plain(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _listed(values: Floats | None) -> Any:
    return None if values is None else values.tolist()
