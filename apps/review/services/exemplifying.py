"""Making settled decisions into examples of their criterion: as a suggestion that an author decides on."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.review import permissions, queries
from apps.review.models import Gold
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Proposal, RubricVersion, VersionStatus
from domain import errors

MOST_CHARACTERS = 2_000


@transaction.atomic
def suggest_example(*, by: Actor, gold: Gold) -> Proposal:
    """Suggest current gold as an example of its criterion, for the rubric's draft or else its newest version.

    A long answer is shown by the passages that people marked in it. Once the example is in, the criterion reads
    differently, so gold and verdicts on the old wording no longer count for the new one.
    """
    permissions.check_may_read_gold(by)
    if gold.superseded_by_id is not None or gold.value is None:
        raise errors.Conflict("Only gold that holds and has a value can be an example.", code="gold_without_value")
    base = _base(gold)
    document = rubric_queries.document(base)
    number, before = next((n, one) for n, one in enumerate(document["criteria"]) if one["id"] == gold.criterion)
    text = _shown(gold)
    if any(example["text"] == text for example in before["examples"]):
        raise errors.Conflict("This answer is an example of the criterion already.", code="example_known")
    example = {"text": text, "value": gold.value, "note": gold.reason[:2000]}
    after = {**document["criteria"][number], "examples": [*before["examples"], example]}
    hunk = {
        "op": "change", "pointer": f"criteria/{gold.criterion}", "before": before, "after": after,
        "evidence": {
            "gold": gold.pk, "settled by": gold.provenance.get("how", ""),
            "answer": gold.subject.prompt.external_id, "decisions": len(gold.provenance.get("reviews", [])),
        },
    }  # fmt: skip
    return rubrics.propose_hunks(
        by=by, base=base, hunks=[hunk], title=f"An example for {gold.criterion}"[:200],
        note="A settled decision from review, as an example that a judge is shown.",
    )  # fmt: skip


def _base(gold: Gold) -> RubricVersion:
    if gold.item is None or gold.item.version is None:
        raise errors.Conflict("The item this was settled on is gone, so its rubric is not known.", code="item_gone")
    versions = gold.item.version.rubric.versions.filter(criteria__criterion_id=gold.criterion).order_by("-number")
    found = versions.filter(status=VersionStatus.DRAFT).first() or versions.first() or gold.item.version
    if rubric_queries.domain_rubric(found).criterion(gold.criterion) is None:
        raise errors.Conflict("No version of the rubric has this criterion any more.", code="criterion_gone")
    return found


def _shown(gold: Gold) -> str:
    assert gold.item is not None
    text = queries.ask_of(gold.item).text.strip()
    if 0 < len(text) <= MOST_CHARACTERS:
        return text
    marked = {
        (span["start"], span["end"]): str(span["text"])
        for review in queries.reviews_behind(gold)
        for span in review.spans
        if {"start", "end", "text"} <= set(span)
    }
    passages = " … ".join(marked[place] for place in sorted(marked))
    if not 0 < len(passages) <= MOST_CHARACTERS:
        raise errors.Conflict(
            f"The answer is longer than {MOST_CHARACTERS:,} characters and nobody marked the passage that decides it, "
            "so it makes no example.",
            code="example_too_long",
        )
    return passages
