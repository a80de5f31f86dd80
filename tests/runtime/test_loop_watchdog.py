"""The watchdog of the event loop."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from runtime.loop_watchdog import watched
from tests.timeouts import TIMEOUT


def block_the_loop(logged: threading.Event) -> None:
    """Blocks until the watchdog has logged something."""
    end = time.monotonic() + TIMEOUT
    while not logged.is_set() and time.monotonic() < end:
        sum(range(1000))


class LogWaiter(logging.Handler):
    """Waits for the first record."""

    def __init__(self) -> None:
        super().__init__()
        self.logged = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.logged.set()


async def test_stall_is_logged_with_the_code_the_loop_is_at(caplog: pytest.LogCaptureFixture) -> None:
    waiter, typed = LogWaiter(), "+49 89 1234 typed"
    logging.getLogger("runtime.loop_watchdog").addHandler(waiter)
    with watched(0.1):
        block_the_loop(waiter.logged)
    logging.getLogger("runtime.loop_watchdog").removeHandler(waiter)
    assert "the event loop has been busy" in caplog.text
    assert "block_the_loop" in caplog.text
    assert typed not in caplog.text.replace(f'"{typed}"', "")


async def test_turning_loop_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with watched(60):
        pass
    assert "busy" not in caplog.text
