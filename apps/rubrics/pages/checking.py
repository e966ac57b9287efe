"""The page on which a check is chosen, set up and tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from apps.accounts.permissions import Actor
from apps.rubrics import forms, queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages.frame import address, frame
from domain import checks, errors

MAX_SHOWN = 20_000


@dataclass(frozen=True)
class Piece:
    """A piece of the answer, marked where the result rests on it."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Example:
    """An example as a test: what should come of it and what does."""

    text: str
    wanted: str
    found: str
    evidence: str

    @property
    def holds(self) -> bool:
        """Whether the check says what the example says."""
        return not self.wanted or self.wanted == self.found


@dataclass(frozen=True)
class Checked:
    """A criterion whose check is set up, by the key of its row; or its condition, the check that says when it applies.

    `mode` is what addresses end with where the edit goes into a suggestion.
    """

    said: dict[str, Any]
    row: str
    mode: str = ""
    is_condition: bool = False

    @property
    def spec(self) -> dict[str, Any] | None:
        """The check as it is now."""
        if not self.is_condition:
            check: dict[str, Any] | None = self.said["check"]
            return check
        condition = self.said["applies_when"]
        return condition["check"] if isinstance(condition, dict) else None

    @property
    def words(self) -> str:
        """The condition that the judge is told, which a computed one takes the place of."""
        condition = self.said["applies_when"]
        return condition if isinstance(condition, str) else ""

    def query(self, kind: str = "") -> str:
        """What the address of the page ends with."""
        more = {"suggest": "1" if self.mode else "", "part": "condition" if self.is_condition else "", "kind": kind}
        said = urlencode({name: value for name, value in more.items() if value})
        return f"?{said}" if said else ""


def checking(
    actor: Actor, version: RubricVersion, about: Checked, form: forms.CheckForm, *,
    tried: services.Tried | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The check of one criterion, with its examples run against what is set up now."""
    spec = form.spec() if form.is_bound and form.is_valid() else about.spec
    usable = spec if checks.name_of(spec) == form.offer.name else None
    examples = [] if about.is_condition or usable is None else about.said["examples"]
    trial = queries.ExampleTrial(queries.reference_of(version))
    context = frame(actor, version, "edit")
    crumbs = [*context["crumbs"][:-1], {"label": version.title, "url": address("edit", version) + about.mode}]
    here = address("criterion-check", version, about.row)
    return {
        **context,
        "crumbs": [*crumbs, {"label": "Condition" if about.is_condition else "Check", "url": ""}],
        "about": about,
        "said": about.said,
        "here": here,
        "action": here + about.query(form.offer.name),
        "may_store": context["steps"].edit or bool(about.mode),
        "form": form,
        "offer": form.offer,
        "groups": _groups(),
        "spec": forms.as_json(usable) if usable else "",
        "tried": tried,
        "pieces": pieces(str(form["response"].value() or ""), tried.result.spans) if tried else [],
        "examples": [_example(trial, usable, example) for example in examples] if usable else [],
    }


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """The answer cut at the places that the result rests on; a long one is shown in part."""
    shown, place = text[:MAX_SHOWN], 0
    found: list[Piece] = []
    for start, end in sorted(spans):
        if place <= start < len(shown):
            found += [Piece(shown[place:start], False), Piece(shown[start:end], True)]
            place = min(end, len(shown))
    found.append(Piece(shown[place:] + ("…" if len(text) > MAX_SHOWN else ""), False))
    return [piece for piece in found if piece.text]


def _groups() -> list[tuple[str, list[checks.Offer]]]:
    found: dict[str, list[checks.Offer]] = {}
    for offer in checks.offers().values():
        found.setdefault(offer.group, []).append(offer)
    return list(found.items())


def _example(trial: queries.ExampleTrial, spec: dict[str, Any], example: dict[str, Any]) -> Example:
    value = example["value"]
    wanted = "" if value in (None, 0.5) else "pass" if value > 0.5 else "fail"
    try:
        found = trial(spec, example["text"])
    except errors.Invalid as error:
        return Example(example["text"], wanted, "abstain", error.message)
    if found is None:
        return Example(example["text"], wanted, "", "Not tried: the examples take too long, or the sandbox is busy.")
    return Example(example["text"], wanted, found.result.value, found.evidence)
