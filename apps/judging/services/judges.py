"""Setting up judges and testing them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max

from apps.accounts.permissions import Actor
from apps.core import sealing
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions
from apps.judging.models import EngineKind, Judge, JudgeTest, JudgeVersion, Protocol
from apps.judging.services import computed, judge_settings
from domain import errors, prompts, strategies
from domain import rubric as rubrics

TEST = "judge-test"
ENGINE_KEYS = ("kind", "base_url", "model", "api_key", "replicas", "lineage")
RESERVED = ("new", "accuracy", "compare")
BY_NAME = "dns+"
"""An address that begins so stands for every server that its name has in the DNS at the time."""

EMBEDDED_MODEL = "SmolLM2-135M-Instruct"
_TAKEN = "This is the name of a judge without a model; choose another."
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class JudgeInvalid(errors.Invalid):
    """The description of a judge has a fault."""

    default_code = "judge_invalid"


def create_judge(
    *, by: Actor, name: str, engine: Mapping[str, Any], strategy: str = strategies.NAMES[0],
    protocol: str = Protocol.ISOLATED, settings: Mapping[str, Any] | None = None, make_default: bool = False,
) -> JudgeVersion:  # fmt: skip
    """Set up a judge, or the next version of one that exists; nothing is made where nothing differs."""
    permissions.check_may_set_judges(by)
    described = _described(name, engine, strategy, protocol, settings or {})
    with transaction.atomic():
        judge, _ = Judge.objects.get_or_create(workspace=by.workspace, name=name, defaults={"created_by": by.user})
        judge = Judge.objects.select_for_update().get(pk=judge.pk)
        latest = judge.versions.order_by("-number").first()
        if latest is not None and not latest.is_asked:
            raise JudgeInvalid(_TAKEN, problems=[errors.Problem("/name", _TAKEN)])
        described |= _held(described, latest)
        described["api_key_sealed"] = _sealed_key(engine.get("api_key"), described, latest)
        if latest is None or not _same(latest, described):
            number = (judge.versions.aggregate(last=Max("number"))["last"] or 0) + 1
            latest = JudgeVersion.objects.create(judge=judge, number=number, created_by=by.user, **described)
            detail = {"fingerprint": latest.fingerprint, "engine": latest.engine, "model": latest.model}
            history.record(by=by, workspace=by.workspace, action="judge.create", target=latest, detail=detail)
        first = not Judge.objects.filter(workspace=by.workspace, is_default=True).exists()
        if make_default or first:
            _set_default(by, judge)
    return latest


def make_default(*, by: Actor, judge: Judge) -> Judge:
    """Let a judge serve wherever none is named."""
    permissions.check_may_set_judges(by)
    permissions.check_belongs(by, judge.workspace_id, "judge")
    with transaction.atomic():
        _set_default(by, judge)
    judge.refresh_from_db()
    return judge


def test_judge(*, by: Actor, version: JudgeVersion) -> JudgeTest:
    """Have a worker try the judge's engine on everything that judging needs."""
    permissions.check_may_test(by, version)
    with transaction.atomic():
        test = JudgeTest.objects.create(version=version, by=by.user)
        test.job = jobs.create_job(
            by=by,
            workspace=by.workspace,
            kind=TEST,
            shards=[{"test": test.pk}],
            title=f"Test of {version}",
            priority=30,
        )
        test.save(update_fields=["job"])
        history.record(by=by, workspace=by.workspace, action="judge.test", target=version)
    return test


def fingerprint(described: Mapping[str, Any]) -> str:
    """The digest of everything that decides what a judge says; where it runs is no part of it."""
    return rubrics.sha256(
        {
            "engine": str(described["engine"]),
            "model": described["model"],
            "strategy": described["strategy"],
            "protocol": str(described["protocol"]),
            "prompt": {"name": described["prompt_name"], "digest": described["prompt_digest"]},
            "settings": judge_settings.that_matter(described["settings"], described["strategy"]),
        }
    )


def _described(
    name: str, engine: Mapping[str, Any], strategy: str, protocol: str, settings: Mapping[str, Any]
) -> dict[str, Any]:
    problems = [*_name_problems(name, strategy, protocol), *_engine_problems(engine)]
    problems += judge_settings.problems(settings, strategy) if strategy in strategies.NAMES else []
    if problems:
        raise JudgeInvalid(problems[0].message, problems=problems)
    embedded = engine["kind"] == EngineKind.EMBEDDED
    names = strategies.get(strategy).prompt_names(protocol)
    return {
        "engine": EngineKind(engine["kind"]),
        "base_url": str(engine["base_url"]).strip().rstrip("/") if engine["kind"] == EngineKind.SERVED else "",
        "replicas": [str(address).strip().rstrip("/") for address in engine.get("replicas") or ()],
        "model": EMBEDDED_MODEL if embedded else str(engine["model"]).strip(),
        "lineage": str(engine.get("lineage") or "")[:120],
        "strategy": strategy,
        "protocol": Protocol(protocol),
        "settings": dict(settings),
        "prompt_name": names[0],
        "prompt_digest": prompts.prompt_digest(*names),
    }


