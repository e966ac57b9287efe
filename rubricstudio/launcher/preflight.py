"""What is looked at before anything starts, and said in one sentence where it will not do."""

import errno
import fcntl
import os
import shutil
import socket
import tempfile
from pathlib import Path

ROOM_NEEDED = 300 * 1024 * 1024


class CannotStart(Exception):
    """The studio cannot start here; the text says why and what to do."""


def check_folder(folder: Path) -> None:
    """Refuse a data folder that cannot be written or has no room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            room = shutil.disk_usage(folder).free
    except OSError as error:
        raise CannotStart(
            f"The folder {folder} cannot be written ({error.strerror}). "
            "Make it writable, or name another: STUDIO_DATA_DIR=/some/folder make demo"
        ) from error
    if room < ROOM_NEEDED:
        raise CannotStart(
            f"Only {room // 2**20} MB are free in {folder}, and 300 MB are needed. "
            "Make room, or name another folder: STUDIO_DATA_DIR=/some/folder make demo"
        )


class Hold:
    """The lock on a data folder: one studio at a time; its file tells others where the studio is."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "studio.lock"
        self._handle: int | None = None

    def take(self) -> None:
        """Hold the folder, or say who does."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            where = os.read(handle, 500).decode(errors="replace").strip()
            os.close(handle)
            raise CannotStart(
                f"The studio is already running {where or 'or starting'} in this folder ({self.path.parent}). Use it, "
                "stop it with Ctrl-C there, or start another with its own folder and port: "
                "STUDIO_DATA_DIR=/some/folder PORT=8001 make demo"
            ) from None
        os.ftruncate(handle, 0)
        self._handle = handle

    def tell(self, where: str) -> None:
        """Write where the studio is, for whoever starts a second one."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, where.encode(), 0)

    def let_go(self) -> None:
        """Free the folder."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def choose_port(wanted: int) -> int:
    """Return a port of the loopback that can be listened on; 0 means any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
            probe.listen(1)
        except PermissionError:
            raise CannotStart(
                f"Port {wanted} may not be used by this account. Use another: make demo PORT=8000"
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise CannotStart(
                f"Port {wanted} is taken by another program. Stop that program, or use another port: "
                f"make demo PORT={wanted + 1 if wanted < 65535 else 8000}"
            ) from None
        port: int = probe.getsockname()[1]
        return port
