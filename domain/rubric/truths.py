"""Truth tables: what an author promises of the score, kept with the rubric under `extensions` in a place of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Field

from domain.errors import Problem
from domain.rubric.models import Frozen, Id, Number, Rubric, ShortText

KEY = "rubricstudio"  # under `extensions`: what is ours and has no place in the document
PART = "truth_table"
MAX_ROWS = 50
MAX_NAMED = 100
LETTERS = 40  # of a criterion's text, where it stands for the criterion
PLACE = f"/extensions/{KEY}/{PART}"

WORDS = ("any", "best", "worst", "unscored", "not_applicable")


def _setting(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    if not number and not (isinstance(value, str) and value in WORDS):
        raise ValueError("A setting is a number from 0 to 1 or one of any, best, worst, unscored and not_applicable.")
    return float(value) if number else value


Name = Callable[[str], str]
Setting = Annotated[float | str, pydantic.PlainValidator(_setting)]


class Within(Frozen):
    """The score is this number, at least or at most it."""

    kind: Literal["equals", "at_least", "at_most"]
    value: Number


class Between(Frozen):
    """The score lies between two numbers or on one of them."""

    kind: Literal["between"]
    low: Number
    high: Number

    @pydantic.model_validator(mode="after")
    def _in_order(self) -> Between:
        if self.low > self.high:
            raise ValueError("The lower bound lies above the upper one.")
        return self


class NoReward(Frozen):
    """There is no score at all."""

    kind: Literal["no_reward"]


class Beside(Frozen):
    """The score lies above, below or level with that of another row; criteria that are free in both vary together."""

    kind: Literal["above", "below", "same_as"]
    row: Id


Expected = Annotated[Within | Between | NoReward | Beside, Field(discriminator="kind")]


class Truth(Frozen):
    """One row: criteria set to a value, all others to one setting, and what the score must be then.

    A number is the value of the verdict, 1 where the text is true of the answer; `any` stands for every value, `best`
    for the highest, and for the lowest of a pitfall; `worst` is the reverse.
    """

    id: Id
    title: ShortText = ""
    when: Annotated[dict[Id, Setting], Field(max_length=MAX_NAMED)] = Field(default_factory=dict)
    others: Setting = "any"
    expect: Expected

    def of(self, criterion: str) -> Setting:
        """The setting of a criterion."""
        return self.when.get(criterion, self.others)


_TABLE = pydantic.TypeAdapter(Annotated[tuple[Truth, ...], Field(max_length=MAX_ROWS)])


def truth_rows(rubric: Rubric) -> tuple[Truth, ...]:
    """The rows of a rubric that was read without fault."""
    return rows_of(rubric.extensions)


def rows_of(extensions: Mapping[str, Any]) -> tuple[Truth, ...]:
    """The rows among the extensions of such a rubric."""
    given = raw_truth_rows(extensions)
    return _TABLE.validate_python(given) if given else ()


def raw_truth_rows(extensions: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same as the document has them."""
    own = extensions.get(KEY)
    given = own.get(PART) if isinstance(own, Mapping) else None
    return list(given or ())


