"""What a run offers to a rule, read and chosen in one statement, so that a million verdicts cost no memory here."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from apps.judging.models import Run
from apps.review.models import Queue
from domain import draws, verdicts
from domain.draws import By, Measure

KIND = {Queue.Task.PAIR: "pair", Queue.Task.RANKING: "list"}
BANDS = 5


@dataclass(frozen=True)
class Candidate:
    """Something that people may be asked: a criterion of an answer, or a whole answer, with the judges' verdicts on it.

    `members` are the responses of a subject that is made only when it is put into a queue.
    """

    subject: int | None = None
    version: int | None = None
    criterion: str = ""
    place: int = 0
    keys: tuple[uuid.UUID, ...] = ()
    stratum: str = ""
    members: tuple[int, ...] = ()
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What is drawn from a run: the task, the checked rule, the seed, and where to look less closely.

    `beside` is the queue that already has items; `one_in` looks at one answer in so many.
    """

    run: Run
    task: str
    rule: draws.Rule
    seed: int
    beside: int | None = None
    one_in: int = 1


@dataclass(frozen=True)
class Draw:
    """What a rule took, in its order, from how many, and how many there are of each group it took from."""

    chosen: list[Candidate]
    candidates: int
    strata: dict[str, int] = field(default_factory=dict)


def from_run(asked: Asked) -> Draw:
    """What a rule takes from a run; the same rule and seed take the same."""
    statement, given = _Statement(asked).whole()
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    some = asked.task == Queue.Task.RESPONSE and asked.rule.criteria
    payload = {"criteria": list(asked.rule.criteria)} if some else {}
    taken = [
        Candidate(subject, version, name, place, tuple(keys), of, payload=payload)
        for version, subject, name, place, keys, of, _, _ in rows
    ]
    return Draw(taken, rows[0][-1] if rows else 0, {row[5]: row[6] for row in rows})


_ASKED = """
asked AS MATERIALIZED (
  SELECT i.version_id AS version, i.subject_id AS subject, i.judge_version_id AS judge, i.sample,
         c.criterion_id AS criterion, c.place, c.gate, i.verdict_keys[c.slot] AS key
    FROM judging_runitem i
    JOIN datasets_subject s ON s.id = i.subject_id AND s.kind = %(kind)s AND {of_list}
   CROSS JOIN LATERAL (
         SELECT criterion_id, kind, gate, position AS place, row_number() OVER (ORDER BY position, id) AS slot
           FROM rubrics_criterion
          WHERE version_id = i.version_id AND (i.asked = '{{}}' OR criterion_id = ANY(i.asked))) c
   WHERE i.run_id = %(run)s AND i.state IN ('done', 'failed') AND i.content_reason = '' AND c.kind <> 'check'
     AND i.verdict_keys[c.slot] IS NOT NULL {narrowed}),
judged AS MATERIALIZED (
  SELECT a.*, v.status, v.value, coalesce(v.probability, v.value) AS said, v.label_mass{read}
    FROM asked a LEFT JOIN judging_verdict v ON v.key = a.key),
pool AS MATERIALIZED (
  SELECT {version} AS version, subject, {criterion} AS criterion, min(place) AS place,
         array_agg(key ORDER BY judge, sample, place) AS keys, ({measure})::float8 AS measure
    FROM judged GROUP BY subject{grouped} HAVING {having})
"""
_RAW = """(SELECT min(s.raw) FROM judging_score s
    WHERE s.subject_id = {0}.subject AND s.version_id + 0 = {0}.version AND s.workspace_id + 0 = %(workspace)s
      AND s.profile_id + 0 IS NULL AND s.judge_version_id + 0 = ANY(ARRAY(SELECT DISTINCT judge FROM asked)))"""
