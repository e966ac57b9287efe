"""Files in and out: the library, sets, and the real HealthBench file."""

import io
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import Rubric
from domain import errors, formats, rubric
from tests import factories

pytestmark = pytest.mark.django_db


def record(prompt_id: str, *points: float) -> dict[str, object]:
    return {
        "prompt_id": prompt_id,
        "prompt": [{"role": "user", "content": f"Question {prompt_id}?"}],
        "rubrics": [{"criterion": f"Says {n}.", "points": p, "tags": ["axis:accuracy"]} for n, p in enumerate(points)],
        "example_tags": ["theme:hedging"],
        "canary": "c",
    }


def lines(*records: dict[str, object]) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in records).encode()


def test_a_document_becomes_a_rubric_of_the_library(author: Actor) -> None:
    document = {**factories.make_document(), "slug": "mail"}
    for data in (json.dumps(document).encode(), b"title: From YAML\ncriteria:\n- text: Is polite.\n"):
        result = services.import_rubrics(by=author, format="rubricstudio", data=data)
        assert (len(result.versions), result.set_version) == (1, None)
    assert set(queries.library(author).values_list("slug", flat=True)) == {"mail", "from-yaml"}


def test_importing_again_adds_a_draft_only_where_something_changed(author: Actor) -> None:
    document = {**factories.make_document(), "slug": "mail"}
    first = services.import_rubrics(by=author, format="rubricstudio", data=json.dumps(document).encode())
    again = services.import_rubrics(by=author, format="rubricstudio", data=json.dumps(document).encode())
    assert again.versions == first.versions
    assert "nothing was added" in again.report[-1].message
    document["title"] = "Other"
    changed = services.import_rubrics(by=author, format="rubricstudio", data=json.dumps(document).encode())
    assert (changed.versions[0].number, changed.versions[0].rubric.slug) == (2, "mail")


def test_a_translation_of_something_unknown_is_reported_and_kept(author: Actor) -> None:
    data = json.dumps({**factories.make_document(), "translation_of": "elsewhere@4"}).encode()
    result = services.import_rubrics(by=author, format="rubricstudio", data=data)
    assert "/0/translation_of" in [note.pointer for note in result.report]
    assert result.versions[0].extensions["translation_of"] == "elsewhere@4"


def test_prompt_bound_rubrics_become_a_set(author: Actor) -> None:
    dataset = factories.make_dataset(workspace=author.workspace, slug="healthbench")
    prompt = factories.make_prompt(dataset=dataset, external_id="b")
    data = lines(record("a", 5, -3), record("b", 1), record("c", 2, 2))
    result = services.import_rubrics(by=author, format="healthbench", data=data)
    assert result.set_version is not None
    assert str(result.set_version) == "set:healthbench@1"
    assert [v.prompt for v in result.versions] == [None, prompt, None]
    assert not queries.library(author).exists()
    found = queries.resolve(author, "set:healthbench@1")
    assert found.by_prompt is not None
    assert set(found.by_prompt) == {"a", "b", "c"}
    assert [c.weight for c in queries.domain_rubric(found.by_prompt["a"]).criteria] == [5, 3]
    with pytest.raises(errors.NotFound):
        queries.resolve(author, "set:healthbench")


def test_importing_the_same_set_again_adds_nothing(author: Actor) -> None:
    data = lines(record("a", 5), record("b", 1))
    first = services.import_rubrics(by=author, format="healthbench", data=data)
    again = services.import_rubrics(by=author, format="healthbench", data=data)
    assert again.set_version == first.set_version
    assert [v.pk for v in again.versions] == [v.pk for v in first.versions]


def test_names_taken_elsewhere_are_avoided(author: Actor) -> None:
    services.create_rubric(by=author, title="Mine", slug="healthbench-a")
    result = services.import_rubrics(by=author, format="healthbench", data=lines(record("a", 5), record("b", 1)))
    assert [v.rubric.slug for v in result.versions] == ["healthbench-healthbench-a", "healthbench-b"]


def test_bad_files_leave_nothing_behind(author: Actor, viewer: Actor) -> None:
    for name, data in (
        ("healthbench", b"{"),
        ("healthbench", lines(record("a", 5)) + b'{"x":1}\n'),
        ("rubricstudio", b""),
        ("nope", b"{}"),
    ):
        with pytest.raises(errors.Invalid):
            services.import_rubrics(by=author, format=name, data=data)
    assert not Rubric.objects.exists()
    with pytest.raises(errors.NotAllowed):
        services.import_rubrics(by=viewer, format="healthbench", data=lines(record("a", 5)))


def test_what_goes_out_comes_in_again(author: Actor, draft) -> None:
    for name in ("rubricstudio", "rubricstudio-yaml"):
        back = formats.read("rubricstudio", queries.export(draft, name).data)
        assert rubric.digest(back.rubrics[0].rubric) == draft.digest
    assert any(note.pointer.endswith("/tier") for note in queries.export(draft, "healthbench").report)


