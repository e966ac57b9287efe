"""Runs the few tests that failed beside other processes once more, alone, and names those that pass then.

A test that fails twice fails. Many failures are never put down to a busy machine.
"""

import json
import subprocess
import sys
from pathlib import Path

MOST = 5
FAILED = Path(".pytest_cache/v/cache/lastfailed")


def main() -> int:
    """Zero where every one of at most `MOST` failures passes alone, else one."""
    try:
        names = sorted(json.loads(FAILED.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        print("Which tests failed is not recorded; none is run again.", file=sys.stderr)
        return 1
    if not 0 < len(names) <= MOST:
        print(f"{len(names)} tests failed: too many to blame the machine, so none is run again.", file=sys.stderr)
        return 1
    print(f"\nOnce more, alone: {', '.join(names)}", flush=True)
    command = [sys.executable, "-m", "pytest", "--numprocesses=0", *names]
    if subprocess.run(command, check=False).returncode:
        return 1
    print("\nUnsteady: passed alone, failed beside others. Each of these is a fault to be found:")
    print("\n".join(f"  {name}" for name in names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
