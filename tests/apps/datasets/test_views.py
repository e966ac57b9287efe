"""Pages about data: who sees them, what they show, how many queries they take."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.permissions import Role
from apps.datasets import services
from apps.datasets.models import Dataset, Upload
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
ROWS = [
    {
        "prompt_id": f"p{n}",
        "prompt": f"Question number {n} <b>bold</b>",
        "tags": ["topic:one" if n % 2 else "topic:two"],
        "responses": [{"response_id": f"r{n}", "model": "small", "text": f"Answer {n} <script>"}],
    }
    for n in range(30)
]
DATA = "\n".join(json.dumps(row) for row in ROWS).encode()


@pytest.fixture
def alice(db):
    return factories.make_actor(username="alice")


@pytest.fixture
def bob(db):
    return factories.make_actor(Role.VIEWER, username="bob")


@pytest.fixture
def charlie(db):
    return factories.make_actor(username="charlie", workspace=factories.make_workspace(slug="elsewhere"))


@pytest.fixture
def dataset(alice):
    return services.import_dataset(by=alice, slug="letters", title="Letters", format="generic", data=DATA).dataset


PAGES = ["", "letters/", "letters/agreement", "letters/report"]
AUTHOR_PAGES = ["import", "letters/import", "letters/labels", "letters/settings"]


@pytest.mark.parametrize("path", PAGES + AUTHOR_PAGES)
def test_who_sees_what(path, alice, bob, charlie, dataset):
    url = f"/w/clinic/data/{path}"
    assert factories.signed_in(alice).get(url).status_code == 200
    assert factories.signed_in(bob).get(url).status_code == (200 if path in PAGES else 403)
    assert factories.signed_in(charlie).get(url).status_code == 404


def test_the_list_says_how_much_there_is(alice, dataset, django_assert_max_num_queries):
    client = factories.signed_in(alice)
    assert "No data yet" not in client.get("/w/clinic/data/").content.decode()
    with django_assert_max_num_queries(14):
        page = client.get("/w/clinic/data/").content.decode()
    assert "Letters" in page
    assert "30" in page


def test_an_empty_list_offers_the_first_step(alice):
    assert "Import a file" in factories.signed_in(alice).get("/w/clinic/data/").content.decode()


def test_prompts_are_browsed_page_by_page(alice, dataset, django_assert_max_num_queries):
    client = factories.signed_in(alice)
    with django_assert_max_num_queries(22):
        answer = client.get("/w/clinic/data/letters/")
    page = answer.content.decode()
    assert "Question number 0 &lt;b&gt;" in page
    assert "Question number 29" not in page
    after = answer.context["page"].next
    assert "Question number 29" in client.get(f"/w/clinic/data/letters/?after={after}").content.decode()
    found = client.get("/w/clinic/data/letters/?q=number+17&tag=topic:one", headers={"HX-Request": "true"})
    assert "<html" not in found.content.decode()
    assert found.context["page"].total == 1


def test_a_prompt_shows_its_responses_and_labels(alice, dataset, django_assert_max_num_queries):
    record = {"response_id": "r0", "rater": "h.adler", "criterion": "c_tone", "value": 0.5}
    services.add_label_records(by=alice, dataset=dataset, records=[record])
    key = dataset.prompts.get(external_id="p0").pk
    client = factories.signed_in(alice)
    with django_assert_max_num_queries(20):
        page = client.get(f"/w/clinic/data/letters/prompts/{key}").content.decode()
    assert "Answer 0 &lt;script&gt;" in page
    assert "h.adler: 0.50" in page
    assert client.get("/w/clinic/data/letters/prompts/999999").status_code == 404


def test_agreement_of_two_people(alice, dataset):
    records = [
        {"response_id": f"r{n}", "rater": rater, "criterion": "c_tone", "value": value}
        for n in range(4)
        for rater, value in (("a", n % 2), ("b", 1 if n == 0 else n % 2))
    ]
    services.add_label_records(by=alice, dataset=dataset, records=records)
    page = factories.signed_in(alice).get("/w/clinic/data/letters/agreement", headers={"HX-Request": "true"})
    row = page.context["rows"][0]
    assert (row.items, row.raters, row.shared, row.percent) == (4, 2, 4, 0.75)
    assert "75 %" in page.content.decode()


def test_importing_a_table_through_the_columns_page(alice):
    client = factories.signed_in(alice)
    file = SimpleUploadedFile("table.csv", b"question,reply,who\nWhy?,Because.,small\nHow?,So.,large\n")
    first = client.post("/w/clinic/data/import", {"title": "My table", "format": "generic", "file": file})
    assert first.status_code == 302
    page = client.get(first["Location"]).content.decode()
    assert "Because." in page
    bad = client.post(first["Location"], {"response": "reply"})
    assert bad.status_code == 422
    assert "Nothing was imported" in bad.content.decode()
    assert not Dataset.objects.exists()
    done = client.post(first["Location"], {"prompt": "question", "response": "reply", "model": "who"})
    assert done["Location"] == "/w/clinic/data/my-table/report"
    assert "Known already" in client.get(done["Location"]).content.decode()
    assert not Upload.objects.exists()
    assert Dataset.objects.get().mapping["fields"] == {"prompt": "question", "response": "reply", "model": "who"}


def test_a_waiting_file_is_its_owners(alice, bob):
    upload = services.keep_upload(by=alice, name="x", target={}, data=b"a\n1\n")
    other = factories.make_actor(username="dora")
    assert factories.signed_in(other).get(f"/w/clinic/data/import/{upload.pk}").status_code == 404


def test_pasted_text_with_a_bad_line_names_it(alice):
    client = factories.signed_in(alice)
    lines = [json.dumps({"prompt_id": f"p{n}", "prompt": "Why?"}) for n in range(6)] + ["{broken"]
    form = {"title": "Bad", "format": "generic", "text": "\n".join(lines)}
    answer = client.post("/w/clinic/data/import", form)
    assert answer.status_code == 422
    assert "Row 7 (/6)" in answer.content.decode()
    assert not Dataset.objects.exists()


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_given_is_said(alice, text):
    answer = factories.signed_in(alice).post("/w/clinic/data/import", {"title": "T", "format": "generic", "text": text})
    assert answer.status_code == 422
    assert "one of the two" in answer.content.decode()


def test_a_taken_name_is_refused(alice, dataset):
    form = {"title": "Letters", "format": "generic", "text": '{"prompt": "Why?"}'}
    answer = factories.signed_in(alice).post("/w/clinic/data/import", form)
    assert answer.status_code == 409
    assert "already" in answer.content.decode()


def test_settings_and_archive(alice, bob, dataset):
    client = factories.signed_in(alice)
    form = {"title": "Post", "licence": "CC-BY-4.0", "language": "en", "consent": "all asked"}
    assert client.post("/w/clinic/data/letters/settings", form).status_code == 302
    assert Dataset.objects.get().licence == "CC-BY-4.0"
    assert client.post("/w/clinic/data/letters/settings", {"title": ""}).status_code == 422
    assert factories.signed_in(bob).post("/w/clinic/data/letters/archive").status_code == 403
    assert client.post("/w/clinic/data/letters/archive").status_code == 302
    assert "Post" not in client.get("/w/clinic/data/", follow=True).context["datasets"]
    assert [d.title for d in client.get("/w/clinic/data/?archived=1").context["datasets"]] == ["Post"]
    assert client.post("/w/clinic/data/letters/restore").status_code == 302
    assert Dataset.objects.get().archived_at is None


def test_labels_are_imported_on_their_page(alice, dataset):
    client = factories.signed_in(alice)
    good = '{"response_id": "r1", "rater": "x", "criterion": "c", "value": 1}'
    assert client.post("/w/clinic/data/letters/labels", {"text": good}).status_code == 302
    bad = client.post("/w/clinic/data/letters/labels", {"text": '{"response_id": "r1", "rater": "x", "value": 3}'})
    assert bad.status_code == 422
    assert "Row 1 (/0/value)" in bad.content.decode()
    assert dataset.labels.count() == 1


def test_a_file_of_half_a_gigabyte_is_refused_unread(alice):
    class Huge(SimpleUploadedFile):
        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read into memory")

    file = Huge("big.jsonl", b"x")
    file.size = 500 * 2**20
    with pytest.raises(errors.Invalid, match="500 MB; at most 64 MB"):
        services.read_file(file)
