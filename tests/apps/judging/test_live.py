"""Scores beside the editor: while a weight is typed, over many answers, and where verdicts are missing."""

import json
import math
import uuid

import numpy as np
import pytest
from django.test import Client

from apps.accounts.permissions import Role
from apps.judging import queries, services
from apps.judging.models import RunItem, Verdict
from apps.judging.queries import keys, tables
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubric_services
from apps.rubrics.models import RubricVersion
from domain import errors, scoring
from domain.scoring.table import CODES
from domain.verdicts import Status
from engines.scripted import by_text
from tests import factories
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_pages import HX, start, url
from tests.apps.judging.test_pins import pin


@pytest.fixture
def browser(clinic: Clinic) -> Client:
    return factories.signed_in(clinic.author)


@pytest.fixture
def judged(clinic: Clinic, play) -> Clinic:
    play(by_text({"Names the drug": " Yes", "Blames the patient": " Yes"}))
    start(clinic)
    work()
    return clinic


def cells_of(clinic: Clinic) -> tuple[tables.Cells, keys.Reader]:
    reader = keys.Reader()
    answers = tables.judged_answers(clinic.version, clinic.judge, 100)
    return tables.cells(answers, [clinic.version], clinic.judge, reader), reader


def test_a_table_of_verdicts_is_what_the_rows_say(judged: Clinic) -> None:
    found, reader = cells_of(judged)
    assert found.given.all()
    table = found.table(reader, judged.version, judged.judge)
    rubric = rubric_queries.domain_rubric(judged.version)
    raw = scoring.scores_of(rubric, table).raw
    for place, answer in enumerate(tables.judged_answers(judged.version, judged.judge, 100)):
        item = RunItem.objects.get(subject=answer.subject)
        assert raw[place] == pytest.approx(queries.result_of(item).reward, abs=1e-12)


def test_verdicts_of_the_same_text_elsewhere_count_and_unscored_ones_are_no_zeros(judged: Clinic) -> None:
    prompt = judged.subjects[0].prompt
    twin = factories.make_prompt(
        dataset=factories.make_dataset(workspace=judged.author.workspace), hash=prompt.hash,
        context_hash=prompt.context_hash,
    )  # fmt: skip
    subject = factories.make_subject(
        responses=[factories.make_response(prompt=twin, text="x", hash=judged.subjects[0].members.get().response.hash)]
    )
    subject.hash = judged.subjects[0].hash
    subject.save(update_fields=["hash"])
    reader = keys.Reader()
    found = tables.cells(tables.answers_of([subject]), [judged.version], judged.judge, reader)
    assert found.given.all()
    assert np.array_equal(found.values, cells_of(judged)[0].values[:1])
    alone = tables.cells(
        tables.answers_of([factories.make_subject(responses=[factories.make_response(prompt=prompt, text="New.")])]),
        [judged.version], judged.judge, reader,
    )  # fmt: skip
    assert not alone.given.any()
    rubric = rubric_queries.domain_rubric(judged.version)
    assert math.isnan(scoring.scores_of(rubric, alone.table(reader, judged.version, judged.judge)).raw[0])


def test_reading_many_answers_takes_one_query_and_final_verdicts_none(
    judged: Clinic, django_assert_num_queries
) -> None:
    answers = tables.judged_answers(judged.version, judged.judge, 100)
    reader = keys.Reader()
    tables._sizes(answers)
    reader.criterion_digests(judged.version, judged.judge.protocol)
    with django_assert_num_queries(1):
        first = tables.cells(answers, [judged.version], judged.judge, reader)
    with django_assert_num_queries(0):
        again = tables.cells(answers, [judged.version], judged.judge, reader)
    assert np.array_equal(first.values, again.values)
    assert np.array_equal(first.codes, again.codes)
    assert again.given.all()
    turned = tables.cells(answers[::-1], [judged.version], judged.judge, reader)
    assert np.array_equal(turned.values, first.values[::-1])


