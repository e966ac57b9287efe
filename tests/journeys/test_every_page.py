"""Every page there is, in a filled workspace: wide and narrow, light and dark, nothing broken, nothing unreadable."""

from collections.abc import Callable

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Error

from tests.journeys.filled import Filled, places
from tests.journeys.people import Person

COLOURS = ["color-contrast"]
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
# Addresses that only take posts, answer fragments or files, or lead elsewhere.
NOT_PAGES = {
    "accounts:logout", "accounts:theme", "accounts:tour", "accounts:member-invite", "accounts:member-role",
    "accounts:token-issue", "accounts:token-rotate", "accounts:webhook-change", "accounts:webhook-rotate",
    "accounts:webhook-test", "accounts:webhook-delete", "accounts:delivery-send",
    "accounts:member-password-link", "accounts:member-deactivate", "accounts:member-reactivate",
    "accounts:invitation-withdraw", "accounts:token-revoke", "api:schema", "datasets:archive", "datasets:restore",
    "history:verify", "history:export", "history:anchor", "home:job-steer", "judges:default", "judges:test",
    "judging:estimate",
    "judging:export", "judging:parquet", "judging:steer", "judging:version-scores", "judging:steps-effect",
    "judging:score-trace", "judging:missing", "judging:effect",
    "judging:pin", "judging:unpin", "judging:replay",
    "judging:combine", "judging:ensemble", "weights:finish", "weights:rank", "weights:apply", "weights:profile-save",
    "weights:suggest",
    "weights:profile-retire",
    "review:candidate-act", "review:proposal-votes", "review:version-votes", "review:reading-propose",
    "review:consensus", "review:conflict-act", "review:conflict-next",
    "review:gold-export", "review:gold-example", "review:labels-export", "review:reviews-export",
    "review:state", "review:heartbeat", "review:give-up", "review:ahead", "review:rendered",
    "review:preview", "review:add", "accounts:member-skills",
    "rubrics:set-export", "rubrics:set-step", "rubrics:set-submit",
    "rubrics:set-sample", "rubrics:star", "rubrics:clone",
    "rubrics:criterion-add", "rubrics:criteria-order",
    "rubrics:criterion-cell", "rubrics:criterion-insert", "rubrics:criteria-bulk", "rubrics:criteria-rows",
    "rubrics:thread-act", "rubrics:thread-marks", "rubrics:suggested-edits", "rubrics:mentions-read",
    "rubrics:suggest-cell", "rubrics:suggest-group", "rubrics:suggest-undo",
    "rubrics:suggest-redo", "rubrics:suggest-back",
    "rubrics:criteria-paste", "rubrics:weighting", "rubrics:proposal-act",
    "rubrics:criterion-move", "rubrics:criterion-delete", "rubrics:group-add",
    "rubrics:group-cell", "rubrics:groups-order",
    "rubrics:group-move", "rubrics:group-delete", "rubrics:undo", "rubrics:redo", "rubrics:draft-new",
    "rubrics:discard", "rubrics:submit", "rubrics:approve", "rubrics:take-back", "rubrics:selected",
    "rubrics:request-changes", "rubrics:withdraw",
    "rubrics:retire", "rubrics:quality-panel", "rubrics:quality-similar", "rubrics:quality-act",
    "rubrics:quality-typing",
    "rubrics:guidelines", "rubrics:truths", "rubrics:truth-outcomes", "rubrics:step-curves",
    "rubrics:step-add", "rubrics:steps-order", "rubrics:step-set", "rubrics:step-move", "rubrics:step-remove",
    "training:export-preview", "training:export-delete", "training:export-file", "training:release-deprecate",
    "training:run-close", "training:alarm-mute", "training:alarm-unmute", "training:alarm-close",
    "training:alarm-queue", "training:suspension-lift",
    "audit:all", "audit:preview", "audit:probe-preview", "audit:again",
    "audit:report", "audit:version-report", "audit:judge-report", "audit:plan", "audit:plan-end",
    "rubrics:step-back", "rubrics:presence", "home:find", "judging:writing", "refinement:gate-panel",
    "refinement:draft-answer", "refinement:effects-panel", "refinement:meta-rubric-choose", "refinement:cases-judge",
    "refinement:case-withdraw",
    "audit:benchmark-compare", "audit:exam-sit", "audit:exam-retire", "audit:licence-revoke",
}  # fmt: skip
QUERIES = {
    "refinement:draft": "?method=pairs", "refinement:cases": "?q=a",
    "weights:result": "?profile=short-letters", "rubrics:export": "?format=healthbench", "rubrics:merge": "?with=3",
    "training:release-diff": "?from=autumn-pilot",
}  # fmt: skip
SIGNED_OUT = {"accounts:login", "accounts:link"}


