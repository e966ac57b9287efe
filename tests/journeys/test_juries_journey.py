"""Several judges as one in a real browser: votes and dissent, a cost curve, a cascade, a calibration, at each width."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from apps.accounts.permissions import Role
from apps.datasets.models import Subject
from apps.jobs.models import Job
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes, wait_until

PASSWORD = "correct-horse-7"
PICTURES = os.environ.get("STUDIO_PICTURES", "")
ONE = (
    {"id": "c_drug", "text": "Names the drug and its dose.", "weight": 3.0, "tier": "essential"},
    {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 1.0},
)
CHOSEN = "rubric=letters@1&first=fast@1&second=slow@1&least_margin=0.1&target=0.9"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def judged() -> list[Subject]:
    """Sixty labelled answers: the fast judge is over-sure and wrong one time in five, the slow one nearly never."""
    member = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    version = factories.make_version(
        rubric=factories.make_rubric(slug="letters", title="Discharge letters"), status="approved",
        document=factories.make_document(criteria=ONE), created_by=member.user,
    )  # fmt: skip
    dataset = factories.make_dataset(workspace=member.workspace, slug="letters", title="Letters to patients")
    fast = factories.make_judge(name="fast", is_default=True)
    slow = factories.make_judge(name="slow", protocol="reasoned")
    rater = member.workspace.raters.create(name="Ada")
    found = []
    for number in range(60):
        prompt = factories.make_prompt(dataset=dataset, text=f"Task {number}.")
        answer = factories.make_response(
            prompt=prompt, text=f"Take {number} mg each morning.", external_id=f"a{number}"
        )
        subject = factories.make_subject(responses=[answer])
        said = (0.52 if number % 10 < 3 else 0.9) if number % 2 else 0.1
        truth = float(said > 0.5) if number % 5 else 1 - float(said > 0.5)
        shares = [[" Yes", said], [" No", 1 - said]]
        more = {"probability": said, "distribution": shares, "label_mass": 0.98}
        factories.make_verdicts(version, fast, subject, {"c_drug": round(said), "c_blame": 0.0}, **more)
        factories.make_verdicts(version, slow, subject, {"c_drug": truth if number != 7 else 1 - truth, "c_blame": 0.0})
        dataset.labels.create(subject=subject, rater=rater, criterion="c_drug", value=truth)
        found.append(subject)
    return found


def test_votes_a_cascade_and_a_calibration(
    processes: Processes, enter: Callable[..., Person], judged: list[Subject]
) -> None:
    url = processes.start_web().url
    processes.start_worker()
    author = enter(url)
    author.sign_in("hanna", PASSWORD)
    page = author.go("/w/clinic/runs/new/")
    page.get_by_label("slow@1").check()
    page.get_by_role("button", name="Start the run").click()
    expect(page.locator("#together")).to_contain_text("The votes are kept apart")
    wait_until(lambda: not Job.objects.exclude(state="done").exists(), patience=60, what="the run")
    page.get_by_label("Rule").select_option("weighted")
    page.get_by_role("button", name="Combine the votes").click()
    expect(page.locator("#notices")).to_contain_text("cannot be weighed on c_blame")
    page.get_by_label("Rule").select_option("mean")
    page.get_by_role("button", name="Combine the votes").click()
    expect(page.locator("#together")).to_contain_text("with a dissent")
    run = page.url
    keep(author, "jury-run")
    page.locator("#together tr", has_text="with a dissent").first.get_by_role("link").click()
    expect(page.locator("#together")).to_contain_text("dissents")
    keep(author, "jury-answer")

    page = author.go("/w/clinic/runs/cascade/")
    page.get_by_label("Then").select_option("slow@1")
    page.get_by_role("button", name="Show the cost curve").click()
    expect(page.locator("#cost-curve .js-plotly-plot")).to_be_visible()
    expect(page.locator("#cost-curve")).to_contain_text("reached")
    keep(author, "cascade-curve")
    page.locator("#id_dataset").select_option("letters")
    page.get_by_role("button", name="Start the cascade").click()
    expect(page.locator("#run-stages")).to_be_visible()
    wait_until(lambda: not Job.objects.exclude(state="done").exists(), patience=60, what="the cascade")
    page = author.go(page.url)
    expect(page.locator("#run-stages")).to_contain_text("slow@1")
    keep(author, "cascade-run")

    page = author.go("/w/clinic/judges/fast/1/calibration/")
    expect(page.locator("#calibration .js-plotly-plot")).to_be_visible()
    keep(author, "calibration")
    page.get_by_role("button", name="Fit and freeze 1 curve").click()
    expect(page.get_by_text("platt, letters@1")).to_be_visible()
    for width, theme in ((390, "light"), (1440, "dark")):
        other = enter(url, width=width, theme=theme)
        other.sign_in("hanna", PASSWORD)
        for name, path in (
            ("jury-run", run.removeprefix(url)),
            (
                "cascade-curve",
                f"/w/clinic/runs/cascade/?{CHOSEN}",
            ),
            ("calibration", "/w/clinic/judges/fast/1/calibration/"),
        ):
            other.go(path)
            assert other.overflow() == []
            assert other.serious_findings() == []
            keep(other, f"{name}-{width}-{theme}")


def keep(person: Person, name: str) -> None:
    """Take a picture where somebody wants to look at it."""
    if PICTURES:
        person.page.wait_for_timeout(400)
        person.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
