"""Steps that look at lengths: a line before a limit, a band, decay, a cosine, and the place within the group."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain import errors
from domain.errors import Problem
from domain.pipeline import penalties
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Floats
from domain.pipeline.step import About, Given, Phase, Span, Step, Way, shown

MOST = 10_000_000.0
Size = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=MOST)]
Strength = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=100)]
End = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-100, le=100)]
Counted = Literal["words", "characters", "tokens"]
UNSCORED = "Does not matter; an answer without a score stays without one."


class LengthStep(Step):
    """A step that looks at how long an answer is."""

    phase: ClassVar[Phase] = Phase.SHAPE
    needs_length: ClassVar[bool] = True
    once: ClassVar[bool] = False

    unit: Counted = Field(
        default="words", description="What is counted; tokens as the caller counts them, else a third of the bytes."
    )

    @property
    def units(self) -> tuple[str, ...]:
        """The one that is counted."""
        return (self.unit,)

    def way(self, layout: Layout) -> Way:
        """Up: at a given length the better score stays the better one."""
        return Way.UP

    def sizes(self, columns: Columns) -> Floats:
        """How long each answer is."""
        if self.unit not in columns.lengths:
            raise errors.Invalid(
                f"The scoring looks at the length of answers: say how many {self.unit} each has.", code="length_needed"
            )
        return columns.lengths[self.unit]

    def told(self, given: Given, out: Any, numbers: Any) -> str:
        """The length, and the score before and after."""
        size = given.get("lengths", {}).get(given.get("unit"), 0.0)
        return (
            f"{self.about.title}, at {size:,.0f} {given.get('unit')}: {shown(given.get('raw'))} becomes {shown(out)}."
        )


class LengthRampStep(LengthStep):
    """A line down before a limit."""

    about: ClassVar[About] = About(
        title="Length: ramp to a limit",
        help="Nothing is taken up to some way before the limit; from there a straight line down to the full penalty at "
        "the limit and beyond it. Put it where over-long answers are cut off.",
        unscored=UNSCORED,
        range="As before, or down by at most the strength.",
        monotone="Up with the score; down with the length.",
        source="DAPO (arXiv 2503.14476), soft overlong punishment",
    )
    step: Literal["length_ramp"] = "length_ramp"
    limit: Size = Field(default=1000.0, description="The length at which the whole penalty is taken.")
    cache: Size = Field(default=200.0, description="How long before the limit the line begins.")
    strength: Strength = Field(default=1.0, description="The whole penalty.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """The line begins behind nought."""
        if self.cache > self.limit:
            yield Problem("/cache", "The line cannot begin before an empty answer: `cache` is at most `limit`.")

    def span(self, span: Span, layout: Layout) -> Span:
        """Down by the strength."""
        return Span(span.low - self.strength, span.high)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score less the penalty."""
        fall = penalties.ramp(self.sizes(columns), limit=self.limit, cache=self.cache)
        return dataclasses.replace(columns, raw=columns.raw + self.strength * fall)

    def reading(self) -> str:
        """In a sentence."""
        start = self.limit - self.cache
        return f"From {start:g} {self.unit} on up to {self.strength:g} is taken, all of it at {self.limit:g}."


