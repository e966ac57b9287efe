"""What `manage.py studio` does with a Demo: start, show or run once, and stop, whatever happens."""

import json
import sys
from pathlib import Path
from typing import Any

from rubricstudio import embedded, env, once
from rubricstudio.launcher import demo
from rubricstudio.launcher.preflight import CannotStart


def run(data_dir: Path, *, run_once: bool) -> int:
    """Run the studio and return the exit status."""
    try:
        port = env.number("PORT", 8000, low=0, high=65535)
    except env.SettingError as error:
        return _refuse(str(error))
    studio = demo.Demo(data_dir, port, say=_say_aside if run_once else _say, once=run_once)
    studio.wish.listen()
    try:
        described = studio.start()
        if run_once:
            return _once(studio, described)
        _show(described)
        studio.phase = ""
        studio.watch()
    except demo.Stopped:
        return _stopped(studio)
    except (CannotStart, embedded.EmbeddedError) as error:
        return _refuse(str(error))
    finally:
        studio.wish.end()
        studio.stop()


def _once(studio: demo.Demo, described: dict[str, Any]) -> int:
    studio.phase = "running the main job"
    try:
        told = once.run(described, tend=studio.tend, say=studio.say)
    except once.Failed as error:
        return _refuse(f"The main job failed at {error.step}: {error}")
    timings = {name: round(value, 3) for name, value in (studio.timings | told.pop("timings")).items()}
    sys.stdout.write(json.dumps({"ok": True} | told | {"timings": timings}) + "\n")
    sys.stdout.flush()
    return 0


def _show(described: dict[str, Any]) -> None:
    width = max(len(user["username"]) for user in described["users"].values())
    logins = [
        f"  {role:<10} {user['username']:<{width}}  {user['password']}" for role, user in described["users"].items()
    ]
    lines = ["", f"Rubric Studio runs at {described['url']}", "", "  role       name and password", *logins]
    lines += ["", f"  API token  {described['token']}", "  All of this is in .studio/demo.json. Ctrl-C stops it.", ""]
    _say("\n".join(lines))


def _stopped(studio: demo.Demo) -> int:
    """Say that the studio was asked to stop; what is running is stopped by the caller."""
    studio.wish.end()
    if studio.phase:
        studio.say(f"\nStopped while {studio.phase}. Nothing is lost: start again to go on.")
        return 130
    studio.say("\nStopping. Nothing is lost: `make demo` goes on from here.")
    return 0


def _refuse(reason: str) -> int:
    _say_aside(reason)
    return 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _say_aside(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