@pytest.fixture(scope="module")
def addresses(filled: Filled) -> dict[str, str]:
    """The address of each page, by its name."""
    known = places(filled)
    found: dict[str, str] = {}
    for name in sorted(_names() - NOT_PAGES):
        arguments = known.get(name, {})
        try:
            address = reverse(name, kwargs={"workspace": filled.workspace.slug} | arguments)
        except NoReverseMatch:
            address = reverse(name, kwargs=arguments)
        found[name] = address + QUERIES.get(name, "")
    return found


def test_every_page_works_and_can_be_read(
    filled: Filled, addresses: dict[str, str], enter: Callable[..., Person]
) -> None:
    admin = enter(filled.url)
    admin.sign_in(**filled.users["admin"])
    faults = [
        fault
        for name, address in addresses.items()
        if name not in SIGNED_OUT
        for fault in look_at(admin, name, address)
    ]
    assert not faults, "\n".join(faults)


def test_doors_work_and_can_be_read(filled: Filled, addresses: dict[str, str], enter: Callable[..., Person]) -> None:
    visitor = enter(filled.url)
    faults = [fault for name in sorted(SIGNED_OUT) for fault in look_at(visitor, name, addresses[name])]
    faults += look_at(visitor, "a spent link", "/links/of-no-use/", status=404)
    faults += look_at(visitor, "no such page", "/nowhere/", status=404)
    assert not faults, "\n".join(faults)


def test_escape_closes_the_names_and_only_them(filled: Filled, enter: Callable[..., Person]) -> None:
    author = enter(filled.url)
    author.sign_in(**filled.users["author"])
    page = author.go(f"/w/{filled.workspace.slug}/rubrics/discharge-letters/2/")
    page.locator("#criteria [data-sort-id]").first.focus()
    page.keyboard.press("c")
    field = page.locator("#thread-panel textarea[data-mentions]").last
    field.press_sequentially("Look, @")
    names = page.locator(".mention-list")
    names.wait_for()
    for key in ("ArrowDown", "Escape"):
        page.keyboard.press(key)
    names.wait_for(state="detached")
    page.wait_for_timeout(300)
    assert names.count() == 0
    assert field.input_value() == "Look, @"
    assert page.locator("#thread-panel").is_visible()


def look_at(person: Person, name: str, address: str, status: int = 200) -> list[str]:
    """Open a page once and return what is wrong with it, in either theme and at each size."""
    page = person.page
    page.set_viewport_size({"width": SIZES["wide"][0], "height": SIZES["wide"][1]})
    try:
        answer = page.goto(address)
    except Error as error:
        return [f"{name}: {address} could not be opened: {error.message}"]
    if answer is None or answer.status != status:
        return [f"{name}: {address} answered {answer.status if answer else None}"]
    person.settle()
    # The foot line sticks over whatever lies at the edge of the window; measured, it would seem to cover it for good.
    page.evaluate("document.querySelectorAll('.foot').forEach((foot) => { foot.style.position = 'static'; })")
    faults: list[str] = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            only = COLOURS if (size, theme) not in {("wide", "light"), ("narrow", "dark")} else None
            faults += [f"{name}, {size}, {theme}: {found}" for found in person.serious_findings(only=only)]
    page.set_viewport_size({"width": 360, "height": 740})
    faults += [f"{name}, 360 px: {found}" for found in person.overflow()]
    return faults


def _names(resolver: URLResolver | None = None, space: str = "") -> set[str]:
    """The names of all addresses but those of REST, which are not pages."""
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            found |= _names(pattern, pattern.namespace or space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(f"{space}:{pattern.name}")
    return found
