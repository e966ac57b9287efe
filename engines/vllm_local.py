"""vLLM inside a worker, for a box with one GPU: no server beside it, and nothing left when the worker dies."""

import atexit
import contextlib
import gc
import importlib.util
import math
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from domain import errors
from engines import probe
from engines.protocol import (
    Check,
    EngineInfo,
    Failure,
    FailureKind,
    Form,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    PromptSizes,
    TextBatch,
    TextRequest,
    Usage,
    text_of,
)
from engines.servers import identity, special_tokens
from engines.servers.stepping import Steppable, Stepping
from engines.servers.token_prompts import Frame, Likely, Next, TokenDialect, Tokens, Written
from engines.servers.wire import Away, Failed

INSTALL = "vLLM is not installed where this worker runs. Install it there with: pip install 'rubricstudio[judge]'"
GIB = 2**30
SPARED_SHARE = 0.08
"""Of the card's memory, for what others allocate while the engine runs."""

LEAST_FREE_SHARE = 0.3
MOST_CPU_CACHE_GIB = 8
MOST_LABELS = 128
_MARK = "STUDIO7391MARK"


def installed() -> bool:
    """Say whether vLLM can be imported here."""
    return importlib.util.find_spec("vllm") is not None


def gpu_share(free: int, total: int) -> float:
    """The share of a card's memory that vLLM may have, from what torch reports free, in bytes.

    Raises Unavailable where so little is free that another program must hold the card.
    """
    share = free / total - SPARED_SHARE
    if share < LEAST_FREE_SHARE:
        message = f"Only {free / GIB:.1f} of {total / GIB:.1f} GiB are free on the GPU; another program holds it."
        raise errors.Unavailable(message, code="engine_no_memory")
    return math.floor(share * 100) / 100


class _Chosen(NamedTuple):
    """What decides which engine a process runs."""

    model: str
    context_length: int | None


@dataclass(slots=True)
class _Runtime:
    """The one engine of this process."""

    chosen: _Chosen
    stepping: Stepping
    tokenizer: Any
    context_length: int
    block_size: int | None
    version: str


_runtime: _Runtime | None = None
_starting = threading.Lock()


def _running(chosen: _Chosen) -> _Runtime:
    global _runtime  # noqa: PLW0603 - one engine a process, whoever asks
    with _starting:
        if _runtime is not None and _runtime.chosen != chosen:
            message = (
                f"This worker already runs {_runtime.chosen.model}, and a process holds one engine. "
                f"Start another worker for {chosen.model}."
            )
            raise errors.Unavailable(message, code="engine_other_model")
        if _runtime is None:
            _runtime = _start(chosen)
        return _runtime


def _start(chosen: _Chosen) -> _Runtime:
    if not installed():
        raise errors.Unavailable(INSTALL, code="engine_missing")
    # In this process: then nothing is left of the engine when the process is killed.
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    memory = _memory()
    import vllm
    from vllm.engine.arg_utils import EngineArgs
    from vllm.v1.engine.llm_engine import LLMEngine

    def make() -> Steppable:
        given: dict[str, Any] = {"model": chosen.model, "enable_prefix_caching": True, **memory}
        if chosen.context_length is not None:
            given["max_model_len"] = chosen.context_length
        engine: Steppable = LLMEngine.from_engine_args(EngineArgs(**given))
        return engine

    stepping = Stepping(make, _unmake)
    try:
        stepping.start()
    except (RuntimeError, ValueError, OSError, ImportError, AssertionError) as error:
        message = f"vLLM did not start with {chosen.model}: {error}"
        raise errors.Unavailable(message[:600], code="engine_start_failed") from error
    engine: Any = stepping.engine
    return _Runtime(
        chosen=chosen,
        stepping=stepping,
        tokenizer=engine.get_tokenizer(),
        context_length=int(engine.model_config.max_model_len),
        block_size=engine.vllm_config.cache_config.block_size,
        version=str(vllm.__version__),
    )


def _memory() -> dict[str, Any]:
    """How much memory the engine may take, by what torch reports; on a CPU a part of what is free for its cache."""
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        return {"gpu_memory_utilization": gpu_share(free, total)}
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", str(max(1, min(MOST_CPU_CACHE_GIB, free // GIB // 4))))
    return {"dtype": "float32", "enforce_eager": True}


def _unmake(engine: Any) -> None:
    with contextlib.suppress(RuntimeError, OSError):
        engine.engine_core.shutdown()
    del engine
    gc.collect()
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def stop() -> None:
    """Stop this process's engine, if one runs; the next question starts it again."""
    global _runtime
    with _starting:
        runtime, _runtime = _runtime, None
        if runtime is not None:
            runtime.stepping.stop()


