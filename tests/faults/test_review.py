"""People decide through web servers that are killed under them: no seat is given twice, and nothing stored is lost."""

import re
import threading
import time

import httpx
import pytest
from django.conf import settings

from apps.accounts.permissions import Actor, Role
from apps.review import services
from apps.review.models import Claim, Queue, Review
from tests import factories
from tests.apps.review.conftest import make_run
from tests.processes import Processes

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, OVERLAP, PATIENCE = 6, 2, 240


class Decider(threading.Thread):
    """Somebody who opens the queue and decides until nothing is left, at whichever server answers."""

    def __init__(self, actor: Actor, queue: Queue, urls: list[str], number: int) -> None:
        super().__init__()
        self.urls, self.queue, self.value = urls, queue, float(number % 2)
        cookie = factories.signed_in(actor).cookies[settings.SESSION_COOKIE_NAME].value
        self.client = httpx.Client(
            cookies={settings.SESSION_COOKIE_NAME: cookie}, timeout=20, trust_env=False, follow_redirects=True
        )
        self.told: dict[int, float] = {}
        self.cut_off = 0
        self.finished = False

    def run(self) -> None:
        """Go on after every lost connection, as the page's script does: what was not confirmed is sent again."""
        end = time.monotonic() + PATIENCE
        path = f"/w/{self.queue.workspace.slug}/review/{self.queue.pk}/next"
        while not self.finished and time.monotonic() < end:
            page = self._ask("GET", path)
            claim = re.search(r"/claims/(\d+)$", page.url.path) if page is not None else None
            if claim is not None:
                self._decide(int(claim.group(1)), end)
            elif page is not None and "Nothing left for you here" in page.text:
                self.finished = "held by others" not in page.text
                time.sleep(0.2)

    def _decide(self, claim: int, end: float) -> None:
        form = {"choice": "0" if self.value else "1", "straight": "1"}
        path = f"/w/{self.queue.workspace.slug}/review/claims/{claim}"
        while time.monotonic() < end:
            answer = self._ask("POST", path, form)
            if answer is not None:
                if answer.status_code < 300:
                    self.told[claim] = self.value
                return

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response | None:
        url = self.urls[0]
        headers = {"X-CSRFToken": self.client.cookies.get("csrftoken") or "", "Referer": url}
        try:
            return self.client.request(method, url + path, data=form, headers=headers)
        except httpx.HTTPError:
            self.cut_off += 1
            self.urls[:] = [*self.urls[1:], url]
            time.sleep(0.1)
            return None


def test_servers_killed_under_people_double_and_lose_nothing(processes: Processes) -> None:
    author = factories.make_actor()
    queue = services.create_queue(
        by=author, run=make_run(author, 30).run, name="Q", rule={"kind": "random", "size": 60}, overlap=OVERLAP, seed=1
    )
    people = [factories.make_actor(Role.ANNOTATOR) for _ in range(PEOPLE)]
    servers = [processes.start_web(), processes.start_web()]
    urls = [server.url for server in servers]
    deciders = [Decider(actor, queue, list(urls if n % 2 else reversed(urls)), n) for n, actor in enumerate(people)]
    for decider in deciders:
        decider.start()
    for server in servers:
        wanted = Review.objects.count() + 15
        while Review.objects.count() < wanted and any(one.is_alive() for one in deciders):
            time.sleep(0.05)
        server.kill()
        fresh = processes.start_web().url
        for decider in deciders:
            decider.urls[:] = [fresh if url == server.url else url for url in decider.urls]
    for decider in deciders:
        decider.join(PATIENCE)
    assert all(decider.finished for decider in deciders)
    assert sum(decider.cut_off for decider in deciders) > 0
    stored = dict(Review.objects.filter(item__queue=queue).values_list("claim_id", "value"))
    for decider in deciders:
        assert {claim: stored.get(claim) for claim in decider.told} == decider.told
    assert len(stored) == queue.items.count() * OVERLAP
    for item in queue.items.prefetch_related("claims"):
        sitting = [one.user_id for one in item.claims.all() if one.state in {"leased", "answered"}]
        assert item.taken == len(sitting) == len(set(sitting)) == OVERLAP
    assert not Claim.objects.filter(queue=queue, state="leased").exists()
