"""`rubricstudio pull | score | verify | watch`: the client from a shell.

Exit codes: 0 all is well, 2 the call itself is wrong, 3 the studio refused it, 4 the studio cannot be reached,
5 a digest does not match, 6 some rollouts have no reward, 7 an alarm is open, 130 it was interrupted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from rubricstudio_client import asking, digests
from rubricstudio_client.errors import DigestMismatch, Refused, Unavailable
from rubricstudio_client.progress import Bar
from rubricstudio_client.rehearsing import Estimate, Rehearsal
from rubricstudio_client.rewards import Item, Reward
from rubricstudio_client.rollouts import TOKEN, URL, studio_of
from rubricstudio_client.studio import Studio

OK, USAGE, REFUSED, AWAY, MISMATCH, UNSCORED, ALARMED, STOPPED = 0, 2, 3, 4, 5, 6, 7, 130
RELEASE = "release:"


class Usage(Exception):
    """What was asked for makes no sense; the sentence says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; errors are one line on stderr."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.does(given))
    except Usage as wrong:
        return _say(str(wrong), USAGE)
    except DigestMismatch as wrong:
        return _say(str(wrong), MISMATCH)
    except Refused as refused:
        places = "".join(f"\n  {pointer or '/'}: {message}" for pointer, message in refused.pointers)
        return _say(f"The studio refused: {refused}{places}", REFUSED)
    except Unavailable as away:
        return _say(str(away), AWAY)
    except OSError as broken:
        return _say(f"{broken.filename or 'The file'}: {broken.strerror or broken}", USAGE)
    except KeyboardInterrupt:
        return _say("Stopped.", STOPPED)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"rubricstudio: {sentence}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rubricstudio", description="Rubrics, releases and rewards of a Rubric Studio.", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="command")
    pull = _command(commands, "pull", _pull, "write a rubric or a release to a file, checked against its digests")
    pull.add_argument("ref", help="letters, letters@3, sha256:… or release:name")
    pull.add_argument("-o", "--output", default="-", help="the file; - is standard output")
    score = _command(commands, "score", _score, "rewards of rollouts: NDJSON in, NDJSON out, one line each")
    score.add_argument("file", nargs="?", default="-", help="lines with prompt, response and what else an item has")
    score.add_argument("-o", "--output", default="-", help="the file; - is standard output")
    for name, text in (
        ("rubric", "letters@3, sha256:…, set:name@n or release:name"), ("judge", "name@2; the workspace's own if none"),
        ("training-run", "the id of a run; its pin says rubric and judge"),
    ):  # fmt: skip
        score.add_argument(f"--{name}", help=text)
    score.add_argument("--step", type=int, help="the step of the training run that they are of")
    score.add_argument("--deadline", type=float, default=900.0, help="seconds; what is not judged by then has expired")
    how = score.add_mutually_exclusive_group()
    how.add_argument(
        "--dry-run", action="store_true", help="say what is stored and what the rest would cost; no judging"
    )
    how.add_argument(
        "--cached", action="store_true", help="what was served before; the rest is pending, and judged later"
    )
    how.add_argument("--groups", action="store_true", help="lines name their group; each group follows as a line")
    how.add_argument(
        "--steps", action="store_true", help="lines name trajectory (group) and step; each follows as a line"
    )
    verify = _command(commands, "verify", _verify, "recompute the digests of files that pull wrote", online=False)
    verify.add_argument("file", nargs="+", help="a rubric (.json) or the lines of a release (.ndjson)")
    verify.add_argument("--digest", help="what the one rubric must have")
    watch = _command(commands, "watch", _watch, "tell the numbers and the alarms of a training run as they come")
    watch.add_argument("run", help="the id of the training run")
    watch.add_argument("--every", type=float, default=10.0, help="seconds between two looks")
    watch.add_argument("--once", action="store_true", help="tell what there is and stop")
    watch.add_argument("--alarms", action="store_true", help="tell alarms only")
    watch.add_argument("--until-alarm", action="store_true", help="stop with 7 once an alarm is open")
    return parser


