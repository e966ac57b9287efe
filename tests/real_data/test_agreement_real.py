"""Every published and every reference figure on people's labels, through the product's own import and agreement."""

import json
import os
import pathlib
import re
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from apps.datasets import services
from apps.review import queries
from tests import factories

ROOT = pathlib.Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]
# The reference values have ten decimals; the published ones are of an earlier release of the same package.
TOLERANCE = {"reference": 1e-9, "published": 1e-6}
FILES = {
    "recipes_multirater": ("judge-bench", ["recipes_multirater.jsonl"]),
    "summeval": ("summeval", ["summeval_sources.jsonl", "summeval.jsonl"]),
    "pandalm_3annotators": ("pandalm", ["pandalm_3annotators.jsonl"]),
    "llm_rubric_synth_ratings": ("llm-rubric", ["llm_rubric_synth_ratings.jsonl"]),
    "llm_rubric_real": ("llm-rubric", ["llm_rubric_real.jsonl"]),
    "mqm_wmt23_ende_3raters": ("mqm", ["mqm_wmt23_ende_3raters.jsonl"]),
    "mqm_ted_ende": ("mqm", ["mqm_ted_ende.jsonl"]),
    "roscoe_gsm8k_overall": ("judge-bench", ["roscoe_gsm8k_overall.jsonl"]),
    "inferential_strategies": ("judge-bench", ["inferential_strategies.jsonl"]),
}
PEOPLE = "PandaLM annotator 1,PandaLM annotator 2,PandaLM annotator 3"
EXPERT = "SummEval expert {}"


def records(name):
    return [json.loads(line) for line in (DATA / name).read_text().splitlines() if line]


def figures():
    if not DATA.is_dir():
        return []
    reference = [("reference", row) for row in records("reference_statistics.jsonl")]
    published = [("published", row) for row in records("human_labels/published_statistics.jsonl")]
    return [(source, row) for source, row in published + reference if row["file"].startswith("human_labels/")]


@pytest.fixture
def imported():
    alice = factories.make_actor(username="alice")

    def of(name):
        token, files = FILES[name]
        for file in files:
            data = (DATA / "human_labels" / file).read_bytes()
            done = services.import_dataset(by=alice, slug=name.replace("_", "-"), format=token, data=data)
        return SimpleNamespace(actor=alice, dataset=done.dataset, done=done)

    return of


def judges(found):
    said, pairs = queries.ratings.of_preferences(found.dataset)
    return [voice for voice in queries.ratings.with_pair_judges(said, pairs, found.dataset).voices if voice.judges]


def asked(row, found):
    """The question to the agreement service that a figure answers."""
    statistic, criterion = row["statistic"], row["criterion"]
    level = row.get("level") or next((one for one in ("nominal", "ordinal", "interval") if one in statistic), "ordinal")
    ask = {"criterion": criterion, "level": level, "raters": ""}
    if "pandalm" in row["file"]:
        ask = {"of": "preferences", "level": "nominal", "raters": ""}
        if "_vs_majority" in statistic:
            model = "gpt-3-5" if "gpt35" in statistic else "pandalm-7b"
            judge = next(voice.key for voice in judges(found) if model in voice.key)
            ask["raters"] = f"{PEOPLE}~{judge}"
        if both := re.search(r"annotator(\d)_annotator(\d)", statistic):
            ask["raters"] = f"PandaLM annotator {both[1]},PandaLM annotator {both[2]}"
    if "experts" in statistic:
        ask["raters"] = "sort:human"
    if "crowd" in statistic:
        ask["raters"] = "sort:crowd"
    if "expertmean_crowdmean" in statistic:
        ask["raters"] = "sort:human~sort:crowd"
    if "expert1_expert2" in statistic:
        ask["raters"] = f"{EXPERT.format(1)},{EXPERT.format(2)}"
    metrics = {
        "krippendorff": "alpha", "quadratic": "kappa_quadratic", "cohen": "kappa", "accuracy": "percent",
        "spearman": "spearman", "pearson": "pearson", "kendall": "kendall",
    }  # fmt: skip
    if "summeval" in row["file"] or "mqm" in row["file"]:
        ask["repeats"] = "each"
    return ask | {"metric": metrics[statistic.split("_")[0]]}


@pytest.mark.parametrize("name", sorted({row["file"].split("/")[1].removesuffix(".jsonl") for _, row in figures()}))
def test_every_figure_of(name, imported):
    found = imported(name)
    compared = 0
    for source, row in figures():
        if row["file"] != f"human_labels/{name}.jsonl":
            continue
        got: Any = queries.agreement_of(found.actor, found.dataset, **asked(row, found)).measured
        assert got.value == pytest.approx(row["value"], abs=TOLERANCE[source]), row
        if row.get("n_items") and name != "llm_rubric_synth_ratings":
            assert got.n_items == row["n_items"], row
        assert got.low < got.value < got.high
        compared += 1
    assert compared


def test_every_figure_has_a_file():
    assert len(figures()) == 56
    assert {row["file"].split("/")[1].removesuffix(".jsonl") for _, row in figures()} <= set(FILES)


def test_recipes_have_fifteen_to_eighty_eight_raters(imported):
    found = imported("recipes_multirater")
    got = queries.agreement_of(found.actor, found.dataset, criterion="grammar")
    assert (got.measured.n_items, got.measured.n_raters) == (52, 88)


def test_adjudicated_columns_agree_wholly(imported):
    found = imported("inferential_strategies")
    got = queries.agreement_of(found.actor, found.dataset, criterion="Sound Reasoning").measured
    assert (got.value, got.low, got.high, got.n_items, got.level) == (1.0, 1.0, 1.0, 153, "nominal")


def test_one_rater_has_nothing_to_agree_with(imported):
    for name, criterion in (("roscoe_gsm8k_overall", "Overall Quality"), ("llm_rubric_real", "Q0")):
        found = imported(name)
        got = queries.agreement_of(found.actor, found.dataset, criterion=criterion).measured
        assert (got.value, got.n_items) == (None, 0)
        assert got.single > 100


def test_scores_of_segments_are_those_published(imported):
    found = imported("mqm_ted_ende")
    rows = records("human_labels/mqm_ted_ende.jsonl")
    stored: Counter[Any] = Counter()
    published: Counter[Any] = Counter()
    for segment, value in found.dataset.labels.values_list("subject__prompt__external_id", "value"):
        stored[segment, round(value, 4)] += 1
    for row in rows:
        if row["published_mqm_score"] is not None:
            published[f"{row['doc']}:{row['seg_id']}", round(row["published_mqm_score"], 4)] += 1
    assert stored.total() == len(rows) == 2_394
    assert published.total() == 2_223
    assert not published - stored


def test_a_second_import_adds_nothing(imported):
    found = imported("pandalm_3annotators")
    again = imported_again(found)
    assert again["preferences_added"] == 0
    assert again["responses_added"] == 0


def imported_again(found):
    data = (DATA / "human_labels" / "pandalm_3annotators.jsonl").read_bytes()
    done = services.import_dataset(by=found.actor, slug=found.dataset.slug, format="pandalm", data=data)
    return done.counts
