"""From what people wrote about answers to principles that could be criteria (RLBFF, arXiv:2509.21319)."""

from domain.principles.groups import ALIKE, ALIKE_IN_WORDS, Group, Held, Standing, consensus, groups, groups_of, nearest
from domain.principles.places import LEAST_SIMILAR, Place, Source, find_place
from domain.principles.replies import MOST_PRINCIPLES, Drop, Met, Said, form, is_general, kept, read_principles
from domain.principles.vectors import Vectors, cosines, word_vectors

__all__ = [
    "ALIKE",
    "ALIKE_IN_WORDS",
    "LEAST_SIMILAR",
    "MOST_PRINCIPLES",
    "Drop",
    "Group",
    "Held",
    "Met",
    "Place",
    "Said",
    "Source",
    "Standing",
    "Vectors",
    "consensus",
    "cosines",
    "find_place",
    "form",
    "groups",
    "groups_of",
    "is_general",
    "kept",
    "nearest",
    "read_principles",
    "word_vectors",
]
