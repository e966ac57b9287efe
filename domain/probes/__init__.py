"""Probes: answers made by rule to see what a scorer does with them, for people to look at before they are used."""

from domain.probes.attacks import Attack, Place, named, suite
from domain.probes.edits import EDITS, About, Edit, Probe, Wants, edited
from domain.probes.making import MOST_EDITED, Made, Wish, made
from domain.probes.policies import degenerate

__all__ = [
    "EDITS",
    "MOST_EDITED",
    "About",
    "Attack",
    "Edit",
    "Made",
    "Place",
    "Probe",
    "Wants",
    "Wish",
    "degenerate",
    "edited",
    "made",
    "named",
    "suite",
]
