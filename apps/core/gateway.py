"""Stored settings → an engine, kept open per process, for runners only; and the sandbox of this process."""

import threading
from typing import Any, Protocol

from django.conf import settings

from apps.core import sealing
from domain import errors, ports
from engines import catalogue, embeddings, sandbox
from engines.protocol import Engine

_lock = threading.Lock()
_open: dict[tuple[Any, ...], Engine] = {}


class Source(Protocol):
    """What is stored about where a model runs; it never changes under one `pk`."""

    pk: Any
    engine: Any
    base_url: Any
    replicas: Any
    model: Any
    api_key_sealed: Any
    settings: Any
    fingerprint: Any


def engine_for(source: Source) -> Engine:
    """The engine of a judge version, opened on first use; raises Unavailable where it cannot be reached."""
    key = (source.pk, source.fingerprint, source.base_url)
    with _lock:
        found = _open.get(key)
    if found is not None:
        return found
    made = _opened(source)
    with _lock:
        kept = _open.setdefault(key, made)
    if kept is not made:
        made.close()
    return kept


def has_embedder() -> bool:
    """Whether a server of embeddings is set up."""
    return bool(settings.STUDIO_EMBEDDINGS_URL)


def embedder() -> ports.Embedder:
    """The server of embeddings; raises Unavailable where none is set up."""
    if not has_embedder():
        raise errors.Unavailable("No server of embeddings is set up (STUDIO_EMBEDDINGS_URL).", code="embeddings_unset")
    return embeddings.ServedEmbedder(
        settings.STUDIO_EMBEDDINGS_URL, settings.STUDIO_EMBEDDINGS_MODEL, settings.STUDIO_EMBEDDINGS_KEY or None
    )


def sandbox_here(*, patience: float | None = None) -> ports.Sandbox:
    """The sandbox of this process; with `patience` one that says after so many seconds that it is busy.

    A worker waits its turn; a request of the web must not, and answers 503.
    """
    opened = _sandbox()
    return opened if patience is None else sandbox.Hurried(opened, patience)


def sandbox_held() -> dict[str, str]:
    """Each means of isolation with why it does not hold, '' where it does; empty before code first ran here."""
    return _sandbox().held()


def close_all() -> None:
    """Close every engine of this process."""
    with _lock:
        engines = list(_open.values())
        _open.clear()
    for engine in engines:
        engine.close()


def _sandbox() -> sandbox.Sandbox:
    return sandbox.standard(settings.STUDIO_SANDBOX_PROCESSES, str(settings.DATA_DIR / "sandbox"))


def _opened(source: Source) -> Engine:
    own = dict(source.settings)
    own.setdefault("timeout", settings.STUDIO_ENGINE_TIMEOUT)
    if source.replicas:
        own["replicas"] = list(source.replicas)
    return catalogue.open_engine(
        source.engine,
        base_url=source.base_url,
        model=source.model,
        api_key=sealing.unseal(source.api_key_sealed) if source.api_key_sealed else None,
        settings=own,
    )
