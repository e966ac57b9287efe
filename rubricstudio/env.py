"""Reads the environment once, through a few typed readers that fail at start and name the fix."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class SettingError(ImproperlyConfigured):
    """A variable of the environment that cannot be used, said in one sentence with its fix."""

    def __init__(self, name: str, problem: str, fix: str) -> None:
        super().__init__(f"{name} {problem}. {fix}")
        self.name = name


def _raw(name: str) -> str | None:
    value = os.environ.get(name)
    if value is not None and value.strip():
        return value.strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{name}_FILE",
            f"points at {path}, which cannot be read ({error})",
            "Name a readable text file or unset it",
        ) from error


def text(name: str, default: str | None = None) -> str:
    """Return a text, from the variable itself or from the file named by `<name>_FILE`."""
    value = _raw(name)
    if value is not None:
        return value
    if default is None:
        raise SettingError(name, "is not set", f"Set {name}, or {name}_FILE to a file that holds it")
    return default


def flag(name: str, default: bool) -> bool:
    """Return a yes or no."""
    value = _raw(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise SettingError(name, f'is "{value}", which is neither yes nor no', "Use 1 or 0")


def number(name: str, default: int, *, low: int = 0, high: int | None = None) -> int:
    """Return a whole number within its limits."""
    value = _raw(name)
    if value is None:
        return default
    limits = f"of at least {low}" if high is None else f"from {low} to {high}"
    try:
        result = int(value)
    except ValueError:
        raise SettingError(name, f'is "{value}", which is not a whole number', f"Use a number {limits}") from None
    if result < low or (high is not None and result > high):
        raise SettingError(name, f"is {result}, which is out of range", f"Use a number {limits}")
    return result


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """Return a list written with commas."""
    value = _raw(name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def url(name: str, default: str | None = None, *, schemes: Sequence[str] = ("http", "https")) -> str:
    """Return an address with one of the allowed schemes; an empty default means "none"."""
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        raise SettingError(
            name,
            "does not start with a scheme that is understood",
            f"Begin it with {', '.join(schemes)} and ://",
        )
    return value


def urls(
    name: str,
    default: Sequence[str] = (),
    *,
    schemes: Sequence[str] = ("http", "https"),
) -> list[str]:
    """Return a list of addresses written with commas."""
    found = words(name, default)
    for value in found:
        if urlsplit(value).scheme not in schemes:
            raise SettingError(
                name,
                f'holds "{value}", which is not an address',
                f"Begin it with {', '.join(schemes)} and ://",
            )
    return found


def secret(name: str, default: str | None = None) -> str:
    """Return a secret; like every text it may come from the file named by `<name>_FILE`."""
    return text(name, default)


def path(name: str, default: Path) -> Path:
    """Return a folder or file, absolute, with `~` understood."""
    value = _raw(name)
    chosen = default if value is None else Path(value)
    try:
        return chosen.expanduser().absolute()
    except RuntimeError as error:
        raise SettingError(
            name,
            f'is "{value}", which cannot be resolved ({error})',
            "Write a full path",
        ) from None