def _forget_after_fork() -> None:
    """Leave the parent's engine to the parent: its thread does not exist in a forked child."""
    global _runtime, _starting  # noqa: PLW0603 - as above
    _runtime = None
    _starting = threading.Lock()


atexit.register(stop)
os.register_at_fork(after_in_child=_forget_after_fork)


class _LocalApi:
    """What the token dialect asks of a model, answered by the engine in this process."""

    def __init__(self, runtime: _Runtime, template_settings: Mapping[str, Any]) -> None:
        self.model = runtime.chosen.model
        self.context_length: int | None = runtime.context_length
        self._runtime = runtime
        self._template_settings = dict(template_settings)
        self._tokenising = threading.Lock()
        self._added = dict(runtime.tokenizer.get_added_vocab())
        self._control = frozenset(self._added.values())

    def frame(self) -> Frame:
        """Render a marked message with the model's chat template and cut it at the mark."""
        tokenizer = self._runtime.tokenizer
        if not getattr(tokenizer, "chat_template", None):
            return Frame("", "\n")  # a base model without a chat template
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": _MARK}],
            tokenize=False,
            add_generation_prompt=True,
            **self._template_settings,
        )
        head, found, tail = str(text).partition(_MARK)
        if not found:
            raise Failed(FailureKind.BAD_REPLY, "The chat template does not show the message it was given.")
        return Frame(head, tail)

    def tokenise(self, text: str, *, control: bool, deadline: float | None) -> Tokens:
        """Return token ids; control strings in ordinary text are cut apart, and none can become a control token."""
        del deadline
        if control:
            return self._encoded(text)
        pieces = special_tokens.cut(text, [string for string in self._added if string in text])
        ids = tuple(token for piece in pieces for token in self._encoded(piece))
        if not self._control.isdisjoint(ids):
            raise Failed(FailureKind.REFUSED, "The text holds control tokens of the model that cannot be cut apart.")
        return ids

    def next_tokens(
        self, prompts: Sequence[Tokens], labels: Sequence[int], *, shared: int, deadline: float | None
    ) -> list[Next]:
        """Return the labels' logprobs after each prompt, over all tokens."""
        del shared  # every output says what of it was cached
        if len(labels) > MOST_LABELS:
            detail = f"{len(labels)} different labels were asked for at once; vLLM reads {MOST_LABELS}."
            raise Failed(FailureKind.REFUSED, detail)
        outputs = self._ask(prompts, {"max_tokens": 1, "logprob_token_ids": list(labels)}, deadline)
        return [
            Next(
                logprobs={int(token): _finite(entry.logprob) for token, entry in output.outputs[0].logprobs[0].items()},
                prompt_tokens=len(prompt),
                cached_tokens=output.num_cached_tokens or 0,
                text=output.outputs[0].text,
            )
            for output, prompt in zip(outputs, prompts, strict=True)
        ]

    def write(
        self, prompts: Sequence[Tokens], request: TextRequest, form: Form | None, *, deadline: float | None
    ) -> list[Written]:
        """Return what the model writes after each prompt."""
        chosen: dict[str, Any] = {
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stop": list(request.stop),
            "seed": request.seed,
        }
        if form is not None:
            from vllm.sampling_params import StructuredOutputsParams

            chosen["structured_outputs"] = StructuredOutputsParams(grammar=form.grammar)
        return [
            Written(
                text=output.outputs[0].text,
                prompt_tokens=len(prompt),
                cached_tokens=output.num_cached_tokens or 0,
                completion_tokens=len(output.outputs[0].token_ids),
            )
            for output, prompt in zip(self._ask(prompts, chosen, deadline), prompts, strict=True)
        ]

    def likelihoods(self, prompts: Sequence[Tokens], starts: Sequence[int], *, deadline: float | None) -> list[Likely]:
        """Return the logprobs of given tokens; such prompts are read whole, past the prompt cache."""
        outputs = self._ask(prompts, {"max_tokens": 1, "prompt_logprobs": 0}, deadline)
        return [
            Likely(
                logprobs=tuple(
                    _finite(output.prompt_logprobs[place][prompt[place]].logprob) for place in range(start, len(prompt))
                ),
                prompt_tokens=len(prompt),
                cached_tokens=output.num_cached_tokens or 0,
            )
            for output, prompt, start in zip(outputs, prompts, starts, strict=True)
        ]

    def _ask(self, prompts: Sequence[Tokens], chosen: dict[str, Any], deadline: float | None) -> list[Any]:
        from vllm import SamplingParams

        if deadline is not None and time.time() >= deadline:
            raise Failed(FailureKind.TIMEOUT, "The deadline passed before the model answered.")
        params = [SamplingParams(**{"temperature": 0.0, **chosen}) for _ in prompts]
        given = [{"prompt_token_ids": list(prompt)} for prompt in prompts]
        return self._runtime.stepping.ask(given, params, deadline)

    def _encoded(self, text: str) -> Tokens:
        with self._tokenising:  # fast tokenizers are not made for several threads
            return tuple(self._runtime.tokenizer.encode(text, add_special_tokens=False))