_EPILOG = f"""The studio is named by --url and {URL}, its token by {TOKEN} (or --token-file).
Exit codes: 0 well, 2 wrong call, 3 refused, 4 not reachable, 5 digest mismatch, 6 some have no reward,
7 an alarm is open, 130 interrupted."""


def _command(
    commands: Any, name: str, does: Callable[[argparse.Namespace], int], text: str, *, online: bool = True
) -> argparse.ArgumentParser:
    found: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    found.set_defaults(does=does)
    if online:
        found.add_argument("--url", help=f"where the studio is; else {URL}")
        found.add_argument("--token-file", type=Path, help=f"a file with the token; else {TOKEN}")
    return found


def _studio(given: argparse.Namespace) -> Studio:
    token = given.token_file.read_text().strip() if given.token_file else os.environ.get(TOKEN)
    if not (given.url or os.environ.get(URL)) or not token:
        raise Usage(f"Name the studio by --url or {URL}, and its token by {TOKEN} or --token-file.")
    return studio_of(url=given.url, token=token)


def _pull(given: argparse.Namespace) -> int:
    with _studio(given) as studio:
        if given.ref.startswith(RELEASE):
            release = studio.release(given.ref.removeprefix(RELEASE))
            lines = [_line({**one.document, "slug": one.slug, "version": one.version}) for one in release]
            told = f"{len(release)} rubrics, {release.digest}"
        else:
            rubric = studio.rubric(given.ref)
            named = {"slug": rubric.slug, "version": rubric.version, "status": rubric.status}
            document = {**rubric.document, **{key: value for key, value in named.items() if value is not None}}
            lines = [json.dumps(document, ensure_ascii=False, indent=1) + "\n"]
            told = rubric.digest
    _write(given.output, lines)
    sys.stderr.write(f"{given.ref}: {told}\n")
    return OK


def _score(given: argparse.Namespace) -> int:
    items = list(_items(given.file))
    asked: asking.Asked = {
        "rubric": given.rubric, "judge": given.judge, "training_run": given.training_run, "step": given.step,
        "deadline": given.deadline,
    }  # fmt: skip
    with _studio(given) as studio:
        if given.dry_run:
            return _rehearsed(studio.dry_run(items, **asked), given.output)
        asked["progress"] = Bar("judged")
        if given.groups:
            rewards = studio.reward_groups(items, **asked)
        elif given.steps:
            rewards = studio.reward_steps(items, **asked)
        else:
            rewards = studio.rewards(items, mode="cached" if given.cached else None, **asked)
    lines = [_line(_told(reward)) for reward in rewards]
    lines += [_line(dataclasses.asdict(group)) for group in rewards.groups]
    lines += [_line(dataclasses.asdict(trajectory)) for trajectory in rewards.trajectories]
    _write(given.output, lines)
    missing = [reward.status for reward in rewards if not reward.ok]
    if missing:
        counts = ", ".join(f"{missing.count(status)} {status}" for status in sorted(set(missing)))
        return _say(f"{len(missing)} of {len(rewards)} have no reward: {counts}.", UNSCORED)
    return OK


def _rehearsed(found: Rehearsal, output: str) -> int:
    """Each item as a line; what the rest would cost goes to stderr."""
    _write(output, [_line(dataclasses.asdict(item)) for item in found.items])
    sys.stderr.write(f"{found.served_before} of {len(found.items)} were served before. {_cost(found.estimate)}\n")
    return OK


def _cost(estimate: Estimate | None) -> str:
    if estimate is None or not estimate.to_ask:
        return "Nothing would have to be judged."
    tokens = f"{estimate.prompt_tokens:,} tokens in and {estimate.completion_tokens:,} out"
    money = "" if estimate.money is None else f", {estimate.money:.2f} {estimate.currency}".rstrip()
    seconds = "" if estimate.seconds is None else f", about {estimate.seconds:.0f} seconds"
    return f"{estimate.to_ask:,} verdicts would be asked for: {estimate.calls:,} calls, {tokens}{money}{seconds}."


