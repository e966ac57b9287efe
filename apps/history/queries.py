"""What the history says: entries by filter, the state of a chain, and whether its seals hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Model, Q

from apps.history.models import GENESIS, Entry, Seal

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """Which entries are wanted."""

    person: int | None = None
    action: str = ""
    target: str = ""
    since: date | None = None
    until: date | None = None

    def condition(self) -> Q:
        """The filter as a condition."""
        wanted = Q()
        if self.person is not None:
            wanted &= Q(actor_id=self.person)
        if self.action:
            wanted &= Q(action__startswith=self.action)
        if self.target:
            kind, _, identifier = self.target.partition(":")
            known = Q(target_type=kind, target_id=identifier) if identifier else Q(target_type=self.target)
            wanted &= known | Q(target_label__icontains=self.target) | Q(target_id=self.target)
        if self.since:
            wanted &= Q(at__date__gte=self.since)
        if self.until:
            wanted &= Q(at__date__lte=self.until)
        return wanted


@dataclass(frozen=True)
class Slice:
    """Some entries, newest first, and where the next ones begin."""

    entries: list[Entry]
    next: int | None


@dataclass(frozen=True)
class Broken:
    """The first place where a chain does not hold."""

    position: int
    reason: str


@dataclass(frozen=True)
class Report:
    """What a check of a whole chain found."""

    chain: int
    verified: int
    head: str
    waiting: int
    broken: Broken | None

    @property
    def holds(self) -> bool:
        """Whether every seal is right."""
        return self.broken is None


@dataclass(frozen=True)
class ChainState:
    """How far a chain is sealed, without checking it."""

    position: int
    head: str
    sealed_at: datetime | None


def chain_of(workspace: Model | None) -> int:
    """The number of a workspace's chain, 0 for what belongs to none."""
    return workspace.pk if workspace is not None else 0


def entries(
    workspace: Model | None, wanted: Filter | None = None, *, before: int | None = None, size: int = PAGE
) -> Slice:
    """Entries of a workspace, newest first, with person and seal; `before` is the `next` of the last slice."""
    rows = Entry.objects.of_chain(chain_of(workspace)).filter((wanted or Filter()).condition())
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("actor", "seal").order_by("-pk")[: size + 1])
    more = len(found) > size
    return Slice(found[:size], found[size - 1].pk if more else None)


def seals_of(workspace: Model, kind: str, keys: Sequence[str]) -> dict[str, Seal]:
    """By key of its target the seal of the newest entry about each, as far as they are sealed."""
    rows = Seal.objects.filter(
        entry__workspace_id=workspace.pk, entry__target_type=kind, entry__target_id__in=list(keys)
    )
    return {seal.entry.target_id: seal for seal in rows.select_related("entry").order_by("position")}


def state(workspace: Model | None) -> ChainState:
    """How far the chain of a workspace is sealed."""
    last = Seal.objects.filter(chain=chain_of(workspace)).order_by("-position").first()
    return ChainState(last.position, last.digest, last.sealed_at) if last else ChainState(0, GENESIS, None)


def anchor(workspace: Model | None, name: str) -> dict[str, object]:
    """The head of a chain to be kept somewhere else: a chain cut off or rewritten later no longer meets it."""
    found = state(workspace)
    sealed = found.sealed_at.isoformat() if found.sealed_at else None
    return {
        "workspace": name, "chain": chain_of(workspace), "position": found.position, "digest": found.head,
        "sealed_at": sealed,
    }  # fmt: skip


def verify(workspace: Model | None, *, anchor: tuple[int, str] | None = None) -> Report:
    """Check every seal of a chain; `anchor`, a position and digest noted earlier, also finds a chain cut off later."""
    chain = chain_of(workspace)
    verified, head, broken = 0, GENESIS, None
    for seal in _seals(chain):
        reason = _fault(seal, chain, verified + 1, head) or _off_anchor(seal, anchor)
        if reason:
            broken = Broken(verified + 1, reason)
            break
        verified, head = seal.position, seal.digest
    if broken is None and anchor and verified < anchor[0]:
        broken = Broken(verified + 1, f"The chain ends at position {verified}; it once reached {anchor[0]}.")
    return Report(chain, verified, head, waiting(chain), broken)


def waiting(chain: int) -> int:
    """How many entries of a chain have no seal yet."""
    return Entry.objects.of_chain(chain).unsealed().count()


def _seals(chain: int) -> Iterator[Seal]:
    return Seal.objects.filter(chain=chain).select_related("entry").order_by("position").iterator(chunk_size=2000)


def _fault(seal: Seal, chain: int, expected: int, previous: str) -> str:
    if seal.position != expected:
        return f"The seal at position {expected} is missing."
    if seal.previous != previous:
        return f"Position {expected} does not continue the chain before it."
    if seal.entry.chain != chain or seal.entry.digest_at(position=expected, previous=previous) != seal.digest:
        return f"The entry at position {expected} is not what was sealed."
    return ""


def _off_anchor(seal: Seal, anchor: tuple[int, str] | None) -> str:
    if anchor and seal.position == anchor[0] and seal.digest != anchor[1]:
        return f"Position {seal.position} has another digest than the one noted earlier."
    return ""
