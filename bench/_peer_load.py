"""Grades answers with autorubric or rubric, and prints how long it took; run by the Python of the peers' environment.

Reads {peer, mode, url, tokens, task, answers, criteria} from standard input.
"""

import asyncio
import json
import sys
import time
from typing import Any


def main() -> None:
    """Grade all answers one after the other, each answer's criteria at once as the peer does."""
    given = json.load(sys.stdin)
    grade = {"autorubric": _autorubric, "rubric": _rubric}[given["peer"]](given)
    asyncio.run(grade(given["answers"][0][:200], warm_up=True))
    begun = time.monotonic()
    read = sum(asyncio.run(_all(grade, given["answers"])))
    told = {"seconds": time.monotonic() - begun, "asked": len(given["answers"]) * len(given["criteria"]), "read": read}
    sys.stdout.write(json.dumps(told) + "\n")


async def _all(grade: Any, answers: list[str]) -> list[int]:
    return [await grade(answer) for answer in answers]


def _autorubric(given: dict[str, Any]) -> Any:
    """A grader with the peer's own prompts; per item or per criterion."""
    from autorubric import Criterion, LLMConfig, Rubric
    from autorubric.graders import CriterionGrader

    per_item = given["mode"] == "one_call"
    config = LLMConfig(
        model="openai/bench", api_base=f"{given['url']}/v1", api_key="none", temperature=0.0,
        max_tokens=given["tokens"] * (len(given["criteria"]) if per_item else 1), cache_enabled=False, max_retries=1,
        timeout=1800,
    )  # fmt: skip
    mode = "per_item" if per_item else "per_criterion"
    grader = CriterionGrader(judge_model_config=config, llm_calls=mode)
    whole = Rubric([Criterion(requirement=text, weight=1.0) for text in given["criteria"]])
    first = Rubric(whole.rubric[:1])

    async def grade(answer: str, *, warm_up: bool = False) -> int:
        report = await (first if warm_up else whole).grade(answer, grader, query=given["task"])
        return sum(not getattr(one, "error", None) for one in report.report or [])

    return grade


def _rubric(given: dict[str, Any]) -> Any:
    """A grader whose generate function asks the same server, constrained to the schema the peer publishes."""
    import httpx
    from rubric import Criterion, OneShotOutput, PerCriterionOutput, Rubric
    from rubric.autograders.per_criterion_grader import PerCriterionGrader
    from rubric.autograders.per_criterion_one_shot_grader import PerCriterionOneShotGrader

    one_call = given["mode"] == "one_call"
    output: Any = OneShotOutput if one_call else PerCriterionOutput
    tokens = given["tokens"] * (len(given["criteria"]) if one_call else 1)
    criteria = [Criterion(requirement=text, weight=1.0) for text in given["criteria"]]
    read = 0

    async def generate(system_prompt: str, user_prompt: str, **_: Any) -> Any:
        nonlocal read
        body = {
            "model": "bench", "temperature": 0, "max_tokens": tokens,
            "messages": [{"role": "system", "content": system_prompt}, {"role": "user", "content": user_prompt}],
            "response_format": {
                "type": "json_schema", "json_schema": {"name": "answer", "schema": output.model_json_schema()},
            },
        }  # fmt: skip
        async with httpx.AsyncClient(timeout=1800, trust_env=False) as client:
            answer = (await client.post(f"{given['url']}/v1/chat/completions", json=body)).json()
        text = answer["choices"][0]["message"]["content"]
        try:
            found = output.model_validate_json(text)
        except ValueError:
            return _nothing(output)
        read += len(found.criteria_evaluations) if one_call else 1
        return found

    def _nothing(kind: Any) -> Any:
        """What stands for a reply that was cut off; it is not counted as read."""
        if not one_call:
            return kind(criterion_status="UNMET", explanation="")
        lines = [{"criterion_number": 1, "criterion_status": "UNMET", "explanation": ""}]
        return kind(criteria_evaluations=lines)

    grader = (PerCriterionOneShotGrader if one_call else PerCriterionGrader)(generate)

    async def grade(answer: str, *, warm_up: bool = False) -> int:
        nonlocal read
        read = 0
        await Rubric(criteria[:1] if warm_up else criteria).grade(answer, grader, query=given["task"])
        return read

    return grade


if __name__ == "__main__":
    main()
