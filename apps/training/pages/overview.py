"""The runs of the first page of Training: what each is pinned to, how it pays, and whether it wants a look."""

from typing import Any

from apps.accounts.permissions import Actor
from apps.training import queries
from domain import watch

MOST_RUNS = 50


def run_rows(actor: Actor) -> list[dict[str, Any]]:
    """The newest runs with their pin, their alarms and the mean reward of their last step."""
    runs = list(queries.training_runs(actor)[:MOST_RUNS])
    pins = queries.pins_of(runs)
    alarms = queries.alarms_by_run(actor)
    last = queries.last_steps(runs)
    rows = []
    for run in runs:
        step = last.get(run.pk)
        rows.append(
            {
                "run": run,
                "pin": pins[run.pk],
                "alarms": alarms.get(run.pk, 0),
                "step": step.at if step else None,
                "mean": watch.plain(step).get("mean") if step else None,
            }
        )
    return rows
