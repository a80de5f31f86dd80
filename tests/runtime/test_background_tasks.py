"""Acknowledgements have priority; delayed tasks are never starved."""

from __future__ import annotations

import asyncio
import logging

import pytest
from aiohttp import ClientConnectionError

from runtime.background_tasks import BackgroundTasks
from tests.timeouts import TIMEOUT


async def test_calm_comes_after_all_acknowledgements() -> None:
    tasks, done = BackgroundTasks(), list[str]()

    async def work() -> None:
        await tasks.calm()
        done.append("work")

    with tasks.answering():
        with tasks.answering():
            tasks.start(work())
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert done == []
    await tasks.drain(TIMEOUT)
    assert done == ["work"]


async def test_calm_comes_although_people_keep_waiting() -> None:
    tasks = BackgroundTasks()
    with tasks.answering():
        await asyncio.wait_for(tasks.calm(), TIMEOUT)


async def test_drain_leaves_no_task_behind() -> None:
    tasks, ended = BackgroundTasks(), list[str]()

    async def work() -> None:
        try:
            await asyncio.sleep(TIMEOUT)
        finally:
            ended.append("work")

    tasks.start(work())
    await asyncio.sleep(0)
    await tasks.drain(0)
    await asyncio.sleep(0)
    assert ended == ["work"]


async def test_task_error_is_logged_by_kind_and_place_without_user_input(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work() -> None:
        int("+49 89 1234 typed")

    tasks = BackgroundTasks()
    tasks.start(work())
    await tasks.drain(1)
    await asyncio.sleep(0)
    assert "ValueError" in caplog.text
    assert "in work" in caplog.text
    assert "+49 89 1234" not in caplog.text.replace('int("+49 89 1234 typed")', "")


@pytest.mark.parametrize(
    ("error", "level"), [(ClientConnectionError(), logging.WARNING), (RuntimeError("hunter2"), logging.ERROR)]
)
async def test_failed_task_is_logged_in_one_line_when_slack_was_the_cause(
    caplog: pytest.LogCaptureFixture, error: Exception, level: int
) -> None:
    async def fail() -> None:
        raise error

    tasks = BackgroundTasks()
    tasks.start(fail())
    await tasks.drain(TIMEOUT)
    await asyncio.sleep(0)
    [record] = caplog.records
    assert record.levelno == level
    assert ("\n" in record.getMessage()) == (level == logging.ERROR)
    assert "hunter2" not in caplog.text
