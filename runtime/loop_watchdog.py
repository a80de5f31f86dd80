"""Watches the event loop: logs its stack when it is blocked for too long."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

LONGEST = 0.25
"""Seconds the loop may be busy with one step: while it is, nothing is acknowledged."""
_EVERY = 0.05
_FRAMES = 12


class _Watchdog:
    """A thread that checks whether a callback in the loop was called recently."""

    def __init__(self, loop: asyncio.AbstractEventLoop, longest: float) -> None:
        self._loop = loop
        self._longest = longest
        self._thread_of_loop = threading.get_ident()
        self._turned = time.monotonic()
        self._ended = threading.Event()
        self._handle = loop.call_soon(self._tick)
        self._thread = threading.Thread(target=self._watch, name="loop-watchdog", daemon=True)
        self._thread.start()

    def _tick(self) -> None:
        self._turned = time.monotonic()
        self._handle = self._loop.call_later(_EVERY, self._tick)

    def _watch(self) -> None:
        reported = 0.0
        while not self._ended.wait(_EVERY):
            turned = self._turned
            stalled = time.monotonic() - turned - _EVERY
            if stalled > self._longest and turned != reported:
                reported = turned
                log.warning("the event loop has been busy for %.0f ms with:\n%s", stalled * 1000, self._stack())

    def _stack(self) -> str:
        """The lines of code the loop's thread executes; no values, which may be personal data."""
        frame = sys._current_frames().get(self._thread_of_loop)  # noqa: SLF001 (Python's only way to another thread's stack)
        return "".join(traceback.format_stack(frame, _FRAMES)) if frame else "?"

    def stop(self) -> None:
        self._ended.set()
        self._handle.cancel()
        self._thread.join()


@contextmanager
def watched(longest: float = LONGEST) -> Iterator[None]:
    """Watches the running loop while the context is open: logs the stack of a stall of more than `longest` seconds."""
    watchdog = _Watchdog(asyncio.get_running_loop(), longest)
    try:
        yield
    finally:
        watchdog.stop()
