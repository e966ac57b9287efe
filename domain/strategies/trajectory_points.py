"""A whole course of work graded in points out of ten, with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain import prompts, reply_forms, verdicts
from domain.ports import Form, TextBatch, TextRequest
from domain.rubric import Criterion
from domain.strategies.protocol import (
    About,
    Ask,
    Cost,
    Findings,
    Judging,
    Load,
    Place,
    Question,
    SamePrompts,
    Setting,
    positions,
    whole,
)
from domain.verdicts import DOES_NOT_APPLY, Status, Verdict

PROMPT = "judge_trajectory"
MAX_TOKENS = 160
OUT_OF = 10
HOTTER = 0.3
"""How much warmer each further try is, so that it does not end in the same reply."""
_SCORE = re.compile(r"total\s+score[\s*]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_POINTS = re.compile(
    r"[\s*\[(]*(\d{1,6}(?:\.\d{1,6})?)[\s*\])]*(?:(?:/|out of)\s*10(?:\.0+)?[\s*\])]*)?(?:[\s.,;()–—-][^\d\n]*)?",
    re.IGNORECASE,
)
_AROUND = " \t*[]()."

TRIES = Setting("tries", 2, whole(1, 4), "There are 1 to 4 tries.", "Tries where no score can be read")


class TrajectoryPoints(SamePrompts):
    """Reads a reason and `Total Score: [n/10]`; where there is none it asks again, warmer, and never guesses."""

    about = About(
        name="trajectory_points",
        title="Points for a whole course of work",
        does="Goes through all steps of a course of work and gives each criterion points out of ten, with a reason. "
        "A reply without a score is asked for again, then left unscored.",
        source="RRM (2025)",
        prompts=(PROMPT,),
        subject="trajectory",
        needs_logprobs=False,
        settings=(TRIES,),
        asks_for="a reason of about a hundred tokens a criterion",
    )

    def cost(self, load: Load) -> Cost:
        """One request; further tries are not counted."""
        tokens = int(load.settings.get("max_reasoning_tokens", MAX_TOKENS))
        return Cost(1, load.criteria, load.criteria * tokens)

    def judge(self, question: Question) -> Judging:
        """Ask for points, and again for those criteria whose reply has none."""
        findings = Findings()
        rendered = prompts.render(PROMPT, question.material, question.criteria)
        waiting = list(range(len(question.criteria)))
        for turn in range(TRIES.of(question.settings)):
            batch: TextBatch = yield Ask(_request(question, rendered, waiting, turn), "points", PROMPT)
            criteria = [question.criteria[place] for place in waiting]
            read = positions(batch, criteria, findings, turn)
            for at in read:
                findings.take(_read(criteria[at], batch.texts[at] or ""), (turn, at))
            lost = [at for at in read if findings.verdicts[Place(criteria[at].id)].status is Status.UNPARSEABLE]
            waiting = [waiting[at] for at in lost]
            if not waiting or findings.away:
                break
        return findings


def read_points(text: str) -> float | None:
    """The points of the last `Total Score:` as a share of ten, at most 1; None where no one number stands there."""
    points = _POINTS.fullmatch(_last_score(text))
    return min(float(OUT_OF), float(points.group(1))) / OUT_OF if points else None


def _last_score(text: str) -> str:
    found: list[str] = _SCORE.findall(verdicts.spoken(text))
    return found[-1] if found else ""


def _request(question: Question, rendered: prompts.Rendered, places: Sequence[int], turn: int) -> TextRequest:
    most = int(question.settings.get("max_reasoning_tokens", MAX_TOKENS))
    return TextRequest(
        rendered.shared,
        tuple(rendered.suffixes[place] for place in places),
        max_tokens=most,
        temperature=float(question.settings.get("temperature", 0.0)) + HOTTER * turn,
        seed=question.seed,
        forms=question.held(_form(most, question.criteria[place]) for place in places),
    )


def _form(tokens: int, criterion: Criterion) -> Form:
    offered = reply_forms.with_absent(criterion, *(f"{points}/{OUT_OF}" for points in range(OUT_OF + 1)))
    return reply_forms.line_then(tokens, "Reason: ", "Total Score: [", offered, "]")


def _read(criterion: Criterion, text: str) -> Verdict:
    reason = verdicts.read_reasoned(_SCORE.split(verdicts.spoken(text), maxsplit=1)[0]).rationale
    if isinstance(criterion.applies_when, str) and _last_score(text).strip(_AROUND) == DOES_NOT_APPLY.text.strip():
        said = "The judge says that the criterion does not apply."
        return Verdict(criterion.id, Status.NOT_APPLICABLE, rationale=reason, reason=said)
    share = read_points(text)
    if share is None:
        said = "The reply has no Total Score: with one number of points out of 10."
        return verdicts.unscored(criterion.id, Status.UNPARSEABLE, said)
    return Verdict(criterion.id, Status.OK, value=share, rationale=reason, detail={"points": share * OUT_OF})
