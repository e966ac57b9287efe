"""Splitting and repairing as stored loops, from what a data set and people hold to a proposal."""

import json
import re
from collections.abc import Callable

import pytest

from apps.datasets.models import Label, Rater
from apps.refinement import queries, services
from apps.refinement.models import Draft, DraftStep
from apps.rubrics import services as rubrics
from domain import errors
from engines.scripted import Answer, Ask, Script, ScriptedEngine
from tests import factories
from tests.api.conftest import caller_of
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
Play = Callable[[Script], ScriptedEngine]
BROAD, LEFT, RIGHT = "Says how to take it.", "Says at what hour to take it.", "Says with which food to take it."
MET = {BROAD: {0, 1, 2, 3}, LEFT: {0, 1}, RIGHT: {2, 3}, "Names the drug.": {0, 4}}
GOOD = "States which drug was given, and how much."


def splitter(ask: Ask) -> Answer:
    """Proposes one broad criterion, halves it, and knows which numbered answers meet what."""
    if not ask.labels:
        texts = [LEFT, RIGHT] if "so it says too little" in ask.suffix else [BROAD]
        return json.dumps(
            {"criteria": [{"difference": "", "part": "", "criterion": one, "kind": "principle"} for one in texts]}
        )
    found = re.search(r"ANSWER-(\d)", ask.shared)
    assert found is not None
    met = next((places for text, places in MET.items() if f"\n{text}\n" in ask.suffix), set[int]())
    return {" Yes": 0.9, " No": 0.1} if int(found.group(1)) in met else {" Yes": 0.1, " No": 0.9}


@pytest.fixture
def answered(clinic: Clinic) -> Clinic:
    prompt = factories.make_prompt(dataset=clinic.dataset, text="How do I take it?")
    for number in range(8):
        model = "strong" if number < 4 else "weak"
        factories.make_response(prompt=prompt, text=f"This is ANSWER-{number}.", model=model)
    return clinic


def begin(clinic: Clinic, method: str, **inputs: object) -> Draft:
    params = {"prompts": 1} if method == "decompose" else {}
    wanted = services.Wanted(method, clinic.version, clinic.judge, inputs=inputs, params=params)
    return services.start_draft(by=clinic.author, wanted=wanted)


def test_a_broad_criterion_is_split_with_its_lineage(answered: Clinic, play: Play) -> None:
    """No question is put twice, and the same draft begun again is answered from store."""
    engine = play(splitter)
    draft = begin(answered, "decompose", dataset=answered.dataset.slug, strong=["strong"], weak=["weak"])
    work()
    draft = queries.get_draft(answered.author, draft.pk)
    assert draft.state == "proposed", draft.reason
    found = {one["text"]: one for one in draft.suggestions}
    assert (found[BROAD]["drop"], found[LEFT]["drop"], found[RIGHT]["drop"]) == ("split in two", "", "")
    assert found[LEFT]["parents"] == [found[BROAD]["key"]]
    assert found[LEFT]["evidence"]["coverage"] == 0.25
    asked = [(one.shared, one.suffix) for one in engine.asked]
    assert len(set(asked)) == len(asked)
    browser = factories.signed_in(answered.author)
    page = browser.get(f"/w/{answered.author.workspace.slug}/refine/drafts/{draft.pk}/").content.decode()
    assert "split in two" in page
    again = begin(answered, "decompose", dataset=answered.dataset.slug, strong=["strong"], weak=["weak"])
    work()
    assert len(engine.asked) == len(asked)
    assert queries.get_draft(answered.author, again.pk).suggestions == draft.suggestions
    assert set(DraftStep.objects.filter(draft=again, role="judge").values_list("cached", flat=True)) == {True}
    assert draft.proposal is not None
    version = rubrics.accept_hunks(by=answered.author, proposal=draft.proposal)
    assert {LEFT, RIGHT} <= {row.text for row in version.criteria.all()}


def judged(clinic: Clinic, count: int = 8) -> None:
    """The judge says of all answers that they name the drug; people say so of the later half only."""
    for number in range(count):
        prompt = factories.make_prompt(dataset=clinic.dataset)
        response = factories.make_response(prompt=prompt, text=f"CASE-{number}")
        subject = factories.make_subject(responses=[response])
        factories.make_verdicts(
            subject=subject, judge=clinic.judge, version=clinic.version, values={"c_drug": 0.9, "c_blame": 0.1}
        )
        for name in ("ann", "ben"):
            rater, _ = Rater.objects.get_or_create(workspace=clinic.author.workspace, name=name)
            Label.objects.create(
                dataset=clinic.dataset, subject=subject, rater=rater, criterion="c_drug", value=float(number >= 4)
            )


def mender(ask: Ask) -> Answer:
    """Writes the good wording, by which it finds what people found."""
    if not ask.labels:
        return json.dumps({"criteria": [{"cause": "No dose.", "criterion": GOOD, "change": "narrower"}]})
    found = re.search(r"CASE-(\d)", ask.shared)
    assert found is not None
    yes = int(found.group(1)) >= 4 or GOOD not in ask.suffix
    return {" Yes": 0.9, " No": 0.1} if yes else {" Yes": 0.1, " No": 0.9}


def test_a_wording_is_repaired_by_what_people_settled(clinic: Clinic, play: Play) -> None:
    judged(clinic)
    play(mender)
    draft = begin(clinic, "repair", verdicts_of=str(clinic.judge))
    work()
    draft = queries.get_draft(clinic.author, draft.pk)
    assert draft.state == "proposed", draft.reason
    assert draft.proposal is not None
    hunk = draft.proposal.hunks.get()
    assert (hunk.op, hunk.pointer) == ("change", "criteria/c_drug")
    assert (hunk.evidence["mended"], hunk.evidence["broken"]) == (4, 0)


def test_what_has_nothing_to_mend_is_refused_at_once(clinic: Clinic) -> None:
    with pytest.raises(errors.Invalid, match="settled nothing"):
        begin(clinic, "repair", verdicts_of=str(clinic.judge))
    judged(clinic)
    with pytest.raises(errors.Conflict, match="no criterion of which people disagree"):
        begin(clinic, "wording")
    with pytest.raises(errors.NotFound):
        begin(clinic, "repair", verdicts_of="nobody@9")


def test_rest_repairs_too(clinic: Clinic, play: Play) -> None:
    judged(clinic)
    play(mender)
    api = caller_of(clinic.author, "proposals:write", "rubrics:read")
    body = {
        "method": "repair",
        "inputs": {"rubric": str(clinic.version), "verdicts_of": str(clinic.judge), "broken": 1},
    }
    sent = api.post("/proposals", body)
    assert sent.status_code in (201, 202), sent.content
    bad = api.post("/proposals", {**body, "inputs": {**body["inputs"], "broken": 99}})  # type: ignore[dict-item]
    assert bad.status_code == 422
