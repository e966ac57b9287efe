"""What must never harm: scripts in every field, huge and twisted documents, odd scripts, numbers that are none."""

import csv
import io
import json
import unicodedata
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries, services, urls
from apps.rubrics.models import Rubric, RubricVersion
from domain import errors, formats, rubric
from tests import factories

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}'
ALIVE = ("<script>alert", "<img src=x")
MEGABYTE = 2**20


def url(name: str, *more: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", *more])


def hostile_document() -> dict[str, Any]:
    levels = [{"label": f"{HOSTILE}{n}", "value": n / 2, "anchor": HOSTILE} for n in range(3)]
    examples = [{"text": HOSTILE, "value": 0.5, "note": HOSTILE}]
    tags = dict.fromkeys(("dimension", "scenario", "discipline"), HOSTILE)
    more = {"group": HOSTILE[:40], "tags": tags, "examples": examples, "notes": HOSTILE, "applies_when": HOSTILE}
    check = {"kind": "contains", "text": HOSTILE}
    return factories.make_document(
        title=HOSTILE,
        description=HOSTILE,
        language="en",
        scope={"kind": "prompt", "dataset": HOSTILE[:60], "prompt_id": HOSTILE[:60]},
        guidelines=[{"id": HOSTILE[:40], "text": HOSTILE}],
        groups=[{"id": HOSTILE[:40], "title": HOSTILE}],
        criteria=[
            {"id": HOSTILE[:50], "text": HOSTILE, "kind": "ordinal", "levels": levels, **more},
            {"id": "c_check", "text": HOSTILE, "kind": "check", "check": check, **more},
            {"id": "c_plain", "text": HOSTILE, "gate": {"when": "below", "value": 0.5}, "tier": "essential", **more},
        ],
        extensions={HOSTILE: HOSTILE},
    )


def hostile_rubric(author: Actor, approver: Actor) -> dict[str, Any]:
    """A rubric with hostile text wherever people write, and the arguments of its pages."""
    version = services.create_rubric(by=author, document=hostile_document(), slug="evil", title=HOSTILE, tags=["x<b>"])
    thread = services.open_thread(by=author, rubric=version.rubric, criterion="c_plain", text=HOSTILE)
    services.comment(by=author, thread=thread, text=HOSTILE)
    services.submit(by=author, version=version, note=HOSTILE)
    draft = services.request_changes(by=approver, version=version, note=HOSTILE)
    document = {**queries.draft_document(draft), "description": HOSTILE * 2}
    proposal = services.propose(by=author, base=draft, document=document, title=HOSTILE[:100], note=HOSTILE)
    services.edit_criterion(by=author, version=draft, criterion_id="c_plain", changes={"notes": HOSTILE * 2})
    bound = json.dumps(
        {"prompt_id": HOSTILE, "prompt": HOSTILE, "rubrics": [{"criterion": HOSTILE, "points": 1, "tags": [HOSTILE]}]}
    )
    data = f"{bound}\n{bound.replace('alert(1)', 'alert(3)')}".encode()
    made = services.import_rubrics(by=author, format="healthbench", data=data, slug="evil-set")
    assert made.set_version is not None
    services.submit_set(by=author, set_version=made.set_version, note=HOSTILE)
    services.review_sampled(by=approver, set_version=made.set_version, place=1, ok=False, note=HOSTILE)
    return {
        "slug": "evil",
        "number": draft.number,
        "criterion": draft.criteria.get(criterion_id="c_plain").pk,
        "group": draft.groups.get().pk,
        "proposal": proposal.pk,
        "name": "evil-set",
        "place": 1,
    }


def pages_of(arguments: dict[str, Any]) -> list[str]:
    """Every address of the app, each version of the rubric's pages twice: the frozen one and the draft."""
    found = []
    for pattern in urls.urlpatterns:
        names = pattern.pattern.converters
        for number in (1, arguments["number"]):
            given = {name: arguments[name] for name in names if name in arguments} | {"workspace": "clinic"}
            given |= {"number": number} if "number" in names else {}
            try:
                found.append(reverse(f"rubrics:{pattern.name}", kwargs=given))
            except NoReverseMatch:
                continue
    return sorted(set(found))


def test_scripts_in_every_field_stay_text_on_every_page(author: Actor, approver: Actor) -> None:
    arguments = hostile_rubric(author, approver)
    browser = factories.signed_in(factories.make_actor(Role.ADMIN, workspace=author.workspace))
    shown, escaped = 0, 0
    places = [*pages_of(arguments), reverse("history:list", args=["clinic"]), f"{url('list')}?q=script"]
    places += [reverse("judging:try", args=["clinic", "evil", arguments["number"]])]
    places += [f"{url('versions', 'evil', arguments['number'])}?from=1&to={arguments['number']}"]
    for place in places:
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(place, headers=headers)
            assert answer.status_code in {200, 302, 404, 405, 409}, (place, answer.status_code)
            if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
                continue
            body = answer.content.decode()
            alive = [mark for mark in ALIVE if mark in body]
            assert not alive, f"{place} lets {alive} live"
            assert "onerror=alert(2)&gt;14" not in body, f"{place} evaluates what people write"
            shown += 1
            escaped += "&lt;script&gt;alert" in body
    assert shown > 40
    assert escaped > 25, "the text is shown, not lost"


def test_a_refused_form_shows_scripts_as_text(author: Actor) -> None:
    browser = factories.signed_in(author)
    services.create_rubric(by=author, document=factories.make_document(), slug="letters")
    for place, data in (
        (url("new"), {"title": HOSTILE, "slug": HOSTILE, "tags": HOSTILE}),
        (url("import"), {"format": "rubricstudio", "text": HOSTILE, "slug": HOSTILE}),
        (url("import"), {"format": "auto", "text": HOSTILE}),
        (url("settings", "letters", 1), {"title": "", "description": HOSTILE, "language": HOSTILE}),
        (url("criteria-paste", "letters", 1), {"texts": HOSTILE}),
    ):
        body = browser.post(place, data).content.decode()
        assert not [mark for mark in ALIVE if mark in body], place


def test_formulas_leave_as_text(author: Actor) -> None:
    texts = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"]
    criteria = [{"id": f"c_{n}", "text": text, "notes": text} for n, text in enumerate(texts)]
    version = services.create_rubric(by=author, document=factories.make_document(criteria=criteria), slug="sums")
    written = queries.export(version, "csv")
    rows = list(csv.DictReader(io.StringIO(written.data.decode("utf-8-sig"))))
    for row in rows:
        for cell in row.values():
            assert not cell or cell.lstrip("'") == cell or cell.startswith("'"), cell
            assert not cell.startswith(("=", "+", "-", "@", "\t", "＝")), cell
    back = formats.read("csv", written.data).rubrics[0].rubric
    assert [criterion.text for criterion in back.criteria] == texts


def big(criteria: int, letters: int) -> bytes:
    rows = [{"id": f"c_{n}", "text": f"Says {n} " + "x" * letters} for n in range(criteria)]
    return json.dumps({"format": rubric.FORMAT, "title": "Big", "criteria": rows}).encode()


def test_ten_megabytes_are_taken_by_the_page(author: Actor) -> None:
    data = big(530, 19_900)
    assert len(data) > 10 * MEGABYTE
    browser = factories.signed_in(author)
    file = SimpleUploadedFile("big.json", data, "application/json")
    shown = browser.post(url("import"), {"format": "rubricstudio", "file": file})
    assert shown.status_code == 200
    assert "Nothing is stored yet" in shown.content.decode()
    file = SimpleUploadedFile("big.json", data, "application/json")
    assert browser.post(url("import"), {"format": "rubricstudio", "file": file, "store": "1"}).status_code == 200
    assert RubricVersion.objects.get().criteria.count() == 530


def test_five_thousand_criteria_and_one_more(author: Actor) -> None:
    made = services.import_rubrics(by=author, format="rubricstudio", data=big(5_000, 10), slug="long")
    assert made.versions[0].criteria.count() == 5_000
    with pytest.raises(errors.Invalid) as caught:
        services.import_rubrics(by=author, format="rubricstudio", data=big(5_001, 10))
    assert "criteria" in caught.value.problems[0].pointer


def tree(depth: int) -> list[dict[str, Any]]:
    return [{"id": f"g{n}", "title": f"{n}", "parent": f"g{n - 1}" if n else None} for n in range(depth)]


TWISTED: dict[str, dict[str, Any]] = {
    "a circle": {"groups": [{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}]},
    "itself": {"groups": [{"id": "a", "parent": "a"}]},
    "60 deep": {"groups": tree(60)},
    "no such parent": {"groups": [{"id": "a", "parent": "nowhere"}]},
    "one id twice": {"criteria": [{"id": "c", "text": "One."}, {"id": "c", "text": "Two."}]},
    "one group twice": {"groups": [{"id": "a"}, {"id": "a"}]},
    "no text": {"criteria": [{"id": "c", "text": " \u200b\n"[:1]}]},
    "a negative weight": {"criteria": [{"id": "c", "text": "One.", "weight": -1}]},
    "a huge weight": {"criteria": [{"id": "c", "text": "One.", "weight": 1e308}]},
    "a weight in words": {"criteria": [{"id": "c", "text": "One.", "weight": "NaN"}]},
    "a null character": {"criteria": [{"id": "c", "text": "One\x00."}]},
    "half a character": {"criteria": [{"id": "c", "text": "One \ud800."}]},
}


@pytest.mark.parametrize("name", TWISTED)
def test_twisted_documents_are_refused_whole(author: Actor, name: str) -> None:
    data = json.dumps({"format": rubric.FORMAT, "title": "Twisted", "criteria": [], **TWISTED[name]}).encode()
    with pytest.raises(errors.Invalid) as caught:
        services.import_rubrics(by=author, format="rubricstudio", data=data)
    assert caught.value.message
    assert not Rubric.objects.exists()
    answer = factories.signed_in(author).post(
        url("import"), {"format": "rubricstudio", "file": SimpleUploadedFile("x.json", data)}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("weight", ["NaN", "Infinity", "-Infinity", "1e999", "nan", "inf", "１e400"])
def test_weights_that_are_no_numbers(author: Actor, weight: str) -> None:
    for token in (weight, f'"{weight}"'):
        data = f'{{"format": "{rubric.FORMAT}", "criteria": [{{"id": "c", "text": "One.", "weight": {token}}}]}}'
        with pytest.raises(errors.Invalid):
            services.import_rubrics(by=author, format="rubricstudio", data=data.encode())
    with pytest.raises(errors.Invalid):
        services.import_rubrics(by=author, format="csv", data=f"text,weight\nOne.,{weight}\n".encode())
    version = services.create_rubric(by=author, document=factories.make_document(), slug="letters")
    row = version.criteria.all()[0]
    browser = factories.signed_in(author)
    assert browser.post(url("criterion-cell", "letters", 1, row.pk), {"weight": weight}).status_code == 422
    row.refresh_from_db()
    assert row.weight == 3.0


MANY_SCRIPTS = {
    "right to left": "يذكر اسم الدواء وجرعته",
    "overridden": "safe \u202egnp.exe\u202c end",
    "combining": "cafe\u0301 with " + "z" + "\u0301" * 40,
    "wide": "𝔘𝔫𝔦 👩‍👩‍👧 漢字",
}


@pytest.mark.parametrize("name", MANY_SCRIPTS)
def test_any_script_comes_back_as_written(author: Actor, name: str) -> None:
    text = MANY_SCRIPTS[name]
    document = factories.make_document(title=text, criteria=[{"id": "c", "text": text}])
    version = services.create_rubric(by=author, document=document, title=text)
    assert version.rubric.slug, "a title of any script has a name in references"
    browser: Client = factories.signed_in(author)
    page = browser.get(url("edit", version.rubric.slug, 1)).content.decode()
    assert unicodedata.normalize("NFC", text) in unicodedata.normalize("NFC", page)
    assert 'dir="auto"' in page
    said = queries.domain_rubric(version)
    twin = factories.make_document(title=text, criteria=[{"id": "c", "text": unicodedata.normalize("NFD", text)}])
    assert rubric.digest(rubric.parse(twin)) == rubric.digest(said), "how a letter is composed changes no digest"
    for token in ("rubricstudio", "csv", "xlsx"):
        back = formats.read(token, queries.export(version, token).data).rubrics[0].rubric
        assert back.criteria[0].text == said.criteria[0].text


def test_an_ended_session_tells_the_page_and_stores_nothing(author: Actor) -> None:
    version = services.create_rubric(by=author, document=factories.make_document(), slug="letters")
    row = version.criteria.all()[0]
    browser = factories.signed_in(author)
    place = url("criterion-edit", "letters", 1, row.pk)
    browser.logout()
    answer = browser.post(place, {"text": "Typed for an hour."}, headers={"HX-Request": "true", "X-Autosave": "1"})
    assert answer.status_code in {302, 401}, "static/js/autosave.js keeps the text at these"
    row.refresh_from_db()
    assert row.text == "Names the drug and its dose."


def test_two_tabs_of_one_person(author: Actor) -> None:
    version = services.create_rubric(by=author, document=factories.make_document(), slug="letters")
    row = version.criteria.all()[0]
    first, second = factories.signed_in(author), factories.signed_in(author)
    place = url("criterion-cell", "letters", 1, row.pk)
    seen = {"was-weight": "3", "was-tier": "essential"}
    first.post(place, {"weight": "7", **seen})
    second.post(place, {"tier": "important", **seen})
    row.refresh_from_db()
    assert (row.weight, row.tier) == (7.0, "important"), "edits of different fields both stay"
    answer = second.post(place, {"weight": "9", **seen})
    assert answer.status_code == 409, "the same field is asked for"
    row.refresh_from_db()
    assert row.weight == 7.0
