"""Files made by others go through the product's own import."""

import os
from pathlib import Path

import pytest

from apps.datasets import queries, services
from apps.datasets.models import Label, Rater
from apps.rubrics.models import RubricSet
from tests import factories

DATA = Path(os.environ.get("RUBRICSTUDIO_DATA", Path(__file__).parents[4] / "shared" / "data"))
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no data sets under {DATA}"),
]


def test_the_320_responses_of_prometheus():
    alice = factories.make_actor()
    data = (DATA / "judge_verdicts" / "prometheus_mt_bench_eval.jsonl").read_bytes()
    done = services.import_dataset(by=alice, slug="prometheus", format="prometheus", data=data)
    assert done.counts["responses_added"] == 320
    assert len(done.rubrics) == done.counts["prompts_added"] == 318
    assert Label.objects.filter(rater__sort=Rater.Sort.MODEL).count() == 960
    again = services.import_dataset(by=alice, slug="prometheus", format="prometheus", data=data)
    assert (again.counts["responses_added"], again.counts["labels_added"], again.counts["labels_known"]) == (0, 0, 960)
    assert len(services.subjects_of(done.dataset)) == 320


def test_the_53_rubrics_of_healthbench():
    alice = factories.make_actor()
    data = (DATA / "rubrics" / "healthbench_rubrics.jsonl").read_bytes()
    done = services.import_dataset(by=alice, slug="healthbench", format="healthbench", data=data)
    assert done.counts["prompts_added"] == len(done.rubrics) == 53
    assert queries.counts(done.dataset)["prompts"] == 53
    rubric_set = RubricSet.objects.get()
    assert rubric_set.rubrics.count() == 53
    assert "53 rubrics" in done.followed[0]
    assert done.dataset.prompts.all()[0].extensions["canary"].startswith("healthbench:")
