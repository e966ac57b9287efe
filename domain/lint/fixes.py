"""Edits that mend a criterion: each is told by its label and gives the same document whenever it is applied."""

from __future__ import annotations

import re

from domain import rubric
from domain.lint.findings import Document, Fix

NEGATED = re.compile(
    r"^\W*(?:(?:the |an? )?(?:response|answer|model|assistant|text|letter|it) )?"
    r"(?:does not|doesn['’]t|do not|don['’]t|must not|should not|shouldn['’]t|never|fails to|refrains from|avoids)\b",
    re.IGNORECASE,
)
_SIMPLE = re.compile(
    r"^(?P<subject>(?:the |an? )?(?:response|answer|model|assistant|text|letter|it) )?"
    r"(?:does not|doesn['’]t|do not|don['’]t|must not|should not|shouldn['’]t|fails to) "
    r"(?P<verb>[a-z]+)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_VERBS = (
    "acknowledges|addresses|advises|answers|asks|calculates|cites|clarifies|compares|concludes|contains|defines|"
    "describes|discusses|emphasi[sz]es|encourages|ends|explains|gives|highlights|identifies|includes|lists|mentions|"
    "names|notes|offers|outlines|points out|provides|quotes|recommends|refers|reports|says|shows|specifies|starts|"
    "states|suggests|summari[sz]es|tells|uses|warns"
)
_MORE_VERBS = (
    "apologi[sz]es|avoids|considers|demonstrates|ensures|expresses|greets|informs|instructs|introduces|invites|"
    "justifies|maintains|presents|proposes|reminds|requests|thanks|urges|welcomes"
)
_BASES = (
    "acknowledge|address|advise|answer|ask|calculate|cite|clarify|compare|conclude|contain|define|describe|discuss|"
    "emphasi[sz]e|encourage|end|explain|give|highlight|identify|include|list|mention|name|note|offer|outline|"
    "point out|provide|quote|recommend|refer|report|say|show|specify|start|state|suggest|summari[sz]e|tell|use|warn"
)
_SUBJECT = r"(?:the |an? )?(?:response|answer|model|assistant|text|letter|it)\s+"
_JOIN = r",?\s+(?:and(?: also)?|as well as)\s+|;\s*(?:and\s+)?"
_COMMA = r",\s+"
_COMPOUND = tuple(
    re.compile(
        rf"^(?P<subject>{subject})(?P<one>(?:{first})\b.*?)(?P<join>{_JOIN})(?P<two>(?:{verbs})\b.*)$",
        re.IGNORECASE | re.DOTALL,
    )
    for subject, first, verbs in (
        (rf"(?:{_SUBJECT})?", f"{_VERBS}|{_MORE_VERBS}|is|has", f"{_VERBS}|{_MORE_VERBS}"),
        (rf"{_SUBJECT}(?:should|must)\s+", f"{_BASES}|be|have", _BASES),
    )
)  # fmt: skip
_SERIES = tuple(re.compile(one.pattern.replace(_JOIN, _COMMA, 1), one.flags) for one in _COMPOUND)
# A flat list of three things or more, with nothing behind it: “names the drug, the dose and the ward”.
_ITEM = r"(?:(?!\b(?:and|or|nor)\b)[^\s,;:()]+ ?){1,4}?"
_LIST = re.compile(
    rf"^(?P<head>(?:{_SUBJECT})?(?:(?:should|must)\s+)?(?:includes?|lists?|mentions?|names?|gives?|states?)\s+)"
    rf"(?P<items>{_ITEM}(?:,\s+{_ITEM})+),?\s+(?:and|as well as)\s+(?P<last>{_ITEM})\W*$",
    re.IGNORECASE,
)
_ONE_THING = re.compile(
    r"\b(?:at least|at most|any|one|two|either|both|between|such as|like|including|e\.g|whether|how|why|what|when|that|"
    r"which|who|where|of|for|to|in|with|from|as|by|on)\b", re.IGNORECASE,
)  # fmt: skip
# Words that are as often the plural of a noun; one that a preposition, a comma or the end follows is that noun.
_ALSO_NOUNS = frozenset(
    {"addresses", "answers", "highlights", "lists", "mentions", "names", "notes", "outlines", "quotes", "reports",
     "starts", "states", "uses"}
)  # fmt: skip
_AFTER_A_NOUN = frozenset({
    "of", "in", "for", "from", "with", "without", "to", "on", "at", "by", "as", "and", "or", "nor", "but",
    "which", "who", "whose", "are", "were", "is", "was", "have", "has", "can", "may", "must", "should",
    "between", "among", "during", "per", "under", "over", "about", "into"
})  # fmt: skip
_HOW = "at least|at most|no more than|no fewer than|fewer than|more than|less than|up to|exactly"
_BOUND = re.compile(rf"({_HOW}) (\d{{1,6}}) words", re.IGNORECASE)
_WORDS_ONLY = re.compile(
    r"^\W*(?:(?:the |an? )?(?:response|answer|text|letter|it) )?"
    r"(?:has|is|contains|uses|stays|should have|must have|should be|must be)?\s*"
    rf"(?:{_HOW}) \d{{1,6}} words(?: long| in length)?\W*$",
    re.IGNORECASE,
)


