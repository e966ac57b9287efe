"""Opens the engine that a judge names."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from domain import errors
from engines import vllm_local
from engines.embedded import EmbeddedEngine
from engines.protocol import Engine
from engines.served import ServedEngine
from engines.servers.pool import BY_NAME
from engines.vllm_local import VllmLocalEngine

KINDS = ("served", "embedded", "vllm_local")
DEFAULT_TIMEOUT = 120.0


def open_engine(
    kind: str,
    *,
    base_url: str | None = None,
    model: str | None = None,
    api_key: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Engine:
    """Return an engine of a kind; it speaks to no server before its first question.

    Settings of `served`: `timeout` in seconds, `replicas` (more addresses of the same model) and
    `template_settings` (arguments of the chat template, such as `enable_thinking`).
    """
    if kind == "embedded":
        return EmbeddedEngine()
    if kind == "vllm_local":
        if not vllm_local.installed():
            raise errors.Unavailable(vllm_local.INSTALL, code="engine_missing")
        chosen = dict(settings or {})
        template = _template(chosen.get("template_settings"))
        return VllmLocalEngine(model or "", context_length=chosen.get("context_length"), template_settings=template)
    if kind != "served":
        message = f"There is no engine of the kind {kind!r}. Choose one of: {', '.join(KINDS)}."
        raise _invalid("engine_kind", "/engine/kind", message)
    chosen = dict(settings or {})
    replicas = _replicas(chosen.get("replicas"))
    return ServedEngine(
        _address(base_url, "/engine/base_url"),
        model or "",
        api_key or None,
        _timeout(chosen.get("timeout")),
        replicas,
        template_settings=_template(chosen.get("template_settings")),
        recognise=True,
    )


def _address(value: Any, pointer: str) -> str:
    address = value.strip() if isinstance(value, str) else ""
    parts = urlsplit(address.removeprefix(BY_NAME))
    try:
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        named = False
    if not named:
        message = "Give the server's address, such as http://127.0.0.1:8001/v1."
        raise _invalid("engine_address", pointer, message)
    return address


def _replicas(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise _invalid("engine_replicas", "/engine/settings/replicas", "Replicas are a list of addresses.")
    return tuple(_address(each, f"/engine/settings/replicas/{place}") for place, each in enumerate(value))


def _timeout(value: Any) -> float:
    if value is None:
        return DEFAULT_TIMEOUT
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
        raise _invalid("engine_timeout", "/engine/settings/timeout", "The timeout is 1 to 3600 seconds.")
    return float(value)


def _template(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _invalid(
            "engine_template", "/engine/settings/template_settings", "Template settings are names with values."
        )
    return dict(value)


def _invalid(code: str, pointer: str, message: str) -> errors.Invalid:
    return errors.Invalid(message, code=code, problems=(errors.Problem(pointer, message),))
