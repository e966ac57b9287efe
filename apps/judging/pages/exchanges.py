"""What the page of one call shows: every step of its verdicts, read out, and replays beside the first reply."""

import json
import math
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.judging.models import Call
from apps.judging.pages.runs import crumbs

MOST_REPLAYS = 5


def call(actor: Actor, found: Call, marked: int | None) -> dict[str, Any]:
    """The prompt, the replies (the one come from first), the other calls of its verdicts, and its replays."""
    replies = [
        {
            "number": number,
            "suffix": suffix,
            "reply": json.dumps(reply, indent=2, ensure_ascii=False),
            "read": read(reply),
            "form": form_of(found, number),
            "verdict": queries.verdict_read(found, number) if number == marked else None,
            "chosen": number == marked,
        }
        for number, (suffix, reply) in enumerate(zip(found.rendered_suffixes, found.reply, strict=False))
    ]
    if marked is not None:
        replies.sort(key=lambda one: not one["chosen"])
    way: list[Any] = []
    if found.run is not None:
        way.append((found.run.name, reverse("judging:detail", args=[actor.workspace.slug, found.run.pk])))
    job = queries.last_replay(found)
    return {
        "call": found,
        "replies": replies,
        "steps": _steps(found, marked),
        "replays": [_replay(found, again) for again in queries.replays(found)[:MOST_REPLAYS]],
        "may_replay": actor.can(Role.AUTHOR) and queries.can_replay(found),
        "replay_job": job,
        "polling": job is not None and job.is_open,
        "computed": found.prompt_tokens - found.cached_tokens,
        "crumbs": crumbs(actor, *way, f"call {found.pk}"),
    }


def form_of(found: Call, number: int) -> str:
    """The grammar of the form that a text of a call was asked for in; empty where it had none."""
    places = found.request.get("form_of", ()) if found.request else ()
    return str(found.request["forms"][places[number]]["grammar"]) if number < len(places) else ""


def read(reply: dict[str, Any]) -> str:
    """A reply in words: probabilities, the likelihood of given text, a text, or why there is none."""
    if "failure" in reply:
        return f"No answer: {reply['failure']['detail']}"
    if "labels" in reply:
        shares = sorted(reply["labels"].items(), key=lambda each: -_number(each[1]))
        said = ", ".join(f"{label.strip()} {_number(share):.3f}" for label, share in shares)
        return f"{said}; label mass {_number(reply['label_mass']):.3f}"
    if "logprobs" in reply:
        known = [_number(each) for each in reply["logprobs"]]
        mean = math.fsum(known) / len(known) if known else 0.0
        return f"{mean:.3f} nats a token over {len(known)} tokens"
    return str(reply.get("text") or "")


def difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    """How far two replies to the same question differ."""
    if "failure" in one or "failure" in other:
        return "both failed" if "failure" in one and "failure" in other else "one of them failed"
    if "labels" in one and "labels" in other:
        names = one["labels"].keys() | other["labels"].keys()
        gaps = [abs(_number(one["labels"].get(n, 0)) - _number(other["labels"].get(n, 0))) for n in names]
        gap = max(gaps, default=0.0)
        return f"probabilities differ by at most {gap:.4f}" if gap else "the same probabilities"
    if "logprobs" in one and "logprobs" in other:
        gap = math.fsum(map(_number, one["logprobs"])) - math.fsum(map(_number, other["logprobs"]))
        return f"log-probability differs by {abs(gap):.4f} nats"
    return "the same text" if one.get("text") == other.get("text") else "another text"


def _steps(found: Call, marked: int | None) -> list[dict[str, Any]]:
    """The calls of a verdict in order, each with the reply to the same criterion where it can be told."""
    calls = queries.together(found)
    wanted = _question(found, marked)
    steps = []
    for number, each in enumerate(calls, start=1):
        same = [place for place in range(len(each.rendered_suffixes)) if wanted and _question(each, place) == wanted]
        place = marked if each.pk == found.pk else (same[0] if same else None)
        known = place is not None and place < len(each.reply)
        steps.append(
            {
                "number": number,
                "call": each,
                "here": each.pk == found.pk,
                "place": place,
                "read": read(each.reply[place]) if known and place is not None else "",
                "count": len(each.rendered_suffixes),
            }
        )
    return steps


def _question(call: Call, place: int | None) -> str:
    """What was asked after the shared part, without the frame and what the model is taken to have said."""
    if place is None or place >= len(call.rendered_suffixes) or not call.request:
        return ""
    return str(call.rendered_suffixes[place][: call.request["parts"][place][0]])


def _replay(first: Call, again: Call) -> dict[str, Any]:
    pairs = zip(first.reply, again.reply, strict=False)
    return {
        "call": again,
        "rows": [
            {"number": number, "before": read(one), "after": read(other), "difference": difference(one, other)}
            for number, (one, other) in enumerate(pairs, start=1)
        ],
    }


def _number(value: Any) -> float:
    """A stored number; one that JSON does not know was stored as its name."""
    return float(value) if value is not None else 0.0
