"""What was asked in a call, so that exactly the same can be asked again: lengths into the stored text, and limits.

The text of a prompt is stored once, as the model saw it. What is kept beside it holds no text of anybody's, so that
forgetting an answer has only one place to blank.
"""

from typing import Any

from apps.judging.models import Call
from domain import strategies
from domain.ports import Form, LabelRequest, LikelihoodRequest, Part, TextRequest, text_of
from engines.protocol import LabelBatch, LikelihoodBatch, TextBatch


def described(request: strategies.Request, batch: LabelBatch | TextBatch | LikelihoodBatch) -> dict[str, Any]:
    """The request of a batch as lengths and limits; empty where the prompt was not sent as it was made."""
    shared = text_of(request.shared)
    suffixes = [text_of(suffix) for suffix in request.suffixes]
    tails = _tails(request)
    rendered = batch.rendered_suffixes
    fits = (
        len(rendered) == len(suffixes)
        and batch.rendered_shared.endswith(shared)
        and all(
            whole.startswith(suffix) and whole.endswith("".join(tail))
            for whole, suffix, tail in zip(rendered, suffixes, tails, strict=True)
        )
    )
    if not fits or "\x00" in batch.rendered_shared:
        return {}
    parts = [[len(suffix), *map(len, tail)] for suffix, tail in zip(suffixes, tails, strict=True)]
    return {"shared": len(shared), "parts": parts, **_limits(request), **_forms(request, batch)}


def rebuilt(call: Call) -> strategies.Request | None:
    """The request that a call was made from; None where it was not kept, was forgotten, or was never sent."""
    kept = call.request
    if not kept or not call.rendered_shared or len(call.rendered_suffixes) != len(kept["parts"]):
        return None
    shared = (Part(_end(call.rendered_shared, kept["shared"]), trusted=False),)
    both = list(zip(call.rendered_suffixes, kept["parts"], strict=True))
    suffixes = tuple((Part(whole[: part[0]], trusted=False),) for whole, part in both)
    if kept["kind"] == "text":
        limits = (kept["max_tokens"], tuple(kept["stop"]), kept["temperature"], kept["seed"])
        return TextRequest(shared, suffixes, *limits, forms=_rebuilt_forms(kept))
    if kept["kind"] == "likelihoods":
        given = tuple(_end(whole, part[2]) for whole, part in both)
        lead = _end(both[0][0][: len(both[0][0]) - both[0][1][2]], both[0][1][1]) if both else ""
        return LikelihoodRequest(shared, suffixes, given, lead)
    leads = tuple(_end(whole, part[1]) for whole, part in both)
    return LabelRequest(shared, suffixes, tuple(map(tuple, kept["labels"])), leads)


def again(kept: dict[str, Any], batch: LabelBatch | TextBatch | LikelihoodBatch) -> dict[str, Any]:
    """The request of a replay: that of the first call, and whether the model was held to the forms this time."""
    return {**kept, "held": batch.held} if "held" in kept and isinstance(batch, TextBatch) else kept


def _forms(request: strategies.Request, batch: LabelBatch | TextBatch | LikelihoodBatch) -> dict[str, Any]:
    """The forms that were asked for, each once, which text has which, and whether the model was held to them."""
    if not isinstance(request, TextRequest) or not isinstance(batch, TextBatch) or not request.forms:
        return {}
    different = list(dict.fromkeys(request.forms))
    return {
        "forms": [{"grammar": form.grammar, "schema": form.schema} for form in different],
        "form_of": [different.index(form) for form in request.forms],
        "held": batch.held,
    }


def _rebuilt_forms(kept: dict[str, Any]) -> tuple[Form, ...]:
    forms = [Form(each["grammar"], each["schema"]) for each in kept.get("forms", ())]
    return tuple(forms[number] for number in kept.get("form_of", ()))


def _tails(request: strategies.Request) -> list[tuple[str, ...]]:
    """What the model's turn is taken to have said after each suffix."""
    if isinstance(request, LabelRequest):
        return [(request.lead(place),) for place in range(len(request.suffixes))]
    if isinstance(request, LikelihoodRequest):
        return [(request.lead, given) for given in request.continuations]
    return [()] * len(request.suffixes)


def _limits(request: strategies.Request) -> dict[str, Any]:
    if isinstance(request, LabelRequest):
        return {"kind": "labels", "labels": [list(labels) for labels in request.labels]}
    if isinstance(request, LikelihoodRequest):
        return {"kind": "likelihoods"}
    return {
        "kind": "text", "max_tokens": request.max_tokens, "stop": list(request.stop),
        "temperature": request.temperature, "seed": request.seed,
    }  # fmt: skip


def _end(text: str, length: int) -> str:
    return text[len(text) - length :]
