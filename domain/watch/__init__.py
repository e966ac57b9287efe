"""What may go wrong with the rewards of a training run, and the step at which it shows: steps, not loops."""

from domain.watch.alarms import MOST_CRITERIA, Raised, alarms, limited, series_by_name, series_of, told
from domain.watch.figures import TOP, CriterionSums, Rollout, Step, Sum, plain, plain_criteria, summarise
from domain.watch.lineage import Kinship, Lineage, family, kinship
from domain.watch.rules import LIMIT, RULES, Limit, Rule, Settings, settings
from domain.watch.series import Episode, Form, Point, Window, episodes, smoothed
from domain.watch.texts import Phrase, phrases, repetition

__all__ = [
    "LIMIT",
    "MOST_CRITERIA",
    "RULES",
    "TOP",
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
    "plain",
    "plain_criteria",
    "repetition",
    "series_by_name",
    "series_of",
    "settings",
    "smoothed",
    "summarise",
    "told",
]
