"""`manage.py sandbox` tells the truth about the machine."""

import io

import pytest
from django.core.management import call_command

from apps.core import gateway
from domain import errors


def test_it_tells_each_means_and_asks_something():
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sandbox", stdout=out)
    assert ended.value.code == 0
    lines = out.getvalue().splitlines()
    assert {line.split()[1] for line in lines[:-1]} == set(gateway.sandbox_held())
    for line in lines[:-1]:
        mark, name = line.split()[:2]
        assert (mark == "holds") is (gateway.sandbox_held()[name] == "")
    assert "was answered in" in lines[-1]


def test_a_machine_without_one_says_so(monkeypatch):
    class Away:
        def run(self, task: str, request: object, /, *, seconds: float):
            raise errors.Unavailable("The sandbox for python cannot start on this machine: no.")

    monkeypatch.setattr(gateway, "sandbox_here", lambda **_: Away())
    err = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sandbox", stderr=err)
    assert ended.value.code == 1
    assert "cannot start on this machine" in err.getvalue()
