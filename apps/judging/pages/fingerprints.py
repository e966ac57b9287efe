"""What makes up the fingerprint of a judge version, and what differs from the version before."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from apps.judging import services
from apps.judging.models import EngineKind, JudgeVersion
from domain import strategies


class Part(NamedTuple):
    """One thing that decides what a judge says."""

    name: str
    value: str


class Change(NamedTuple):
    """One thing in which two versions differ; `matters` where it is part of the fingerprint."""

    name: str
    before: str
    after: str
    matters: bool


def parts(version: JudgeVersion) -> list[Part]:
    """Everything that is in the fingerprint, settings with their defaults."""
    settings = services.settings_that_matter(version.settings, version.strategy)
    return [
        Part("engine", EngineKind(version.engine).value),
        Part("model", version.model),
        Part("strategy", version.strategy),
        Part("protocol", str(version.protocol)),
        Part("prompt", f"{version.prompt_name} {_digest(version.prompt_digest)}"),
        *(Part(_label(name, version.strategy), shown(value)) for name, value in settings.items()),
    ]


def changes(version: JudgeVersion, versions: Sequence[JudgeVersion]) -> list[Change]:
    """What differs from the version before; empty for the first one."""
    earlier = max((one for one in versions if one.number < version.number), key=lambda one: one.number, default=None)
    if earlier is None:
        return []
    before, after = dict(parts(earlier)), dict(parts(version))
    found = [Change(name, before.get(name, "–"), after.get(name, "–"), True) for name in before | after]
    found += [Change(name, *values, False) for name, values in _beside(earlier, version).items()]
    return [change for change in found if change.before != change.after]


def shown(value: Any) -> str:
    """A setting's value in a table: short, on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(str(value).split()) if value not in ("", {}, []) else "none"
    return text if len(text) <= 80 else text[:79] + "…"


def _beside(earlier: JudgeVersion, version: JudgeVersion) -> dict[str, tuple[str, str]]:
    """What may differ without changing a verdict: where the engine is, how long it may take, the key, the family."""
    return {
        "address": (earlier.base_url or "none", version.base_url or "none"),
        "further addresses": (", ".join(earlier.replicas) or "none", ", ".join(version.replicas) or "none"),
        "API key": (_key(earlier), _key(version)),
        "timeout": (shown(earlier.settings.get("timeout", "")), shown(version.settings.get("timeout", ""))),
        "family": (earlier.lineage or "none", version.lineage or "none"),
    }


def _key(version: JudgeVersion) -> str:
    return "set" if version.api_key_sealed else "none"


def _label(name: str, strategy: str) -> str:
    own = {setting.name: setting.label for setting in strategies.get(strategy).about.settings}
    return own.get(name, name.replace("_", " "))


def _digest(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
