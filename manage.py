#!/usr/bin/env python
"""Runs Django's commands for Rubric Studio."""

import os
import signal
import sys


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rubricstudio.settings")
    if sys.argv[1:2] == ["studio"]:
        signal.signal(signal.SIGINT, _stop_at_once)
    try:
        _run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)


def _stop_at_once(_number: int, _frame: object) -> None:
    """End while nothing is running yet; a KeyboardInterrupt raised in the middle of an import can get lost there."""
    os.write(2, b"Stopped.\n")
    os._exit(130)


def _run() -> None:
    from django.core.management import execute_from_command_line

    from rubricstudio.env import SettingError

    try:
        execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
