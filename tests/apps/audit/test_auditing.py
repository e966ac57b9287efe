import json

import pytest
from django.db import ProgrammingError, transaction
from django.db.utils import InternalError

from apps.audit import queries, services
from apps.audit.models import Audit
from apps.datasets import services as datasets
from apps.datasets.models import Response
from apps.history.models import Entry
from apps.judging.models import Score
from domain import errors
from tests import factories
from tests.apps.audit.conftest import inputs_of, work

LINES = [
    {"prompt_id": f"p{n}", "response_id": f"r{n}-{place}", "scorer": scorer, "score": score, "correct": place == 0}
    for n in range(6)
    for place in range(3)
    for scorer, score in (("armo", 1.0 - place), ("sky", float(n)))
]


def ndjson(lines):
    return "\n".join(json.dumps(line) for line in lines).encode()


def test_a_finding_is_kept_with_digests_and_never_changed(alice, setting):
    audit = services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run), seed=3)
    assert audit.result is not None
    assert audit.band == "poor", audit.result["reading"]
    assert audit.version == setting.version and audit.judge_version == setting.judge
    assert [one["name"] for one in audit.input_digests] == ["answers", f"long@1 · {setting.version}"]
    assert all(one["digest"].startswith("sha256:") and one["rows"] == 18 for one in audit.input_digests)
    place = next(iter(audit.places["responses"].values()))
    assert place["run"] == str(setting.run.pk)
    entry = Entry.objects.get(action="audit.done")
    assert entry.detail["digest"] == audit.digest and entry.detail["headline"]["name"] == "correlation"
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(band="good")


def test_the_same_inputs_agree_and_others_are_told(alice, setting):
    first = services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run), seed=3)
    again = services.run_again(by=alice, audit=first)
    assert again.agreement == "same" and again.digest == first.digest and again.again_of == first
    Score.objects.filter(judge_version=setting.judge, subject__prompt__external_id="p2").update(raw=0.5)
    assert services.run_again(by=alice, audit=first).agreement == "inputs"


def test_large_inputs_are_left_to_a_worker(alice, setting):
    audit = services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run), at_once=False)
    assert queries.state_of(audit) == "queued" and audit.result is None
    work()
    done = queries.get_audit(alice, audit.pk)
    assert queries.state_of(done) == "done" and done.band == "poor"
    Response.objects.all().update(parts=[{"type": "text", "text": "same"}])
    level = services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run), at_once=False)
    work()
    level = queries.get_audit(alice, level.pk)
    assert level.band == "unclear" and queries.figures_of(level)[0]["value"] is None


def test_inputs_that_do_not_do_are_refused_and_not_stored(alice, setting, charlie):
    run = setting.run
    bad: dict[str, list] = {
        "audit_inputs_invalid": [
            {},
            {"scores": []},
            {"scores": [{"table": True}]},
            {"scores": [{"run": 1, "table": 1}]},
        ],
        "run_unknown": [{"scores": [{"run": "no"}]}, {"scores": [{"run": str(factories.make_workspace().pk)}]}],
        "dataset_unknown": [{"scores": [{"run": str(run.pk)}], "dataset": "none"}],
        "score_table_unknown": [{"scores": [{"table": 99}]}],
    }
    for code, given in bad.items():
        for inputs in given:
            with pytest.raises(errors.StudioError) as refused:
                services.run_audit(by=alice, kind="length_bias", inputs=inputs)
            assert refused.value.code == code, inputs
    for more in ({"kind": "none"}, {"params": {"good": 9}}, {"params": {"x": 1}}, {"seed": -1}):
        with pytest.raises(errors.Invalid):
            services.run_audit(by=alice, **{"kind": "length_bias", "inputs": inputs_of(run)} | more)
    with pytest.raises(errors.NotFound):
        services.run_audit(by=charlie, kind="length_bias", inputs=inputs_of(run))
    Score.objects.all().update(raw=None, status="judge_error")
    with pytest.raises(errors.Invalid, match="scored no answer|has 2 answers|No prompt"):
        services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(run))
    assert not Audit.objects.exists()


def test_outside_scores_are_read_whole_or_refused(alice, setting):
    table, new = datasets.add_score_table(by=alice, data=ndjson(LINES), name="Two scorers")
    assert new and datasets.add_score_table(by=alice, data=ndjson(LINES[::-1])) == (table, False)
    given = {"scores": [{"table": table.pk, "scorer": "armo"}], "dataset": "letters"}
    audit = services.run_audit(by=alice, kind="length_bias", inputs=given)
    assert audit.version is None and audit.dataset == setting.dataset
    assert audit.result is not None and "Right wins where it is shorter" in str(audit.result["figures"])
    with pytest.raises(errors.Invalid, match="needs"):
        services.run_audit(by=alice, kind="length_bias", inputs={"scores": [{"table": table.pk}]})
    for line in ({"score": "x"}, {"score": True}, {"prompt_id": ""}, {"correct": "perhaps"}, {"score": 1e400}):
        with pytest.raises(errors.Invalid):
            datasets.add_score_table(by=alice, data=ndjson([LINES[0] | line]).replace(b"Infinity", b"1e999"))
    with pytest.raises(errors.Invalid, match="earlier row"):
        datasets.add_score_table(by=alice, data=ndjson([LINES[0], LINES[0] | {"score": 9}]))


def test_all_audits_are_run_from_one_reading(alice, setting):
    services.run_all(by=alice, inputs=inputs_of(setting.run))
    work()
    found = {audit.kind: audit for audit in Audit.objects.all()}
    assert found["length_bias"].band == "poor"
    alone = services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run))
    assert alone.digest == found["length_bias"].digest and alone.result == found["length_bias"].result
    card = queries.card_of(alice, setting.version)
    assert card.worst is not None and card.run == setting.second
    [line] = queries.version_lines(alice)
    assert line.thing == setting.version and dict(line.counts)["poor"] >= 1
    assert {one.thing for one in queries.judge_lines(alice)} == {setting.judge, setting.other}