def find(document: Document, name: str) -> dict[str, object]:
    """The criterion of this id in a document."""
    return next(item for item in document["criteria"] if item["id"] == name)


def parts(text: str) -> tuple[tuple[int, int], str, str] | None:
    """The joint of a text that says several things, and both sides of it as texts of their own.

    A list of three things or more counts where it ends the text and nothing is said about the list as a whole.
    """
    return _joined(text, _COMPOUND) or _listed(text)


def _joined(text: str, patterns: tuple[re.Pattern[str], ...]) -> tuple[tuple[int, int], str, str] | None:
    for pattern in patterns:
        if found := pattern.match(text.strip()):
            subject = found["subject"] or ""
            if "either" in text.lower() or len(found["one"].split()) < 2 or len(found["two"].split()) < 2:
                return None
            if _is_noun(found["two"]):
                return None
            one, two = f"{subject}{found['one']}".strip(), f"{subject}{found['two']}".strip()
            lead = len(text) - len(text.lstrip())
            span = (found.start("join") + lead, found.end("join") + lead)
            return span, _sentence(one), _sentence(two)
    return None


def _listed(text: str) -> tuple[tuple[int, int], str, str] | None:
    found = _LIST.match(text.strip())
    if found is None or _ONE_THING.search(f"{found['items']} {found['last']}") or _shares_a_noun(found):
        return None
    lead = len(text) - len(text.lstrip())
    span = (found.end("items") + lead, found.start("last") + lead)
    return span, _sentence(f"{found['head']}{found['items']}"), _sentence(f"{found['head']}{found['last']}")


def _shares_a_noun(found: re.Match[str]) -> bool:
    """Whether the last word belongs to all: “the sodium and calcium levels”."""
    items = [*re.split(_COMMA, found["items"]), found["last"]]
    articles = {bool(re.match(r"(?:the|an?|its|their|any|each|all) ", item, re.IGNORECASE)) for item in items}
    return len(articles) > 1 or (
        articles == {False} and len(items[-1].split()) > max(len(i.split()) for i in items[:-1])
    )


def _is_noun(text: str) -> bool:
    """Whether a text that could begin with a verb begins with the plural of a noun: “names of the drugs”."""
    first, _, rest = text.strip().partition(" ")
    word = first.rstrip(",.;:")
    if word.lower() not in _ALSO_NOUNS:
        return False
    following = rest.split()[:1]
    return word != first or not following or following[0].strip(",.;:").lower() in _AFTER_A_NOUN


def split(criterion: rubric.Criterion) -> Fix | None:
    """Two criteria of half the weight each, until neither says two things."""
    texts = _all_parts(criterion.text)

    def edit(document: Document) -> None:
        found = find(document, criterion.id)
        at = document["criteria"].index(found)
        taken = {item["id"] for item in document["criteria"]}
        weight = criterion.weight / len(texts)
        made = []
        for n, text in enumerate(texts):
            name = criterion.id if n == 0 else _free(taken, n, text)
            taken.add(name)
            made.append({**found, "id": name, "text": text, "weight": weight, **({} if n == 0 else {"gate": None})})
        document["criteria"][at : at + 1] = made

    if criterion.gate is not None or criterion.examples or len(texts) < 2:
        return None
    return Fix(f"Split into {len(texts)} criteria of weight {criterion.weight / len(texts):g}", edit)


def _all_parts(text: str) -> list[str]:
    if found := _joined(text, _COMPOUND):
        return [one for side in found[1:] for each in _all_parts(side) for one in _series(each)]
    if (listed := _LIST.match(text.strip())) and parts(text):
        items = [*re.split(_COMMA, listed["items"]), listed["last"]]
        return [_sentence(f"{listed['head']}{item.strip()}") for item in items]
    return [text]


