"""Two answers compared after the judge has worked the task out itself, where the task has a result."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from domain import prompts, verdicts
from domain.ports import Failure, FailureKind, LabelRequest, Part, TextRequest
from domain.strategies import both_orders
from domain.strategies.protocol import (
    About,
    Ask,
    Cost,
    Findings,
    Judging,
    Load,
    Question,
    SamePrompts,
    Setting,
    one_of,
    whole,
)

ROUTES = ("auto", "solve", "compare")
ROUTE = Setting(
    "route",
    "auto",
    one_of(*ROUTES),
    "The route is auto, solve or compare.",
    "Whether the judge works the task out first",
    (("auto", "the judge says whether the task has a result"), ("solve", "always"), ("compare", "never")),
)
MAX_SOLUTION_TOKENS = Setting(
    "max_solution_tokens",
    512,
    whole(16, 8000),
    "A solution has 16 to 8000 tokens.",
    "Most tokens of the judge's own solution",
)
YES, NO = " Yes", " No"
TITLE = "Solution worked out beforehand"


class SolveFirst(SamePrompts):
    """Routes the task, solves it where it has a result, then compares in both orders."""

    about = About(
        name="solve_first",
        title="Solve first, then compare",
        does="Asks whether the task has a result that can be worked out. If so, the judge works it out and compares "
        "both answers with its solution in view; else it compares at once. Both orders are asked.",
        source="RM-R1 (2505.02387); comparing by one token a criterion, in both orders, is ours",
        prompts=("judge_solved", "judge_pair", "judge_route", "judge_solve"),
        subject="pair",
        settings=(ROUTE, MAX_SOLUTION_TOKENS, both_orders.POLICY, both_orders.THRESHOLD),
        asks_for="one token a criterion and order, and one solution a pair",
    )

    def cost(self, load: Load) -> Cost:
        """Two orders, and as the route says one question for it and one solution."""
        route = ROUTE.of(load.settings)
        asks, solves = int(route == "auto"), int(route != "compare")
        most = int(MAX_SOLUTION_TOKENS.of(load.settings))
        questions = 2 * load.criteria + asks + solves
        return Cost(2 + asks + solves, questions, 2 * load.criteria + asks + solves * most)

    def judge(self, question: Question) -> Judging:
        """Route, solve where the route says so, compare."""
        findings = Findings()
        route, asked, failure = yield from _routed(question)
        solution = ""
        if route == "solve" and failure is None:
            solution, failure = yield from _solved(question)
            asked += 1
        if failure is not None:
            for criterion in question.criteria:
                findings.fail(criterion, failure, (asked - 1, 0))
            return findings
        shown = question.material.beside(TITLE, solution) if solution else ()
        name = "judge_solved" if solution else "judge_pair"
        compared = yield from both_orders.asked_in_both(question, name, findings, asked, shown)
        for criterion, forward, backward, origin in compared:
            verdict = both_orders.together(criterion, forward, backward, question.settings)
            more = {"route": route} if verdict.is_scored else {}
            findings.take(both_orders.with_detail(verdict, **more), origin)
        return findings


def _routed(question: Question) -> Generator[Ask, Any, tuple[str, int, Failure | None]]:
    """The route, how many asks it took, and why there is none; what cannot be read is compared at once, and said."""
    route = str(ROUTE.of(question.settings))
    if route != "auto":
        return route, 0, None
    shared, suffix = _filled(question, "judge_route")
    batch = yield Ask(LabelRequest(shared, (suffix,), ((YES, NO),)), "route", "judge_route")
    reply = batch.replies[0]
    if reply.failure is not None:
        return route, 1, reply.failure
    least = float(question.settings.get("min_label_mass", verdicts.MIN_LABEL_MASS))
    if not reply.label_mass >= least:
        return "unread", 1, None
    return ("solve" if reply.probabilities[YES] > reply.probabilities[NO] else "compare"), 1, None


def _solved(question: Question) -> Generator[Ask, Any, tuple[str, Failure | None]]:
    shared, suffix = _filled(question, "judge_solve")
    request = TextRequest(
        shared,
        (suffix,),
        max_tokens=int(MAX_SOLUTION_TOKENS.of(question.settings)),
        temperature=float(question.settings.get("temperature", 0.0)),
        seed=question.seed,
    )
    batch = yield Ask(request, "solve", "judge_solve")
    solution = (batch.texts[0] or "").strip()
    nothing = None if solution else Failure(FailureKind.BAD_REPLY, "The judge wrote no solution of its own.")
    return solution, batch.failures[0] or nothing


def _filled(question: Question, name: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    sections = prompts.load(name).sections
    return prompts.fill(sections["shared"], question.material.shared()), prompts.fill(sections["suffix"], {})
