"""Starts children that die with their starter, as a plain user where the starter is root."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str],
    *,
    output: int,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    death: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group; on Linux the kernel ends it when its starter is gone."""
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=None if environment is None else dict(environment),
        start_new_session=True,
        preexec_fn=_tie(death),  # noqa: PLW1509 (one system call, its library loaded beforehand)
    )


def spawn_plain(command: Sequence[str], *, output: int, reaches: Sequence[Path]) -> subprocess.Popen[bytes]:
    """Start a child that refuses to be root: as root it runs as a plain account that can reach the given paths."""
    account = plain_account()
    prefix: list[str] = []
    if account is not None and not all(open_to_all(path) for path in reaches):
        prefix = _keep_reach(account)
    switch = account is not None and not prefix
    return subprocess.Popen(
        [*prefix, *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,
        user=account.pw_uid if account is not None and switch else None,
        group=account.pw_gid if account is not None and switch else None,
        extra_groups=[] if switch else None,
        preexec_fn=_tie(signal.SIGINT),  # noqa: PLW1509 (as above)
    )


def plain_account() -> pwd.struct_passwd | None:
    """Return the account that stands in for root, or None where we are nobody special."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("There is no account named postgres or nobody for PostgreSQL to run as: start as a plain user.")


def command_line(pid: int) -> str:
    """Return what a process was started as, or nothing where it is gone."""
    kept = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return kept.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    asked = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _tie(death: signal.Signals) -> Callable[[], None] | None:
    """Return what a child does before it becomes its program: ask for a signal when its starter dies."""
    libc, starter = _libc, os.getpid()
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death))
        if os.getppid() != starter:
            os._exit(1)

    return tie


def open_to_all(path: Path) -> bool:
    """Say whether any account may walk to a path."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def _keep_reach(account: pwd.struct_passwd) -> list[str]:
    """Return a prefix that gives up root but may still walk through private folders such as /root."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise RuntimeError(
            "As root, PostgreSQL runs as a plain account, which cannot enter this folder: "
            "move it to where everyone may enter, or start as a plain user."
        )
    return [
        setpriv,
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--pdeathsig=INT",
        "--",
    ]