def _held(described: Mapping[str, Any], latest: JudgeVersion | None) -> dict[str, Any]:
    """Settings and fingerprint with a decision on the form of replies, which the version before may have taken."""
    strategy, protocol = described["strategy"], described["protocol"]
    same = latest is not None and (latest.strategy, latest.protocol) == (strategy, protocol)
    before = latest.settings if latest is not None and same else None
    settings = judge_settings.with_form(described["settings"], strategy, protocol, before)
    return {"settings": settings, "fingerprint": fingerprint({**described, "settings": settings})}


def _name_problems(name: str, strategy: str, protocol: str) -> list[errors.Problem]:
    found = []
    if not _NAME.fullmatch(name):
        found.append(
            errors.Problem("/name", "A judge's name has small letters, digits and hyphens, 80 characters at most.")
        )
    if name in RESERVED:
        found.append(errors.Problem("/name", f'"{name}" is the address of a page; choose another name.'))
    if name == computed.NAME:
        found.append(errors.Problem("/name", _TAKEN))
    if strategy not in strategies.NAMES:
        found.append(errors.Problem("/strategy", f"The strategy is one of {', '.join(strategies.NAMES)}."))
    if protocol not in Protocol.values:
        found.append(errors.Problem("/protocol", f"The protocol is one of {', '.join(Protocol.values)}."))
    elif strategy in strategies.NAMES and protocol not in strategies.get(strategy).about.protocols:
        known = ", ".join(strategies.get(strategy).about.protocols)
        found.append(errors.Problem("/protocol", f"The strategy {strategy} works with: {known}."))
    return found


def _engine_problems(engine: Mapping[str, Any]) -> list[errors.Problem]:
    found = [
        errors.Problem(f"/engine/{name}", f'An engine has no "{name}".') for name in engine if name not in ENGINE_KEYS
    ]
    kind = engine.get("kind")
    if kind == EngineKind.EMBEDDED:
        return found
    if kind == EngineKind.VLLM_LOCAL:
        return [*found, *_model_problem(engine)]
    if kind != EngineKind.SERVED:
        said = "The engine's kind is served, embedded or vllm_local."
        return [*found, errors.Problem("/engine/kind", said)]
    found += _address_problem(engine.get("base_url"), "/engine/base_url")
    replicas = engine.get("replicas") or []
    if not isinstance(replicas, list | tuple):
        return [*found, errors.Problem("/engine/replicas", "Replicas are a list of addresses.")]
    for place, address in enumerate(replicas):
        found += _address_problem(address, f"/engine/replicas/{place}")
    found += _model_problem(engine)
    if engine.get("api_key") is not None and not isinstance(engine["api_key"], str):
        found.append(errors.Problem("/engine/api_key", "The API key is a text."))
    return found


def _model_problem(engine: Mapping[str, Any]) -> list[errors.Problem]:
    if isinstance(engine.get("model"), str) and 0 < len(engine["model"].strip()) <= 200:
        return []
    return [errors.Problem("/engine/model", "Name the model as the server does, in 200 characters at most.")]


def _address_problem(address: Any, pointer: str) -> list[errors.Problem]:
    if not isinstance(address, str) or not address.strip() or len(address) > 500:
        return [errors.Problem(pointer, "Give the server's address, such as http://127.0.0.1:8001/v1.")]
    try:
        parts = urlsplit(address.strip().removeprefix(BY_NAME))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        return [errors.Problem(pointer, "The address must begin with http:// or https:// and name a server.")]
    if parts.username or parts.password or parts.query or parts.fragment:
        return [errors.Problem(pointer, "The address holds no password, query or fragment; the API key has its field.")]
    return []


def _sealed_key(given: str | None, described: Mapping[str, Any], latest: JudgeVersion | None) -> bytes | None:
    """The key as given; the one stored before stays only as long as the addresses stay."""
    if given:
        if latest is not None and latest.api_key_sealed and sealing.unseal(bytes(latest.api_key_sealed)) == given:
            return bytes(latest.api_key_sealed)
        return sealing.seal(given)
    if latest is None or latest.api_key_sealed is None:
        return None
    same_place = latest.base_url == described["base_url"] and set(described["replicas"]) <= set(latest.replicas)
    return bytes(latest.api_key_sealed) if same_place else None


def _same(latest: JudgeVersion, described: Mapping[str, Any]) -> bool:
    stored = {name: getattr(latest, name) for name in described}
    stored["api_key_sealed"] = None if latest.api_key_sealed is None else bytes(latest.api_key_sealed)
    return stored == dict(described)


def _set_default(by: Actor, judge: Judge) -> None:
    if judge.is_default:
        return
    Judge.objects.filter(workspace=by.workspace, is_default=True).update(is_default=False)
    Judge.objects.filter(pk=judge.pk).update(is_default=True)
    history.record(by=by, workspace=by.workspace, action="judge.default", target=judge)
