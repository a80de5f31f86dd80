"""The browser of the tests; without one, tests that need it are skipped, or fail with REFUSE_SKIPS=1."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str:
    """The installed Chromium or Chrome; `CHROMIUM` names another one.

    Where there is none the test is skipped, and says so; with REFUSE_SKIPS=1 it fails.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found and shutil.which(found):
        return found
    reason = (
        f"NOT PROVED in a browser: none of {', '.join(NAMES)} is installed, and CHROMIUM names none ({found}). "
        "On Debian or Ubuntu: sudo apt install chromium"
    )
    if os.environ.get("REFUSE_SKIPS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()
