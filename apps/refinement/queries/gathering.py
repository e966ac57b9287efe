"""What a method works on: gathered and frozen when a loop is begun, read again whenever it goes on."""

import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from apps.core import sealing
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset, PreferenceMember, Response
from apps.judging import queries as judging
from apps.refinement.models import Draft
from apps.refinement.queries import sources
from apps.refinement.queries.asking import Asked, Gathered, invalid
from apps.refinement.queries.faults import verdicts_on
from apps.refinement.queries.meta_rubrics import governing
from apps.refinement.queries.turned_down import turned_down
from apps.rubrics import queries as rubrics
from domain import errors, subjects
from domain.refinement import loop
from domain.refinement.loop import Need
from domain.refinement.registry import METHODS

MOST_MEMBERS = 20_000
MOST_PROMPTS = 300
MOST_ANSWERS = 300
NO_LABEL = "Nobody said in this data set which answer is better."


Gatherer = Callable[[Asked], Gathered]


def gathered(asked: Asked, needs: Iterable[Need]) -> Gathered:
    """All that the needs ask for, together with the criteria that the version has. Raises Invalid at a field."""
    said = rubrics.domain_rubric(asked.version)
    frozen: dict[str, Any] = {
        "criteria": [[one.id, one.text, float(one.weight)] for one in said.criteria],
        "turned_down": [list(one) for one in turned_down(asked.version.rubric)],
    }
    responses: dict[int, None] = {}
    figures: dict[str, int] = {}
    dataset = None
    for need in sorted(needs):
        found = GATHERERS[need](asked)
        frozen |= found.frozen
        responses |= dict.fromkeys(found.responses)
        figures |= found.figures
        dataset = dataset or found.dataset
    return Gathered(frozen, tuple(responses), dataset, figures)


def methods() -> dict[str, loop.Method]:
    """The methods whose needs can be gathered here, by their kind."""
    return {kind: one for kind, one in METHODS.items() if one.needs <= set(GATHERERS)}


def inputs_of(draft: Draft) -> loop.Inputs:
    """What a loop may see, as it was frozen. Answers that were forgotten meanwhile are empty."""
    return thawed(draft.inputs, draft.responses)


def thawed(frozen: Mapping[str, Any], responses: Iterable[int]) -> loop.Inputs:
    """The same from what was gathered."""
    texts, prompts = _texts(responses)
    return loop.Inputs(
        criteria=tuple(loop.Present(*one) for one in frozen.get("criteria", ())),
        prompts=prompts,
        pairs=tuple(loop.Pair(texts[better], texts[worse]) for better, worse in frozen.get("pairs", ())),
        answers=tuple(texts[key] for key in frozen.get("answers", ())),
        sources=tuple(loop.Source(*one) for one in frozen.get("sources", ())),
        strong=tuple(frozen.get("strong", ())),
        weak=tuple(frozen.get("weak", ())),
        goal=frozen.get("goal", ""),
        meta=frozen.get("meta", {}).get("text", ""),
        turned_down=tuple((text, reason) for text, reason in frozen.get("turned_down", ())),
        secret=sealing.fence_secret(),
        verdicts=tuple(
            loop.Verdict(one[0], one[1], one[2], one[3], tuple(one[4])) for one in frozen.get("verdicts", ())
        ),
    )


def _texts(responses: Iterable[int]) -> tuple[dict[int, loop.Text], dict[int, str]]:
    rows = Response.objects.filter(pk__in=list(responses)).select_related("prompt")
    texts, prompts = {}, {}
    for row in rows.only("model", "parts", "prompt__messages"):
        texts[row.pk] = loop.Text(row.pk, row.prompt_id, row.model, subjects.text_of(row.parts))
        if row.prompt_id not in prompts:
            prompts[row.prompt_id] = _conversation(row.prompt.messages)
    return texts, prompts


def _conversation(messages: subjects.Messages) -> str:
    turns = [(turn["role"], subjects.text_of(turn["parts"])) for turn in messages]
    return turns[0][1] if len(turns) == 1 else "\n".join(f"[{role}] {text}" for role, text in turns)


def _pairs(asked: Asked) -> Gathered:
    """Pairs of which somebody said which answer is better, of at most three hundred prompts drawn by the seed.

    Ties are none. Answers that hold more than text are left out and counted.
    """
    dataset = _dataset(asked)
    rows = PreferenceMember.objects.filter(preference__dataset=dataset, preference__criterion=None)
    listed = list(
        rows.order_by("preference_id", "rank", "pk").values_list(
            "preference_id", "response__prompt_id", "response_id", "response__parts", "rank"
        )[:MOST_MEMBERS]
    )
    found: dict[int, dict[tuple[int, int], None]] = {}
    unread = 0
    for _, group in itertools.groupby(listed, key=lambda row: row[0]):
        for one, other in itertools.combinations(group, 2):
            if one[4] == other[4]:
                continue
            if subjects.is_text_only(one[3]) and subjects.is_text_only(other[3]):
                found.setdefault(one[1], {})[one[2], other[2]] = None
            else:
                unread += 1
    if not found:
        raise invalid("dataset", NO_LABEL)
    chosen = sorted(found)
    random.Random(asked.seed).shuffle(chosen)
    pairs = [pair for prompt in sorted(chosen[:MOST_PROMPTS]) for pair in found[prompt]]
    keys = tuple(key for pair in pairs for key in pair)
    return Gathered({"pairs": [list(pair) for pair in pairs]}, keys, dataset, {"unread": unread})


