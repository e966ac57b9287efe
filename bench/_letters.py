"""A workspace with a rubric about letters, a judge that is never asked, and answers to be stored."""

from typing import Any, NamedTuple


class Scene(NamedTuple):
    """What both loads of scoring begin with."""

    workspace: Any
    user: Any
    version: Any
    judge: Any
    rows: list[Any]


def scene(answers: int, criteria: int, *, prompts: int, words: int) -> Scene:
    """Rows for so many different answers, in turn to so many prompts, each of so many words."""
    from apps.accounts.models import Membership, User, Workspace
    from apps.accounts.permissions import Actor, Role
    from apps.datasets import services as datasets
    from apps.judging import services as judging
    from apps.rubrics import services as rubrics

    workspace = Workspace.objects.create(slug="bench", name="Bench")
    user = User.objects.create(username="bench")
    Membership.objects.create(workspace=workspace, user=user, role="admin")
    by = Actor(user, workspace, Role.ADMIN)
    said = [
        {"id": f"c_{n}", "text": f"The letter states fact number {n} in plain words.", "weight": 1 + n % 5}
        for n in range(criteria)
    ]
    document = {"format": "rubricstudio/1", "title": "Bench", "criteria": said}
    version = rubrics.create_rubric(by=by, slug="bench", document=document)
    engine = {"kind": "served", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    judge = judging.create_judge(by=by, name="bench", engine=engine, protocol="isolated")
    text = " ".join(f"word{n}" for n in range(words))
    rows = [
        datasets.RolloutRow(
            messages=[{"role": "user", "parts": [{"type": "text", "text": f"Write letter {n % prompts}."}]}],
            parts=[{"type": "text", "text": f"{n} {text}"}],
        )
        for n in range(answers)
    ]
    return Scene(workspace, user, version, judge, rows)
