"""Imports are bulk, idempotent and all or nothing."""

import json
from pathlib import Path

import pytest

from apps.accounts.permissions import Role
from apps.datasets import queries, services
from apps.datasets.models import Dataset, Label, Prompt, Response, Subject
from apps.datasets.signals import dataset_imported
from apps.history.models import Entry
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[3] / "apps" / "home" / "sample"
ROWS = [
    {
        "prompt_id": "p1",
        "prompt": "Write a letter.",
        "context": "Ward notes",
        "tags": ["age:older"],
        "responses": [
            {"response_id": "r1", "model": "a", "text": "Dear Ada"},
            {"response_id": "r2", "model": "b", "text": "Dear Bob"},
        ],
    },
    {"prompt_id": "p2", "prompt": "Explain.", "reference": "So.", "responses": []},
]


def lines(rows) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


@pytest.fixture
def alice(db):
    return factories.make_actor(username="alice")


def load(alice, rows=ROWS, **more):
    return services.import_dataset(by=alice, slug="letters", format="generic", data=lines(rows), **more)


def test_a_file_becomes_prompts_and_responses(alice):
    done = load(alice, title="Letters")
    assert done.dataset.title == "Letters"
    assert done.counts["prompts_added"] == 2
    assert done.counts["responses_added"] == 2
    prompt = done.dataset.prompts.get(external_id="p1")
    assert prompt.context == [{"type": "text", "text": "Ward notes"}]
    assert prompt.tags == ["age:older"]
    assert prompt.responses.get(external_id="r2").model == "b"


def test_an_edit_is_linked_to_what_it_changes(alice):
    answers = [
        {"response_id": "e1", "text": "Dear", "edit_of": "r1", "edit": "degrade: name"},
        {"response_id": "r1", "text": "Dear Ada"},
        {"response_id": "e2", "text": "Hi", "edit_of": "r9", "edit": "degrade: tone"},
    ]
    done = load(alice, rows=[{"prompt_id": "p1", "prompt": "Write.", "responses": answers}])
    first = Response.objects.get(external_id="e1")
    assert (first.parent, first.edit) == (Response.objects.get(external_id="r1"), "degrade: name")
    assert Response.objects.get(external_id="e2").parent is None
    assert [note.message for note in done.report if note.pointer == "e2"] == [
        "The response “e2” changes “r9”, which is no answer to its prompt."
    ]
    assert done.counts["responses_added"] == 3


def test_importing_twice_adds_nothing(alice):
    load(alice)
    again = load(alice)
    assert (again.counts["prompts_added"], again.counts["prompts_known"]) == (0, 2)
    assert (again.counts["responses_added"], again.counts["responses_known"]) == (0, 2)
    assert Prompt.objects.count() == 2
    assert Response.objects.count() == 2


def test_a_changed_text_is_reported_and_not_replaced(alice):
    load(alice)
    changed = json.loads(json.dumps(ROWS))
    changed[0]["responses"][0]["text"] = "Dear Eve"
    changed[1]["prompt"] = "Explain more."
    changed[1]["responses"] = [{"response_id": "r3", "text": "An answer to something else"}]
    done = load(alice, changed)
    assert done.counts["responses_changed"] == 1
    assert done.counts["prompts_changed"] == 1
    assert {note.pointer for note in done.report if note.level == "warning"} == {"p2", "r1", ""}
    assert Response.objects.get(external_id="r1").parts == [{"type": "text", "text": "Dear Ada"}]
    assert not Response.objects.filter(external_id="r3").exists()


def test_a_bad_line_is_named_and_nothing_is_stored(alice):
    rows = [{"prompt_id": f"p{n}", "prompt": f"Question {n}"} for n in range(9)]
    rows[6] = {"prompt_id": "p6", "response": "An answer without a question"}
    with pytest.raises(errors.Invalid) as refusal:
        load(alice, rows)
    assert [problem.pointer for problem in refusal.value.problems] == ["/6"]
    assert not Dataset.objects.exists()


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"])
@pytest.mark.parametrize("place", ["prompt", "prompt_id", "response", "model", "tags", "rater", "note"])
def test_text_that_cannot_be_stored_is_refused_with_a_sentence(alice, bad, place):
    row = {"prompt_id": "p", "prompt": "Why?", "response": "So.", "rater": "x", "criterion": "c", "value": 1}
    with pytest.raises(errors.Invalid):
        load(alice, [{**row, place: bad}])
    assert not Dataset.objects.exists()


def test_equal_texts_are_one_subject(alice):
    rows = [{"prompt_id": "p", "prompt": "Why?", "responses": [{"id": "a", "text": "So."}, {"id": "b", "text": "So."}]}]
    assert len(services.subjects_of(load(alice, rows).dataset)) == 1


def test_a_failing_receiver_undoes_the_import(alice, monkeypatch):
    def refuse(**_):
        raise errors.Conflict("No.")

    monkeypatch.setattr(dataset_imported, "receivers", [])
    monkeypatch.setattr(dataset_imported, "sender_receivers_cache", {}, raising=False)
    dataset_imported.connect(refuse, weak=False)
    data = lines([{"prompt_id": "h", "prompt": [{"role": "user", "content": "Hm?"}], "example_tags": [],
                   "rubrics": [{"criterion": "Says so.", "points": 5, "tags": []}]}])  # fmt: skip
    with pytest.raises(errors.Conflict):
        services.import_dataset(by=alice, slug="hb", format="healthbench", data=data)
    assert not Dataset.objects.exists()


