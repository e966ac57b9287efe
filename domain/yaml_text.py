"""From JSON values to YAML that reads back the same."""

from __future__ import annotations

from typing import Any

import yaml

LINE_ENDS = frozenset("\x85\u2028\u2029")


def written(value: Any) -> str:
    """A YAML document; texts with line ends that YAML folds into spaces are written with escapes."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


class _Dumper(yaml.SafeDumper):
    """Writes texts with unusual line ends between double quotes, where YAML escapes them."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if LINE_ENDS.intersection(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