def with_truth_rows(extensions: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Extensions with these rows in the place of those they have; what others keep there stays."""
    present = extensions.get(KEY)
    own = {name: value for name, value in present.items() if name != PART} if isinstance(present, Mapping) else {}
    if rows:
        own[PART] = rows
    rest = {name: value for name, value in extensions.items() if name != KEY}
    return {**rest, KEY: own} if own else rest


def problems(rubric: Rubric) -> Iterator[Problem]:
    """What is wrong with the shape of the rows; a criterion that is gone is no fault of shape: that row fails."""
    if KEY not in rubric.extensions:
        return
    own = rubric.extensions[KEY]
    if not isinstance(own, Mapping):
        yield Problem(f"/extensions/{KEY}", "This must be an object.")
        return
    try:
        rows = _TABLE.validate_python(own.get(PART) or ())
    except pydantic.ValidationError as error:
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            yield Problem(_pointer(item["loc"]), item["msg"].removeprefix("Value error, ").removesuffix(".") + ".")
        return
    yield from _names(rows)


def _names(rows: tuple[Truth, ...]) -> Iterator[Problem]:
    known = [row.id for row in rows]
    for n, row in enumerate(rows):
        if row.id in known[:n]:
            yield Problem(f"{PLACE}/{n}/id", f"The id {row.id!r} is used twice.")
        if not isinstance(row.expect, Beside):
            continue
        if row.expect.row == row.id:
            yield Problem(f"{PLACE}/{n}/expect/row", "A row cannot be compared with itself.")
        elif row.expect.row not in known:
            yield Problem(f"{PLACE}/{n}/expect/row", f"There is no row {row.expect.row!r} to compare with.")


_TAGS = {"equals", "at_least", "at_most", "between", "no_reward", "above", "below", "same_as"}


def _pointer(location: tuple[int | str, ...]) -> str:
    """Where a fault lies, without the names that pydantic gives the members of a union."""
    steps = [str(step) for n, step in enumerate(location) if n != 2 or step not in _TAGS]
    return "".join([PLACE, *(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)])


def reading(row: Truth, name: Name, titles: Mapping[str, str]) -> str:
    """The row as a sentence; `name` gives the words for a criterion, `titles` those for other rows by their id."""
    named = [f"{name(one)} is {setting_words(value)}" for one, value in row.when.items()]
    rest = (
        "" if row.others == "any" else f"{'every other' if named else 'every criterion'} is {setting_words(row.others)}"
    )
    if not named and row.others == "any":
        return f"Whatever the verdicts are, {promise(row, titles)}"
    said = ", ".join([*named, *([rest] if rest else [])])
    return f"If {said}, {promise(row, titles)}"


def digits(value: float) -> str:
    """A number for a sentence: four digits and a real minus sign."""
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")


def setting_words(value: Setting) -> str:
    """A setting in words."""
    if isinstance(value, str):
        return {
            "any": "anything",
            "best": "at its best",
            "worst": "at its worst",
            "not_applicable": "not applicable",
        }.get(value, value)
    return {1.0: "met", 0.0: "not met"}.get(value, f"{value:g}")


def promise(row: Truth, titles: Mapping[str, str]) -> str:
    """What a row promises, in words that follow its condition."""
    expect = row.expect
    if isinstance(expect, NoReward):
        return "there is no reward."
    if isinstance(expect, Between):
        return f"the score is from {digits(expect.low)} to {digits(expect.high)}."
    if isinstance(expect, Beside):
        how = {"above": "above that", "below": "below that", "same_as": "the same as that"}[expect.kind]
        return f"the score is {how} of “{titles.get(expect.row, expect.row)}”."
    how = {"equals": "", "at_least": "at least ", "at_most": "at most "}[expect.kind]
    return f"the score is {how}{digits(expect.value)}."


def shortened(criteria: Sequence[Mapping[str, Any]]) -> Name:
    """Words for criteria: the beginning of their text, or their id where they are gone."""
    texts = {item["id"]: str(item["text"]) for item in criteria}

    def name(wanted: str) -> str:
        text = texts.get(wanted, wanted)
        return f"“{text if len(text) <= LETTERS else text[: LETTERS - 1].rstrip() + '…'}”"

    return name


def readings(rows: Sequence[Truth], name: Name) -> list[str]:
    """Every row as a sentence, with its title where it has one."""
    titles = {row.id: row.title or row.id for row in rows}
    return [f"{row.title}: {said}" if row.title else said for row in rows if (said := reading(row, name, titles))]


def starting_rows(start: str, rubric: Rubric) -> list[dict[str, Any]]:
    """Rows to begin with, with ids that are free; where the rubric lacks what they speak of, they name nothing."""
    first = next((one.id for one in rubric.criteria if one.gate), rubric.criteria[0].id if rubric.criteria else None)
    worst, best = ({} if first is None else {first: value} for value in ("worst", "best"))
    one, two = _free_ids(rubric)
    rows: dict[str, list[dict[str, Any]]] = {
        "failed": [_row(one, "A failure", worst, "any", {"kind": "at_most", "value": 0.0})],
        "best": [_row(one, "Everything right", {}, "best", {"kind": "equals", "value": 1.0})],
        "unscored": [_row(one, "Nothing judged", {}, "unscored", {"kind": "no_reward"})],
        "bounds": [_row(one, "In bounds", {}, "any", {"kind": "between", "low": -1.0, "high": 1.0})],
        "better": [
            _row(one, "Better", best, "any", {"kind": "above", "row": two}),
            _row(two, "Worse", worst, "any", {"kind": "below", "row": one}),
        ],
    }
    return rows[start]


STARTS = ("failed", "best", "unscored", "bounds", "better")


def _row(name: str, title: str, when: dict[str, Any], others: str, expect: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "title": title, "when": when, "others": others, "expect": expect}


def _free_ids(rubric: Rubric) -> tuple[str, str]:
    taken = {row.id for row in truth_rows(rubric)}
    free = (name for n in range(1, MAX_ROWS + len(taken) + 3) if (name := f"t_{n}") not in taken)
    return next(free), next(free)
