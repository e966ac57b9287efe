"""Prometheus figures as a registry of collectors that the apps add at start."""

from collections.abc import Callable, Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric

_SOURCES: list[Callable[[], Iterable[Metric]]] = []


class _Collector:
    def collect(self) -> Iterable[Metric]:
        for source in _SOURCES:
            yield from source()


def register(source: Callable[[], Iterable[Metric]]) -> None:
    """Add a source of figures, read at each scrape."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def exposition() -> tuple[bytes, str]:
    """All figures in Prometheus' text form, and its content type."""
    registry = CollectorRegistry()
    registry.register(_Collector())
    return generate_latest(registry), CONTENT_TYPE_LATEST