def test_a_new_verdict_shows_at_once(judged: Clinic) -> None:
    prompt = judged.subjects[0].prompt
    new = factories.make_subject(responses=[factories.make_response(prompt=prompt, text="Take your tablets.")])
    answers = tables.answers_of([judged.subjects[0], new])

    def read() -> tables.Cells:
        return tables.cells(answers, [judged.version], judged.judge, keys.Reader())

    def give(said: Verdict, **changes: object) -> Verdict:
        fields = {field.attname: getattr(said, field.attname) for field in Verdict._meta.concrete_fields}
        return Verdict.objects.create(**fields | {"key": uuid.uuid4(), "subject_id": new.pk} | changes)

    assert read().given.tolist() == [[True, True], [False, False]]
    one, other = Verdict.objects.filter(subject=judged.subjects[0])
    failed = give(one, status="judge_error", value=None)
    found = read()
    assert found.given.sum() == 3
    assert (found.codes == CODES[Status.JUDGE_ERROR]).sum() == 1
    Verdict.objects.filter(key=failed.key).update(status="ok", value=0.25)
    assert (read().values == 0.25).sum() == 1
    give(other, value=0.75)
    found = read()
    assert found.given.all()
    assert sorted(found.values[1]) == [0.25, 0.75]


def test_weights_score_while_they_are_typed_and_nothing_is_stored(judged: Clinic, browser: Client) -> None:
    address = url("judging:version-scores", judged.version.rubric.slug, judged.version.number)
    stored = browser.get(address).content.decode()
    assert "0.67" in stored
    typed = browser.get(
        address, {"typed": '{"criteria": {"c_blame": {"weight": 1.5}, "c_gone": {"weight": 4}}}'}
    ).content.decode()
    assert "1 change is not stored yet." in typed
    assert "0.50" in typed
    assert judged.engine.asked == [] or Verdict.objects.count() == 4
    weights = [
        f'{{"criteria": {{"c_blame": {{"weight": {wrong}}}}}}}' for wrong in ("-1", "true", "NaN", "1e999", '"x"')
    ]
    for wrong in (
        "[1]",
        "{",
        *weights,
        '{"scoring": [{"step": "gate"}]}',
        '{"x": 1}',
        '{"groups": {"g": -1}}',
        "x" * 200_000,
    ):
        part = browser.get(address, {"typed": wrong})
        assert part.status_code == 200
        assert 'class="pad neg"' in part.content.decode(), wrong


def test_all_judged_answers_are_scored_and_compared(judged: Clinic) -> None:
    draft = factories.make_version(
        rubric=judged.version.rubric, parent=judged.version,
        document=factories.make_document(
            criteria=[
                {"id": "c_drug", "text": "Names the drug and its dose.", "weight": 3.0, "tier": "essential"},
                {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 3.0},
            ]
        ),
    )  # fmt: skip
    wide = queries.version_scores(draft).wide
    assert wide is not None
    assert (wide.answers, wide.unscored) == (2, 0)
    assert wide.mean == pytest.approx(0.0)
    assert wide.movement is not None
    assert (wide.movement.moved, wide.movement.pairs, wide.movement.flipped) == (2, 1, 0)
    assert [(one.count, one.met) for one in wide.separations] == [(2, 1.0), (2, 1.0)]
    draft.criteria.filter(criterion_id="c_drug").update(text="Names the dose.")
    wide = queries.version_scores(draft).wide
    assert wide is not None
    assert (wide.unscored, wide.mean) == (2, None)
    assert wide.movement is not None
    assert wide.movement.lost == 2


def test_missing_verdicts_are_judged_from_the_panel(clinic: Clinic, browser: Client) -> None:
    pin(clinic)
    place = (clinic.version.rubric.slug, clinic.version.number)
    shown = browser.get(url("judging:version-scores", *place)).content.decode()
    assert "Judge the missing" in shown
    assert "2 verdicts by reader@1" in shown
    part = browser.post(url("judging:missing", *place), headers=HX).content.decode()
    assert "being judged" in part
    assert "every 2s" in part
    work()
    done = browser.get(url("judging:version-scores", *place)).content.decode()
    assert "every 2s" not in done
    assert "1.00" in done
    assert browser.post(url("judging:missing", *place)).status_code == 409


def test_readers_start_no_judging(clinic: Clinic) -> None:
    pin(clinic)
    place = (clinic.version.rubric.slug, clinic.version.number)
    bob = factories.signed_in(factories.make_actor(Role.VIEWER, username="bob"))
    assert "Judge the missing" not in bob.get(url("judging:version-scores", *place)).content.decode()
    assert bob.post(url("judging:missing", *place)).status_code == 403
    with pytest.raises(errors.NotAllowed):
        services.judge_missing(by=factories.make_actor(Role.ANNOTATOR), version=clinic.version)


