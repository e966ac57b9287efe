"""An auditor in a real browser: opens a report card, looks at the answer behind a figure, takes the report away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from apps.audit import services
from tests import factories
from tests.apps.audit.conftest import inputs_of, judged_run, make_answers
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
REFUSED = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective));
"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card() -> str:
    """A judge that pays for length, audited twice."""
    by = factories.make_actor(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    dataset = make_answers(by)
    version = factories.make_version(workspace=by.workspace, status="approved")
    judge = factories.make_judge(workspace=by.workspace, name="long")
    run = judged_run(by, dataset, version, judge, lambda _, place, __: place / 2)
    for kind in ("length_bias", "one_against_many"):
        services.run_audit(by=by, kind=kind, inputs=inputs_of(run), seed=7)
    return f"/w/clinic/audit/rubrics/{version.rubric.slug}/{version.number}"


def test_from_the_card_to_the_answer_and_the_report(
    processes: Processes, enter: Callable[..., Person], card: str, tmp_path: Path
) -> None:
    auditor = enter(processes.start_web().url)
    auditor.page.add_init_script(REFUSED)
    auditor.sign_in("hanna", PASSWORD)
    page = auditor.go(card)
    expect(page.locator("#standing")).to_contain_text("has no licence to serve")
    assert auditor.serious_findings() == []
    _, pdf = taken(page, "PDF report", tmp_path)
    assert pdf.startswith(b"%PDF-")

    page.get_by_role("link", name="Length").first.click()
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert page.evaluate("window.refused") == []
    assert auditor.serious_findings() == []
    digest = page.locator("dd.mono").first.inner_text()
    name, pdf = taken(page, "PDF report", tmp_path)
    assert name.startswith("length_bias-") and pdf.startswith(b"%PDF-")
    name, report = taken(page, "HTML report", tmp_path)
    assert digest.strip("…").encode() in report and b"Name and signature" in report
    alone = auditor.context.new_page()
    alone.goto((tmp_path / name).as_uri())
    expect(alone.locator("svg").first).to_be_visible()
    assert alone.locator("script").count() == 0
    alone.close()

    page.locator('table.grid td a[href*="/runs/"]').first.click()
    auditor.settle()
    assert "/runs/" in page.url
    expect(page.locator("#main")).to_contain_text("Dose")


def taken(page: Page, link: str, folder: Path) -> tuple[str, bytes]:
    """What a link downloads: its name and bytes."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=link).click()
    coming.value.save_as(folder / coming.value.suggested_filename)
    return coming.value.suggested_filename, (folder / coming.value.suggested_filename).read_bytes()
