"""Rubrics, releases and rewards of a Rubric Studio, for training jobs."""

from rubricstudio_client.asking import CohortRefused
from rubricstudio_client.documents import Release, Rubric
from rubricstudio_client.errors import (
    Conflict,
    DigestMismatch,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    StudioError,
    Unauthenticated,
    Unavailable,
)
from rubricstudio_client.progress import Bar
from rubricstudio_client.rehearsing import Estimate, Rehearsal
from rubricstudio_client.rewards import Criterion, Failed, Group, Item, PaidStep, Reward, Rewards, Trajectory
from rubricstudio_client.studio import Studio
from rubricstudio_client.training import TrainingRun
from rubricstudio_client.webhooks import WebhookRefused, verify_webhook

__version__ = "0.1.0"
__all__ = [
    "Bar",
    "CohortRefused",
    "Conflict",
    "Criterion",
    "DigestMismatch",
    "Estimate",
    "Failed",
    "Group",
    "Invalid",
    "Item",
    "NotAllowed",
    "NotFound",
    "PaidStep",
    "Refused",
    "Rehearsal",
    "Release",
    "Reward",
    "Rewards",
    "Rubric",
    "Studio",
    "StudioError",
    "TrainingRun",
    "Trajectory",
    "Unauthenticated",
    "Unavailable",
    "WebhookRefused",
    "verify_webhook",
]
