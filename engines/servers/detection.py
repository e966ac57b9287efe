"""Finds out which kind of server answers at an address, and which model it serves."""

from dataclasses import dataclass
from typing import Any

from domain import errors
from engines.servers import replies
from engines.servers.llama_cpp import LlamaCpp
from engines.servers.plain import PlainDialect
from engines.servers.token_prompts import TokenDialect
from engines.servers.vllm import Vllm
from engines.servers.wire import Missing, Wire

DETECTION_SECONDS = 15.0
Dialect = TokenDialect | PlainDialect


@dataclass(frozen=True, slots=True)
class Server:
    """One server that was found, and how to speak to it."""

    base_url: str
    name: str
    model: str
    context_length: int | None
    block_size: int | None
    dialect: Dialect
    notes: tuple[str, ...] = ()


def detect(wire: Wire, *, model: str, template_settings: dict[str, Any]) -> Server:
    """Ask a server what it is; raises `Unavailable` where it serves another model."""
    served = _models(wire)
    owners = {str(entry.get("owned_by", "")).lower() for entry in served}
    if "llamacpp" in owners:
        return _llama_cpp(wire, served, model, template_settings)
    chosen = _choose(wire, served, model)
    entry = next((each for each in served if each.get("id") == chosen), {})
    version = _version(wire)
    if ("vllm" in owners or version) and _tokenises(wire, chosen):
        return _vllm(wire, chosen, entry, version, template_settings)
    return Server(
        base_url=wire.base_url,
        name="OpenAI-compatible server",
        model=chosen,
        context_length=_length(entry),
        block_size=None,
        dialect=PlainDialect(wire, model=chosen),
        notes=(
            "The server does not tokenise, so prompts are sent as text and only its top tokens are read.",
            "Control strings in graded texts are broken with a character of no width.",
        ),
    )


def _models(wire: Wire) -> list[dict[str, Any]]:
    try:
        said = replies.table(wire.get("/v1/models", timeout=DETECTION_SECONDS), "the list of models")
    except Missing:
        return []
    return [replies.table(entry, "a model") for entry in replies.items(said.get("data"), "the list of models")]


def _choose(wire: Wire, served: list[dict[str, Any]], model: str) -> str:
    names = [str(entry.get("id")) for entry in served]
    if model and (model in names or not names):
        return model
    if not model and names:
        return names[0]
    listed = ", ".join(names[:8]) or "none"
    message = f"{wire.base_url} does not serve the model {model or '(none named)'}. It serves: {listed}."
    raise errors.Unavailable(message, code="engine_model_missing")


def _llama_cpp(wire: Wire, served: list[dict[str, Any]], model: str, template_settings: dict[str, Any]) -> Server:
    name = model or str(served[0].get("id"))
    props = replies.table(wire.get("/props", timeout=DETECTION_SECONDS), "the server's properties")
    settings = replies.table(props.get("default_generation_settings") or {}, "settings")
    length = settings.get("n_ctx")
    api = LlamaCpp(
        wire,
        model=name,
        context_length=None if length is None else replies.whole(length, "n_ctx"),
        template_settings=template_settings,
    )
    slots = props.get("total_slots", 1)
    notes = () if slots == 1 else (f"The server has {slots} slots, which share no prompt; start it with one slot.",)
    build = str(props.get("build_info", "")).strip()
    return Server(wire.base_url, f"llama.cpp {build}".strip(), name, api.context_length, 1, TokenDialect(api), notes)


def _vllm(wire: Wire, model: str, entry: dict[str, Any], version: str, template_settings: dict[str, Any]) -> Server:
    api = Vllm(wire, model=model, context_length=_length(entry), template_settings=template_settings)
    return Server(
        base_url=wire.base_url,
        name=f"vLLM {version}".strip(),
        model=model,
        context_length=api.context_length,
        block_size=api.block_size(),
        dialect=TokenDialect(api),
    )


def _version(wire: Wire) -> str:
    try:
        said = wire.get("/version", timeout=DETECTION_SECONDS)
    except Missing:
        return ""
    return str(said.get("version", "")) if isinstance(said, dict) else ""


def _tokenises(wire: Wire, model: str) -> bool:
    try:
        said = wire.post("/tokenize", {"model": model, "prompt": "Answer:", "add_special_tokens": False})
        return isinstance(said, dict) and isinstance(said.get("tokens"), list)
    except Missing:
        return False


def _length(entry: dict[str, Any]) -> int | None:
    length = entry.get("max_model_len")
    return None if length is None else replies.whole(length, "max_model_len")
