"""Votes stand beside what was voted on, for those who decide."""

import pytest
from django.urls import reverse

from apps.review import queries, services
from apps.review.models import Queue
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from tests import factories
from tests.apps.review.conftest import take

pytestmark = pytest.mark.django_db
RULE = {"kind": "random", "size": 10}


def vote(person, queue, said):
    """Let a person answer all of a queue, by what is voted on."""
    while (claim := services.claim(by=person, queue=queue)) is not None:
        answer, note = said(claim.item)
        services.answer(by=person, claim=claim, given=answer, note=note)


def test_votes_on_criteria_count_for_the_words_that_were_voted_on(alice, bob, cleo):
    version = factories.make_version(workspace=alice.workspace)
    queue = services.create_queue(
        by=alice, name="Needed?", version=version, task=Queue.Task.NECESSITY, rule=RULE, overlap=2
    )
    vote(bob, queue, lambda item: ({"vote": "needed"}, ""))
    vote(cleo, queue, lambda item: ({"vote": "not_needed"}, "It repeats <b>another</b>."))
    first, second = queries.votes_on_criteria(version)
    assert dict(first.counts) == {"Needed": 1, "Not needed": 1, "Unsure": 0}
    assert (first.title, [one.who for one in first.said]) == ("Names the drug and its dose.", [cleo.user.name])
    document = rubric_queries.draft_document(version)
    document["criteria"][0]["text"] = "Names each drug."
    rubrics.accept_hunks(by=alice, proposal=rubrics.propose(by=alice, base=version, document=document))
    version.refresh_from_db()
    changed, same = queries.votes_on_criteria(version)
    assert (sum(count for _, count in changed.counts), changed.worded_otherwise) == (0, 2)
    assert same == second
    address = reverse("review:version-votes", args=["clinic", version.rubric.slug, version.number])
    page = factories.signed_in(alice).get(address).content.decode()
    assert "It repeats &lt;b&gt;another" in page
    assert "2 on other words" in page
    alone = factories.signed_in(alice).get(address, {"criterion": same.name}).content.decode()
    assert (same.title in alone, changed.title in alone) == (True, False)
    assert factories.signed_in(bob).get(address).status_code == 403


def test_votes_on_the_edits_of_a_proposal(alice, bob, cleo, charlie):
    version = factories.make_version(workspace=alice.workspace)
    document = rubric_queries.draft_document(version)
    document["criteria"][0]["text"] = "Names each drug."
    proposal = rubrics.propose(by=alice, base=version, document=document)
    address = reverse("review:proposal-votes", args=["clinic", proposal.pk])
    browser = factories.signed_in(alice)
    assert "Nobody voted here" in browser.get(address).content.decode()
    queue = services.create_queue(
        by=alice, name="Good?", proposal=proposal, task=Queue.Task.TRIAGE, rule=RULE, overlap=2
    )
    claim = take(bob, queue)
    services.answer(by=bob, claim=claim, given={"vote": "edit", "text": "Names each drug and dose."}, note="")
    claim = take(cleo, queue)
    services.answer(by=cleo, claim=claim, given={"undecided": True}, note="I am no pharmacist.")
    [one] = queries.votes_on_proposal(proposal)
    assert (dict(one.counts)["Accept with changes"], one.undecided) == (1, 1)
    assert [said.text for said in one.said] == ["Names each drug and dose.", ""]
    assert 'href="#hunk-0"' in browser.get(address).content.decode()
    few = factories.count_queries(browser, address)
    assert few < 15
    elsewhere = reverse("review:proposal-votes", args=["elsewhere", proposal.pk])
    assert factories.signed_in(charlie).get(elsewhere).status_code == 404
    assert (
        reverse("review:proposal-votes", args=["clinic", proposal.pk])
        in browser.get(reverse("rubrics:proposal", args=["clinic", proposal.pk])).content.decode()
    )
