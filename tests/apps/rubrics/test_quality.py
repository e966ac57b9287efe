"""Remarks about a version: on the page, beside the editor, over REST; mended, set aside and brought back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
WRITTEN: list[dict[str, Any]] = [
    {"id": "a", "text": "States the dose and explains the risk.", "weight": 2.0},
    {"id": "b", "text": "Has at most 200 words.", "weight": 2.0},
    {"id": "c", "text": "Names <b>the</b> appropriate ward.", "gate": {"when": "below", "value": 0.0}},
]


@pytest.fixture
def version(author: Actor) -> RubricVersion:
    document = factories.make_document(criteria=WRITTEN)
    return services.create_rubric(by=author, document=document, slug="letters", title="Letters")


@pytest.fixture
def client(author: Actor) -> Client:
    return factories.signed_in(author)


def url(name: str, *more: str) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", "letters", 1, *more])


def fingerprint(version: RubricVersion, rule: str) -> str:
    return next(
        remark.finding.fingerprint for remark in queries.lint_findings(version) if remark.finding.rule.name == rule
    )


def rules(version: RubricVersion) -> set[str]:
    return {r.finding.rule.name for r in queries.lint_findings(version) if r.dismissal is None}


def test_the_page_shows_remarks_escaped(client: Client, version: RubricVersion) -> None:
    text = client.get(url("quality")).content.decode()
    assert "Several things in one" in text
    assert "<mark>appropriate</mark>" in text
    assert "<b>the</b>" not in text
    narrowed = client.get(url("quality"), {"severity": "error"}).content.decode()
    assert "Gate that cannot work." in narrowed
    assert "Several things in one." not in narrowed
    assert "Gate that cannot work" in client.get(url("edit")).content.decode()
    assert client.get(url("quality-panel")).content.decode().lstrip().startswith("<section")


def test_a_fix_is_one_step_that_undo_takes_back(client: Client, author: Actor, version: RubricVersion) -> None:
    finding = fingerprint(version, "compound")
    assert client.post(url("quality-act", "fix"), {"finding": finding}).status_code == 302
    assert version.criteria.count() == 4
    assert client.post(url("quality-act", "fix"), {"finding": finding}).status_code == 404
    services.undo(by=author, version=version)
    assert version.criteria.count() == 3


def test_safe_fixes_leave_what_was_set_aside(client: Client, author: Actor, version: RubricVersion) -> None:
    finding = fingerprint(version, "counting")
    services.dismiss_finding(by=author, version=version, fingerprint=finding, reason="People count.")
    client.post(url("quality-act", "fix-safe"))
    assert version.criteria.get(criterion_id="b").kind == "binary"
    services.restore_finding(by=author, version=version, fingerprint=finding)
    client.post(url("quality-act", "fix-safe"))
    assert version.criteria.get(criterion_id="b").kind == "check"


def test_a_dismissal_needs_a_reason_and_ends_with_the_text(
    client: Client, author: Actor, version: RubricVersion
) -> None:
    finding = fingerprint(version, "vague_words")
    assert client.post(url("quality-act", "dismiss"), {"finding": finding, "reason": " "}).status_code in {400, 422}
    client.post(url("quality-act", "dismiss"), {"finding": finding, "reason": "One ward only."})
    assert "vague_words" not in rules(version)
    assert "One ward only." in client.get(url("quality")).content.decode()
    assert Entry.objects.filter(action="lint.dismissed").count() == 1
    changes = {"text": "Names the appropriate ward at once."}
    services.edit_criterion(by=author, version=version, criterion_id="c", changes=changes)
    version.refresh_from_db()
    assert "vague_words" in rules(version)


def test_open_errors(author: Actor, version: RubricVersion) -> None:
    (remark,) = queries.open_lint_errors(version)
    finding = remark.finding
    assert finding.rule.name == "gate_without_effect"
    services.dismiss_finding(by=author, version=version, fingerprint=finding.fingerprint, reason="Planned.")
    assert queries.open_lint_errors(version) == []


def test_viewers_read_and_strangers_see_nothing(version: RubricVersion) -> None:
    viewer = factories.make_actor(Role.VIEWER, workspace=version.rubric.workspace)
    browser = factories.signed_in(viewer)
    page = browser.get(url("quality")).content.decode()
    assert "Several things in one" in page
    assert ">Dismiss<" not in page
    data = {"finding": fingerprint(version, "compound")}
    assert browser.post(url("quality-act", "fix"), data).status_code == 403
    with pytest.raises(errors.NotAllowed):
        services.dismiss_finding(by=viewer, version=version, fingerprint=data["finding"], reason="x")
    stranger = factories.make_actor(Role.AUTHOR, workspace=factories.make_workspace(slug="other"))
    assert factories.signed_in(stranger).get(url("quality")).status_code == 404


def test_the_page_asks_little(author: Actor, client: Client, version: RubricVersion) -> None:
    before = factories.count_queries(client, url("quality"))
    more = [{"text": f"States the dose and explains risk {n}."} for n in range(20)]
    services.add_criteria(by=author, version=version, criteria=more)
    assert factories.count_queries(client, url("quality")) == before


def test_remarks_come_while_a_text_is_typed(client: Client, version: RubricVersion) -> None:
    def typed(text: str, criterion: str = "b") -> str:
        return client.post(url("quality-typing"), {"criterion": criterion, "text": text}).content.decode()

    revision = RubricVersion.objects.get(pk=version.pk).revision
    assert "Several things in one" in typed("Names the drug and explains its <i>risk</i>.")
    assert "<i>" not in typed("Names an appropriate <i>drug</i>.")
    for silent in (typed("Names the ward."), typed("  "), typed("Names the drug and explains it.", "nobody")):
        assert 'class="chip' not in silent
    assert RubricVersion.objects.get(pk=version.pk).revision == revision
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, workspace=version.rubric.workspace))
    assert viewer.post(url("quality-typing"), {"criterion": "b", "text": "x"}).status_code == 403
