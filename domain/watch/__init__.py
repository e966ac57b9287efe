"""What may go wrong with the rewards of a training run, and the step at which it shows: steps, not loops."""

from domain.watch.alarms import MOST_CRITERIA, Raised, alarms, limited, series_of, told
from domain.watch.figures import CriterionSums, Rollout, Step, Sum, summarise
from domain.watch.lineage import Kinship, Lineage, family, kinship
from domain.watch.rules import LIMIT, RULES, Limit, Rule, Settings, settings
from domain.watch.series import Episode, Form, Point, Window, episodes, smoothed
from domain.watch.texts import Phrase, phrases, repetition

__all__ = [
    "LIMIT",
    "MOST_CRITERIA",
    "RULES",
    "CriterionSums",
    "Episode",
    "Form",
    "Kinship",
    "Limit",
    "Lineage",
    "Phrase",
    "Point",
    "Raised",
    "Rollout",
    "Rule",
    "Settings",
    "Step",
    "Sum",
    "Window",
    "alarms",
    "episodes",
    "family",
    "kinship",
    "limited",
    "phrases",
    "repetition",
    "series_of",
    "settings",
    "smoothed",
    "summarise",
    "told",
]
