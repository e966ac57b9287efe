"""Strategies tried without data: each has labels or none, and an example that a sensible script gets right."""

import pytest

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import rehearsal


@pytest.mark.parametrize("name", strategies.NAMES)
def test_every_strategy_has_an_example_of_its_own_kind_of_subject(name):
    about = strategies.get(name).about
    found = rehearsal.example(name, about.protocols[0], {})
    for question in found.questions:
        assert question.criteria[0].kind in about.kinds
        assert (len(question.material.answers) > 1) == (about.subject in ("pair", "list"))
        assert question.material.reference
    assert found.better != found.worse


@pytest.mark.parametrize("name", strategies.NAMES)
def test_labels_are_found_exactly_where_they_are_read(name):
    about = strategies.get(name).about
    found = rehearsal.labels_of(name, about.protocols[0], {})
    assert bool(found) <= about.needs_logprobs
    assert len(set(found)) == len(found)
    assert all(len(labels) > 1 for labels in found)


def test_label_distribution_reads_the_labels_of_every_kind_with_and_without_a_condition():
    found = rehearsal.labels_of("label_distribution", "reasoned", {})
    assert (" Yes", " No") in found
    assert (" Yes", " No", " X") in found
    assert (" A", " B", " C", " D", " E") in found


def test_grades_follow_the_settings():
    flat = {
        label.strip()
        for labels in rehearsal.labels_of("ordinal_digits", "isolated", {"grades": "0-10"})
        for label in labels
    }
    assert "10" in flat
    assert "10" not in {
        label.strip() for labels in rehearsal.labels_of("ordinal_digits", "isolated", {}) for label in labels
    }


def test_likelihood_strategies_read_no_labels():
    assert rehearsal.labels_of("reference_likelihood", "isolated", {}) == ()


def test_labels_that_a_strategy_can_do_without_do_not_count() -> None:
    def refusal(labels: tuple[str, ...]) -> Failure | None:
        return Failure(FailureKind.REFUSED, "two tokens") if "Yes" in labels or "10" in labels else None

    read = rehearsal.labels_of("yes_probability", "isolated", {}, refusal)
    assert read == ((" Yes", " yes", " No", " no"), (" Yes", " yes", " No", " no", " X"))
    assert any("Yes" in labels for labels in rehearsal.labels_of("yes_probability", "isolated", {}))
    graded = rehearsal.labels_of("ordinal_digits", "isolated", {"grades": "0-10"}, refusal)
    assert any("10" in labels for labels in graded)