"""Looked up by its index, as a join of parts whose sizes the planner cannot know may compare each with each. `+ 0`
keeps it from the indexes that hold a whole run in one place, which look as good to it before the table was analysed."""
_SCORES = """,
mine AS MATERIALIZED (
  SELECT each.version, each.subject, {raw} AS raw
    FROM (SELECT DISTINCT version, subject FROM asked) each),
middle AS MATERIALIZED (
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY raw) AS at, min(raw) AS low, max(raw) AS high FROM mine),
spread AS MATERIALIZED (
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(raw - at)) AS half, avg(abs(raw - at)) AS mean
    FROM mine, middle)
"""
_TAIL = """,
fit AS MATERIALIZED (
  SELECT p.version, p.subject, p.criterion, p.place, p.keys, {rank} AS rank, {stratum} AS stratum,
         md5(concat_ws(':', %(seed)s::text, p.subject, p.version, p.criterion)) AS chance
    FROM pool p{joined} WHERE true{filters}),
size AS (SELECT stratum, count(*) AS n FROM fit GROUP BY stratum),
turn AS (
  SELECT fit.*, size.n, row_number() OVER (PARTITION BY stratum ORDER BY rank NULLS LAST, chance) AS turn
    FROM fit JOIN size USING (stratum))
SELECT version, subject, criterion, place, keys, stratum, n, (SELECT count(*) FROM fit)
  FROM turn ORDER BY {order} LIMIT %(size)s
"""
_MODELS = """(SELECT coalesce(nullif(string_agg(DISTINCT r.model, ' | '), ''), 'not named')
    FROM datasets_subjectmember m JOIN datasets_response r ON r.id = m.response_id
    JOIN datasets_subject s ON s.id = m.subject_id
   WHERE m.subject_id = p.subject AND (s.kind = 'pair' OR m.position = coalesce(s.step, 0)))"""
_MARGIN = """,
  (SELECT share[1] - share[2] FROM (SELECT array_agg((pair->>1)::float8 ORDER BY (pair->>1)::float8 DESC) AS share
     FROM jsonb_array_elements(v.distribution) pair) shares) AS margin"""
_MOMENTS = """,
  (SELECT ARRAY[sum(p), sum(p * x), sum(p * x ^ 2), sum(p * x ^ 3), sum(p * x ^ 4)] FROM (
     SELECT (pair->>1)::float8 AS p, (n - 1)::float8 / nullif(count(*) OVER () - 1, 0) AS x
       FROM jsonb_array_elements(v.distribution) WITH ORDINALITY AS each(pair, n) WHERE pair->>0 <> %(not_apply)s
      UNION ALL SELECT 1, v.value WHERE v.distribution = '[]' AND v.value IS NOT NULL) masses) AS moments"""
_BY_JUDGE = """,
  avg(v.value) OVER (PARTITION BY a.subject, a.version, a.criterion, a.judge) AS of_judge"""
_RAISED = "sum(moments[{0}]) / nullif(sum(moments[1]), 0)"
_SCORED = "bool_or(status = 'ok')"
_FLIPPED = ", (v.detail->>'flipped')::boolean AS flipped, (v.detail->>'gap')::float8 AS gap"
_GATE = "min(abs(said - (gate->>'value')::float8)) FILTER (WHERE status = 'ok')"
_NEVER = """ AND NOT EXISTS (
  SELECT 1 FROM review_reviewitem o JOIN review_review v ON v.item_id = o.id
   WHERE o.subject_id = p.subject AND o.criterion = p.criterion)"""
_NOWHERE = """ AND NOT EXISTS (
  SELECT 1 FROM review_reviewitem o JOIN review_queue q ON q.id = o.queue_id
   WHERE o.subject_id = p.subject AND o.criterion = p.criterion AND q.task = %(task)s)"""
_NOT_HERE = """ AND NOT EXISTS (
  SELECT 1 FROM review_reviewitem o WHERE o.subject_id = p.subject AND o.criterion = p.criterion
     AND o.queue_id = %(queue)s AND o.version_id = p.version)"""