def _series(text: str) -> list[str]:
    """What is still strung together by commas: “is short, names the dose”, left of an “and”."""
    found = _joined(text, _SERIES)
    return [text] if found is None else [*_series(found[1]), *_series(found[2])]


def flip(criterion: rubric.Criterion) -> Fix | None:
    """The same without its negation and with the other polarity."""
    found = _SIMPLE.match(criterion.text.strip())
    if found is None or found["verb"].lower() in {"only", "just", "simply", "merely", "have", "be", "do"}:
        return None
    if (
        re.search(r"\b(?:nor|or|and|but|any|neither)\b", found["rest"], re.IGNORECASE)
        or criterion.gate
        or criterion.examples
    ):
        return None
    text = _sentence(f"{found['subject'] or ''}{_third_person(found['verb'].lower())}{found['rest']}")
    polarity = "positive" if criterion.is_pitfall else "negative"

    def edit(document: Document) -> None:
        find(document, criterion.id).update(text=text, polarity=polarity)

    return Fix(f"Make it a {'criterion' if criterion.is_pitfall else 'pitfall'}: “{text}”", edit)


def word_check(criterion: rubric.Criterion) -> Fix | None:
    """A computed check in place of a criterion that is about the number of words alone."""
    found = _BOUND.search(criterion.text)
    if found is None or not _WORDS_ONLY.match(criterion.text) or criterion.kind is not rubric.Kind.BINARY:
        return None
    if isinstance(criterion.applies_when, str):
        return None
    how, many = found[1].lower(), int(found[2])
    low = {"at least": many, "no fewer than": many, "more than": many + 1, "exactly": many}.get(how)
    high = {"at most": many, "no more than": many, "fewer than": many - 1, "less than": many - 1, "up to": many,
            "exactly": many}.get(how)  # fmt: skip
    if high is not None and high < 0:
        return None
    bounds = {name: bound for name, bound in (("min", low), ("max", high)) if bound is not None}

    def edit(document: Document) -> None:
        find(document, criterion.id).update(kind="check", check={"kind": "words", **bounds})

    return Fix("Make it a computed check", edit, safe=True)


def judged(criterion: rubric.Criterion) -> Fix:
    """A criterion that a judge decides, with its check for where the judge says that it applies."""

    def edit(document: Document) -> None:
        find(document, criterion.id)["kind"] = "binary"

    return Fix("Let a judge read the condition, then the check decide", edit)


def without(criterion: rubric.Criterion, span: tuple[int, int]) -> Fix | None:
    """The text without a piece of it."""
    text = re.sub(
        r"\s+([.,;:])", r"\1", f"{criterion.text[: span[0]].rstrip()} {criterion.text[span[1] :].lstrip()}"
    ).strip()
    if not text:
        return None

    def edit(document: Document) -> None:
        find(document, criterion.id)["text"] = text

    return Fix("Take the points out of the text", edit, safe=True)


def remove(criterion: rubric.Criterion, what: str, *, safe: bool = False) -> Fix:
    """The rubric without a criterion."""

    def edit(document: Document) -> None:
        document["criteria"].remove(find(document, criterion.id))

    return Fix(what, edit, safe=safe)


def remove_groups(names: set[str]) -> Fix:
    """The rubric without groups that hold nothing."""

    def edit(document: Document) -> None:
        document["groups"] = [group for group in document["groups"] if group["id"] not in names]

    return Fix("Remove the empty group" if len(names) == 1 else "Remove the empty groups", edit, safe=True)


def even_levels(criterion: rubric.Criterion) -> Fix:
    """The same levels at even distances from the worst to the best value."""

    def edit(document: Document) -> None:
        levels = find(document, criterion.id)["levels"]
        assert isinstance(levels, list | tuple)
        first, last, steps = levels[0]["value"], levels[-1]["value"], len(levels) - 1
        for n, level in enumerate(levels):
            level["value"] = last if n == steps else round(first + (last - first) * n / steps, 4)

    return Fix("Space the levels evenly", edit)


def _free(taken: set[str], position: int, text: str) -> str:
    while (name := rubric.criterion_id(position, text)) in taken:
        position += 1
    return name


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in set("aeiou"):
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def _sentence(text: str) -> str:
    text = text.strip().rstrip(",;")
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