@pytest.fixture
def apart(clinic: Clinic) -> RubricVersion:
    """A draft with two pinned answers that differ in the first criterion and both blame: 2/3 and 1/6."""
    for place, value in enumerate((1.0, 0.5)):
        pin(clinic, place)
        factories.make_verdicts(clinic.version, clinic.judge, clinic.subjects[place], {"c_drug": value, "c_blame": 1.0})
    return factories.make_version(rubric=clinic.version.rubric, parent=clinic.version)


def typed_scores(version: RubricVersion, **typed: dict[str, object] | list[object]) -> list[float | None]:
    scores = queries.version_scores(version, typed=json.dumps(typed))
    assert scores.typed == sum(len(part) if isinstance(part, dict) else 1 for part in typed.values())
    return [answer.raw for answer in sorted(scores.answers, key=lambda answer: answer.subject.pk)]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ({"criteria": {"c_blame": {"gate": {"when": "above", "value": 0.5, "floor": 0.25}}}}, (0.25, 1 / 6)),
        ({"criteria": {"c_blame": {"polarity": "positive"}}}, (1.0, 0.625)),
        ({"criteria": {"c_drug": {"weight": 1}, "c_blame": {"weight": 2}}}, (-1.0, -1.5)),
        ({"scoring": [{"step": "weighted", "negatives": "reward_absence"}]}, (0.75, 0.375)),
        ({"scoring": [{"step": "weighted", "normalise": "none"}]}, (2.0, 0.5)),
    ],
)
def test_whatever_makes_a_score_is_tried_before_it_is_stored(
    clinic: Clinic, apart: RubricVersion, typed, shown
) -> None:
    """What is shown while somebody changes the draft is what it scores once that is stored."""
    document = rubric_queries.draft_document(apart)
    assert typed_scores(apart) == pytest.approx([2 / 3, 1 / 6])
    assert typed_scores(apart, **typed) == pytest.approx(shown)
    assert rubric_queries.draft_document(apart) == document
    by = clinic.author
    for name, changes in typed.get("criteria", {}).items():
        rubric_services.edit_criterion(by=by, version=apart, criterion_id=name, changes=changes)
    if "scoring" in typed:
        rubric_services.edit_version(by=by, version=apart, changes=typed)
    stored = rubric_queries.get_version(by, apart.rubric.slug, apart.number)
    assert typed_scores(stored) == pytest.approx(shown)


def test_a_tried_gate_that_flattens_is_named(apart: RubricVersion, browser: Client) -> None:
    address = url("judging:version-scores", apart.rubric.slug, apart.number)
    gate = {"when": "above", "value": 0.5, "floor": -0.5}
    assert "The gate of criterion" not in browser.get(address).content.decode()
    shut = browser.get(address, {"typed": json.dumps({"criteria": {"c_blame": {"gate": gate}}})}).content.decode()
    assert "The gate of criterion 2 makes these answers equal at −0.50" in shut


def test_a_tried_tier_brings_its_weight_where_tiers_give_the_weights(apart: RubricVersion) -> None:
    assert typed_scores(apart, criteria={"c_drug": {"tier": "optional"}}) == pytest.approx(typed_scores(apart))
    apart.weighting = {"mode": "tier"}
    apart.save(update_fields=["weighting"])
    by_tier = typed_scores(apart, criteria={"c_drug": {"tier": "optional"}})
    assert by_tier == pytest.approx(typed_scores(apart, criteria={"c_drug": {"weight": 0.3}}))
    assert by_tier != pytest.approx(typed_scores(apart))


def test_a_tried_group_weight_moves_a_score(clinic: Clinic, apart: RubricVersion) -> None:
    rubric_services.add_group(by=clinic.author, version=apart, title="Harm", weight=1.0)
    group = apart.groups.get().group_id
    rubric_services.edit_criterion(by=clinic.author, version=apart, criterion_id="c_blame", changes={"group": group})
    fresh = rubric_queries.get_version(clinic.author, apart.rubric.slug, apart.number)
    assert typed_scores(fresh) == pytest.approx([2 / 3, 1 / 6])
    assert typed_scores(fresh, groups={group: 3}) == pytest.approx([0.0, -0.5])


def test_pages_of_judging_that_belong_to_a_rubric_stand_under_rubrics(judged: Clinic, browser: Client) -> None:
    for name, place in (("weights", "Rubrics"), ("pins", "Rubrics"), ("try", "Rubrics"), ("list", "Runs")):
        more = [] if name == "list" else [judged.version.rubric.slug, judged.version.number]
        nav = browser.get(url(f"judging:{name}", *more)).context["nav"]()
        assert [item.label for item in nav if item.active] == [place], name
