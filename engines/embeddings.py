"""Texts as vectors by a server with OpenAI's `/v1/embeddings`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NoReturn

from domain import errors
from engines.servers.wire import Away, Failed, Missing, Wire

BATCH = 64
TIMEOUT_SECONDS = 120.0


class ServedEmbedder:
    """One server of embeddings; without a model's name the first one that it lists is asked.

    Whatever goes wrong is `Unavailable`: a text without its vector cannot be compared, so all of them wait.
    """

    def __init__(self, base_url: str, model: str = "", api_key: str | None = None, timeout: float = TIMEOUT_SECONDS):
        self._wire = Wire(base_url, api_key=api_key, timeout=timeout)
        self._model = model

    @property
    def model(self) -> str:
        """The name of the model."""
        if not self._model:
            said = self._asked("/v1/models", None)
            listed = said.get("data") if isinstance(said, dict) else None
            first = listed[0] if isinstance(listed, list) and listed else {}
            self._model = str(first.get("id") or "") if isinstance(first, dict) else ""
            if not self._model:
                self._away("lists no model")
        return self._model

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vector of each text, in their order, all of one length."""
        found: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            part = list(texts[start : start + BATCH])
            said = self._asked("/v1/embeddings", {"model": self.model, "input": part, "encoding_format": "float"})
            found += self._vectors(said, len(part))
        if len({len(each) for each in found}) > 1:
            self._away("answered with vectors of different length")
        return found

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _vectors(self, said: Any, count: int) -> list[list[float]]:
        rows = said.get("data") if isinstance(said, dict) else None
        if not isinstance(rows, list) or len(rows) != count:
            self._away("did not answer with one vector for each text")
        placed: dict[int, list[float]] = {}
        for n, row in enumerate(rows):
            vector = row.get("embedding") if isinstance(row, dict) else None
            place = row.get("index", n) if isinstance(row, dict) else n
            if not isinstance(vector, list) or not vector or not all(map(_is_number, vector)):
                self._away("answered with something that is no vector")
            placed[place] = [float(one) for one in vector]
        if set(placed) != set(range(count)):
            self._away("did not answer with one vector for each text")
        return [placed[n] for n in range(count)]

    def _asked(self, path: str, body: dict[str, Any] | None) -> Any:
        try:
            return self._wire.get(path) if body is None else self._wire.post(path, body)
        except Away as away:
            raise errors.Unavailable(away.reason, code="embeddings_away") from away
        except Failed as failed:
            raise errors.Unavailable(failed.failure.detail, code="embeddings_failed") from failed
        except Missing:
            self._away(f"has no {path}")

    def _away(self, what: str) -> NoReturn:
        message = f"The server of embeddings at {self._wire.base_url} {what}. Correct STUDIO_EMBEDDINGS_URL."
        raise errors.Unavailable(message, code="embeddings_unusable")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
