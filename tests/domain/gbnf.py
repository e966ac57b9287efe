"""Grammars of forms as regular expressions, so that tests can write replies in a form and look whether one keeps it."""

import json
import re

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<set>\[(?:[^\]\\]|\\.)*\])|(?P<many>\{\d+,\d+\})|(?P<mark>[()|?])'
    r"|(?P<rule>[a-z-]+)|(?P<space>\s+)"
)


def as_regex(grammar: str, rule: str = "root") -> str:
    """The regular expression of a rule; only what forms are written with is known, and no rule may hold itself."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines())
    made, at = "", 0
    while at < len(rules[rule]):
        token = _TOKEN.match(rules[rule], at)
        assert token is not None, rules[rule][at:]
        made += _written(grammar, token)
        at = token.end()
    return made


def _written(grammar: str, token: re.Match[str]) -> str:
    kind, said = token.lastgroup, token.group()
    if kind == "text":
        return f"(?:{re.escape(json.loads(said))})"
    if kind == "rule":
        return f"(?:{as_regex(grammar, said)})"
    if kind == "space":
        return ""
    return "(?:" if said == "(" else said


def shortest(grammar: str, rule: str = "root") -> str:
    """A short text of a rule: the first of each choice, as few repetitions as may be."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines())
    return _Reader(grammar, [token for token in _TOKEN.finditer(rules[rule]) if token.lastgroup != "space"]).sequence()


class _Reader:
    """Goes through the tokens of one rule once."""

    def __init__(self, grammar: str, tokens: list[re.Match[str]]) -> None:
        self._grammar = grammar
        self._tokens = tokens

    def sequence(self) -> str:
        made, is_first = "", True
        while self._tokens:
            said = self._tokens.pop(0)
            if said.group() == ")":
                break
            if said.group() == "|":
                is_first = False
                continue
            piece = self._piece(said)
            made += piece * self._times() if is_first else ""
        return made

    def _piece(self, token: re.Match[str]) -> str:
        kind, said = token.lastgroup, token.group()
        if kind == "text":
            return str(json.loads(said))
        if kind == "rule":
            return shortest(self._grammar, said)
        if kind == "set":
            return next(letter for letter in "a1\\n" if re.fullmatch(said, letter))
        return self.sequence()

    def _times(self) -> int:
        if not self._tokens or self._tokens[0].lastgroup not in ("many", "mark"):
            return 1
        said = self._tokens[0].group()
        if said == "?":
            self._tokens.pop(0)
            return 0
        return int(self._tokens.pop(0).group()[1:].split(",")[0]) if said[0] == "{" else 1
