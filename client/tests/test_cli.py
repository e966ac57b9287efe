"""The command line: what it writes, what it says, and how it ends."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from rubricstudio_client import Studio, cli

from .conftest import FAST, Played, make_document, problem


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch, played: Played, tmp_path: Path) -> None:
    monkeypatch.setenv("RUBRICSTUDIO_URL", "http://studio.test")
    monkeypatch.setenv("RUBRICSTUDIO_TOKEN", "rs_x")
    monkeypatch.setattr(cli, "studio_of", lambda **_: studio_anew(played, tmp_path))
    document = make_document(slug="letters", version=3, status="approved")
    played.documents["rubrics/letters/versions/3"] = document


def studio_anew(played: Played, folder: Path) -> Studio:
    """Each command opens the studio and closes it."""
    transport = httpx.MockTransport(played)
    return Studio("http://studio.test", "rs_x", cache_dir=folder / "cache", retry=FAST, transport=transport)


def rollouts(tmp_path: Path, *lines: Any) -> str:
    file = tmp_path / "in.ndjson"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return str(file)


def test_what_is_pulled_can_be_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "letters.json"
    assert cli.main(["pull", "letters@3", "-o", str(file)]) == cli.OK
    digest = json.loads(file.read_text())["digest"]
    assert digest in capsys.readouterr().err
    assert cli.main(["verify", str(file), "--digest", digest]) == cli.OK
    assert digest in capsys.readouterr().out
    file.write_text(file.read_text().replace("Letters", "Others"))
    assert cli.main(["verify", str(file)]) == cli.MISMATCH
    assert "expected" in capsys.readouterr().err
    assert cli.main(["verify", str(tmp_path / "none.json")]) == cli.USAGE


def test_rollouts_are_scored_line_by_line(played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    lines = [{"prompt": "p", "response": "a drug"}, {"id": "b", "prompt": "p", "response": "nothing"}]
    out = tmp_path / "out.ndjson"
    told = ["score", rollouts(tmp_path, *lines), "--rubric", "letters@3", "-o", str(out)]
    assert cli.main(told) == cli.OK
    read = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["id"], one["reward"], one["status"]) for one in read] == [("1", 1.0, "ok"), ("b", 0.0, "ok")]
    assert read[0]["criteria"]["c_drug"]["value"] == 1.0
    played.statuses = {"b": "judge_error"}
    played.keys.clear()
    assert cli.main(told) == cli.UNSCORED
    assert [json.loads(line)["reward"] for line in out.read_text().splitlines()] == [1.0, None]
    assert "1 of 2 have no reward: 1 judge_error" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"), [("{", "Line 1 is no JSON"), ("[]", "no JSON object"), ('{"prompt": "p"}', "needs prompt")]
)
def test_a_wrong_line_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, said: str):
    assert cli.main(["score", rollouts(tmp_path, line), "--rubric", "letters@3"]) == cli.USAGE
    assert said in capsys.readouterr().err


def test_refused_away_and_unnamed_end_differently(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    played.faults = [problem(404, "rubric_unknown")]
    assert cli.main(["pull", "letters@9"]) == cli.REFUSED
    assert "rubric_unknown" in capsys.readouterr().err
    played.faults = [httpx.ConnectError("gone")] * FAST.tries
    assert cli.main(["pull", "letters@3"]) == cli.AWAY
    assert "cannot be reached" in capsys.readouterr().err
    monkeypatch.delenv("RUBRICSTUDIO_TOKEN")
    assert cli.main(["pull", "letters@3"]) == cli.USAGE
    assert "RUBRICSTUDIO_TOKEN" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == cli.USAGE


def test_a_run_is_watched_until_it_is_closed(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cli.time, "sleep", lambda _: None)
    report = {"state": "open", "telemetry": {"kl": [{"step": 0, "value": 0.5}]}}
    more = {"state": "closed", "telemetry": {"kl": [{"step": 0, "value": 0.5}, {"step": 1, "value": 0.25}]}}
    played.faults = [httpx.Response(200, json=report), httpx.Response(200, json=report), httpx.Response(200, json=more)]
    assert cli.main(["watch", "t-1"]) == cli.OK
    assert capsys.readouterr().out == "0\tkl\t0.5\n1\tkl\t0.25\n"
    assert cli.main(["watch", "t-1", "--every", "0"]) == cli.USAGE


def test_a_dry_run_says_what_it_would_cost(played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    lines = [{"prompt": "p", "response": "a drug"}, {"prompt": "p", "response": "x"}]
    assert cli.main(["score", rollouts(tmp_path, *lines), "--rubric", "letters@3", "--dry-run"]) == cli.OK
    told = capsys.readouterr()
    assert [json.loads(line)["served_before"] for line in told.out.splitlines()] == [True, False]
    assert "1 of 2 were served before. 2 verdicts would be asked for: 2 calls" in told.err
    assert played.paths == ["POST rewards/dry-run"]


def test_what_is_pending_and_groups_are_written(played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    played.pending = 1
    file = rollouts(tmp_path, {"prompt": "p", "response": "a drug", "group": "g"})
    assert cli.main(["score", file, "--rubric", "letters@3", "--cached"]) == cli.UNSCORED
    assert "1 pending" in capsys.readouterr().err
    assert cli.main(["score", file, "--rubric", "letters@3", "--groups", "--step", "4"]) == cli.OK
    assert played.paths == ["POST rewards", "POST rewards/groups"]
    assert json.loads(played.asked[1].content)["step"] == 4
    with pytest.raises(SystemExit):
        cli.main(["score", file, "--dry-run", "--cached"])


def test_alarms_are_told_once_and_can_end_the_watch(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cli.time, "sleep", lambda _: None)
    alarm = {"id": 7, "kind": "length", "title": "Length", "says": "Words\nrise.", "step": 12, "state": "open"}
    muted = {**alarm, "id": 8, "state": "muted"}
    report = {"state": "open", "telemetry": {"kl": [{"step": 0, "value": 0.5}]}, "alarms": [muted]}
    alarmed = {**report, "alarms": [muted, alarm]}
    closed = {**alarmed, "state": "closed"}
    played.faults = [httpx.Response(200, json=one) for one in (report, alarmed, closed)]
    assert cli.main(["watch", "t-1", "--alarms"]) == cli.OK
    assert capsys.readouterr().out == "12\talarm length\tWords rise.\n"
    played.faults = [httpx.Response(200, json=one) for one in (report, alarmed)]
    assert cli.main(["watch", "t-1", "--until-alarm"]) == cli.ALARMED
    assert "1 open: Length" in capsys.readouterr().err


def test_a_bar_is_drawn_on_a_terminal_only():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown, hidden = Terminal(), io.StringIO()
    for stream in (shown, hidden):
        bar = cli.Bar("judged", stream=stream, patience=0)
        bar(0, 4)
        bar(2, 4)
        bar(4, 4)
    assert hidden.getvalue() == ""
    assert shown.getvalue().endswith("4/4 judged\n")
    quick = Terminal()
    cli.Bar(stream=quick, patience=60)(4, 4)
    assert quick.getvalue() == ""
