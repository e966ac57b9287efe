"""What is refused before anything starts."""

import socket
from pathlib import Path

import pytest

from rubricstudio.launcher import preflight


def test_a_port_in_use_names_another():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(preflight.CannotStart, match=f"Port {port} is taken .* make demo PORT="):
            preflight.choose_port(port)


def test_port_zero_takes_a_free_one():
    assert preflight.choose_port(0) > 1023


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(preflight.CannotStart, match="cannot be written"):
        preflight.check_folder(tmp_path / "file" / "data")


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(preflight, "ROOM_NEEDED", 1 << 60)
    with pytest.raises(preflight.CannotStart, match="are free"):
        preflight.check_folder(tmp_path)


def test_one_studio_holds_a_folder_and_says_where_it_is(tmp_path: Path):
    first, second = preflight.Hold(tmp_path), preflight.Hold(tmp_path)
    first.take()
    first.tell("at http://127.0.0.1:8000")
    with pytest.raises(preflight.CannotStart, match=r"already running at http://127\.0\.0\.1:8000"):
        second.take()
    first.let_go()
    second.take()
    second.let_go()
