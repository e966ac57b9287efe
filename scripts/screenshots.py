"""Writes the pictures of the README into docs/img, from a running studio or from one it starts for the purpose."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import browsers  # noqa: E402 - the path has to be set first

OUT = ROOT / "docs" / "img"
DESK, PHONE = (1440, 900), (390, 844)
PATIENCE = 1800.0


@dataclass(frozen=True)
class Picture:
    """One picture: who looks at what, and how."""

    name: str
    role: str
    path: str
    theme: str = "light"
    size: tuple[int, int] = DESK


def pictures(told: dict[str, Any], places: dict[str, str]) -> list[Picture]:
    """What is shown, in the sample workspace."""
    home = f"/w/{told['workspace']}/"
    return [
        Picture("home-light", "author", home),
        Picture("edit-light", "author", places["draft"]),
        Picture("edit-dark", "author", places["draft"], theme="dark"),
        Picture("edit-phone", "author", places["draft"], size=PHONE),
        Picture("run-light", "author", places["run"]),
        Picture("answer-light", "author", places["answer"]),
        Picture("release-light", "author", f"{home}training/releases/autumn-pilot/"),
        Picture("review-dark", "annotator", places["queue"], theme="dark"),
    ]


def main() -> None:
    """Take all pictures."""
    path = browsers.find()
    if path is None:
        sys.exit("No Chromium or Chrome was found: install one, or set STUDIO_CHROMIUM to its path.")
    OUT.mkdir(parents=True, exist_ok=True)
    with running_studio() as told, sync_playwright() as playwright:
        places = wait_for_sample(told)
        browser = playwright.chromium.launch(executable_path=path, args=[*browsers.FLAGS, "--hide-scrollbars"])
        for picture in pictures(told, places):
            file = OUT / f"{picture.name}.png"
            take(browser, told, picture, file)
            print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1024} kB")
        browser.close()


@contextlib.contextmanager
def running_studio() -> Iterator[dict[str, Any]]:
    """What `.studio/demo.json` describes if it runs, else a studio of our own in a temporary folder."""
    data_dir = Path(os.environ.get("STUDIO_DATA_DIR", ROOT / ".studio"))
    told = read_demo(data_dir)
    if told is not None:
        yield told
        return
    with tempfile.TemporaryDirectory(prefix="studio-shots-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        Path(folder).chmod(0o755)  # Started by root, PostgreSQL runs as another user and has to get in.
        print("No studio runs: starting one. Its small model judges the sample first, which takes some minutes.")
        environment = os.environ | {"STUDIO_DATA_DIR": folder, "PORT": str(port)}
        studio = subprocess.Popen(
            [sys.executable, "manage.py", "studio"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            yield started(studio, Path(folder))
        finally:
            studio.send_signal(signal.SIGINT)
            studio.wait(60)


def started(studio: subprocess.Popen[bytes], data_dir: Path) -> dict[str, Any]:
    """Wait until a studio that was just started tells its logins."""
    end = time.monotonic() + 300
    while time.monotonic() < end and studio.poll() is None:
        if (told := read_demo(data_dir)) is not None:
            return told
        time.sleep(1)
    sys.exit("The studio did not start.")


def read_demo(data_dir: Path) -> dict[str, Any] | None:
    """The running demo's address and logins, or nothing."""
    try:
        told: dict[str, Any] = json.loads((data_dir / "demo.json").read_text(encoding="utf-8"))
        httpx.get(f"{told['url']}/readyz", timeout=5, trust_env=False).raise_for_status()
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return told


def wait_for_sample(told: dict[str, Any]) -> dict[str, str]:
    """Wait for the sample's run and its review queue, and return where everything is."""
    home = f"/w/{told['workspace']}/"
    headers = {"Authorization": f"Bearer {told['token']}"}
    with httpx.Client(base_url=f"{told['url']}/api/v1", headers=headers, timeout=30, trust_env=False) as api:
        end, said = time.monotonic() + PATIENCE, 0.0
        while time.monotonic() < end:
            run = sample_run(api)
            queues = api.get("/queues").raise_for_status().json()["results"]
            if run is not None and run["progress"]["state"] == "done" and queues:
                return {
                    "draft": f"{home}rubrics/discharge-letters/2/",
                    "run": f"{home}runs/{run['id']}/",
                    "answer": f"{home}runs/{run['id']}/answers/{best_answer(api, run['id'])}/",
                    "queue": f"{home}review/{queues[0]['id']}/next",
                }
            if time.monotonic() - said > 20:
                said = time.monotonic()
                print(f"Waiting for the sample's run: {json.dumps(run['progress'] if run else None)}")
            time.sleep(2)
    sys.exit("The sample's run was not done in time.")


def best_answer(api: httpx.Client, run: str) -> int:
    """The place of the answer that scored best: its verdicts are not all alike."""
    sent = api.get(f"/runs/{run}/verdicts.ndjson").raise_for_status().text
    lines = [json.loads(line) for line in sent.strip().split("\n")]
    scores = {line["response_id"]: line["score"]["raw"] or 0.0 for line in lines if "_end" not in line}
    order = list(scores)
    return max(range(len(order)), key=lambda place: scores[order[place]])


def sample_run(api: httpx.Client) -> dict[str, Any] | None:
    """The sample's run as REST tells it."""
    runs = api.get("/runs").raise_for_status().json()["results"]
    found = next((run for run in runs if run.get("name", "").startswith("First run")), None)
    return None if found is None else dict(api.get(f"/runs/{found['id']}").raise_for_status().json())


def take(browser: Browser, told: dict[str, Any], picture: Picture, file: Path) -> None:
    """Sign in as the person and take the picture."""
    width, height = picture.size
    context = browser.new_context(
        base_url=told["url"],
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    user = told["users"][picture.role]
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(user["username"])
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("#main")
    page.goto(picture.path, wait_until="networkidle")
    settle(page)
    tour = page.get_by_role("button", name="Skip the tour")
    if tour.is_visible():
        tour.click()
        settle(page)
    page.screenshot(path=str(file))
    context.close()


def settle(page: Page) -> None:
    """Wait until the parts of the page have come, and take the focus from what has it."""
    while page.evaluate("document.querySelector('.htmx-request') !== null"):
        page.wait_for_timeout(200)
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
