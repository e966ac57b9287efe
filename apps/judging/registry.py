"""What people settled on; an upper app, in which they decide, fills this at start."""

from collections.abc import Callable, Collection, Mapping

Settled = Mapping[tuple[int, str], float]
"""By subject and the digest of the criterion as a judge of the protocol `isolated` is shown it: the degree, 0 to 1."""
Provider = Callable[[int, Collection[str]], Settled]
_PROVIDERS: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add or replace a provider; it answers for a workspace and criteria by digest."""
    _PROVIDERS[name] = provider


def settled(workspace_id: int, digests: Collection[str]) -> dict[tuple[int, str], float]:
    """What all providers know."""
    found: dict[tuple[int, str], float] = {}
    for provider in _PROVIDERS.values():
        found |= provider(workspace_id, digests)
    return found
