"""Reads the environment once, through a few typed readers that fail at start and name the fix."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

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
            f"{name}_FILE", f"points at {path}, which cannot be read ({error})", "Name a readable text file or unset it"
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
            name, "does not start with a scheme that is understood", f"Begin it with {', '.join(schemes)} and ://"
        )
    return value


def urls(name: str, default: Sequence[str] = (), *, schemes: Sequence[str] = ("http", "https")) -> list[str]:
    """Return a list of addresses written with commas."""
    found = words(name, default)
    for value in found:
        if urlsplit(value).scheme not in schemes:
            raise SettingError(
                name, f'holds "{value}", which is not an address', f"Begin it with {', '.join(schemes)} and ://"
            )
    return found


def secret(name: str, kept_in: Path) -> str:
    """Return a secret from the environment, else one that was made once and is kept in a private file."""
    value = _raw(name)
    if value is not None:
        return value
    try:
        return kept_in.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _make_secret(name, kept_in)
    except OSError as error:
        raise SettingError(name, f"is kept in {kept_in}, which cannot be read ({error})", f"Set {name}") from error


def _make_secret(name: str, path: Path) -> str:
    """Write a new secret beside its final place and link it there, so that two starters agree on one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingError(
            name, f"is not set and cannot be kept in {path} ({error})", f"Set {name}, or make the folder writable"
        ) from error


def database(name: str, address: str) -> dict[str, object]:
    """Turn a PostgreSQL address into the keys that Django's DATABASES wants."""
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise SettingError(name, "is not a PostgreSQL address", "Write it as postgresql://user:password@host:5432/name")
    base = parts.path.lstrip("/")
    if not base or "/" in base:
        raise SettingError(name, "names no database", "Write it as postgresql://user:password@host:5432/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(base),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": _host(parts),
        "PORT": _port(name, parts),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _host(parts: SplitResult) -> str:
    """Return the host as written: a socket folder is case-sensitive, `hostname` would lower it."""
    place = parts.netloc.rpartition("@")[2]
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return unquote(place.partition(":")[0])


def _port(name: str, parts: SplitResult) -> str:
    try:
        return "" if parts.port is None else str(parts.port)
    except ValueError:
        raise SettingError(name, "has a port that is not a number", "Write it as …@host:5432/name") from None
