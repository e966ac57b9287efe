"""The steps of a version's scoring on their page: added, given parameters, moved, removed, suggested, refused."""

from typing import Any, ClassVar, Literal

import pytest
from pydantic import Field

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.rubrics import forms, queries, services
from apps.rubrics.models import RubricVersion
from domain import errors, pipeline
from domain.pipeline import About, Phase
from domain.pipeline.step import Name, Names
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/w/clinic/rubrics/letters/1/scoring/"
GATE, WEIGHTED = {"step": "gate"}, {"step": "weighted", "negatives": "subtract", "normalise": "positive_weight"}


def steps(author: Actor) -> list[dict[str, Any]]:
    scoring: list[dict[str, Any]] = queries.get_version(author, "letters", 1).scoring
    return scoring


def test_the_page_tells_each_step_and_offers_the_others(author: Actor, draft: RubricVersion) -> None:
    shown = factories.signed_in(author).get(PAGE).text
    assert "1. Weighted points" in shown
    assert "2. Gates" in shown
    assert "Unscored criteria:" in shown
    assert "add=tree" in shown
    assert "add=weighted" not in shown


def test_a_step_that_sums_takes_the_place_of_the_other(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    assert "Use it instead" in browser.get(f"{PAGE}?add=tree").text
    assert browser.post(f"{PAGE}steps/", {"step": "tree", "shape": "gate,weighted"}).status_code == 302
    assert [one["step"] for one in steps(author)] == ["gate", "tree"]
    assert browser.post("/w/clinic/rubrics/letters/1/undo/", {"next": PAGE}).headers["Location"] == PAGE
    assert [one["step"] for one in steps(author)] == ["gate", "weighted"]


def test_parameters_are_stored_as_they_are_chosen(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    body = {"s1-negatives": "reward_absence", "s1-normalise": "positive_weight"}
    answer = browser.post(f"{PAGE}steps/1/", body, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer["X-Revision"]) == (200, queries.fingerprint(steps(author)[1]))
    assert steps(author)[1]["negatives"] == "reward_absence"
    bad = browser.post(f"{PAGE}steps/1/", {**body, "s1-normalise": "odd"}, headers={"X-Autosave": "1"})
    assert bad.status_code == 422
    assert "id_s1-normalise_error" in bad.text
    assert browser.post(f"{PAGE}steps/1/", {**body, "s1-normalise": "odd"}).status_code == 422
    assert browser.post(f"{PAGE}steps/7/", body).status_code == 404


def test_two_people_change_different_parameters(author: Actor, draft: RubricVersion) -> None:
    before = steps(author)[1]
    services.set_step(by=author, version=draft, place=1, step={**before, "negatives": "reward_absence"})
    seen = services.Seen(base=before)
    services.set_step(by=author, version=draft, place=1, step={**before, "normalise": "none"}, seen=seen)
    assert steps(author)[1] == {**before, "negatives": "reward_absence", "normalise": "none"}


def test_steps_move_and_go_unless_somebody_moved_them_before(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    assert browser.post(f"{PAGE}steps/1/move/", {"move": "up", "shape": "gate,weighted"}).status_code == 302
    assert [one["step"] for one in steps(author)] == ["weighted", "gate"]
    assert browser.post(f"{PAGE}steps/1/move/", {"move": "up", "shape": "gate,weighted"}).status_code == 409
    assert browser.post(f"{PAGE}steps/order/?shape=weighted,gate", {"order": ["1", "0"]}).status_code == 204
    assert browser.post(f"{PAGE}steps/order/", {"order": ["1"]}).status_code == 409
    assert browser.post(f"{PAGE}steps/0/remove/", {"shape": "gate,weighted"}).status_code == 302
    assert [one["step"] for one in steps(author)] == ["weighted"]


def test_steps_stand_in_the_order_in_which_they_are_taken(author: Actor, draft: RubricVersion) -> None:
    services.add_step(by=author, version=draft, step={"step": "affine", "scale": 0.5})
    browser = factories.signed_in(author)
    shown, curves = browser.get(PAGE).text, browser.get(f"{PAGE}curves/").text
    for page in (shown, curves):
        assert [page.index(f"{number}. ") for number in (1, 2, 3)] == sorted(page.index(f"{n}. ") for n in (1, 2, 3))
        assert "3. Gates" in page
    before = [one["step"] for one in steps(author)]
    assert before.index("gate") < before.index("weighted")
    assert browser.post(f"{PAGE}steps/{before.index('gate')}/move/", {"move": "up"}).status_code == 302
    assert [one["step"] for one in steps(author)] == ["weighted", "gate", "affine"]
    assert "3. Scale and shift" in browser.get(PAGE).text


def test_what_makes_no_sense_is_refused_in_a_sentence(author: Actor, draft: RubricVersion) -> None:
    with pytest.raises(errors.Invalid, match="One step has to make one number"):
        services.remove_step(by=author, version=draft, place=1)
    with pytest.raises(errors.Invalid, match="may stand only once"):
        services.add_step(by=author, version=draft, step=GATE)
    with pytest.raises(errors.Invalid, match="There is no step 'odd'"):
        services.add_step(by=author, version=draft, step={"step": "odd"})
    answer = factories.signed_in(author).post(f"{PAGE}steps/1/remove/")
    assert answer.status_code == 422
    assert "One step has to make one number" in answer.text
    assert "may stand only once" in factories.signed_in(author).post(f"{PAGE}steps/", {"step": "gate"}).text
    assert factories.signed_in(author).post(f"{PAGE}steps/", {"step": "odd"}).status_code == 404


def test_each_step_that_makes_or_changes_the_score_has_a_line(author: Actor, draft: RubricVersion) -> None:
    shown = factories.signed_in(author).get(f"{PAGE}curves/").text
    assert "1. Weighted points" in shown
    assert "2. Gates" in shown
    assert shown.count('data-plot="curve-') == 2
    empty = services.create_rubric(by=author, document=factories.make_document(criteria=[]), slug="bare")
    assert empty.number == 1
    assert "Write a criterion first" in factories.signed_in(author).get("/w/clinic/rubrics/bare/1/scoring/curves/").text


def test_readers_see_steps_and_change_none(author: Actor, draft: RubricVersion, viewer: Actor) -> None:
    browser = factories.signed_in(viewer)
    assert "1. Weighted points" in browser.get(PAGE).text
    assert "step-form-1" not in browser.get(PAGE).text
    for path in ("steps/", "steps/order/", "steps/1/", "steps/1/move/", "steps/1/remove/"):
        assert browser.post(f"{PAGE}{path}").status_code == 403, path
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"), username="sid")
    assert factories.signed_in(stranger).get(f"{PAGE}curves/").status_code == 404


def test_a_suggestion_changes_steps_beside_the_draft(author: Actor, draft: RubricVersion, workspace: Workspace) -> None:
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="nora")
    browser = factories.signed_in(annotator)
    assert browser.post(f"{PAGE}steps/?suggest=1", {"step": "tree"}).status_code == 302
    assert "Tree" in browser.get(f"{PAGE}curves/?suggest=1").text
    assert [one["step"] for one in steps(author)] == ["gate", "weighted"]
    assert "tree" in str(queries.suggesting(draft, annotator).wanted["scoring"])
    assert browser.post(f"{PAGE}steps/0/remove/?suggest=1").status_code == 302
    assert [one["step"] for one in queries.suggesting(draft, annotator).wanted["scoring"]] == ["tree"]


def test_a_frozen_version_keeps_its_steps(author: Actor, draft: RubricVersion) -> None:
    services.submit(by=author, version=draft)
    assert factories.signed_in(author).post(f"{PAGE}steps/", {"step": "tree"}).status_code == 409
    assert "step-form-1" not in factories.signed_in(author).get(PAGE).text


class Everything(pipeline.Step):
    """A step with a parameter of every kind."""

    about: ClassVar[About] = About("Everything", "Help.", "Left out.", "0 to 1.", "Up.")
    phase: ClassVar[Phase] = Phase.SHAPE

    step: Literal["everything"] = "everything"
    on: bool = True
    ways: Literal["a", "b_c"] = "a"
    count: int = Field(default=3, ge=1, le=9)
    rate: float = Field(default=0.5, gt=0, le=1)
    top: float | None = None
    names: Names = ()
    one: Name
    tiers: tuple[Literal["essential", "optional"], ...] = ("essential",)
    pairs: tuple[tuple[str, str], ...] = ()
    note: str = Field(default="", max_length=20)

    def way(self, layout: pipeline.Layout) -> pipeline.Way:
        return pipeline.Way.UP

    def apply(self, columns: pipeline.Columns, fitted: Any) -> pipeline.Columns:
        return columns

    def reading(self) -> str:
        return "Nothing changes."


def form(**said: Any) -> forms.StepForm:
    data = {"p-on": "on", "p-one": "c1", **{f"p-{name}": value for name, value in said.items()}}
    return forms.StepForm(data, prefix="p", kind=Everything, criteria=[("c1", "1: One"), ("c2", "2: Two")])


def test_a_form_has_a_field_for_every_kind_of_parameter() -> None:
    kinds = {name: type(field).__name__ for name, field in form().fields.items()}
    assert kinds == {
        "on": "BooleanField", "ways": "ChoiceField", "count": "IntegerField", "rate": "FloatField", "top": "FloatField",
        "names": "MultipleChoiceField", "one": "ChoiceField", "tiers": "MultipleChoiceField", "pairs": "ValueField",
        "note": "CharField",
    }  # fmt: skip
    assert forms.needs_parameters(Everything)
    assert not forms.needs_parameters(pipeline.STEPS["weighted"])


def test_what_was_typed_is_a_step() -> None:
    full = form(ways="b_c", count="4", rate="0.25", top="2", names=["c2"], tiers=["optional"], pairs='[["c1", "c2"]]')
    assert full.is_valid(), full.errors
    made = Everything.model_validate(full.document())
    assert (made.on, made.ways, made.count, made.rate, made.top) == (True, "b_c", 4, 0.25, 2.0)
    assert (made.names, made.one, made.tiers, made.pairs) == (("c2",), "c1", ("optional",), (("c1", "c2"),))
    bare = form()
    assert bare.is_valid(), bare.errors
    assert Everything.model_validate(bare.document()).count == 3


@pytest.mark.parametrize(
    ("said", "field", "message"),
    [
        ({"count": "0"}, "count", "greater than or equal to 1"),
        ({"rate": "0"}, "rate", "greater than 0"),
        ({"pairs": "[["}, "pairs", "This is not JSON."),
        ({"pairs": '[["c1"]]'}, "pairs", "Field required"),
        ({"one": ""}, "one", "Field required."),
        ({"one": "c9"}, "one", "Select a valid choice"),
        ({"rate": "nan"}, "rate", "Enter a number"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(said: dict[str, str], field: str, message: str) -> None:
    found = form(**said)
    assert not found.is_valid()
    assert message in str(found.errors[field])


def test_refusals_of_the_pipeline_find_their_field() -> None:
    found = form()
    assert found.is_valid()
    found.refuse(errors.Invalid("No.", problems=[errors.Problem("/scoring/2/one", "There is no criterion.")]), 2)
    found.refuse(errors.Invalid("No.", problems=[errors.Problem("/scoring/1/one", "Elsewhere.")]), 2)
    found.refuse(errors.Conflict("Closed."), 2)
    assert found.errors["one"] == ["There is no criterion."]
    assert found.non_field_errors() == ["Elsewhere.", "Closed."]


def pairs_form(kind: str, *, given: Any = None, **said: Any) -> forms.StepForm:
    data = {
        "p-pairs-TOTAL_FORMS": "0",
        "p-pairs-INITIAL_FORMS": "0",
        **{f"p-{name}": one for name, one in said.items()},
    }
    return forms.StepForm(
        data if said else None, prefix="p", kind=pipeline.STEPS[kind], criteria=[("c1", "1: One"), ("c2", "2: Two")],
        dimensions=["safety", "tone"], given=given,
    )  # fmt: skip


def rows_of(*rows: dict[str, str], name: str = "pairs") -> dict[str, str]:
    typed = {f"{name}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}
    return {f"{name}-TOTAL_FORMS": str(len(rows)), f"{name}-INITIAL_FORMS": "0", **typed}


def test_no_step_there_is_asks_for_json() -> None:
    for kind in pipeline.STEPS.values():
        made = forms.StepForm(prefix="p", kind=kind, criteria=[("c1", "1: One")])
        assert not [name for name, field in made.fields.items() if type(field).__name__ == "ValueField"], kind


def test_pairs_are_picked_in_rows() -> None:
    one, two = {"first": "c1", "second": "c2", "gain": "0.2"}, {"first": "c2", "second": "c1", "gain": "-0.1"}
    made = pairs_form("interaction", **rows_of(one, {"first": "", "second": "", "gain": ""}, two))
    assert made.is_valid(), made.errors
    assert made.document() == {
        "step": "interaction",
        "pairs": [{"first": "c1", "second": "c2", "gain": 0.2}, {"first": "c2", "second": "c1", "gain": -0.1}],
    }
    shown = pairs_form("interaction", given={"pairs": [{"first": "c1", "second": "c2", "gain": 0.2}]})
    assert shown.facts == [("Pairs", "1: One, 2: Two, 0.2")]
    assert shown.tables["pairs"].rows.forms[0].initial["second"] == "c2"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "Pairs: Add a row."),
        ([{"first": "c1", "second": "c2", "gain": "3"}], "less than or equal to 1"),
        ([{"first": "c1", "second": "", "gain": "0.1"}], "This field is required."),
        ([{"first": "c9", "second": "c2", "gain": "0.1"}], "Select a valid choice"),
        ([{"first": "c1", "second": "c2", "gain": "x"}], "Enter a number."),
    ],
)
def test_what_is_wrong_with_rows_is_said(rows: list[dict[str, str]], message: str) -> None:
    made = pairs_form("interaction", **rows_of(*rows))
    assert not made.is_valid()
    said = str(made.errors) + str(made.tables["pairs"].rows.errors)
    assert message in said


def test_dimensions_are_chosen_and_one_that_is_gone_stays() -> None:
    given = {"reference": [{"dimension": "gone", "weight": 2.0}], "penalty": 0.5}
    choices = pairs_form("axis", given=given).tables["reference"].rows.forms[0].fields["dimension"]
    assert [name for name, _ in choices.choices] == ["", "gone", "safety", "tone"]  # type: ignore[attr-defined]
    row = {"dimension": "safety", "weight": "2"}
    made = pairs_form("axis", given=given, penalty="0.5", **rows_of(row, name="reference"))
    assert made.is_valid(), made.errors
    assert made.document()["reference"] == [{"dimension": "safety", "weight": 2.0}]
    wrong = pairs_form("axis", penalty="0.5", **rows_of({**row, "weight": "0"}, name="reference"))
    assert not wrong.is_valid() and "Reference: Row 1: " in str(wrong.errors)


def test_a_refusal_names_the_row() -> None:
    made = pairs_form("interaction", **rows_of({"first": "c1", "second": "c1", "gain": "0.1"}))
    assert made.is_valid(), made.errors
    problem = errors.Problem("/scoring/2/pairs/0", "A pair needs two different criteria.")
    made.refuse(errors.Invalid("No.", problems=[problem]), 2)
    assert made.tables["pairs"].problems == ["Row 1: A pair needs two different criteria."]


def test_an_interaction_is_added_and_changed_in_rows(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    asked = browser.get(f"{PAGE}?add=interaction").text
    assert "Add a row" in asked and "choose a criterion" in asked and "This is not JSON" not in asked
    first, second = list(draft.criteria.order_by("position").values_list("criterion_id", flat=True))[:2]
    rows = {f"new-{name}": one for name, one in rows_of({"first": first, "second": second, "gain": "0.2"}).items()}
    assert browser.post(f"{PAGE}steps/", {"step": "interaction", **rows}).status_code == 302
    place = next(n for n, one in enumerate(steps(author)) if one["step"] == "interaction")
    assert steps(author)[place]["pairs"] == [{"first": first, "second": second, "gain": 0.2}]
    again = {f"s{place}-{name}": one for name, one in rows_of({"first": first, "second": first, "gain": "1"}).items()}
    refused = browser.post(f"{PAGE}steps/{place}/", again)
    assert refused.status_code == 422 and "A pair needs two different criteria." in refused.text
    empty = browser.post(f"{PAGE}steps/", {"step": "interaction", "new-pairs-TOTAL_FORMS": "x"})
    assert empty.status_code == 422
