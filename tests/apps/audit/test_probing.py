"""Probes become a data set of their own, which the audits of edits, attacks and policies can read once it is judged."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.audit import services
from apps.datasets.models import Dataset
from domain import errors, probes
from tests import factories
from tests.apps.audit.conftest import inputs_of, judged_run, make_answers


def wish(**more):
    return probes.Wish(**{"attacks": 3, **more})


@pytest.fixture
def version(alice):
    return factories.make_version(workspace=alice.workspace, status="approved")


def test_probes_stand_beside_the_answers_they_were_made_from(alice, version):
    source = make_answers(alice, prompts=3)
    done = services.make_probes(by=alice, dataset=source, slug="probed", wish=wish(), version=version, prompts=2)
    made = done.dataset
    assert (made.licence, made.consent, made.prompts.count()) == (source.licence, source.consent, 2)
    prompt = made.prompts.order_by("pk").first()
    assert prompt is not None
    rows = {one.edit: one for one in prompt.responses.exclude(edit="")}
    assert (
        rows["padding"].parent == rows["rubric_echo"].parent == prompt.responses.filter(edit="").order_by("pk").first()
    )
    assert sum(name.startswith("attack:") for name in rows) == 3
    assert rows["policy:refusal"].parent is None and "policy:rubric pasted" in rows
    assert prompt.responses.filter(edit="").count() == 3


def test_the_audits_read_them_once_they_are_judged(alice, version):
    source = make_answers(alice)
    done = services.make_probes(by=alice, dataset=source, slug="probed", wish=wish(), version=version)
    judge = factories.make_judge(workspace=alice.workspace, name="reader")
    run = probed_run(alice, done.dataset, version, judge)
    for kind in ("edits", "attacks", "degenerate"):
        audit = services.run_audit(by=alice, kind=kind, inputs=inputs_of(run))
        assert audit.result is not None, audit.reason
        assert audit.result["figures"][0]["value"] is not None
    edits = services.run_audit(by=alice, kind="edits", inputs=inputs_of(run))
    assert edits.result is not None and {row[2] for row in edits.result["rows"]} <= {"truncation"}


def probed_run(actor, dataset, version, judge):
    """A run in which every answer got a half."""
    for n, response in enumerate(dataset_responses(dataset)):
        response.external_id = f"{response.external_id[:150]}-{n}"
        response.save(update_fields=["external_id"])
    return judged_run(actor, dataset, version, judge, lambda *_: 0.5)


def dataset_responses(dataset):
    return [one for prompt in dataset.prompts.order_by("pk") for one in prompt.responses.order_by("pk")]


def test_what_cannot_be_made_is_refused(alice):
    source = make_answers(alice, prompts=1)
    with pytest.raises(errors.Conflict):
        services.make_probes(by=alice, dataset=source, slug=source.slug, wish=wish())
    with pytest.raises(errors.Invalid, match="1 to 500"):
        services.make_probes(by=alice, dataset=source, slug="x", wish=wish(), prompts=0)
    with pytest.raises(errors.Invalid, match="Choose"):
        wish(edits=(), attacks=0, policies=False)
    empty = factories.make_dataset(workspace=alice.workspace, slug="empty")
    with pytest.raises(errors.Invalid, match="No prompt"):
        services.make_probes(by=alice, dataset=empty, slug="x", wish=wish())
    reader = factories.make_actor(Role.ANNOTATOR, username="reader", workspace=alice.workspace)
    with pytest.raises(errors.NotAllowed):
        services.make_probes(by=reader, dataset=source, slug="x", wish=wish())
    assert not Dataset.objects.filter(slug="x").exists()


def test_the_page_shows_them_before_it_stores_them(alice, version):
    make_answers(alice)
    browser = factories.signed_in(alice)
    at = reverse("audit:probes", args=["clinic"])
    assert b"Padded with empty sentences (it must not rise)" in browser.get(at).content
    typed = {
        "dataset": "letters", "rubric": str(version), "prompts": 2, "answers": 1, "seed": 3, "attacks": 2,
        "edits": ["padding", "typos"], "policies": "on", "name": "",
    }  # fmt: skip
    shown = browser.post(reverse("audit:probe-preview", args=["clinic"]), typed).content.decode()
    assert (
        "padding" in shown
        and "policy:refusal" in shown
        and not Dataset.objects.filter(slug__contains="probes").exists()
    )
    sent = browser.post(at, typed)
    assert sent.status_code == 302 and "letters-probes-3" in sent.headers["Location"]
    assert browser.post(at, typed).status_code == 422
    assert browser.post(at, typed | {"rubric": "nothing"}).status_code == 422
