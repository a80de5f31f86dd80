"""Shared fixtures: Slack's JavaScript packages, installed once, and the page in a browser."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.localslack.node_side import NODE
from tests.localslack.page_stage import BrowserStage, open_stage


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """`node_modules` as in the lock file. Skips with a reason where Node.js or its packages are unavailable; with
    REFUSE_SKIPS=1 that is a failure."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _skip_or_fail("Node.js (with npm) is not installed. On Debian or Ubuntu: sudo apt install nodejs npm")
    modules = NODE / "node_modules"
    with (NODE / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may start at the same time
        if not _is_current(modules):
            done = subprocess.run(
                ["npm", "ci", "--no-audit", "--no-fund"],
                cwd=NODE, capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            if done.returncode != 0:
                _skip_or_fail(f"npm ci failed: {done.stderr.strip()[-500:]}")
    return modules


def _is_current(modules: Path) -> bool:
    installed = modules / ".package-lock.json"  # npm writes it when the installation is complete
    return installed.exists() and installed.stat().st_mtime >= (NODE / "package-lock.json").stat().st_mtime


def _skip_or_fail(reason: str) -> None:
    if os.environ.get("REFUSE_SKIPS") == "1":
        pytest.fail(reason)
    pytest.skip(f"NOT PROVED with Slack's JavaScript clients: {reason}")


@pytest_asyncio.fixture(loop_scope="session")
async def stage(browser: Browser) -> AsyncIterator[BrowserStage]:
    """A local Slack with an app that uses every feature of the page."""
    async with open_stage(browser) as ready:
        yield ready
