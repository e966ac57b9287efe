"""verifiers and prime-rl: a task whose reward is a rubric's. Needs `pip install rubricstudio-client verifiers`, no GPU.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio. In prime-rl TOML names the same judge:

    [[orchestrator.train.source.env.taskset.task.judges]]
    id = "rubricstudio-judge"
    rubric = "letters@3"
"""

import asyncio
import json
import os
from types import SimpleNamespace
from typing import Any

from verifiers.v1.utils.loaders import judge_class, judge_config_type

from rubricstudio_client import StudioError

PROMPT = "Write a discharge letter for a patient who was given bisoprolol."
NOTES = "Palpitations. New: bisoprolol 5 mg each morning. Verapamil was stopped. Control on 3 May with Dr Weiss."
ANSWERS = ("Take 5 mg of bisoprolol each morning.", "You should have known better.")
ID = "rubricstudio-judge"


async def judged(answer: str, components: bool) -> dict[str, Any]:
    """What verifiers records of one trace: its reward or its parts, or the error that stands in for them."""
    config = judge_config_type(ID).model_validate({"id": ID, "rubric": os.environ["RUBRIC"], "components": components})
    task = SimpleNamespace(prompt_text=PROMPT, context=NOTES, idx=0)
    metrics: dict[str, float] = {}
    trace = SimpleNamespace(last_reply=answer, record_metric=metrics.__setitem__)
    try:
        return {"reward": await judge_class(ID)(config).score(task=task, trace=trace), "failed": False}
    except StudioError as failed:
        return {"reward": None, "failed": True, "why": str(failed)}


async def main() -> None:
    """Both answers travel in one request; once as numbers, once as a number for each criterion."""
    for told in await asyncio.gather(*(judged(answer, parts) for parts in (False, True) for answer in ANSWERS)):
        print(json.dumps(told))


asyncio.run(main())
