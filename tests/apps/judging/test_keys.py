"""Keys stay what they are; what models write fits into the database."""

import hashlib
import json
import math
import uuid

import pytest

from apps.judging import queries
from apps.judging.runners.cleaning import clean
from domain import rubric, verdicts
from tests import factories

FORM = {
    "workspace_id": 7, "criterion_digest": "sha256:ab", "fingerprint": "sha256:cd", "strategy": "label_distribution",
    "protocol": "isolated", "subject_hash": "ef", "context_hash": "", "sample": 0,
}  # fmt: skip
NAMES = {
    "workspace_id": "workspace",
    "criterion_digest": "criterion",
    "subject_hash": "subject",
    "context_hash": "context",
}


@pytest.mark.parametrize("changes", [{}, {"strategy": 'a "b" \\ c'}, {"subject_hash": "Zürich\n"}, {"sample": 31}])
def test_a_verdict_key_is_the_digest_of_the_canonical_form(changes) -> None:
    given = {**FORM, **changes}
    form = {NAMES.get(name, name): str(value) if name == "workspace_id" else value for name, value in given.items()}
    expected = uuid.UUID(bytes=hashlib.sha256(rubric.canonical(form)).digest()[:16])
    assert verdicts.verdict_key(**given) == expected


def test_what_a_model_wrote_is_made_fit() -> None:
    raw = {"a\x00": ["\ud83d half", math.inf, math.nan, 1.5, None, True, "plain"]}
    cleaned = clean(raw)
    assert json.loads(json.dumps(cleaned, allow_nan=False)) == {
        "a\N{REPLACEMENT CHARACTER}": ["? half", "inf", "nan", 1.5, None, True, "plain"]
    }


@pytest.mark.django_db
def test_a_sign_that_changes_the_question_changes_the_key() -> None:
    version = factories.make_version(rubric=factories.make_rubric(), status="draft")
    subject = factories.make_subject()
    plain, joining = (
        factories.make_judge(workspace=version.rubric.workspace, name=name, strategy=strategy)
        for name, strategy in (("plain", "label_distribution"), ("joining", "guidelines_and"))
    )
    pitfalls = {c.id for c in queries.keys.Reader().rubric(version).criteria if c.is_pitfall}
    before = {judge.pk: queries.verdict_keys(version, judge, subject) for judge in (plain, joining)}
    for criterion in version.criteria.all():
        criterion.polarity = "positive" if criterion.polarity == "negative" else "negative"
        criterion.save(update_fields=["polarity"])
    after = {judge.pk: queries.verdict_keys(version, judge, subject) for judge in (plain, joining)}
    assert pitfalls
    assert after[plain.pk] == before[plain.pk]
    assert set(after[joining.pk].values()).isdisjoint(before[joining.pk].values())
