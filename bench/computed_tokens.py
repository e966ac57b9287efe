"""Prompt tokens computed per verdict against the fewest possible, on the embedded model and on vLLM."""

import os
import random
import re
import urllib.request

from bench.figures import Figure
from domain import prompts, rubric, subjects, verdicts
from engines.embedded import EmbeddedEngine
from engines.protocol import LabelRequest, PromptSizes
from engines.served import ServedEngine

GOAL = 1.1
RESPONSES = 5
CRITERIA = 20
WORDS = 420
TOPICS = (
    "the diagnosis", "each drug and its dose", "the date of discharge", "the follow-up visit", "known allergies",
    "the reason for admission", "the result of every test", "who to call at night", "what the patient may eat",
    "wound care", "the name of the physician", "signs of an emergency", "drugs that were stopped", "weight",
    "blood pressure at discharge", "vaccinations", "work and driving", "help at home", "open questions",
    "the patient's own wishes",
)  # fmt: skip
_SUBJECTS = ("The patient", "Her daughter", "The ward", "Dr Ames", "The pharmacist", "The family doctor", "A nurse")
_VERBS = ("noted", "explained", "stopped", "started", "measured", "described", "repeated", "ordered", "reviewed")
_THINGS = (
    "the new tablets", "a chest X-ray", "swelling of both legs", "the low-salt diet", "an echocardiogram",
    "slight breathlessness", "the blood count", "two litres of fluid a day", "the plan for the coming weeks",
)  # fmt: skip
_WHEN = ("on Monday", "before lunch", "at discharge", "twice a day", "in the second week", "during the round")


def run() -> list[Figure]:
    """Measure the embedded model, and the vLLM server that STUDIO_VLLM_URL names where it is set."""
    figures = [_embedded()]
    url = os.environ.get("STUDIO_VLLM_URL")
    return [*figures, _vllm(url)] if url else figures


def _embedded() -> Figure:
    engine = EmbeddedEngine()
    computed = [engine.label_distributions(request).usage.computed_tokens for request in _requests()]
    sizes = [engine.prompt_sizes(request) for request in _requests()]
    return _figure("judging.computed_tokens_ratio", sum(computed), sizes, block_size=1)


def _vllm(url: str) -> Figure:
    """Count by the server's own counter: its replies tell the cached tokens of the last prompt alone."""
    engine = ServedEngine(url)
    sizes = [engine.prompt_sizes(request) for request in _requests()]
    before = _cached_total(url)
    prompt_tokens = sum(engine.label_distributions(request).usage.prompt_tokens for request in _requests())
    computed = prompt_tokens - (_cached_total(url) - before)
    block_size = engine.info().block_size or 1
    engine.close()
    return _figure("judging.computed_tokens_ratio.vllm", computed, sizes, block_size=block_size)


def _figure(name: str, computed: float, sizes: list[PromptSizes | None], *, block_size: int) -> Figure:
    known = [size for size in sizes if size is not None]
    fewest = sum(size.minimum(block_size) for size in known)
    verdicts = sum(len(size.suffixes) for size in known)
    shared = sum(size.shared for size in known) / len(known)
    note = (
        f"{computed / verdicts:.1f} computed prompt tokens a verdict, {fewest / verdicts:.1f} at least; "
        f"{RESPONSES} answers x {CRITERIA} criteria, {shared:.0f} shared tokens, cache blocks of {block_size}"
    )
    return Figure(name, round(computed / fewest, 4), "ratio", verdicts, GOAL, note=note)


def _cached_total(url: str) -> float:
    root = url.rstrip("/").removesuffix("/v1")
    with urllib.request.urlopen(f"{root}/metrics", timeout=10) as page:
        found = re.findall(r"^vllm:prefix_cache_hits_total\{[^}]*\} (\S+)", page.read().decode(), re.MULTILINE)
    return sum(map(float, found))


def _requests() -> list[LabelRequest]:
    """Return questions that are the same at every call and new in every process, so that no cache knows them."""
    studied = rubric.parse(
        {
            "title": "Discharge letters",
            "criteria": [{"text": f"The letter states {topic} in words the patient understands."} for topic in TOPICS],
        }
    )
    return [_request(studied, number) for number in range(RESPONSES)]


def _request(studied: rubric.Rubric, number: int) -> LabelRequest:
    response = [subjects.text_part(letter(f"computed tokens {os.getpid()} {number}"))]
    task = f"Write discharge letter number {number}."
    shown = prompts.Material(
        rubric=studied,
        messages=[{"role": "user", "parts": [subjects.text_part(task)]}],
        answers=(response,),
        fence_secret="bench",
        subject_hash=f"sha256:{number:064x}",
    )
    rendered = prompts.render("judge_isolated", shown, studied.criteria)
    labels = tuple(tuple(label.text for label in verdicts.labels_for(one)) for one in studied.criteria)
    return LabelRequest(rendered.shared, rendered.suffixes, labels)


def letter(seed: str, *, words: int = WORDS) -> str:
    """A letter of about so many words, the same for the same seed."""
    chance = random.Random(seed)
    said: list[str] = []
    count = 0
    while count < words:
        said.append(" ".join(chance.choice(some) for some in (_SUBJECTS, _VERBS, _THINGS, _WHEN)) + ".")
        count += len(said[-1].split())
    return " ".join(said)
