"""Fixtures of all tests, and their order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser

from tests.chromium import chromium
from tests.ports import free_port
from tests.work_order import long_first, wrong_marks

# Speed is the benchmark's business; a busy machine is no failure of a rule.
settings.register_profile("desk", deadline=None)
settings.load_profile("desk")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Three workers on two cores: many tests wait for a process, a server or a browser."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A worker that is done takes tests from the one that has most left."""
    from xdist.scheduler import WorkStealingScheduling  # noqa: PLC0415 - only where several workers run

    return WorkStealingScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests begin, shared among the workers."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        others = [item for item in items if not item.get_closest_marker("long")]
        items[:] = long_first(_long_groups(items), others, workers)


def _long_groups(items: list[pytest.Item]) -> list[list[pytest.Item]]:
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("long"):
            together = item.get_closest_marker("xdist_group")
            groups.setdefault(str(together.args[0]) if together else item.nodeid, []).append(item)
    return list(groups.values())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says after a run of all tests which `long` marks are missing or no longer needed."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS or config.option.keyword:
        return
    reports = [report for kind in ("", "passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    seconds = Counter[str]()
    for report in reports:
        seconds[report.nodeid] += report.duration
    marked = {report.nodeid: "xdist_group" in report.keywords for report in reports if "long" in report.keywords}
    for line in wrong_marks(seconds, marked):
        terminalreporter.write_line(line)


@pytest.fixture
def unused_tcp_port() -> int:
    """A port that nobody is given before the test opens it."""
    return free_port()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_browser() -> AsyncIterator[Browser]:
    """One browser for all tests of a worker: its start takes longer than most of them."""
    async with chromium() as launched:
        yield launched


@pytest_asyncio.fixture(loop_scope="session")
async def browser(shared_browser: Browser) -> AsyncIterator[Browser]:
    """A browser without a window; what a test has opened in it is closed at its end."""
    yield shared_browser
    for context in shared_browser.contexts:
        await context.close()
