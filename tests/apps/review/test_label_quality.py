"""Preferences that judges doubt: found by their votes, sent to people, never changed."""

import uuid
from urllib.parse import urlencode

import pytest

from apps.datasets.models import Preference, PreferenceMember, Rater
from apps.judging.models import Score
from apps.review import queries, services
from apps.review.models import Queue
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(alice):
    """Four pairs by one rater, of which two judges contradict the first and differ on the second."""
    dataset = factories.make_dataset(workspace=alice.workspace)
    version = factories.make_version(workspace=alice.workspace, status="approved")
    judges = [factories.make_judge(workspace=alice.workspace) for _ in range(2)]
    rater = Rater.objects.create(workspace=alice.workspace, name="ann")
    margins = [(-0.5, -0.3), (0.4, -0.2), (0.5, 0.3), (0.3, 0.1)]
    for n, row in enumerate(margins):
        prompt = factories.make_prompt(dataset=dataset, external_id=f"p{n}")
        answers = [
            factories.make_response(prompt=prompt, text=f"Answer {n} {name}", external_id=f"{name}{n}")
            for name in ("good", "bad")
        ]
        order = Preference.objects.create(dataset=dataset, prompt=prompt, rater=rater, external_id=f"o{n}")
        for rank, answer in enumerate(answers, 1):
            PreferenceMember.objects.create(preference=order, response=answer, rank=rank)
        subjects = [factories.make_subject(responses=[answer]) for answer in answers]
        for judge, margin in zip(judges, row, strict=True):
            for subject, raw in zip(subjects, (0.5 + margin, 0.5), strict=True):
                Score.objects.create(
                    key=uuid.uuid4(), workspace=alice.workspace, version=version, judge_version=judge,
                    subject=subject, digest=version.digest, status="ok", raw=raw,
                )  # fmt: skip
    return dataset


def test_votes_find_what_every_judge_contradicts(dataset):
    found = queries.label_quality_of(dataset)
    assert len(found.voters) == 2
    assert [(one.prompt_id, one.better) for one in found.mislabelled] == [("p0", "good0")]
    assert found.doubts[0].prompt_id == "p0"
    assert dict(found.quadrants) == {"mislabelled": 1, "ambiguous": 1, "keep": 2}
    assert found.unanimous == 2
    assert (found.doubts[0].margin, found.doubts[0].label_smoothing) == (None, 0.0)
    assert found.doubts[-1].strength.agreeing == 2


def test_two_judges_of_three_are_each_others_peers(dataset, alice):
    first = Score.objects.order_by("pk")[0]
    third = factories.make_judge(workspace=alice.workspace)
    for score in Score.objects.filter(judge_version=first.judge_version):
        Score.objects.create(
            key=uuid.uuid4(), workspace=alice.workspace, version=first.version, judge_version=third,
            subject=score.subject, digest=first.digest, status="ok", raw=1 - (score.raw or 0),
        )  # fmt: skip
    everybody = queries.label_quality_of(dataset).everybody
    assert (len(everybody), queries.label_quality_of(dataset).mislabelled) == (3, [])
    pair = [name for name in everybody if not name.startswith(str(third))]
    found = queries.label_quality_of(dataset, only=pair)
    assert (found.voters, [one.prompt_id for one in found.mislabelled]) == (tuple(pair), ["p0"])
    for wrong, code in (([pair[0]], "voters_too_few"), ([pair[0], "nobody"], "voter_unknown")):
        with pytest.raises(errors.Invalid) as told:
            queries.label_quality_of(dataset, only=wrong)
        assert told.value.code == code
    client, url = factories.signed_in(alice), f"/w/clinic/review/data/{dataset.slug}/quality"
    page = client.get(url, {"voter": pair}).content.decode()
    assert "Ask people about 1" in page
    assert "Ask people about" not in client.get(url).content.decode()
    alone = client.get(url, {"voter": [pair[0], ""]})
    assert (alone.status_code, b"one alone has no peer" in alone.content) == (422, True)
    assert client.post(f"{url}?{urlencode({'voter': pair}, doseq=True)}").status_code == 302
    assert Queue.objects.get().items.count() == 1


def test_the_page_shows_it_and_people_are_asked(dataset, alice, bob, charlie):
    url = f"/w/clinic/review/data/{dataset.slug}/quality"
    client = factories.signed_in(alice)
    page = client.get(url).content.decode()
    assert "every judge contradicts" in page
    assert "Ask people about 1" in page
    answer = client.post(url)
    queue = Queue.objects.get()
    assert answer["Location"] == f"/w/clinic/review/{queue.pk}/"
    assert (queue.task, queue.overlap) == ("pair", 2)
    assert [item.about.prompt.external_id for item in queue.items.all()] == ["p0"]
    assert Preference.objects.filter(dataset=dataset).count() == 4
    assert factories.signed_in(bob).get(url).status_code == 403
    assert factories.signed_in(charlie).get(url).status_code == 404


def test_without_judges_there_is_nothing_to_doubt(alice):
    dataset = factories.make_dataset(workspace=alice.workspace)
    assert queries.label_quality_of(dataset).doubts == ()
    assert (
        "No judge has scored"
        in factories.signed_in(alice).get(f"/w/clinic/review/data/{dataset.slug}/quality").content.decode()
    )
    with pytest.raises(errors.Conflict):
        services.queue_of_doubts(by=alice, dataset=dataset)
