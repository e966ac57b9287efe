"""A published set of instructions, from its file to scores, with no model asked."""

import json

import pytest

from apps.judging.models import Score, Verdict
from engines.scripted import by_text
from tests import factories
from tests.api.conftest import Caller, work

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]

PROMPTS = [
    {"key": "1", "prompt": "Write without commas, in three words or more.",
     "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
     "kwargs": [{}, {"num_words": 3, "relation": "at least"}]},
    {"key": "2", "prompt": "A title, please.", "instruction_id_list": ["detectable_format:title"], "kwargs": [{}]},
]  # fmt: skip
ANSWERS = [
    {"id": "a", "key": "1", "prompt": PROMPTS[0]["prompt"], "response": "No commas here.", "instruction_id_list": []},
    {"id": "b", "key": "1", "prompt": PROMPTS[0]["prompt"], "response": "One, two, three.", "instruction_id_list": []},
    {"id": "c", "key": "2", "prompt": PROMPTS[1]["prompt"], "response": "<<Hope>>", "instruction_id_list": []},
]


def test_prompts_then_answers_then_scores(bob: Caller, engine, judge):
    for records in (PROMPTS, ANSWERS):
        file = "\n".join(map(json.dumps, records)).encode()
        done = bob.call("post", "/datasets/import?format=ifeval&slug=rules", file)
        assert done.status_code in (200, 201), done.content
    run = bob.post("/runs", {"rubric_set": "rules@1", "dataset": "rules", "judges": ["reader"]})
    assert run.status_code == 201, run.content
    work()
    progress = bob.get(f"/runs/{run.json()['id']}").json()["progress"]
    assert (progress["state"], progress["scored"], progress["unscored"]) == ("done", 5, 0)
    assert engine.asked == []
    scores = {score.subject.members.get().response.external_id: score.raw for score in Score.objects.all()}
    assert scores == {"a": 1.0, "b": 0.5, "c": 1.0}


def test_a_check_comes_first_and_the_judge_is_asked_where_it_cannot_tell(bob: Caller, play, judge, workspace):
    engine = play(by_text({"sums": " No"}))
    rubric = factories.make_rubric(workspace=workspace, slug="sums")
    criteria = [{"id": "a", "text": "All sums are right.", "check": {"kind": "arithmetic"}}]
    factories.make_version(rubric=rubric, status="approved", document=factories.make_document(criteria=criteria))
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=workspace, slug="answers"))
    for text in ("So it is 2 + 2 = 4.", "There are no figures in this answer."):
        factories.make_response(prompt=prompt, text=text)
    bob.post("/runs", {"rubrics": ["sums@1"], "dataset": "answers", "judges": ["reader"]})
    work()
    said = {verdict.value: verdict.detail["check"] for verdict in Verdict.objects.all()}
    assert said == {1.0: "decided", 0.0: "abstained"}
    assert len(engine.asked) == 1
