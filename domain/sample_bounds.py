"""What a sample without a look at the rest says about the whole: an exact upper bound on the share of bad members.

The statistics package is imported where it is used: it takes a second, and most processes never need it.
"""

from __future__ import annotations

from domain import errors

CONFIDENCE = 0.95
_ROUNDING = 1e-9


def upper_share(bad: int, read: int, of: int, *, confidence: float = CONFIDENCE) -> float:
    """The largest share of bad members, in [0, 1], under which `bad` or fewer of `read` are no surprise.

    One-sided and exact for a sample drawn without replacement from `of` members, by inverting the hypergeometric
    distribution (Wright 1991, Exact Confidence Bounds when Sampling from Small Finite Universes): the largest K of
    bad members with P(X ≤ bad | of, K, read) > 1 − confidence, over `of`. It tends to Clopper and Pearson's bound
    (1934) as `of` grows and is never above it; where all are read it is the share found. Nothing read leaves 1.
    Raises Invalid where the counts cannot be.
    """
    if not 0 <= bad <= read <= of or of < 1:
        raise errors.Invalid(f"{bad} bad of {read} read of {of} cannot be.", code="sample_counts")
    if read == 0:
        return 1.0
    low, high = bad, of - (read - bad)
    while low < high:
        middle = (low + high + 1) // 2
        if _at_most(bad, of, middle, read) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low / of


def smallest_sample(of: int, limit: float, *, confidence: float = CONFIDENCE) -> int:
    """How many of `of` members have to be read, none of them bad, so that the bound keeps within `limit` in [0, 1]."""
    if of < 1:
        raise errors.Invalid("An empty set has no sample.", code="sample_counts")
    too_many = int(limit * of + _ROUNDING) + 1
    if too_many > of:
        return 1
    low, high = 1, of
    while low < high:
        middle = (low + high) // 2
        if _at_most(0, of, too_many, middle) <= 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def within(share: float, limit: float) -> bool:
    """Whether a bound keeps the limit, as `smallest_sample` reads it."""
    return share <= limit + _ROUNDING


def _at_most(bad: int, of: int, bad_in_all: int, read: int) -> float:
    import scipy.stats

    return float(scipy.stats.hypergeom.cdf(bad, of, bad_in_all, read))
