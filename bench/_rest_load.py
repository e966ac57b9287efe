"""The process that bench/rest.py starts: makes an approved rubric, asks for it again and again, prints what it took."""

import json
import os
import statistics
import sys
import time

import django

CRITERIA = 48
ADDRESS = "/api/v1/rubrics/letters"


def main(calls: int) -> None:
    """Warm up, count the queries of one call, time the rest."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from apps.accounts.permissions import Role
    from apps.accounts.services import issue_token
    from tests import factories

    actor = factories.make_actor(Role.AUTHOR)
    texts = [f"Criterion {n} says something that an answer may do, at the usual length." for n in range(CRITERIA)]
    document = factories.make_document(criteria=[{"text": text} for text in texts])
    rubric = factories.make_rubric(workspace=actor.workspace, slug="letters")
    factories.make_version(rubric=rubric, document=document, status="approved")
    secret = issue_token(by=actor, name="bench", scopes=["rubrics:read"], expires_at=None).secret
    client, headers = Client(), {"Authorization": f"Bearer {secret}"}
    headers["If-None-Match"] = client.get(ADDRESS, headers=headers)["ETag"]
    for _ in range(20):
        assert client.get(ADDRESS, headers=headers).status_code == 304
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESS, headers=headers)
    counted = len(queries)
    times, begun = [], time.process_time()
    for _ in range(calls):
        start = time.perf_counter()
        client.get(ADDRESS, headers=headers)
        times.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - begun) * 1000 / calls
    told = {"cpu_ms": cpu, "median_ms": statistics.median(times), "p95_ms": statistics.quantiles(times, n=20)[-1]}
    print(json.dumps({**told, "queries": counted}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
