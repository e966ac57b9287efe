"""A draft by a real worker with the embedded model, from its pairs to its end."""

import pytest

from apps.accounts.permissions import Role
from apps.judging import services as judging
from apps.refinement import queries, services
from apps.refinement.models import Draft
from tests import factories
from tests.apps.judging.test_fitting import order
from tests.processes import Processes, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
DRUGS = ("aspirin", "ibuprofen", "insulin", "codeine", "heparin", "digoxin")


@pytest.mark.timeout(600)
def test_a_small_model_drafts_to_an_end(processes: Processes) -> None:
    """What it writes is its own; that it ends with criteria and figures, or with a reason, is ours."""
    admin = factories.make_actor(Role.ADMIN)
    version = factories.make_version(workspace=admin.workspace)
    dataset = factories.make_dataset(workspace=admin.workspace)
    for drug in DRUGS:
        prompt = factories.make_prompt(dataset=dataset, text=f"How much {drug} a day?")
        texts = (f"Take 75 mg of {drug} each morning with water.", f"Some {drug} may help.")
        order(dataset, [factories.make_response(prompt=prompt, text=text) for text in texts])
    judge = judging.create_judge(by=admin, name="writer", engine={"kind": "embedded"})
    params = {"sources": 1, "checks": 2, "threshold": 0.0}
    wanted = services.Wanted("pairs", version, judge, inputs={"dataset": dataset.slug}, params=params)
    draft = services.start_draft(by=admin, wanted=wanted)
    processes.start_worker()
    wait_until(lambda: Draft.objects.get(pk=draft.pk).done_at is not None, patience=500, what="the draft to end")
    made = queries.get_draft(admin, draft.pk)
    assert made.suggestions, made.reason
    assert all(one["text"].strip() and one["kind"] in ("hard rule", "principle") for one in made.suggestions)
    assert made.figures["cost"]["calls"] > 2
    assert (made.proposal is not None) == (made.state == Draft.State.PROPOSED)
    assert made.state == Draft.State.PROPOSED or made.reason
