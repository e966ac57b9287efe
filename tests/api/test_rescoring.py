"""Runs scored again over REST."""

import pytest

from apps.judging.models import Score
from tests import factories
from tests.api.conftest import caller_of, problem, work
from tests.api.test_runs import body, started, version  # noqa: F401

pytestmark = pytest.mark.django_db


def test_a_run_is_scored_again_with_a_profile_and_watched(alice, engine, body, version):  # noqa: F811
    run = started(alice, body)
    work()
    asked = len(engine.asked)
    names = [criterion.criterion_id for criterion in version.criteria.order_by("position")]
    version.rubric.profiles.create(name="last", weights={names[1]: 1.0}, digest="sha256:1")
    answer = alice.post(f"/runs/{run['id']}/rescore", {"profile": "last@1"})
    assert answer.status_code == 202, answer.content
    begun = answer.json()
    assert answer["Location"] == f"/api/v1/runs/{run['id']}/rescored/{begun['id']}"
    assert (begun["state"], begun["parts_done"], begun["profile"]) == ("queued", 0, "last@1")
    work()
    done = alice.get(f"/runs/{run['id']}/rescored/{begun['id']}").json()
    assert (done["state"], done["counts"]["scored"], done["movement"]["answers"]) == ("done", 2, 2)
    moved = done["movement"]["moved"]
    assert moved == len(done["movers"])
    stored = dict(Score.objects.filter(profile__name="last").values_list("subject", "raw"))
    assert len(stored) == 2
    assert len(engine.asked) == asked


def test_what_cannot_be_is_refused_with_a_code(alice, engine, body, version):  # noqa: F811
    run = started(alice, body)
    work()
    url = f"/runs/{run['id']}/rescore"
    assert problem(alice.post(url, {"profile": "none@1"}), 404)["code"] == "profile_unknown"
    assert problem(alice.post(url, {"rubric": "nothing@1"}), 404)["errors"][0]["pointer"].startswith("/rubric")
    document = factories.make_document(criteria=[{"id": "c_new", "text": "Names the doctor."}])
    factories.make_version(rubric=version.rubric, document=document)
    assert problem(alice.post(url, {"rubric": "letters@2"}), 409)["code"] == "not_judged"
    assert problem(alice.get(f"/runs/{run['id']}/rescored/{run['id']}"), 404)["code"] == "rescoring_unknown"
    reader = caller_of(alice.actor, "data:read")
    assert reader.post(url, {}).status_code == 403
