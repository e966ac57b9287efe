"""The sample of a rubric set: who read what, and what that says about the whole."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from apps.rubrics.gates import GateState
from apps.rubrics.models import RubricSetMember, RubricSetVersion
from apps.rubrics.queries.policy import approval_policy
from domain import errors, sample_bounds, words

USUAL_SAMPLE = 20


@dataclass(frozen=True)
class SampleResult:
    """What was found in a sample; shares are in [0, 1], `bound` and `limit` as in the policy."""

    members: tuple[RubricSetMember, ...]
    of: int
    limit: float | None

    @property
    def size(self) -> int:
        """How many are to be read."""
        return len(self.members)

    @property
    def read(self) -> int:
        """How many somebody decided on."""
        return sum(member.sample_ok is not None for member in self.members)

    @property
    def bad(self) -> int:
        """How many were found not to be good."""
        return sum(member.sample_ok is False for member in self.members)

    @property
    def complete(self) -> bool:
        """Whether every rubric of the sample is read."""
        return 0 < self.size == self.read

    @property
    def bound(self) -> float | None:
        """The upper bound on the share of bad rubrics in the set; None until the sample is complete."""
        return sample_bounds.upper_share(self.bad, self.read, self.of) if self.complete else None

    @property
    def fits(self) -> bool:
        """Whether the sample allows an approval."""
        bound = self.bound
        return bound is not None and (self.limit is None or sample_bounds.within(bound, self.limit))

    @property
    def next_unread(self) -> int | None:
        """The place of the first rubric that nobody read."""
        return next((member.sample_place for member in self.members if member.sample_ok is None), None)

    @property
    def readers(self) -> list[str]:
        """Who read the sample, by name."""
        return sorted({member.reviewed_by.name for member in self.members if member.reviewed_by is not None})


def sample(set_version: RubricSetVersion) -> QuerySet[RubricSetMember]:
    """The members to read, in the order in which they were drawn."""
    drawn = set_version.members.filter(sample_place__isnull=False)
    return drawn.select_related("version__rubric", "reviewed_by").order_by("sample_place")


def sample_member(set_version: RubricSetVersion, place: int) -> RubricSetMember:
    """The member at a place of the sample, from 1."""
    found = sample(set_version).filter(sample_place=place).first()
    if found is None:
        raise errors.NotFound(f"The sample of {set_version} has no place {place}.", code="sample_place_unknown")
    return found


def sample_result(set_version: RubricSetVersion) -> SampleResult:
    """What the sample says so far."""
    policy = approval_policy(set_version.rubric_set.workspace)
    return SampleResult(tuple(sample(set_version)), set_version.members.count(), policy.set_bad_share)


def needed_sample(set_version: RubricSetVersion) -> int:
    """The least that has to be read so that, with no bad rubric found, the policy's limit is kept."""
    size, limit = set_version.members.count(), approval_policy(set_version.rubric_set.workspace).set_bad_share
    return sample_bounds.smallest_sample(size, limit) if limit is not None and size else min(1, size)


def usual_sample(set_version: RubricSetVersion) -> int:
    """How many are drawn where nobody says a number."""
    return min(max(needed_sample(set_version), USUAL_SAMPLE), set_version.members.count())


def set_gates(set_version: RubricSetVersion, result: SampleResult) -> list[GateState]:
    """What approval of a set in review needs, with where to go for it."""
    place = [set_version.rubric_set.workspace.slug, set_version.rubric_set.name, set_version.number]
    url = reverse("rubrics:set-sample", args=place)
    figures = {"read": result.read, "size": result.size, "bad": result.bad, "of": result.of}
    said = f"{result.read} of {result.size} rubrics of the sample are read."
    read = GateState("sample", result.complete, said, url, "Read the sample", figures, "The sample is read")
    bound = result.bound
    if result.limit is None or bound is None:
        return [read]
    said = (
        f"{result.bad or 'None'} of {result.read} read {'is' if result.bad < 2 else 'are'} not good: with "
        f"{words.percent(sample_bounds.CONFIDENCE)} confidence at most {words.percent(bound, 1)} of the set is bad; "
        f"allowed is {words.percent(result.limit, 2)}."
    )
    bounds = {**figures, "bound": round(bound, 6), "limit": result.limit, "confidence": sample_bounds.CONFIDENCE}
    return [read, GateState("bad_share", result.fits, said, url, "See the sample", bounds, "Few bad rubrics")]
