"""What the pages of judges show."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.judging import forms, queries
from apps.judging.models import EngineKind, Judge, JudgeTest, JudgeVersion, Licence
from apps.judging.pages import fingerprints
from apps.judging.pages.strategies import strategy_groups, strategy_row
from domain import errors, strategies
from domain.strategies import rehearsal


@dataclass(frozen=True)
class JudgeRow:
    """A judge as the list shows it: its newest version, that one's last test and licence."""

    judge: Judge
    version: JudgeVersion
    test: JudgeTest | None
    licence: Licence | None

    @property
    def health(self) -> tuple[str, str]:
        """Tone and word of what the last test found."""
        return health_of(self.test)

    @property
    def strategy(self) -> str:
        """What its way of judging is called."""
        return strategies.get(self.version.strategy).about.title

    @property
    def trial_only(self) -> bool:
        """Whether it is only for trying things."""
        return self.version.engine == EngineKind.EMBEDDED


def health_of(test: JudgeTest | None) -> tuple[str, str]:
    """Tone and word of a test."""
    if test is None:
        return "", "not tested yet"
    if test.ready is None:
        return "a", "being tested"
    return ("g", "ready") if test.ready else ("r", "not ready")


def judge_rows(actor: Actor) -> list[JudgeRow]:
    """Every judge with its newest version."""
    rows = []
    for judge in queries.list_judges(actor):
        versions = list(judge.versions.all())
        if versions:
            tests = list(versions[0].tests.all())
            rows.append(JudgeRow(judge, versions[0], tests[0] if tests else None, _licence(versions[0], versions)))
    return rows


def judge(actor: Actor, found: Judge, chosen: str | None) -> dict[str, Any]:
    """A judge's chosen version (the newest without a choice) with its last test and its runs."""
    versions = list(found.versions.all())
    version = next((one for one in versions if str(one.number) == chosen), None) if chosen else versions[0]
    if version is None:
        raise errors.NotFound(f"There is no version {chosen} of this judge.", code="judge_unknown")
    test = next(iter(version.tests.all()), None)
    return {
        "judge": found,
        "versions": versions,
        "version": version,
        "test": test,
        "health": health_of(test),
        "polling": test is not None and test.ready is None,
        "licence": _licence(version, versions),
        "runs": queries.runs_with(version),
        "trial_only": version.engine == EngineKind.EMBEDDED,
        "strategy": strategy_row(version.strategy, version.protocol, version.settings),
        "parts": fingerprints.parts(version),
        "changes": fingerprints.changes(version, versions),
        "crumbs": judge_crumbs(actor, found.name),
    }


def judge_form(actor: Actor, form: forms.JudgeForm, preset: str) -> dict[str, Any]:
    """The form of a judge: presets, strategies by what they read, and the settings of the chosen one."""
    return {
        "form": form,
        "presets": forms.PRESETS,
        "chosen": preset,
        "strategy": strategy_row(form.about.name),
        "groups": strategy_groups(),
        "crumbs": judge_crumbs(actor, "New judge"),
    }


def judge_crumbs(actor: Actor, label: str) -> list[dict[str, str]]:
    """The way from the list of judges to here."""
    return [
        {"label": "Judges", "url": reverse("judges:list", args=[actor.workspace.slug])},
        {"label": label, "url": ""},
    ]


def judge_initial(actor: Actor, given: QueryDict) -> dict[str, Any]:
    """What the form for a judge starts with: a preset, or the newest version of a known judge."""
    known = given.get("from")
    if known:
        return _from_version(queries.judge_by_ref(actor, known))
    preset = given.get("preset", "")
    strategy = given.get("strategy", "")
    chosen = {"strategy": strategy} if strategy in strategies.NAMES else {}
    if preset not in forms.PRESETS:
        return chosen
    values = forms.PRESETS[preset]
    embedded = preset == "embedded"
    return chosen | {
        "name": "embedded" if embedded else "",
        "kind": {"embedded": EngineKind.EMBEDDED, "vllm-local": EngineKind.VLLM_LOCAL}.get(preset, EngineKind.SERVED),
        "base_url": (settings.STUDIO_JUDGE_URL if preset == "vllm" else "") or values["base_url"],
        "model": (settings.STUDIO_JUDGE_MODEL if preset == "vllm" else "") or values["model"],
    }


def _from_version(version: JudgeVersion) -> dict[str, Any]:
    return {
        "name": version.judge.name,
        "kind": version.engine,
        "base_url": version.base_url,
        "model": version.model,
        "replicas": "\n".join(version.replicas),
        "strategy": version.strategy,
        "protocol": version.protocol,
        "lineage": version.lineage,
        strategies.HELD: not rehearsal.has_form(version.strategy, version.protocol),
        **_typed(version.settings),
    }


def _typed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the form takes them; one that is a strategy's own goes into its own field too."""
    values = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in settings.items()}
    return values | {forms.OWN + name: value for name, value in values.items()}


def _licence(version: JudgeVersion, versions: Iterable[JudgeVersion]) -> Licence | None:
    """The licence that holds now for a version's fingerprint, from what was fetched with the judge's versions."""
    now = timezone.now()
    same = [one for one in versions if one.fingerprint == version.fingerprint]
    for licence in (licence for one in same for licence in one.licences.all()):
        if licence.revoked_at is None and (licence.expires_at is None or licence.expires_at > now):
            return licence
    return None
