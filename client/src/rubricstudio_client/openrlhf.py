"""OpenRLHF's reward function: `--reward.remote_url` names a file of yours that imports it.

    from rubricstudio_client.openrlhf import reward_func

The studio is named by RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN. Each row's label is JSON: `rubric_ref`, and where the
row has them `reference`, `context`, `prompt_id`, `profile`, `group`, `judge`, `training_run`. OpenRLHF may be given the
studio's address instead; then the token is a part of it, and a studio that is away ends the run's step.

OpenRLHF cannot be told that there is no reward. A rollout that could not be judged gets the mean of what others of its
prompt were paid, so that it has no advantage, else 0.5, and `extra_logs` say `failed`.
"""

from __future__ import annotations

import functools
import logging
import os
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from rubricstudio_client.errors import Unavailable
from rubricstudio_client.gathering import GroupMeans
from rubricstudio_client.rollouts import TOKEN, studio_of
from rubricstudio_client.steps import Send, Steps, answered
from rubricstudio_client.studio import Studio

log = logging.getLogger(__name__)
MIDDLE = 0.5
PATIENCE = 180.0
PAID = "paid"


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> dict[str, Any]:
    """What OpenRLHF calls: tensors `rewards`, `scores` in [0, 1], and `extra_logs` with `failed` and `coverage`.

    Raises what a refusal of the studio is, such as an unknown rubric or a label that is no JSON.
    """
    import torch

    told = scorer().score(queries, prompts, labels)
    logs = {name: torch.tensor(values) for name, values in told["extra_logs"].items()}
    return {"rewards": torch.tensor(told["rewards"]), "scores": torch.tensor(told["scores"]), "extra_logs": logs}


class Scorer:
    """Asks the studio in OpenRLHF's own shape, and stands in for it while it is away."""

    def __init__(self, studio: Studio, token: str) -> None:
        self._studio = studio
        self._path = f"compat/openrlhf/{quote(token, safe='')}"
        self._means = GroupMeans()
        self._lock = threading.Lock()

    def score(self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> dict[str, Any]:
        """Lists as long as `queries`, with the names that OpenRLHF reads."""
        body = {"query": list(queries), "prompts": list(prompts), "labels": list(labels)}
        try:
            told = self._studio.run_steps(self._asked(body))
        except Unavailable as away:
            log.warning("no rewards for %d rollouts: %s", len(queries), away)
            return self._instead(prompts)
        with self._lock:
            for prompt, paid, failed in zip(prompts, told["rewards"], told["extra_logs"]["failed"], strict=True):
                self._means.learn(prompt, {} if failed else {PAID: paid})
        return told

    def _asked(self, body: dict[str, Any]) -> Steps[dict[str, Any]]:
        send = Send("POST", self._path, json=body, patience=PATIENCE)
        response = yield from answered(send, self._studio.retry)
        found: dict[str, Any] = response.json()
        return found

    def _instead(self, prompts: Sequence[str]) -> dict[str, Any]:
        with self._lock:
            paid = [self._means.of(prompt, PAID, MIDDLE) for prompt in prompts]
        logs = {"failed": [1.0] * len(paid), "coverage": [0.0] * len(paid)}
        return {"rewards": paid, "scores": [min(1.0, max(0.0, one)) for one in paid], "extra_logs": logs}


@functools.cache
def scorer() -> Scorer:
    """One for a process, so that its connections are kept and its prompts are known."""
    return Scorer(studio_of(), os.environ[TOKEN])