_Z = """CASE WHEN spread.half > 0 THEN 0.6745 * (mine.raw - middle.at) / spread.half
  WHEN spread.mean > 0 THEN (mine.raw - middle.at) / (1.253314 * spread.mean) END"""
"""The modified z-score of Iglewicz and Hoaglin (1993), with their way out where most scores are equal."""


@dataclass(frozen=True)
class _Reading:
    """What a rule needs of the verdicts: what is read of each, the measure of a candidate and which count."""

    read: str = ""
    measure: str = "NULL"
    having: str = _SCORED
    rank: str = "p.measure"


def _central(power: int) -> str:
    """A central moment of the pooled mass over labels, by its raw ones."""
    m = [_RAISED.format(n + 1) for n in range(power + 1)]
    if power == 2:
        return f"(({m[2]}) - ({m[1]}) ^ 2)"
    if power == 3:
        return f"(({m[3]}) - 3 * ({m[1]}) * ({m[2]}) + 2 * ({m[1]}) ^ 3)"
    return f"(({m[4]}) - 4 * ({m[1]}) * ({m[3]}) + 6 * ({m[1]}) ^ 2 * ({m[2]}) - 3 * ({m[1]}) ^ 4)"


_BIMODAL = (
    f"{_central(2)} > 1e-6 AND ({_central(3)} ^ 2 / {_central(2)} ^ 3 + 1)"
    f" / nullif({_central(4)} / {_central(2)} ^ 2, 0) > 5.0 / 9"
)
_MEASURES = {
    Measure.MARGIN: _Reading(_MARGIN, "min(margin)", "min(margin) IS NOT NULL"),
    Measure.VARIANCE: _Reading("", "-var_pop(value)", "count(value) > 1 AND var_pop(value) > 0"),
    Measure.BIMODALITY: _Reading(_MOMENTS, f"-{_central(2)}", _BIMODAL),
    Measure.LABEL_MASS: _Reading("", "min(label_mass)", "min(label_mass) IS NOT NULL"),
}
_READINGS = {
    "disagree": _Reading(_BY_JUDGE, "min(of_judge) - max(of_judge)", "max(of_judge) > min(of_judge)"),
    "order_flip": _Reading(_FLIPPED, "-max(gap) FILTER (WHERE flipped)", "bool_or(flipped)"),
    "evidence_invalid": _Reading(having="bool_or(status = 'evidence_invalid')"),
    "near_gate": _Reading("", _GATE, f"{_GATE} <= %(threshold)s"),
    "unscored": _Reading(having="bool_or(status NOT IN ('ok', 'not_applicable'))"),
    "picked": _Reading(having="true"),
    "low_score": _Reading(rank="mine.raw"),
    "outlier": _Reading(rank="-mine.raw"),
}
_WITH_SCORES = frozenset({"low_score", "outlier"})


