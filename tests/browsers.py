"""Finds the browser that journeys drive: the system's Chromium or Chrome, else Playwright's own."""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-dev-shm-usage")


def find() -> str | None:
    """Return the path of a browser that can be started."""
    given = os.environ.get("STUDIO_CHROMIUM", "")
    if given:
        return given if Path(given).exists() else None
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return next((place for place in PLACES if Path(place).exists()), None) or _playwrights_own()


def path_or_skip() -> str:
    """Return the path of a browser; without one skip, or fail in CI, where browser tests never skip."""
    path = find()
    if path is not None:
        return path
    reason = "No Chromium or Chrome was found: install one, or set STUDIO_CHROMIUM to its path."
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None
