"""What the adapters use of trainers, as skyrl-gym 0.4.0, verifiers 0.4.0 and nemo-gym 0.7.0 have it.

The packages themselves are asked by `make test-trainers`; these few classes are enough to call an adapter as they do.
"""

import enum
import re
from types import ModuleType
from typing import Any, ClassVar, Generic, Literal, TypedDict, TypeVar

from pydantic import BaseModel, ConfigDict

ParsedT = TypeVar("ParsedT")
ConfigT = TypeVar("ConfigT")


class BaseTextEnvStepOutput(TypedDict):
    observations: list[dict[str, str]]
    reward: float
    done: bool
    metadata: dict[str, Any]


class BaseTextEnv:
    def __init__(self) -> None:
        self.turns, self.max_turns = 0, 1


class JudgeConfig(BaseModel):
    id: str = ""
    name: str = ""
    weight: float = 1.0


class Judge(Generic[ParsedT, ConfigT]):
    def __init__(self, config: Any) -> None:
        self.config = config

    @property
    def reward_name(self) -> str:
        own = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__.removesuffix("Judge")).lower()
        return self.config.name or self.config.id or own


def judge_question(task: Any, question_field: str) -> str:
    return str(getattr(task, question_field)) if question_field else task.prompt_text


def judge_response(trace: Any, view: str) -> str:
    return trace.transcript if view == "full_trace" else trace.last_reply


class ReverifyMode(enum.StrEnum):
    STATELESS = "stateless"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"


class BaseResourcesServerConfig(BaseModel):
    REVERIFY_MODE: ClassVar[ReverifyMode] = ReverifyMode.UNKNOWN
    name: str = ""


class BaseVerifyRequest(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    responses_create_params: dict[str, Any]
    response: dict[str, Any]


class BaseMultiRewardVerifyResponse(BaseVerifyRequest):
    reward: float
    mask_sample: bool = False
    reward_components: dict[str, float]


class SimpleResourcesServer(BaseModel):
    config: BaseResourcesServerConfig


class JudgeError(Exception):
    pass


NAMES: dict[str, dict[str, Any]] = {
    "skyrl_gym.envs.base_text_env": {"BaseTextEnv": BaseTextEnv, "BaseTextEnvStepOutput": BaseTextEnvStepOutput},
    "verifiers.v1.configs.judge": {"JudgeConfig": JudgeConfig},
    "verifiers.v1.judge": {
        "Judge": Judge, "JudgeView": Literal["last_reply", "full_trace"], "judge_question": judge_question,
        "judge_response": judge_response,
    },
    "verifiers.v1.types": {"ID": str},
    "nemo_gym.base_resources_server": {
        one.__name__: one
        for one in (
            BaseMultiRewardVerifyResponse, BaseResourcesServerConfig, BaseVerifyRequest, ReverifyMode,
            SimpleResourcesServer,
        )
    },
    "nemo_gym.judge": {"JudgeError": JudgeError},
}  # fmt: skip


def modules() -> dict[str, ModuleType]:
    """Each module with its packages, by name."""
    found: dict[str, ModuleType] = {}
    for name, held in NAMES.items():
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            found.setdefault(".".join(parts[:end]), ModuleType(".".join(parts[:end])))
        vars(found[name]).update(held)
    return found