def test_resolving(author: Actor, approver: Actor, draft) -> None:
    approved = services.approve(by=approver, version=services.submit(by=author, version=draft))
    for ref in ("letters@1", "letters", approved.digest):
        assert queries.resolve(author, ref).general == approved
    for ref, family in (
        ("nothing", errors.NotFound),
        ("letters@2", errors.NotFound),
        ("sha256:00", errors.NotFound),
        ("a b", errors.Invalid),
        ("set:x@1", errors.NotFound),
    ):
        with pytest.raises(family):
            queries.resolve(author, ref)


def real_file() -> Path:
    path = (
        Path(os.environ.get("RUBRICSTUDIO_DATA", Path(__file__).parents[4] / "shared" / "data"))
        / "rubrics/healthbench_rubrics.jsonl"
    )
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    return path


@pytest.mark.real_data
def test_the_real_healthbench_file(author: Actor, approver: Actor) -> None:
    data = real_file().read_bytes()
    began = time.process_time()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        result = services.import_rubrics(by=author, format="healthbench", data=data)
    took = time.process_time() - began
    assert result.set_version is not None
    assert len(result.versions) == len(data.split(b"\n")) - 1
    assert len(result.versions) == 53
    assert len(captured) < 25
    assert took < 2
    services.submit_set(by=author, set_version=result.set_version)
    factories.read_sample(by=approver, set_version=result.set_version)
    services.approve_set(by=approver, set_version=result.set_version)
    written = queries.export_set(queries.get_set_version(author, "healthbench"), "healthbench")
    theirs = [json.loads(line) for line in data.split(b"\n") if line.strip()]
    ours = [json.loads(line) for line in written.data.split(b"\n") if line.strip()]
    assert ours == theirs


def test_auto_finds_the_format_or_asks(author: Actor) -> None:
    tree: dict[str, Any] = {"id": "r", "requirements": "All.", "weight": 1, "sub_tasks": [
        {"id": "a", "requirements": "Part.", "weight": 2, "sub_tasks": []}]}  # fmt: skip
    made = services.import_rubrics(by=author, format="auto", data=json.dumps(tree).encode(), slug="paper")
    assert made.versions[0].rubric.slug == "paper"
    assert queries.domain_rubric(made.versions[0]).criteria[0].id == "a"
    with pytest.raises(errors.Invalid, match="Say which it is"):
        services.import_rubrics(by=author, format="auto", data=b"{}")
    tree["sub_tasks"].append({"id": "b", "requirements": "More.", "weight": 1, "sub_tasks": []})
    again = services.import_rubrics(by=author, format="auto", data=json.dumps(tree).encode(), slug="paper")
    assert (again.versions[0].number, again.versions[0].parent_id) == (2, made.versions[0].pk)


def test_a_preview_writes_nothing(author: Actor, viewer: Actor) -> None:
    data = b"text,weight\nSays it.,2\n=1+1,-1\n"
    seen = services.preview_import(by=author, format="auto", data=data, name="x.csv")
    assert (seen.format, seen.criteria, seen.rubrics[0].becomes) == ("csv", 2, "a new rubric")
    assert not Rubric.objects.exists()
    with pytest.raises(errors.NotAllowed):
        services.preview_import(by=viewer, format="csv", data=data)


def test_the_page_shows_what_would_be_made_and_stores_on_the_second_step(author: Actor) -> None:
    client = factories.signed_in(author)
    url = reverse("rubrics:import", args=["clinic"])
    text = "text,weight\n<b>Says it.</b>,2\n"
    seen = client.post(url, {"format": "auto", "text": text})
    assert seen.status_code == 200
    assert "What the file would make" in seen.content.decode()
    assert not Rubric.objects.exists()
    carried = seen.context["form"].initial
    done = client.post(url, {**carried, "slug": "mine", "store": "1"})
    assert "Import report" in done.content.decode()
    assert queries.domain_rubric(Rubric.objects.get(slug="mine").versions.get()).criteria[0].text == "<b>Says it.</b>"
    assert client.post(url, {"format": "csv", "kept": "nonsense"}).status_code == 422
    offers = client.get(reverse("rubrics:export", args=["clinic", "mine", 1])).content.decode()
    assert "holds all of it" in offers
    assert "MQM" in offers


def test_the_command_line(author: Actor, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("text,weight\nSays it.,2\n", encoding="utf-8")
    who = ["--workspace", "clinic", "--user", author.user.username]
    out = io.StringIO()
    call_command("import_rubrics", str(file), *who, "--dry-run", stdout=out)
    assert not Rubric.objects.exists()
    call_command("import_rubrics", str(file), *who, "--set", "mine", stdout=io.StringIO())
    again = io.StringIO()
    call_command("export_rubric", "mine@1", *who, "--format", "rubric", stdout=again, stderr=io.StringIO())
    assert json.loads(again.getvalue()) == [{"weight": 2, "requirement": "Says it."}]
    with pytest.raises(CommandError):
        call_command("import_rubrics", str(file), "--workspace", "clinic", "--user", "nobody")
