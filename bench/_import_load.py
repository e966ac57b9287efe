"""Imports one tree several times into a fresh studio and prints the seconds; run as a process of its own."""

import json
import os
import sys
import time
from pathlib import Path

import django


def main() -> None:
    """The file of trees and the number of runs come as arguments."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]))))


def _measure(file: Path, runs: int) -> dict[str, object]:
    from apps.accounts.models import Membership, User, Workspace
    from apps.accounts.permissions import Actor, Role
    from apps.rubrics import services

    workspace = Workspace.objects.create(slug="bench", name="Bench")
    user = User.objects.create(username="bench")
    Membership.objects.create(workspace=workspace, user=user, role="admin")
    by = Actor(user, workspace, Role.ADMIN)
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    largest = max(records, key=lambda record: record["nodes"])
    data = json.dumps(largest["rubric"]).encode()
    seconds, cpu = [], time.process_time()
    for n in range(runs):
        begun = time.perf_counter()
        services.import_rubrics(by=by, format="paperbench", data=data, slug=f"tree-{n}")
        seconds.append(time.perf_counter() - begun)
    return {"seconds": seconds, "nodes": largest["nodes"], "cpu": (time.process_time() - cpu) / runs}


if __name__ == "__main__":
    main()