def _items(name: str) -> Iterator[Item]:
    for number, line in enumerate(_lines(name), 1):
        try:
            read = json.loads(line)
        except ValueError as broken:
            raise Usage(f"Line {number} is no JSON: {broken}.") from broken
        if not isinstance(read, dict):
            raise Usage(f"Line {number} is no JSON object.")
        try:
            yield Item(**{"id": str(number), **read})
        except TypeError as wrong:
            known = ", ".join(Item.__dataclass_fields__)
            raise Usage(f"Line {number} needs prompt and response, and may have no other keys than {known}.") from wrong


def _told(reward: Reward) -> dict[str, Any]:
    criteria = {name: vars(found) for name, found in reward.criteria.items()}
    return {**vars(reward), "criteria": criteria, "trace": list(reward.trace)}


def _verify(given: argparse.Namespace) -> int:
    count = 0
    for name in given.file:
        for document in _documents(name):
            digests.check(document, given.digest)
            count += 1
            sys.stdout.write(f"{document['digest']}  {name}\n")
    if not count:
        raise Usage("There is no rubric in these files.")
    return OK


def _documents(name: str) -> Iterator[Mapping[str, Any]]:
    text = "".join(_lines(name))
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    read = [whole] if whole is not None else []
    if whole is None:
        try:
            read = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as broken:
            raise DigestMismatch(f"{name} is neither JSON nor lines of JSON: {broken}.") from broken
    for one in read:
        if not isinstance(one, dict):
            raise DigestMismatch(f"{name} holds something that is no rubric.")
        yield one


def _watch(given: argparse.Namespace) -> int:
    if given.every <= 0:
        raise Usage("--every needs more than 0 seconds.")
    seen: dict[str, int] = {}
    told: set[int] = set()
    with _studio(given) as studio:
        while True:
            report = studio.report(given.run)
            if not given.alarms:
                for name, step, value in _news(report, seen):
                    sys.stdout.write(f"{step}\t{name}\t{value:.6g}\n")
            alarms = [one for one in report.get("alarms", ()) if one["state"] == "open"]
            for alarm in sorted(alarms, key=lambda one: (one["step"] or 0, one["id"])):
                if alarm["id"] not in told:
                    told.add(alarm["id"])
                    place = "" if alarm["step"] is None else alarm["step"]
                    sys.stdout.write(f"{place}\talarm {alarm['kind']}\t{_one_line(alarm['says'])}\n")
            sys.stdout.flush()
            if alarms and given.until_alarm:
                return _say(f"{len(alarms)} open: {', '.join(one['title'] for one in alarms)}.", ALARMED)
            if given.once or report.get("state") != "open":
                return OK
            time.sleep(given.every)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _news(report: Mapping[str, Any], seen: dict[str, int]) -> list[tuple[str, int, float]]:
    """Points that were not told yet, by step; `seen` is brought up to date."""
    found = []
    for name, points in report["telemetry"].items():
        new = [(name, point["step"], point["value"]) for point in points if point["step"] > seen.get(name, -1)]
        seen[name] = max([seen.get(name, -1), *(step for _, step, _ in new)])
        found += new
    return sorted(found, key=lambda one: (one[1], one[0]))


def _lines(name: str) -> list[str]:
    if name == "-":
        return [line for line in sys.stdin if line.strip()]
    with Path(name).open(encoding="utf-8") as file:
        return [line for line in file if line.strip()]


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _write(name: str, lines: Sequence[str]) -> None:
    if name == "-":
        _put(sys.stdout, lines)
        return
    beside = Path(f"{name}.part")
    with beside.open("w", encoding="utf-8") as file:
        _put(file, lines)
    beside.replace(name)


def _put(file: TextIO, lines: Sequence[str]) -> None:
    file.writelines(lines)


if __name__ == "__main__":
    sys.exit(main())
