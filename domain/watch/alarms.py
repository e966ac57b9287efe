"""The alarms of a run: its steps held against its limits, each with the step at which it is raised."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence

from domain.watch.figures import Step
from domain.watch.rules import LIMIT, RULES, Rule, Settings
from domain.watch.series import Episode, Form, Point, Window, episodes, smoothed

MOST_CRITERIA = 200
"""A run over more criteria than this, such as thousands bound to prompts, is watched as a whole only."""
REPORTED = {
    "spread": ("reward_std", "rewards/std", "critic/rewards/std"),
    "zero": ("frac_reward_zero_std",),
    "length": ("completions/mean_length", "completion_length", "response_length/mean", "length"),
    "repetition": ("repetition",),
    "unscored": ("rubric/unscored",),
}
"""Names under which trainers report what the studio could not see itself; used where it saw nothing."""
PLAIN = Window(5, 2, 1)
ENOUGH = {rule.series: rule.window.least for rule in RULES.values()}
"""A number reported for a whole step stands for as many rollouts as its rule asks for."""


@dataclasses.dataclass(frozen=True)
class Raised:
    """An alarm: of which kind, about which criterion or reported number, and from which step on."""

    kind: str
    about: str
    episode: Episode
    limit: float
    form: Form
    window: int
    mean_before: float | None = None
    mean_then: float | None = None

    @property
    def mean_rose(self) -> bool:
        """Whether the mean reward was higher in the window of the alarm than in the first."""
        return self.mean_before is not None and self.mean_then is not None and self.mean_then > self.mean_before


def alarms(
    steps: Sequence[Step],
    settings: Settings,
    reported: Mapping[str, Sequence[tuple[int, float]]] | None = None,
    *,
    guards: Collection[str] = (),
) -> list[Raised]:
    """Every alarm of a run, the earliest first; `steps` and `reported` numbers are in the order of steps.

    The same steps give the same alarms at the same steps, whenever they are looked at. `guards` are criteria that are
    there in order not to be met, pitfalls and gates: that they tell nothing apart is no fault.
    """
    numbers = reported or {}
    found = []
    for rule in settings.rules.values():
        for about, points in series_by_name(rule, steps, numbers, guards):
            for episode in episodes(points, rule.form, rule.limit, rule.window):
                means = _means(steps, episode, rule.window.points)
                found.append(Raised(rule.kind, about, episode, rule.limit, rule.form, rule.window.points, *means))
    found += limited(settings, numbers)
    return sorted(found, key=lambda one: (one.episode.step, one.kind, one.about))


def limited(settings: Settings, reported: Mapping[str, Sequence[tuple[int, float]]]) -> list[Raised]:
    """Alarms of reported numbers beyond the limits that a person put on them."""
    found = []
    for limit in settings.limits:
        points = [Point(step, value, 1) for step, value in reported.get(limit.name, ())]
        for form, bound in ((Form.ABOVE, limit.above), (Form.BELOW, limit.below)):
            if bound is not None:
                found += [
                    Raised(LIMIT, limit.name, one, bound, form, PLAIN.points)
                    for one in episodes(points, form, bound, PLAIN)
                ]
    return found


def series_of(name: str, steps: Sequence[Step], reported: Mapping[str, Sequence[tuple[int, float]]]) -> list[Point]:
    """The points of a series: what the studio saw itself, else what the trainer reported under a known name.

    The spread within groups becomes that of whole batches where no step has groups; the two are never mixed.
    """
    found = _points(steps, name)
    if not found and name == "spread":
        found = _points(steps, "batch")
    if found:
        return found
    known = next((reported[one] for one in REPORTED.get(name, ()) if reported.get(one)), ())
    weight = ENOUGH.get(name, 1.0)
    return [Point(step, value * weight, weight) for step, value in known]


def told(raised: Raised) -> str:
    """One sentence: what was seen, against which limit."""
    episode, rule = raised.episode, RULES.get(raised.kind)
    value, limit = _said(episode.value, rule), _said(raised.limit, rule)
    first = _said(episode.baseline, rule) if episode.baseline is not None else ""
    what = {
        Form.ABOVE: f"{value}, more than {limit}",
        Form.BELOW: f"{value}, less than {limit}",
        Form.FALL: f"{value}, less than {raised.limit:.0%} of the {first} at first",
        Form.RISE: f"{value}, more than {raised.limit:g} times the {first} at first",
        Form.GROW: f"{value}, which is more than {limit} above the {first} at first",
    }[raised.form]
    about = f"{raised.about}: " if raised.about else ""
    rose = " while the mean reward rose" if raised.kind == "variance_collapse" and raised.mean_rose else ""
    return f"{about}{what} over {raised.window} steps{rose}."


def series_by_name(
    rule: Rule,
    steps: Sequence[Step],
    reported: Mapping[str, Sequence[tuple[int, float]]],
    guards: Collection[str] = (),
) -> list[tuple[str, list[Point]]]:
    """The points that a rule looks at: one series under the name '', or one for each criterion that is no guard."""
    if rule.series != "apart":
        return [("", series_of(rule.series, steps, reported))]
    names = list(dict.fromkeys(name for step in steps for name in step.criteria))
    if len(names) > MOST_CRITERIA:
        return []
    return [
        (
            name,
            [
                Point(step.at, one.apart.total, one.apart.n)
                for step in steps
                if (one := step.criteria.get(name)) and one.apart.n
            ],
        )
        for name in names
        if name not in guards
    ]


def _points(steps: Sequence[Step], name: str) -> list[Point]:
    return [Point(step.at, one.total, one.n) for step in steps if (one := step.sums.get(name)) and one.n]


def _means(steps: Sequence[Step], episode: Episode, width: int) -> tuple[float | None, float | None]:
    means = smoothed(_points(steps, "reward"), width)
    then = [one.value for one in means if one.step <= episode.step]
    return (means[0].value, then[-1]) if means and then else (None, None)


def _said(value: float, rule: Rule | None) -> str:
    if rule is not None and rule.percent:
        return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"
    return f"{value:.3g}" + (f" {rule.unit}" if rule is not None and rule.unit else "")