def _answers(asked: Asked) -> Gathered:
    """Answers of a data set, whole prompts drawn by the seed, and which of their authors are strong and weak."""
    dataset = _dataset(asked)
    known = set(datasets.models_of(dataset))
    strong, weak = (_authors(asked, name, known) for name in ("strong", "weak"))
    if both := sorted(set(strong) & set(weak)):
        raise invalid("weak", f"{both[0]} cannot be strong and weak at once.")
    rows: QuerySet[Response] = Response.objects.filter(prompt__dataset=dataset).order_by("prompt_id", "pk")
    of_prompt: dict[int, list[int]] = {}
    unread = 0
    for key, prompt, parts in rows.values_list("pk", "prompt_id", "parts")[:MOST_MEMBERS]:
        if subjects.is_text_only(parts):
            of_prompt.setdefault(prompt, []).append(key)
        else:
            unread += 1
    chosen = sorted(of_prompt)
    random.Random(asked.seed).shuffle(chosen)
    keys: list[int] = []
    for prompt in chosen:
        if len(keys) + len(of_prompt[prompt]) <= MOST_ANSWERS:
            keys += of_prompt[prompt]
    if not keys:
        raise invalid("dataset", "This data set has no answer that is text.")
    frozen = {"answers": sorted(keys), "strong": strong, "weak": weak}
    return Gathered(frozen, tuple(keys), dataset, {"unread": unread})


def _policy(asked: Asked) -> Gathered:
    """Whose answers are those of the policy, by the authors that the data set names."""
    dataset = _dataset(asked)
    policy = _authors(asked, "policy", set(datasets.models_of(dataset)))
    if not policy:
        raise invalid("policy", "Name the model whose answers are to become better.")
    return Gathered({"weak": policy}, dataset=dataset)


def _meta(asked: Asked) -> Gathered:
    """The meta-rubrics that govern the rubric: the general one, then those of its tags."""
    found = governing(asked.version.rubric)
    versions = [[one.meta_rubric_id, one.meta_rubric.title, one.number] for one in found]
    return Gathered({"meta": {"text": "\n\n".join(one.text for one in found), "versions": versions}})


def _faults(asked: Asked) -> Gathered:
    """What people settled and said, beside the stored verdicts of a judge: the one named, else the last one."""
    named = str(asked.said.get("verdicts_of") or "")
    with errors.at("/verdicts_of"):
        judge = judging.judge_by_ref(asked.by, named) if named else judging.judge_of(asked.version)
    if judge is None:
        raise invalid("verdicts_of", "No judge has judged under this rubric.")
    found, left_out = verdicts_on(asked.version, judge)
    if not found:
        raise invalid("verdicts_of", "People have settled nothing on the criteria of this version yet.")
    answers = tuple(dict.fromkeys(one.answer for one in found))
    frozen = {"answers": list(answers), "verdicts": [list(one) for one in found]}
    return Gathered(frozen, answers, None, {"verdicts": len(found), "unread": left_out})


def _dataset(asked: Asked) -> Dataset:
    name = asked.said.get("dataset")
    if not name:
        raise invalid("dataset", "Name a data set.")
    with errors.at("/dataset"):
        return datasets.get_dataset(asked.by, str(name))


def _authors(asked: Asked, name: str, known: set[str]) -> list[str]:
    given = [str(one) for one in asked.said.get(name) or ()]
    if unknown := [one for one in given if one not in known]:
        there = f"; there are {', '.join(sorted(known)[:10])}" if known else ", which names nobody"
        raise invalid(name, f"Nobody named {unknown[0][:60]} wrote an answer of this data set{there}.")
    return list(dict.fromkeys(given))


GATHERERS: dict[Need, Gatherer] = {
    Need.PAIRS: _pairs, Need.ANSWERS: _answers, Need.POLICY: _policy, Need.META: _meta,
    Need.DOCUMENT: sources.document, Need.PASSAGES: sources.passages, Need.COMMENTS: sources.comments,
    Need.CASES: sources.cases, Need.CONVERSATION: sources.conversation,
    Need.FAULTS: _faults,
}  # fmt: skip
"""One for each need; its fields are in `forms.needs` for the page and in `apps.api.needs` for REST."""