def test_one_history_entry_an_import(alice):
    load(alice)
    entries = Entry.objects.filter(action="dataset.imported")
    assert entries.count() == 1
    assert "Dear" not in json.dumps(entries.get().detail)


def test_annotators_may_not_import():
    bob = factories.make_actor(Role.ANNOTATOR)
    with pytest.raises(errors.NotAllowed):
        load(bob)


def test_an_archived_dataset_takes_nothing(alice):
    services.archive_dataset(by=alice, dataset=load(alice).dataset)
    with pytest.raises(errors.Conflict):
        load(alice)


def test_the_number_of_queries_does_not_grow(alice, django_assert_max_num_queries):
    rows = [
        {
            "prompt_id": f"p{n}",
            "prompt": f"Question {n}",
            "responses": [{"response_id": f"r{n}", "text": f"Answer {n}"}],
        }
        for n in range(400)
    ]
    with django_assert_max_num_queries(25):
        load(alice, rows)


def test_a_mapping_is_kept_for_reuse(alice):
    data = b"question,answer,who\nWhy?,Because.,small\nHow?,So.,small\n"
    mapping = {"prompt": "question", "response": "answer", "model": "who"}
    done = services.import_dataset(by=alice, slug="table", format="generic", data=data, mapping=mapping)
    assert done.counts["responses_added"] == 2
    assert done.dataset.mapping["fields"] == mapping


def test_items_of_rest_are_added(alice):
    dataset = services.create_dataset(by=alice, slug="items")
    done = services.add_items(by=alice, dataset=dataset, items=ROWS)
    assert done.counts["responses_added"] == 2
    with pytest.raises(errors.Invalid):
        services.add_items(by=alice, dataset=dataset, items=[{"response": "no prompt"}])


@pytest.mark.parametrize("name", ["customer-mail", "discharge-letters", "physics-explanations"])
def test_the_sample_files_and_their_labels(alice, name):
    data = (SAMPLE / "datasets" / f"{name}.jsonl").read_bytes()
    done = services.import_dataset(by=alice, slug=name, format="generic", data=data)
    assert (done.counts["prompts_added"], done.counts["responses_added"]) == (8, 24)
    labels = (SAMPLE / "labels" / f"{name}.jsonl").read_bytes()
    first = services.import_labels(by=alice, dataset=done.dataset, data=labels)
    again = services.import_labels(by=alice, dataset=done.dataset, data=labels)
    assert first.counts["labels_added"] == 324
    assert again.counts == {"labels_added": 0, "labels_known": 324, "labels_changed": 0}
    assert Label.objects.count() == 324


def test_label_faults_are_named(alice):
    dataset = load(alice).dataset
    records = [
        {"response_id": "r1", "rater": "x", "value": 1},
        {"response_id": "r1", "rater": "x", "value": 7},
        {"rater": "x", "value": 1, "colour": "red"},
    ]
    with pytest.raises(errors.Invalid) as refusal:
        services.add_label_records(by=alice, dataset=dataset, records=records)
    assert {problem.pointer for problem in refusal.value.problems} == {"/1/value", "/2/response_id", "/2/colour"}
    with pytest.raises(errors.Invalid, match="no response"):
        services.add_label_records(by=alice, dataset=dataset, records=[{**records[0], "response_id": "r9"}])
    assert not Label.objects.exists()


def test_a_differing_label_is_reported(alice):
    dataset = load(alice).dataset
    record = {"response_id": "r1", "rater": "x", "criterion": "c", "value": 1}
    services.add_label_records(by=alice, dataset=dataset, records=[record])
    stored = services.add_label_records(by=alice, dataset=dataset, records=[{**record, "value": 0}])
    assert stored.counts["labels_changed"] == 1
    assert Label.objects.get().value == 1


def test_subjects_are_made_once_with_their_members(alice, django_assert_max_num_queries):
    dataset = load(alice).dataset
    with django_assert_max_num_queries(12):
        made = services.subjects_of(dataset)
    assert [subject.members.get().response.external_id for subject in made] == ["r1", "r2"]
    with django_assert_max_num_queries(5):
        assert services.subjects_of(dataset) == made
    assert [s.pk for s in services.subjects_of(dataset, {"models": ["b"]})] == [made[1].pk]
    assert Subject.objects.count() == 2
    with pytest.raises(errors.Invalid):
        services.subjects_of(dataset, {"colour": ["red"]})


def test_the_subject_hash_is_that_of_the_factories(alice):
    response = factories.make_response()
    subject = factories.make_subject(responses=[response])
    assert services.subjects_of(response.prompt.dataset) == [subject]


def test_prompts_are_browsed_with_few_queries(alice, django_assert_num_queries):
    dataset = load(alice).dataset
    with django_assert_num_queries(2):
        page = queries.browse(dataset, size=1)
    assert [prompt.external_id for prompt in page.prompts] == ["p1"]
    assert getattr(page.prompts[0], "response_count") == 2  # noqa: B009
    assert [p.external_id for p in queries.browse(dataset, size=1, after=page.next or "").prompts] == ["p2"]
    assert queries.browse(dataset, q="letter").total == 1
    assert queries.browse(dataset, tag="age:older", model="a").total == 1
    assert queries.browse(dataset, model="nobody").total == 0
    assert queries.browse(dataset, q="a\x00\ud800").total == 0
    assert services.subjects_of(dataset, {"prompts": ["\x00"]}) == []
