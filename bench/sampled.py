"""Runs a program while it counts the processor time of each part of it; `bench/profile.py` starts it.

python -m bench.sampled RESULTS PROGRAM

A timer of processor time interrupts the program; the time each thread has used since then belongs to the part of the
program the thread is in. A thread that waits leaves its time to the next interruption at which it works. The time in
the selector is measured by itself. SIGUSR1 writes a line with what was counted, and begins again.
"""

from __future__ import annotations

import json
import runpy
import selectors
import signal
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType

_INTERVAL = 0.001
"""Seconds of processor time between two interruptions; the system may take its own tick, some milliseconds."""
_WAITING = ("selectors.py", "threading.py", "queue.py", "concurrent/futures/thread.py")
"""Files whose functions wait."""
_DEEPEST = 60
"""Frames of a stack that are looked at."""


class Sampler:
    """Processor seconds by thread and stack."""

    def __init__(self, results: Path) -> None:
        self._results = results
        self._main = threading.main_thread()
        self._seconds: dict[str, float] = defaultdict(float)
        self._before: dict[int, float] = {}
        self._selecting = 0.0

    def start(self) -> None:
        self._time_selector()
        signal.signal(signal.SIGPROF, self._interrupted)
        signal.signal(signal.SIGUSR1, self._asked)
        signal.siginterrupt(signal.SIGPROF, False)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)

    def _time_selector(self) -> None:
        """Measures the processor time of waiting for sockets, which ends before an interruption sees it."""
        select = selectors.DefaultSelector.select

        def timed(selector: selectors.DefaultSelector, timeout: float | None = None) -> object:
            before = time.thread_time()
            try:
                return select(selector, timeout)
            finally:
                if threading.current_thread() is self._main:
                    self._selecting += time.thread_time() - before

        selectors.DefaultSelector.select = timed  # type: ignore[method-assign,assignment]

    def _interrupted(self, _: int, frame: FrameType | None) -> None:
        began = time.thread_time()
        frames = sys._current_frames()  # noqa: SLF001 (the documented way to see other threads)
        for thread in threading.enumerate():
            is_main, ident = thread is self._main, thread.ident or 0
            here = frame if is_main else frames.get(ident)
            if here is None or here.f_code.co_filename.endswith(_WAITING):
                continue
            used = began - self._selecting if is_main else _used_by(ident)
            self._seconds[_stack(thread.name, here)] += used - self._before.get(ident, 0.0)
            self._before[ident] = used
        if (ident := self._main.ident or 0) in self._before:
            self._before[ident] += time.thread_time() - began

    def _asked(self, _: int, __: FrameType | None) -> None:
        counted = {**self._seconds, "MainThread;selector": self._selecting}
        with self._results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(counted) + "\n")
        self._seconds.clear()
        self._before[self._main.ident or 0] = time.thread_time()
        self._selecting = 0.0


def _used_by(ident: int) -> float:
    try:
        return time.clock_gettime(time.pthread_getcpuclockid(ident))
    except OSError:  # it has ended
        return 0.0


def _stack(thread: str, frame: FrameType) -> str:
    """The thread and the functions it is in, the outermost first: `thread;file:function;…`."""
    found: list[str] = []
    here: FrameType | None = frame
    while here is not None and len(found) < _DEEPEST:
        found.append(f"{here.f_code.co_filename}:{here.f_code.co_name}")
        here = here.f_back
    return ";".join([thread, *reversed(found)])


if __name__ == "__main__":
    results, program, *arguments = sys.argv[1:]
    sys.argv = [program, *arguments]
    sys.path[0] = str(Path(program).parent)
    Sampler(Path(results)).start()
    runpy.run_path(program, run_name="__main__")