class _Statement:
    """The statement of one draw, with what fills its places."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.rule = asked, asked.rule
        self.kind = KIND.get(Queue.Task(asked.task), "response")
        banded = self.rule.kind == "stratified" and self.rule.by is By.SCORE_BAND
        self.scored = banded or self.rule.kind in _WITH_SCORES
        self.reading = _READINGS.get(self.rule.kind, _Reading())
        if self.rule.kind == "uncertain":
            self.reading = _MEASURES[self.rule.measure]
        self.given: dict[str, Any] = {
            "run": asked.run.pk, "kind": self.kind, "workspace": asked.run.workspace_id, "seed": asked.seed,
            "size": self.rule.size, "threshold": self.rule.limit, "bands": BANDS, "task": asked.task,
            "not_apply": verdicts.DOES_NOT_APPLY.text, "criteria": list(self.rule.criteria), "queue": asked.beside,
            "models": list(self.rule.models), "tags": list(self.rule.tags), "one_in": asked.one_in,
            "subjects": list(self.rule.subjects),
            "prompts": [prompt for prompt, _ in self.rule.responses],
            "responses": [response for _, response in self.rule.responses],
        }  # fmt: skip

    def whole(self) -> tuple[str, dict[str, Any]]:
        """The text, and its values by name."""
        whole_answer = self.asked.task != Queue.Task.VERDICT
        by_version = self.asked.task in (Queue.Task.VERDICT, Queue.Task.RESPONSE)
        grouped = (", version" if by_version else "") + ("" if whole_answer else ", criterion")
        text = "WITH " + _ASKED.format(
            of_list="coalesce(s.step, 0) = 0" if self.kind == "list" else "true",
            narrowed="".join(self._narrowed()),
            read=self.reading.read,
            version="version" if by_version else "min(version)",
            criterion="''::text" if whole_answer else "criterion",
            grouped=grouped,
            measure=self.reading.measure,
            having=self.reading.having,
        )
        text += _SCORES.format(raw=_RAW.format("each")) if self.scored else ""
        scored = f" CROSS JOIN LATERAL (SELECT {_RAW.format('p')} AS raw) mine CROSS JOIN middle CROSS JOIN spread"
        text += _TAIL.format(
            rank=self.reading.rank,
            stratum=self._stratum(),
            joined=scored if self.scored else "",
            filters="".join(self._filters()),
            order=self._order(),
        )
        return text, self.given

    def _narrowed(self) -> Iterator[str]:
        if self.rule.criteria:
            yield " AND c.criterion_id = ANY(%(criteria)s)"
        if self.asked.one_in > 1:
            yield " AND abs(hashint8(i.subject_id)::bigint) %% %(one_in)s = 0"
        if self.rule.kind == "picked":
            yield """ AND (i.subject_id = ANY(%(subjects)s::bigint[]) OR i.subject_id IN (
                SELECT m.subject_id FROM unnest(%(prompts)s::text[], %(responses)s::text[]) AS named(prompt, response)
                  JOIN datasets_prompt p ON p.external_id = named.prompt
                  JOIN datasets_response r ON r.prompt_id = p.id AND r.external_id = named.response
                  JOIN datasets_subjectmember m ON m.response_id = r.id))"""

    def _filters(self) -> Iterator[str]:
        if self.scored:
            yield " AND mine.raw IS NOT NULL"
        if self.rule.kind == "outlier":
            yield f" AND {_Z} > %(threshold)s"
        if self.rule.models:
            yield """ AND EXISTS (
               SELECT 1 FROM datasets_subjectmember m JOIN datasets_response r ON r.id = m.response_id
                WHERE m.subject_id = p.subject AND r.model = ANY(%(models)s))"""
        if self.rule.tags:
            yield """ AND EXISTS (SELECT 1 FROM datasets_subject s JOIN datasets_prompt q ON q.id = s.prompt_id
                WHERE s.id = p.subject AND q.tags && %(tags)s::varchar[])"""
        if self.rule.kind == "never_reviewed":
            yield _NEVER
        if self.rule.exclude_queued:
            yield _NOWHERE
        if self.asked.beside is not None:
            yield _NOT_HERE

    def _stratum(self) -> str:
        if self.rule.kind != "stratified":
            return "''::text"
        if self.rule.by is By.CRITERION:
            return "p.criterion"
        if self.rule.by is By.RUBRIC:
            return """(SELECT r.slug || '@' || v.number FROM rubrics_rubricversion v
                JOIN rubrics_rubric r ON r.id = v.rubric_id WHERE v.id = p.version)"""
        if self.rule.by is By.MODEL:
            return _MODELS
        return """coalesce((SELECT round((low + (high - low) * (band - 1) / %(bands)s)::numeric, 2) || ' to '
              || round((low + (high - low) * band / %(bands)s)::numeric, 2)
            FROM least(%(bands)s, 1 + floor(%(bands)s * (mine.raw - low) / nullif(high - low, 0))) band),
              'all equal')"""

    def _order(self) -> str:
        if self.rule.kind == "stratified":
            return "(turn - 0.5) / n, chance" if self.rule.proportional else "turn, chance"
        return "rank NULLS LAST, chance"
