"""Each rule finds what it is about, is silent about good texts, and its fix takes its finding away."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import lint, rubric

LEVELS = [{"label": "bad", "value": 0.0, "anchor": "Wrong."}, {"label": "good", "value": 1.0, "anchor": "Right."}]


def found(*criteria: dict[str, Any], context: lint.Context | None = None, **fields: Any) -> list[lint.Finding]:
    return lint.findings(rubric.parse({"criteria": list(criteria), **fields}), context)


def names(*criteria: dict[str, Any], context: lint.Context | None = None, **fields: Any) -> set[str]:
    return {finding.rule.name for finding in found(*criteria, context=context, **fields)}


BAD: list[tuple[str, str]] = [
    ("compound", "States the dose and explains how to take it."),
    ("compound", "The answer should name the drug; and explain the risk of it."),
    ("compound", "Gives the dose and names each drug."),
    ("compound", "Gives the dose and states that it was raised."),
    ("compound", "Is accurate, names the dose and greets the reader warmly."),
    ("compound", "Names the drug, the dose and the ward."),
    ("compound", "The answer should mention the cause, the risk, and the cost."),
    ("compound", "The answer must be short, name the dose and explain the risk."),
    ("vague_words", "Gives an appropriate dose."),
    ("no_direction", "Tone of the letter"),
    ("unfalsifiable", "Tries to name a source."),
    ("negation", "Does not recommend an antibiotic."),
    ("refers_to_another_response", "Is shorter than the other response."),
    ("refers_to_another_criterion", "Gives the reason for criterion 2."),
    ("counting", "Has at most 200 words."),
    ("counting", "Names at least three reasons."),
    ("rewards_length", "Gives a comprehensive answer."),
    ("too_long", "word " * 61),
    ("points_in_text", "Names the interaction (3 points)."),
    ("language_mismatch", "Nennt die Dosis und erklärt, wie das Mittel mit dem Essen genommen wird."),
    ("language_mismatch", "Называет дозу препарата"),
]
GOOD = [
    "States the dose in milligrams.",
    "Names bread and milk as sources.",
    "Mentions at least 5 days of rest.",
    "Says that the goods are sent back.",
    "Explains good sources of iron, such as lentils.",
    "Tells the patient not to drive.",
    "Names the tone of the bell.",
    "Gives the doses and names of the drugs.",
    "Names red, green and blue as the colours.",
    "Mentions one of milk, bread and eggs.",
    "Lists the sodium, potassium, and calcium levels.",
    "Lists sodium, potassium, and calcium levels.",
    "Names the ward, the date and time of the visit.",
    "Says that the child is pale, drowsy and has a fever.",
    "Advises going to hospital if the child is pale and has a fever.",
    "Lists the symptoms and uses for which it is sold.",
]


@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_rule_finds_its_fault(name: str, text: str) -> None:
    assert name in names({"text": text})


@pytest.mark.parametrize("text", GOOD)
def test_good_texts_are_left_alone(text: str) -> None:
    assert names({"text": text}) <= {"vague_words"} if "goods" in text else names({"text": text}) == set()


@pytest.mark.parametrize(("name", "text"), BAD)
def test_rules_with_english_words_are_silent_elsewhere(name: str, text: str) -> None:
    if name not in {"too_long", "points_in_text", "language_mismatch"}:
        assert name not in names({"text": text}, language="sw")


def test_spans_name_the_words() -> None:
    text = "Gives an appropriate dose."
    (finding,) = found({"text": text})
    assert finding.span is not None
    assert text[slice(*finding.span)] == "appropriate"


def test_weights() -> None:
    one, two, three = ({"id": n, "text": f"Names the {t}."} for n, t in (("a", "drug"), ("b", "dose"), ("c", "ward")))
    assert names() == {"no_criteria"}
    assert names(one, two, three) == set()
    assert names({**one, "weight": 9.0}, two, three) == {"dominated"}
    assert names({**one, "weight": 0.0}, two) == {"zero_weight"}
    assert names({**one, "polarity": "negative"}) == {"nothing_adds"}
    five = [{"text": f"Names the {thing}."} for thing in ("drug", "dose", "ward", "clinic", "doctor")]
    assert names(*five) == {"all_positive"}


@pytest.mark.parametrize(
    ("gate", "wrong"),
    [
        ({"when": "below", "value": 0.5}, False),
        ({"when": "below", "value": 0.0}, True),
        ({"when": "above", "value": 1.0}, True),
        ({"when": "above", "value": 0.5}, False),
    ],
)
def test_gates(gate: dict[str, Any], wrong: bool) -> None:
    criterion = {"text": "Names the drug.", "gate": gate}
    assert ("gate_without_effect" in names(criterion)) is wrong
    assert "gate_without_effect" in names(criterion, scoring=[{"step": "weighted"}])


def test_levels() -> None:
    good = {"text": "Names the drug.", "kind": "ordinal", "levels": LEVELS}
    assert names(good) == set()
    assert names({**good, "levels": [{**level, "anchor": ""} for level in LEVELS]}) == {"missing_anchors"}
    uneven = [LEVELS[0], {"label": "fair", "value": 0.1, "anchor": "Half."}, LEVELS[1]]
    assert names({**good, "levels": uneven}) == {"uneven_levels"}


def test_groups() -> None:
    one = {"text": "Names the drug.", "group": "g", "weight": 3.0}
    assert names(one, groups=[{"id": "g"}, {"id": "h", "title": "Empty"}]) == {"empty_group"}
    assert names(one, groups=[{"id": "g", "title": "Safety (5 points)"}]) == {"points_do_not_sum"}
    assert names(one, groups=[{"id": "g", "title": "Safety (3 points)"}]) == set()


def test_pairs() -> None:
    dose = {"text": "States the dose of the drug in milligrams."}
    assert "duplicate" in names(dose, dose)
    assert "overlap" in names(dose, {"text": "States a dose of the drug in milligrams."})
    opposed = {"text": "Does not state the dose of the drug in milligrams."}
    assert "contradiction" in names(dose, opposed)
    assert "contradiction" in names(dose, {**dose, "polarity": "negative"})
    assert names(dose, {"text": "States the dose of the drug in grams."}) == set()
    assert names({"text": "Scores on set 1 are reported."}, {"text": "Scores on set 2 are reported."}) == set()


def test_copied_reference() -> None:
    words = "take one tablet every morning together with a full breakfast"
    copied = {"text": f"Says to {words}."}
    assert names(copied, context=lint.Context(reference=f"Please {words} and rest.")) == {"reference_leak"}
    assert names(copied) == set()


FIXED = [
    *[{"criteria": [{"text": text}]} for _, text in BAD],
    {"criteria": [{"text": "Does not ask for the age.", "polarity": "negative"}]},
    {"criteria": [{"text": "Names the drug."}, {"text": "Names the drug."}]},
    {"criteria": [{"text": "States a dose."}, {"text": "States the dose."}]},
    {"criteria": [{"text": "Names it."}], "groups": [{"id": "a"}, {"id": "b", "parent": "a"}]},
    {
        "criteria": [
            {
                "text": "Names the drug.",
                "kind": "ordinal",
                "levels": [LEVELS[0], {"label": "fair", "value": 0.1, "anchor": "Half."}, LEVELS[1]],
            }
        ]
    },
]


@pytest.mark.parametrize("document", FIXED, ids=lambda d: d["criteria"][0]["text"][:30])
def test_a_fix_takes_its_finding_away(document: dict[str, Any]) -> None:
    said = rubric.parse(document)
    for finding in lint.findings(said):
        if finding.fix is None:
            continue
        mended = said.model_dump(mode="json")
        finding.fix.edit(mended)
        again = said.model_dump(mode="json")
        finding.fix.edit(again)
        assert mended == again
        assert finding.fingerprint not in {left.fingerprint for left in lint.findings(rubric.parse(mended))}


def test_what_fixes_write() -> None:
    said = rubric.parse({"criteria": [{"id": "a", "text": "States the dose and explains the risk.", "weight": 4.0}]})
    document = said.model_dump(mode="json")
    fix = next(f.fix for f in lint.findings(said) if f.rule.name == "compound")
    assert fix is not None
    fix.edit(document)
    assert [(c["text"], c["weight"]) for c in document["criteria"]] == [
        ("States the dose.", 2.0),
        ("Explains the risk.", 2.0),
    ]
    for text, wanted in (
        (
            "Is accurate, names the dose and greets the reader.",
            ["Is accurate.", "Names the dose.", "Greets the reader."],
        ),
        ("Names the drug, the dose and the ward.", ["Names the drug.", "Names the dose.", "Names the ward."]),
    ):
        said = rubric.parse({"criteria": [{"id": "a", "text": text, "weight": 3.0}]})
        document = said.model_dump(mode="json")
        (fix,) = [one.fix for one in lint.findings(said) if one.rule.name == "compound" and one.fix]
        fix.edit(document)
        assert [(c["text"], c["weight"]) for c in document["criteria"]] == [(one, 1.0) for one in wanted]
    said = rubric.parse({"criteria": [{"id": "a", "text": "The answer does not mention allergies."}]})
    document = said.model_dump(mode="json")
    fix = next(f.fix for f in lint.findings(said) if f.rule.name == "negation")
    assert fix is not None
    fix.edit(document)
    assert document["criteria"][0]["text"] == "The answer mentions allergies."
    assert document["criteria"][0]["polarity"] == "negative"


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), max_size=6),
    language=st.sampled_from(["en", "de", "zh", "xx", ""]),
)
def test_any_rubric_is_read(texts: list[str], language: str) -> None:
    criteria = [{"text": text} for text in texts if text.strip()]
    said = rubric.parse({"criteria": criteria, "language": language})
    prints = [finding.fingerprint for finding in lint.findings(said)]
    assert len(prints) == len(set(prints))
    assert prints == [finding.fingerprint for finding in lint.findings(said)]


def test_five_hundred_criteria_take_no_time_when_little_has_changed() -> None:
    things = [
        f"Names the {a}{b} of the {c} ward in the letter." for a in "abcdefghij" for b in "klmno" for c in "pqrstuvwxy"
    ]
    said = rubric.parse({"criteria": [{"text": text} for text in things]})
    lint.findings(said)
    start = time.perf_counter()
    lint.findings(said)
    assert time.perf_counter() - start < 0.5


def test_one_criterion_alone_gets_the_remarks_it_has_among_all() -> None:
    dose = "tates the dose of the drug in milligrams."
    alike = [
        f"S{dose}",
        f"S{dose}",
        f"Does not s{dose}".replace("states", "state"),
        f"S{dose}".replace("the dose", "a dose"),
        "-",
    ]
    texts = [text for _, text in BAD] + alike
    criteria = [{"id": f"c_{n}", "text": text, "weight": 0.0 if n == 3 else 1.0} for n, text in enumerate(texts)]
    said = rubric.parse({"criteria": [*criteria, {"text": "Rated.", "kind": "ordinal", "levels": LEVELS}]})
    context = lint.Context(reference="States the dose of the drug in milligrams, says the letter.")
    every = lint.findings(said, context)
    for criterion in said.criteria:
        alone = lint.findings_on(said, criterion.id, context)
        assert {f.fingerprint for f in alone} == {f.fingerprint for f in every if f.criterion == criterion.id}
    assert {"duplicate", "overlap", "contradiction", "zero_weight", "reference_leak"} <= {f.rule.name for f in every}