class VllmLocalEngine:
    """The process's own vLLM; every instance speaks to the same one, started by the first question."""

    def __init__(
        self,
        model: str,
        *,
        context_length: int | None = None,
        template_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self._chosen = _Chosen(model, context_length)
        self._template_settings = dict(template_settings or {})
        self._made: tuple[_Runtime, TokenDialect] | None = None
        self._lock = threading.Lock()

    def info(self) -> EngineInfo:
        """Return what is known of the engine and its model."""
        self._dialect()
        runtime = _running(self._chosen)
        return EngineInfo(
            kind="vllm_local",
            model=runtime.chosen.model,
            context_length=runtime.context_length,
            supports_logprobs=True,
            shares_prefix=True,
            production=True,
            server=f"vLLM {runtime.version} in this worker",
            block_size=runtime.block_size,
            supports_likelihoods=True,
        )

    def label_distributions(self, request: LabelRequest, *, deadline: float | None = None) -> LabelBatch:
        """Return the probability of each label after each suffix."""
        try:
            return self._dialect().label_distributions(request, deadline=deadline)
        except Failed as failed:
            answers = (LabelReply.failed(failed.failure),) * len(request.suffixes)
            shared, suffixes = text_of(request.shared), tuple(map(text_of, request.suffixes))
            return LabelBatch(answers, Usage(), shared, suffixes, self._chosen.model)
        except Away as away:
            raise _unavailable(away) from away

    def complete(self, request: TextRequest, *, deadline: float | None = None) -> TextBatch:
        """Return what the model writes after each suffix."""
        try:
            return self._dialect().complete(request, deadline=deadline)
        except Failed as failed:
            count = len(request.suffixes)
            return TextBatch((None,) * count, (failed.failure,) * count, Usage())
        except Away as away:
            raise _unavailable(away) from away

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None = None) -> LikelihoodBatch:
        """Return the log-probability of each token of the text given after each suffix."""
        try:
            return self._dialect().likelihoods(request, deadline=deadline)
        except Failed as failed:
            answers = (LikelihoodReply.failed(failed.failure),) * len(request.suffixes)
            shared, suffixes = text_of(request.shared), tuple(map(text_of, request.suffixes))
            return LikelihoodBatch(answers, Usage(), shared, suffixes, self._chosen.model)
        except Away as away:
            raise _unavailable(away) from away

    def check_labels(self, labels: tuple[str, ...]) -> Failure | None:
        """Return why these labels cannot be read as one token each, or None if they can."""
        try:
            return self._dialect().check_labels(labels, deadline=None)
        except Failed as failed:
            return failed.failure

    def count_tokens(self, text: str) -> int | None:
        """Return how many tokens a text is for the model."""
        return self._dialect().count(text)

    def prompt_sizes(self, request: LabelRequest) -> PromptSizes | None:
        """Return how many tokens the parts of a request have."""
        return self._dialect().sizes(request)

    def identity(self, *, deadline: float | None = None) -> str:
        """Return what tells this model from another, as text."""
        try:
            return str(identity.take(self._dialect(), deadline))
        except Failed as failed:
            raise errors.Unavailable(failed.failure.detail, code="engine_unknown") from failed
        except Away as away:
            raise _unavailable(away) from away

    def health(self) -> Check:
        """Say whether vLLM is there; an engine that does not run yet is not started for this."""
        if not installed():
            return Check("reachable", False, "not installed", INSTALL)
        return Check("reachable", True, "in this process", "vLLM runs in this worker, started by its first question.")

    def probe(self) -> tuple[Check, ...]:
        """Try the engine on everything that judging needs."""
        return probe.probe(self)

    def close(self) -> None:
        """Leave the engine running for others in this process; it stops with the process, or by `stop()`."""

    def _dialect(self) -> TokenDialect:
        runtime = _running(self._chosen)
        with self._lock:
            if self._made is None or self._made[0] is not runtime:
                self._made = (runtime, TokenDialect(_LocalApi(runtime, self._template_settings)))
            return self._made[1]


def _finite(logprob: float) -> float:
    return -math.inf if logprob <= -9999.0 else float(logprob)


def _unavailable(away: Away) -> errors.Unavailable:
    return errors.Unavailable(f"The judge's engine cannot be used now: {away.reason}", code="engine_unavailable")
