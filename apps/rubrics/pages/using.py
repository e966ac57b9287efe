"""The Use page: how programs and trainers call this version, ready to copy."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages.copying import clone_form
from apps.rubrics.pages.frame import frame
from domain.rubric import Need, Rubric


@dataclass(frozen=True)
class Snippet:
    """A piece of code to copy."""

    label: str
    code: str
    says: str


_SNIPPETS = (
    (
        "rest.sh",
        "REST, with curl",
        "Rewards for a batch; the answer waits up to 25 seconds and then tells where to ask.",
    ),
    ("python.py", "Python client", "From the package rubricstudio-client; checks the digest and retries with jitter."),
    ("trl.py", "TRL, GRPO", "A reward that cannot be given is None, and TRL leaves the sample out."),
    (
        "verl.yaml",
        "verl",
        "A failed sample cannot be left out: it gets the mean of its prompt's others, else your floor, and is marked.",
    ),
    (
        "openrlhf.sh",
        "OpenRLHF",
        "The label names the rubric. A failed sample gets the mean of its prompt's others, else 0.5, and is marked.",
    ),
    ("nemo_gym.py", "NeMo-Gym", "A failed sample is masked by Gym itself. The parts of the reward add up to it."),
    ("skyrl.py", "SkyRL", "A failed sample gets the floor you choose, and says so in its metadata."),
    ("verifiers.toml", "verifiers, prime-rl", "A failed sample is an error, and has no reward."),
)


def using(actor: Actor, version: RubricVersion, base_url: str, **more: Any) -> dict[str, Any]:
    """Snippets with the pinned reference, who pulled this version, and where to copy it; `more` a form that failed."""
    needs = needed(queries.domain_rubric(version))
    facts = {
        "ref": str(version), "digest": version.digest, "url": base_url.rstrip("/"), "version": version, "needs": needs,
    }  # fmt: skip
    return {
        **frame(actor, version, "use"),
        "snippets": [
            Snippet(label, render_to_string(f"rubrics/snippets/{name}.txt", facts).strip(), says)
            for name, label, says in _SNIPPETS
        ],
        "needs": needs,
        "pullers": queries.pullers(version),
        "profiles": [one.newest for one in queries.profiles_of(version.rubric) if not one.is_retired],
        "formats": queries.FORMATS,
        "clone_form": clone_form(actor, version),
        **more,
    }


def needed(rubric: Rubric) -> list[str]:
    """What has to come with an answer so that every criterion can be judged: `reference`, `context`."""
    found = {need for criterion in rubric.criteria for need in criterion.all_needs}
    return [need.value for need in (Need.REFERENCE, Need.CONTEXT) if need in found]
