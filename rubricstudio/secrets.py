"""The secret key: given, or made once and kept in the data folder."""

import os
import secrets as random
from pathlib import Path

from rubricstudio import env


def secret_key(given: str, data_dir: Path) -> str:
    """Return the given key, else the one kept in `data_dir/secret_key`, made on first use with mode 600."""
    if given:
        return given
    path = data_dir / "secret_key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        return _make(path)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> env.SettingError:
    return env.SettingError(
        "STUDIO_SECRET_KEY",
        f"is not set and cannot be kept in {path} ({error.strerror})",
        "Make that folder writable, name another with STUDIO_DATA_DIR, or set STUDIO_SECRET_KEY",
    )


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = random.token_urlsafe(48)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key