class LengthBandStep(LengthStep):
    """A penalty outside a band of lengths."""

    about: ClassVar[About] = About(
        title="Length: band",
        help="Nothing is taken within a band of lengths; outside it the penalty grows with the distance to the band, "
        "for answers that are too short and too long alike.",
        unscored=UNSCORED,
        range="As before, or down by at most the greatest penalty.",
        monotone="Up with the score; with the length up to the band and down after it.",
        source="HARMO (arXiv 2510.05283) has a general length penalty; the form is ours",
    )
    step: Literal["length_band"] = "length_band"
    low: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=MOST)] = Field(
        default=50.0, description="Where the band begins."
    )
    high: Size = Field(default=500.0, description="Where the band ends.")
    scale: Size = Field(default=100.0, description="The distance from the band at which the strength is taken once.")
    strength: Strength = Field(default=0.1, description="What a distance of one scale costs.")
    most: Strength = Field(default=1.0, description="The greatest penalty.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """A band that ends before it begins."""
        if self.low > self.high:
            yield Problem("/low", "The band has to begin before it ends.")

    def span(self, span: Span, layout: Layout) -> Span:
        """Down by the greatest penalty."""
        return Span(span.low - self.most, span.high)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score less the penalty."""
        fall = penalties.band(
            self.sizes(columns), low=self.low, high=self.high, scale=self.scale, strength=self.strength
        )
        return dataclasses.replace(columns, raw=columns.raw + np.maximum(fall, -self.most))

    def reading(self) -> str:
        """In a sentence."""
        return (
            f"Outside {self.low:g} to {self.high:g} {self.unit} each {self.scale:g} more cost {self.strength:g}, "
            f"{self.most:g} at most."
        )


class LengthDecayStep(LengthStep):
    """A factor that falls with the length."""

    about: ClassVar[About] = About(
        title="Length: decay",
        help="The score is multiplied by a factor: 1 up to a reference length, then falling exponentially. A score "
        "below 0 is left as it is, so that length never makes a bad answer better.",
        unscored=UNSCORED,
        range="Between 0 and the score.",
        monotone="Up with the score; down with the length.",
        source="HARMO (arXiv 2510.05283) has a general length penalty; the form is ours",
    )
    step: Literal["length_decay"] = "length_decay"
    reference: Size = Field(default=300.0, description="Up to this length nothing is taken.")
    rate: Strength = Field(default=0.5, description="a of exp(−a · (length / reference − 1)).")

    def span(self, span: Span, layout: Layout) -> Span:
        """Towards nought."""
        return Span(min(span.low, 0.0), max(span.high, 0.0))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score times the factor."""
        factor = penalties.exponential(self.sizes(columns), reference=self.reference, rate=self.rate)
        return dataclasses.replace(columns, raw=np.where(columns.raw > 0, columns.raw * factor, columns.raw))

    def reading(self) -> str:
        """In a sentence."""
        return f"Beyond {self.reference:g} {self.unit} the score decays at the rate {self.rate:g}."


class LengthCosineStep(LengthStep):
    """A cosine that turns for wrong answers."""

    about: ClassVar[About] = About(
        title="Length: cosine",
        help="What length adds follows half a cosine from an empty answer to the greatest length. A right answer "
        "usually loses with length, a wrong one loses less the longer it tried; other scores mix both.",
        unscored=UNSCORED,
        range="Between the least and the greatest end that is added.",
        monotone="Up with the score while no end for wrong answers lies above that for right ones by more than 1.",
        source="Demystifying Long Chain-of-Thought (arXiv 2502.03373); mixing by the score is ours",
    )
    step: Literal["length_cosine"] = "length_cosine"
    longest: Size = Field(default=1000.0, description="The greatest length; beyond it nothing changes any more.")
    right_short: End = Field(default=0.0, description="What a right answer without length is given.")
    right_long: End = Field(default=-0.5, description="What a right answer of the greatest length is given.")
    wrong_short: End = Field(default=-0.5, description="What a wrong answer without length is given.")
    wrong_long: End = Field(default=0.0, description="What a wrong answer of the greatest length is given.")

    def way(self, layout: Layout) -> Way:
        """Up where a wrong answer is nowhere given more than a right one by all that a score can differ."""
        ends = ((self.right_short, self.wrong_short), (self.right_long, self.wrong_long))
        return Way.UP if all(wrong - right <= 1 for right, wrong in ends) else Way.NONE

    def span(self, span: Span, layout: Layout) -> Span:
        """By the least and the greatest end."""
        ends = (self.right_short, self.right_long, self.wrong_short, self.wrong_long)
        return Span(span.low + min(ends), span.high + max(ends))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score and what its length adds."""
        right = penalties.Ends(self.right_short, self.right_long)
        wrong = penalties.Ends(self.wrong_short, self.wrong_long)
        more = penalties.cosine(self.sizes(columns), columns.raw, longest=self.longest, right=right, wrong=wrong)
        return dataclasses.replace(columns, raw=columns.raw + more)

    def reading(self) -> str:
        """In a sentence."""
        return (
            f"Up to {self.longest:g} {self.unit} a right answer goes from {shown(self.right_short)} to "
            f"{shown(self.right_long)}, a wrong one from {shown(self.wrong_short)} to {shown(self.wrong_long)}."
        )


class LengthGroupStep(LengthStep):
    """Short answers of a group gain, long ones lose."""

    about: ClassVar[About] = About(
        title="Length: within the group",
        help="Among the answers to one prompt the shortest gains half the strength and the longest loses half of it, "
        "the others between them by their length. An answer that is not good enough gains nothing. Scores then depend "
        "on the group.",
        unscored="An answer without a score is not looked at.",
        range="Up or down by at most half the strength.",
        monotone="Up with the score; down with the length.",
        source="Kimi k1.5 (arXiv 2501.12599)",
    )
    needs_group: ClassVar[bool] = True

    step: Literal["length_group"] = "length_group"
    strength: Strength = Field(default=0.2, description="How far apart the shortest and the longest are moved.")
    threshold: End = Field(default=0.5, description="From which score an answer is good enough to gain.")

    def span(self, span: Span, layout: Layout) -> Span:
        """By half the strength."""
        return Span(span.low - self.strength / 2, span.high + self.strength / 2)

    def way(self, layout: Layout) -> Way:
        """Up; but an answer that loses its score changes who is shortest."""
        return Way.NONE

    def fit(self, columns: Columns) -> dict[str, Any]:
        """The shortest and the longest of the answers that have a score."""
        sizes = self.sizes(columns)[~np.isnan(columns.raw)]
        if not sizes.size:
            return {"shortest": 0.0, "longest": 0.0}
        return {"shortest": float(sizes.min()), "longest": float(sizes.max())}

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score and what its length gains."""
        bounds = fitted or {"shortest": 0.0, "longest": 0.0}
        gain = penalties.group_relative(
            self.sizes(columns), columns.raw >= self.threshold, shortest=bounds["shortest"], longest=bounds["longest"]
        )
        return dataclasses.replace(columns, raw=columns.raw + self.strength * gain)

    def reading(self) -> str:
        """In a sentence."""
        return (
            f"In each group the shortest answer gains {self.strength / 2:g} if its score reaches {self.threshold:g}, "
            f"the longest loses as much."
        )
