"""Edits change what they say and nothing else; attacks are many, distinct and in their places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import errors, probes
from domain.checks.language import detect
from domain.probes import About, Place, Wants, phrases

TEXT = "The dose is 5 mg, taken twice a day.\n\nCall a doctor when the fever stays for three days. Drink enough water."
LIST = "Take these:\n- water\n- bread\n- salt"
ABOUT = About("What now?", ["Names the dosage of paracetamol.", "Advises hydration."])


@pytest.mark.parametrize("name", probes.EDITS)
@settings(max_examples=15, deadline=None)
@given(st.text(max_size=200))
def test_every_edit_is_deterministic_and_survives_any_text(name, text):
    first = probes.edited(text, name, ABOUT, seed=3)
    assert first == probes.edited(text, name, ABOUT, seed=3)
    assert first is None or (first.text != text and first.text.strip())


def made(name: str, text: str = TEXT) -> str:
    found = probes.edited(text, name, ABOUT)
    assert found is not None
    return found.text


def test_edits_do_what_they_are_called():
    assert made("bullets").count("- ") == 2
    assert made("plain", "# Head\n\n- **one**\n- `two`") == "Head\n\none\ntwo"
    assert made("headings").startswith("## Overview\n\nThe dose")
    assert made("foreign_headings").startswith("## Überblick")
    assert sorted(made("order", LIST).split("\n")) == sorted(LIST.split("\n")) and made("order", LIST) != LIST
    assert made("rubric_echo").endswith("- Names the dosage of paracetamol: met.\n- Advises hydration: met.")
    assert "paracetamol" in made("keywords") and made("keywords").startswith(TEXT)
    assert TEXT.startswith(made("truncation"))
    assert made("summary").endswith("In summary: The dose is 5 mg, taken twice a day.")
    assert "**The**" in made("bold")
    assert made("repetition").count("Drink enough water.") == 2


def test_typos_keep_letters_and_touch_few_words():
    found = made("typos", TEXT * 6).split()
    changed = [(one, two) for one, two in zip((TEXT * 6).split(), found, strict=True) if one != two]
    assert 1 <= len(changed) <= 0.05 * len(found) + 1
    assert all(sorted(one) == sorted(two) for one, two in changed)


def test_an_edit_with_nothing_to_do_makes_nothing():
    assert probes.edited("Yes.", "order") is None
    assert probes.edited("Yes, it is so.", "rubric_echo") is None
    assert probes.edited("  ", "padding") is None
    assert probes.EDITS["truncation"].wants is Wants.LOWER
    with pytest.raises(errors.Invalid, match="no edit"):
        probes.edited("text", "shout")


def test_the_suite_has_about_two_hundred_attacks_in_eight_languages():
    suite = probes.suite()
    assert 190 <= len(suite) <= 220
    assert len({one.name for one in suite}) == len(suite)
    assert len({(one.text, one.place) for one in suite}) == len(suite)
    assert {one.language for one in suite} == {"", "en", "de", "fr", "es", "pt", "ru", "zh", "ja"}
    assert probes.named(suite[5].name) is suite[5] and probes.named("attack:none:-:alone") is None


def test_sentences_are_in_the_languages_they_claim():
    long = {
        language: " ".join(by[language] for by in phrases.SENTENCES.values())
        for language in ("de", "fr", "ru", "zh", "ja")
    }
    assert {language: detect(text) for language, text in long.items()} == {one: one for one in long}
    assert all(set(by) == set(phrases.SENTENCES["plea"]) for by in phrases.SENTENCES.values())


def test_attacks_stand_where_they_say():
    for attack in probes.suite()[:3]:
        found = attack.on(TEXT)
        assert (TEXT in found) == (attack.place is not Place.ALONE)
        assert found.startswith(attack.text) == (attack.place is not Place.BEHIND)


def test_degenerate_policies_answer_without_answering():
    found = probes.degenerate("What now?", ABOUT.criteria, best=TEXT, labels=["REJECT"])
    assert found["constant REJECT"] == "REJECT" and found["empty"] == "" and found["prompt copied"] == "What now?"
    assert found["criteria appended"].startswith(TEXT) and found["criteria appended"].endswith("Advises hydration.")
    assert "keywords" not in probes.degenerate("What now?", [])
