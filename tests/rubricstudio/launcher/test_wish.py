"""The wish to stop, also where Python swallows what is raised."""

import os
import subprocess
import sys

from tests.processes import ROOT

FORKING = """
import os, signal
import django
django.setup()
from rubricstudio.launcher.demo import Stopped, Wish
wish = Wish()
wish.listen()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT) or sum(range(1000)))
child = os.fork()
if child == 0:
    os._exit(0)
try:
    wish.heed()
except Stopped:
    print("heeded")
"""


def test_a_wish_made_in_a_fork_is_heeded_without_complaint():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "rubricstudio.settings"}
    command = [sys.executable, "-W", "ignore", "-c", FORKING]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("heeded\n", "")
