"""The rows of an export: picks with their texts, read a batch at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.datasets.models import Prompt, Response
from apps.training.models import DataExport
from apps.training.queries.selecting.chosen import Pick, Row
from apps.training.queries.selecting.kinds import columns_of
from apps.training.queries.selecting.source import Source
from domain import selection, subjects
from domain.ports import text_of
from domain.prompts import judge as judge_prompt
from domain.prompts import rubric_writer
from domain.prompts.material import Material

BATCH = 500
SHOWN_BY = "judge_isolated"
FENCED_BY = "rows for training"
"""Not the secret of the studio: fences of exported rows give nothing away of those that judges see."""


@dataclass(frozen=True)
class Texts:
    """The prompts and responses of a batch of picks, by key."""

    prompts: Mapping[int, Prompt]
    responses: Mapping[int, Response]

    def can_read(self, pick: Pick) -> bool:
        """Whether all of a pick is there and is text."""
        if not all(key in self.prompts for key in pick.prompts) or not all(
            key in self.responses for key in pick.responses
        ):
            return False
        turns = [turn["parts"] for key in pick.prompts for turn in self.prompts[key].messages]
        return all(
            subjects.is_text_only(parts) for parts in (*turns, *(self.responses[k].parts for k in pick.responses))
        )


def rows_of(export: DataExport, source: Source, picks: Sequence[Pick]) -> Iterator[tuple[Row, tuple[int, ...]] | None]:
    """Each row with the responses whose texts it holds; None where there is more than text, or text that is gone."""
    origin = _origin(export, source)
    for start in range(0, len(picks), BATCH):
        batch = picks[start : start + BATCH]
        texts = Texts(
            Prompt.objects.in_bulk({key for pick in batch for key in pick.prompts}),
            Response.objects.in_bulk({key for pick in batch for key in pick.responses}),
        )
        for pick in batch:
            row = _row(export.kind, source, pick, texts) if texts.can_read(pick) else None
            if row is None:
                yield None
                continue
            version = source.versions[pick.prompts[-1]]
            ruled = {"rubric": str(source.all_versions()[version]), "rubric_digest": source.digest(version)}
            yield {name: (row | origin | ruled).get(name) for name in columns_of(export.kind)}, _held(source, pick)


def _held(source: Source, pick: Pick) -> tuple[int, ...]:
    """The responses whose forgetting takes the row away: of a row of a whole prompt all of its answers."""
    return pick.responses or tuple(answer.response for answer in source.answers[pick.prompts[0]])


def _origin(export: DataExport, source: Source) -> Row:
    return {
        "dataset": source.dataset.slug, "licence": export.licence, "consent": export.consent or None,
        "source": export.source or None, "run": str(export.run_id), "judge": str(source.side.judge),
        "fingerprint": source.side.judge.fingerprint,
    }  # fmt: skip


def _row(kind: str, source: Source, pick: Pick, texts: Texts) -> Row | None:
    prompt = texts.prompts[pick.prompts[0]]
    row: Row = {
        "prompt_id": prompt.external_id, "prompt": _messages(prompt),
        "reference": subjects.text_of(prompt.reference) if prompt.reference else None,
        "language": prompt.language or None, "tags": list(prompt.tags), **pick.values,
    }  # fmt: skip
    responses = [texts.responses[key] for key in pick.responses]
    if kind == "pairs":
        return row | _pair(responses)
    if kind == "posterior":
        return row | _single(responses[0]) | {"completion": _said(responses[0])}
    if kind == "rankings":
        return row | {
            "completions": [subjects.text_of(one.parts) for one in responses],
            "response_ids": [one.external_id for one in responses],
        }
    if kind == "judge":
        return row | _judged(source, pick, prompt, responses[0])
    if kind == "writer":
        return row | _written(source, pick, prompt, responses)
    if kind == "augmented":
        pair = _augmented(pick, texts, responses)
        return None if pair is None else row | pair
    return row


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    return [{"role": turn["role"], "content": subjects.text_of(turn["parts"])} for turn in prompt.messages]


def _said(response: Response) -> list[dict[str, str]]:
    return _says(subjects.text_of(response.parts))


def _says(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def _single(response: Response) -> Row:
    known = response.extensions.get("prior_logprob")
    is_number = isinstance(known, int | float) and not isinstance(known, bool)
    return {
        "response_id": response.external_id, "model": response.model or None,
        "prior_logprob": float(known) if is_number else None,
    }  # fmt: skip


def _pair(responses: list[Response]) -> Row:
    better, worse = responses
    return {
        "chosen": _said(better), "rejected": _said(worse), "chosen_id": better.external_id,
        "rejected_id": worse.external_id, "chosen_model": better.model or None, "rejected_model": worse.model or None,
    }  # fmt: skip


def _judged(source: Source, pick: Pick, prompt: Prompt, response: Response) -> Row:
    """The studio's own words for one criterion, whatever the judge of the run was asked."""
    rubric = source.rubric(source.versions[pick.prompts[0]])
    criterion = next(one for one in rubric.criteria if one.id == pick.values["criterion"])
    shown = Material(
        rubric=rubric, messages=prompt.messages, answers=(response.parts,), fence_secret=FENCED_BY,
        subject_hash=response.hash,
        reference=subjects.text_of(prompt.reference) if prompt.reference else None,
        context=subjects.text_of(prompt.context) if prompt.context else None,
    )  # fmt: skip
    rendered = judge_prompt.render(SHOWN_BY, shown, [criterion])
    text = text_of((*rendered.shared, *rendered.suffixes[0]))
    return {
        "prompt": [{"role": "user", "content": text}], "completion": _says(pick.values["label"]),
        "response_id": response.external_id,
    }  # fmt: skip


def _written(source: Source, pick: Pick, prompt: Prompt, responses: list[Response]) -> Row:
    def rubric(key: int) -> list[dict[str, str]]:
        return _says(rubric_writer.answer(source.rubric(key)))

    return {
        "prompt": [{"role": "user", "content": rubric_writer.ask(prompt.messages)}],
        "chosen": rubric(pick.values["chosen_version"]), "rejected": rubric(pick.values["rejected_version"]),
        "better_id": responses[0].external_id, "worse_id": responses[1].external_id,
    }  # fmt: skip


def _augmented(pick: Pick, texts: Texts, responses: list[Response]) -> Row | None:
    own = {"answers_prompt_id": texts.prompts[pick.prompts[-1]].external_id}
    if pick.values["sort"] != "spurious":
        return _pair(responses) | own
    text = subjects.text_of(responses[0].parts)
    twin = selection.edited(text, pick.values["edit"], pick.values["seed"])
    pair = _pair([responses[0], responses[0]])
    if twin is None:
        return None
    return pair | own | {"rejected": _says(twin.text), "rejected_id": f"{responses[0].external_id}+{twin.edit}"}
