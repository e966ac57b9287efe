"""The pages: what they show, to whom, with how many queries, and what bad input gets."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import Rubric, RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db
ONE_LEVEL = {"kind": "ordinal", "levels-TOTAL_FORMS": "1", "levels-0-label": "only", "levels-0-value": "1"}
ENDINGS = ["", "versions/", "use/", "discuss/"]


def url(name: str, *args: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", *args])


@pytest.fixture
def client(author: Actor) -> Client:
    return factories.signed_in(author)


def key(version: RubricVersion, name: str = "c_drug") -> int:
    return version.criteria.get(criterion_id=name).pk


def criterion_data(version: RubricVersion, name: str = "c_drug", **changes: str) -> dict[str, str]:
    """What the open row of a criterion sends."""
    row = version.criteria.get(criterion_id=name)
    plain = {
        "text": row.text, "kind": row.kind, "polarity": row.polarity, "weight": f"{row.weight}",
        "tier": row.tier or "", "group": "", "evidence": row.evidence, **changes,
    }  # fmt: skip
    seen = queries.fingerprint(next(c for c in queries.draft_document(version)["criteria"] if c["id"] == name))
    management = {
        f"c{row.pk}-{prefix}-{field}": "0"
        for prefix in ("levels", "examples")
        for field in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return {"revision": seen, **management, **{f"c{row.pk}-{name}": value for name, value in plain.items()}}


def test_the_library_shows_its_rows(client: Client, author: Actor, approver: Actor, draft: RubricVersion) -> None:
    services.approve(by=approver, version=services.submit(by=author, version=draft))
    services.new_draft(by=author, rubric=draft.rubric, source=draft)
    page = client.get(url("list")).content.decode()
    assert "Letters" in page
    assert "version 1" in page
    assert "1 open" in page
    assert "New rubric" in page


def test_the_empty_library_offers_the_first_step(client: Client, viewer: Actor) -> None:
    assert "Write the first one" in client.get(url("list")).content.decode()
    seen = factories.signed_in(viewer).get(url("list")).content.decode()
    assert "No rubrics yet" in seen
    assert "Write the first one" not in seen


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=drug", True), ("q=zebra", False), ("status=draft", True), ("status=approved", False), ("tag=ward", True),
     ("tag=x", False), ("status=nonsense", True), ("q=%00drug", True), ("page=x", True)],
)  # fmt: skip
def test_filters(client: Client, author: Actor, draft: RubricVersion, query: str, found: bool) -> None:
    services.set_tags(by=author, rubric=draft.rubric, tags=["ward", " ward", ""])
    page = client.get(f"{url('list')}?{query}").content.decode()
    assert (f"rubric-row-{draft.rubric_id}" in page) is found


def test_htmx_gets_the_table_alone(client: Client, draft: RubricVersion) -> None:
    answer = client.get(url("list"), headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="rubric-table">')
    assert "HX-Request" in answer["Vary"]


def test_the_library_asks_a_constant_number_of_queries(
    client: Client, author: Actor, django_assert_max_num_queries
) -> None:
    for number in range(12):
        version = services.create_rubric(by=author, document=factories.make_document(), slug=f"r-{number}")
        services.new_draft(by=author, rubric=version.rubric, source=version)
    client.get(url("list"))
    with django_assert_max_num_queries(16):
        client.get(url("list"))


@pytest.mark.parametrize("size", [2, 40])
def test_the_editor_asks_a_constant_number_of_queries(
    client: Client, author: Actor, django_assert_max_num_queries, size: int
) -> None:
    criteria = [{"text": f"Says {n}.", "group": f"g{n % 2}"} for n in range(size)]
    document = {"groups": [{"id": "g0", "title": "A"}, {"id": "g1", "title": "B"}], "criteria": criteria}
    services.create_rubric(by=author, document=document, slug="many", title="Many")
    with django_assert_max_num_queries(23):
        assert client.get(url("edit", "many", 1)).status_code == 200


@pytest.mark.parametrize("ending", ENDINGS)
def test_members_read_and_strangers_find_nothing(
    draft: RubricVersion, viewer: Actor, charlie: Actor, ending: str
) -> None:
    address = url("edit", "letters", 1) + ending
    assert factories.signed_in(viewer).get(address).status_code == 200
    assert factories.signed_in(charlie).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_viewers_get_no_fields(draft: RubricVersion, viewer: Actor) -> None:
    page = factories.signed_in(viewer).get(url("edit", "letters", 1)).content.decode()
    assert "Names the drug" in page
    assert "criterion-add" not in page
    assert 'name="weight"' not in page


def test_writing_needs_the_author_role(draft: RubricVersion, bob: Actor) -> None:
    client = factories.signed_in(bob)
    posts = [
        url("new"), url("import"), url("criterion-add", "letters", 1), url("undo", "letters", 1),
        url("criterion-edit", "letters", 1, key(draft)), url("criterion-cell", "letters", 1, key(draft)),
        url("settings", "letters", 1), url("submit", "letters", 1), url("group-add", "letters", 1),
        url("draft-new", "letters", 1), url("discard", "letters", 1),
    ]  # fmt: skip
    assert {client.post(address).status_code for address in posts} == {403}


def test_a_new_rubric(client: Client) -> None:
    answer = client.post(url("new"), {"title": "Customer mail", "slug": "", "tags": "mail, shop"})
    assert answer.headers["Location"] == url("edit", "customer-mail", 1)
    assert Rubric.objects.get(slug="customer-mail").tags == ["mail", "shop"]
    again = client.post(url("new"), {"title": "Other", "slug": "customer-mail"})
    assert again.status_code == 422
    assert "already is a rubric" in again.content.decode()
    assert client.post(url("new"), {"title": ""}).status_code == 422


def test_pasting_a_list_adds_criteria(client: Client, draft: RubricVersion) -> None:
    answer = client.post(url("criterion-add", "letters", 1), {"texts": "- Is polite.\n\n2. Is short.\r\n", "group": ""})
    assert answer.status_code == 302
    assert list(draft.criteria.values_list("text", flat=True))[2:] == ["Is polite.", "Is short."]
    assert client.post(url("criterion-add", "letters", 1), {"texts": " "}).status_code == 422


def test_the_open_row(client: Client, draft: RubricVersion) -> None:
    address = url("criterion-edit", "letters", 1, key(draft))
    page = client.get(address).content.decode()
    assert f"criterion-form-{key(draft)}" in page
    assert "<html" in page
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<tr id=")


def test_storing_a_criterion(client: Client, draft: RubricVersion) -> None:
    pk = key(draft)
    data = criterion_data(draft, kind="ordinal", text="Grades the dose.", gate_when="below", gate_value="0.5")
    levels = {"TOTAL_FORMS": "3", "INITIAL_FORMS": "0"}
    for n, (label, value) in enumerate([("bad", "0"), ("good", "1"), ("", "")]):
        levels |= {f"{n}-label": label, f"{n}-value": value, f"{n}-anchor": ""}
    data |= {f"c{pk}-levels-{name}": value for name, value in levels.items()}
    data |= {f"c{pk}-dimension": "safety"}
    answer = client.post(url("criterion-edit", "letters", 1, pk), data)
    assert answer.status_code == 302
    row = draft.criteria.get(pk=pk)
    assert (row.text, row.kind, row.tags) == ("Grades the dose.", "ordinal", {"dimension": "safety"})
    assert [level["label"] for level in row.levels or []] == ["bad", "good"]
    assert row.gate == {"when": "below", "value": 0.5, "floor": 0, "override": False}


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"weight": "-1"}, "greater than or equal"), ({"text": ""}, "required"), (ONE_LEVEL, "two levels"),
     ({"kind": "check", "check": "{"}, "not JSON"), ({"kind": "check", "check": '{"kind": "x"}'}, "one of words"),
     ({"applies_when": "{oops"}, "not JSON")],
)  # fmt: skip
def test_a_bad_criterion_is_shown_with_its_fault(
    client: Client, draft: RubricVersion, changes: dict[str, str], words: str
) -> None:
    address = url("criterion-edit", "letters", 1, key(draft))
    for headers in ({}, {"HX-Request": "true", "X-Autosave": "1"}):
        answer = client.post(address, criterion_data(draft, **changes), headers=headers)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 0


def test_autosave_answers_with_the_next_fingerprint(client: Client, draft: RubricVersion) -> None:
    headers = {"HX-Request": "true", "X-Autosave": "1"}
    address = url("criterion-edit", "letters", 1, key(draft))
    data = criterion_data(draft, text="Names it.")
    answer = client.post(address, data, headers=headers)
    assert answer.status_code == 200
    again = client.post(
        address, {**data, "revision": answer["X-Revision"], f"c{key(draft)}-text": "Names."}, headers=headers
    )
    assert again.status_code == 200
    assert draft.revisions.count() == 2


def test_people_in_different_criteria_do_not_meet(client: Client, alice: Actor, draft: RubricVersion) -> None:
    mine = criterion_data(draft, text="My words.")
    services.edit_criterion(by=alice, version=draft, criterion_id="c_blame", changes={"weight": 4})
    assert client.post(url("criterion-edit", "letters", 1, key(draft)), mine).status_code == 302


def test_a_cell_in_the_table(client: Client, draft: RubricVersion) -> None:
    address = url("criterion-cell", "letters", 1, key(draft))
    seen = criterion_data(draft)["revision"]
    saved = client.post(address, {"weight": "-9", "revision": seen}, headers={"X-Autosave": "1"})
    assert saved.status_code == 204
    row = draft.criteria.get(criterion_id="c_drug")
    assert (row.weight, row.polarity) == (9, "negative")
    assert f'data-revision="{saved["X-Revision"]}"' in client.get(address).content.decode()
    late = client.post(address, {"text": "Late.", "revision": seen}, headers={"X-Autosave": "1"})
    assert late.status_code == 409
    assert client.post(address, {"weight": "x"}).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"kind": "ordinal", "dimension": "safety"}).status_code == 302
    row.refresh_from_db()
    assert (row.kind, len(row.levels or ()), row.tags) == ("ordinal", 3, {"dimension": "safety"})


def test_a_row_below(client: Client, draft: RubricVersion) -> None:
    row = client.post(url("criterion-insert", "letters", 1), {"after": "c_drug", "text": "<b>New</b>"},
                      headers={"HX-Request": "true"}).content.decode()  # fmt: skip
    assert "&lt;b&gt;New&lt;/b&gt;" in row
    assert [c.text for c in draft.criteria.all()][1] == "<b>New</b>"
    assert client.post(url("criterion-insert", "letters", 1), {"text": " "}).status_code == 422


def test_several_rows_at_once(client: Client, draft: RubricVersion) -> None:
    address, both = url("criteria-bulk", "letters", 1), ["c_drug", "c_blame"]
    form = {
        "criteria": both,
        "do": "change",
        "tier": "important",
        "factor": "2",
        "new_group": "Both",
        "scenario": "ward",
    }
    before = {c.criterion_id: c.weight for c in draft.criteria.all()}
    table = client.post(address, form, headers={"HX-Request": "true"}).content.decode()
    assert "Both" in table
    for row in draft.criteria.select_related("group"):
        assert row.group is not None
        assert (row.tier, row.weight, row.group.title) == ("important", 2 * before[row.criterion_id], "Both")
    for verb in ("up", "unnest", "nest", "duplicate", "down"):
        assert client.post(address, {"criteria": both, "do": verb}).status_code == 302
    assert draft.criteria.count() == 4
    client.post(address, {"criteria": both, "do": "delete"})
    assert draft.criteria.count() == 2
    assert client.post(address, {"do": "delete"}).status_code == 422
    assert client.post(address, {"criteria": ["gone"], "do": "delete"}).status_code == 404


def test_moving_dragging_deleting_undoing(client: Client, draft: RubricVersion) -> None:
    client.post(url("criterion-move", "letters", 1, key(draft)), {"move": "down"})
    assert list(draft.criteria.values_list("criterion_id", flat=True)) == ["c_blame", "c_drug"]
    answer = client.post(url("criteria-order", "letters", 1), {"order": ["c_drug", "c_blame"], "moved": "c_drug"})
    assert answer["HX-Trigger"] == "criteria-moved"
    assert list(draft.criteria.values_list("criterion_id", flat=True)) == ["c_drug", "c_blame"]
    client.post(url("criterion-delete", "letters", 1, key(draft)))
    assert draft.criteria.count() == 1
    client.post(url("undo", "letters", 1))
    assert draft.criteria.count() == 2
    client.post(url("redo", "letters", 1))
    assert draft.criteria.count() == 1


def test_groups(client: Client, draft: RubricVersion) -> None:
    client.post(url("group-add", "letters", 1), {"group-title": "Safety", "group-weight": "2", "group-parent": ""})
    group = draft.groups.get()
    page = client.get(url("edit", "letters", 1)).content.decode()
    assert "No criteria in this group yet." in page
    client.post(url("group-edit", "letters", 1, group.pk), {"title": "Harm", "weight": "3", "parent": ""})
    group.refresh_from_db()
    assert (group.title, group.weight) == ("Harm", 3)
    assert client.post(url("group-edit", "letters", 1, group.pk), {"title": "", "weight": "3"}).status_code == 422
    assert client.post(url("group-add", "letters", 1), {"group-title": "", "group-weight": "-2"}).status_code == 422
    client.post(url("group-move", "letters", 1, group.pk), {"move": "up"})
    client.post(url("group-delete", "letters", 1, group.pk))
    assert not draft.groups.exists()


def settings_data(**changes: str) -> dict[str, str]:
    return {
        "title": "Letters", "language": "en", "gate": "on", "sum": "weighted", "negatives": "subtract",
        "normalise": "positive_weight", "unscored_essential": "null", "unscored_gate": "null",
        "unscored_pitfall": "null", "unscored_other": "exclude", "min_words": "1", "floor": "0", "tags": "",
        **changes,
    }  # fmt: skip


def test_settings(client: Client, draft: RubricVersion) -> None:
    assert client.get(url("settings", "letters", 1)).status_code == 200
    changed = settings_data(title="Better", sum="tree", min_words="5", floor="-0.5", tags="a, b")
    assert client.post(url("settings", "letters", 1), changed).status_code == 302
    draft.refresh_from_db()
    assert draft.scoring == [{"step": "gate"}, {"step": "tree"}]
    assert draft.content_gate == {"min_words": 5, "floor": -0.5}
    assert draft.rubric.title == "Better"
    assert draft.rubric.tags == ["a", "b"]
    for bad in ({"floor": "2"}, {"title": ""}, {"translation_of": "nothing@1"}):
        assert client.post(url("settings", "letters", 1), settings_data(**bad)).status_code == 422
    assert client.post(url("settings", "letters", 1), settings_data(revision="old", title="X")).status_code == 409


def test_the_workflow_through_pages(client: Client, approver: Actor, draft: RubricVersion) -> None:
    client.post(url("submit", "letters", 1), {"note": "Ready."})
    page = client.get(url("edit", "letters", 1)).content.decode()
    assert "never changes" in page
    assert "New draft from this version" in page
    assert client.get(url("criterion-edit", "letters", 1, key(draft))).status_code == 302
    assert client.post(url("criterion-add", "letters", 1), {"texts": "Late."}).status_code == 409
    assert client.post(url("approve", "letters", 1)).status_code == 403
    decider = factories.signed_in(approver)
    decision = decider.get(url("versions", "letters", 1)).content.decode()
    assert "Approve" in decision
    assert "Ready." in decision
    assert decider.post(url("approve", "letters", 1), {"note": "Good."}).status_code == 302
    client.post(url("draft-new", "letters", 1))
    client.post(url("criterion-delete", "letters", 2, key(queries.get_version(approver, "letters", 2))))
    changed = client.get(f"{url('versions', 'letters', 2)}?from=1&to=2").content.decode()
    assert "removed" in changed
    assert "Names the drug" in changed
    unsaid = decider.post(url("retire", "letters", 1), {"note": "  "})
    assert unsaid.status_code == 422
    assert "Say why it is retired" in unsaid.content.decode()
    assert decider.post(url("retire", "letters", 1), {"note": "The ward <b>closed</b>."}).status_code == 302
    told = decider.get(url("versions", "letters", 1)).content.decode()
    assert "<q>The ward &lt;b&gt;closed&lt;/b&gt;.</q>" in told
    assert client.post(url("discard", "letters", 2)).status_code == 302


def test_a_note_that_is_too_long_is_shown_again(client: Client, draft: RubricVersion) -> None:
    answer = client.post(url("submit", "letters", 1), {"note": "x" * 5_001})
    assert answer.status_code == 422
    assert "x" * 5_001 in answer.content.decode()
    assert RubricVersion.objects.get(pk=draft.pk).is_draft


def test_sending_back_through_pages(client: Client, approver: Actor, draft: RubricVersion) -> None:
    client.post(url("submit", "letters", 1))
    answer = factories.signed_in(approver).post(url("request-changes", "letters", 1), {"note": "Split it."})
    assert answer.headers["Location"] == url("edit", "letters", 2)
    client.post(url("submit", "letters", 2))
    assert client.post(url("withdraw", "letters", 2)).headers["Location"] == url("edit", "letters", 3)


def test_discussions(client: Client, draft: RubricVersion, viewer: Actor) -> None:
    address = url("discuss", "letters", 1)
    assert client.post(address, {"text": "Which dose?", "criterion": "c_drug"}).status_code == 302
    assert client.post(address, {"text": "", "criterion": ""}).status_code == 422
    thread = draft.rubric.threads.get()
    client.post(url("thread-act", thread.pk, "comment"), {"text": "Any."})
    page = factories.signed_in(viewer).get(address).content.decode()
    assert "Which dose?" in page
    assert "Any." in page
    assert "Start a discussion" not in page
    client.post(url("thread-act", thread.pk, "resolve"))
    assert "settled by" in client.get(address).content.decode()
    client.post(url("thread-act", thread.pk, "reopen"))
    thread.refresh_from_db()
    assert thread.resolved_at is None
    assert client.post(url("thread-act", thread.pk, "comment"), {"text": " "}).status_code == 422


def test_strangers_cannot_act_on_threads(draft: RubricVersion, author: Actor, charlie: Actor) -> None:
    thread = services.open_thread(by=author, rubric=draft.rubric, text="Hm?")
    address = reverse("rubrics:thread-act", args=["elsewhere", thread.pk, "resolve"])
    assert factories.signed_in(charlie).post(address).status_code == 404


def test_use_and_export(client: Client, draft: RubricVersion) -> None:
    page = client.get(url("use", "letters", 1)).content.decode()
    for word in ("letters@1", "rubricstudio_client.trl", "OpenRLHF", "Nobody yet"):
        assert word in page
    document = client.get(url("export", "letters", 1), {"format": "rubricstudio"})
    assert document.json()["slug"] == "letters"
    warned = client.get(url("export", "letters", 1), {"format": "healthbench"})
    assert "cannot hold" in warned.content.decode()
    anyway = client.get(url("export", "letters", 1), {"format": "healthbench", "anyway": "1"})
    assert anyway["Content-Disposition"] == 'attachment; filename="letters-1.jsonl"'
    assert client.get(url("export", "letters", 1), {"format": "nope"}).status_code == 422


def test_import_through_the_page(client: Client) -> None:
    data = "".join(
        f'{{"prompt_id": "{name}", "prompt": "Q?", "rubrics": [{{"criterion": "Says {name}.", "points": 2}}]}}\n'
        for name in "abc"
    )
    given = {"format": "healthbench", "text": data, "slug": ""}
    assert "Nothing is stored yet" in client.post(url("import"), given).content.decode()
    assert "rubric-sets" not in client.get(url("list")).content.decode()
    page = client.post(url("import"), given | {"store": "1"}).content.decode()
    assert "3 rubrics" in page
    assert "Open the set" in page
    assert client.get(url("set", "healthbench")).headers["Location"] == url("set-version", "healthbench", 1)
    assert "rubric-sets" in client.get(url("list")).content.decode()
    exported = client.get(url("set-export", "healthbench", 1), {"format": "healthbench"}).content
    assert len(exported.splitlines()) == 3


@pytest.mark.parametrize(
    "data",
    [{"format": "healthbench", "text": "{"}, {"format": "rubricstudio", "text": ""}, {"format": "x", "text": "y"}],
)
def test_a_bad_import_shows_its_faults(client: Client, data: dict[str, str]) -> None:
    answer = client.post(url("import"), data)
    assert answer.status_code == 422
    assert not Rubric.objects.exists()


def test_the_rubric_address_leads_to_its_newest_version(client: Client, draft: RubricVersion) -> None:
    assert client.get(url("rubric", "letters")).headers["Location"] == url("edit", "letters", 1)
    assert client.get(url("versions", "letters")).headers["Location"] == url("versions", "letters", 1)
    assert client.get(url("rubric", "nothing")).status_code == 404
