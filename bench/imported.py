"""Imports a program and prints, by package, what its imports take; `bench/profile.py` starts it.

python -m bench.imported PROGRAM
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from importlib import _bootstrap
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") / 2**20
_OWN = frozenset({"app", "blocks", "bot", "handlers", "runtime"})
DESK = "Partner Desk itself"
STANDARD = "the standard library"


def _resident() -> float:
    """Resident memory of this process in megabytes."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE


def _now() -> tuple[float, float, float]:
    """Processor seconds, seconds, and megabytes."""
    return time.process_time(), time.perf_counter(), _resident()


def package(module: str) -> str:
    """Package a module is counted with."""
    top = module.partition(".")[0]
    if top in _OWN:
        return DESK
    return STANDARD if top in sys.stdlib_module_names else top.lstrip("_")


class Imports:
    """Times and memory of each package's modules, without what they import of other packages."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._inner: list[list[float]] = [[0.0, 0.0, 0.0]]

    def around(self, find_and_load: Callable[..., object]) -> Callable[..., object]:
        """The same function of the import system, counted."""

        def counted(name: str, import_: object) -> object:
            before = _now()
            self._inner.append([0.0, 0.0, 0.0])
            try:
                return find_and_load(name, import_)
            finally:
                whole = [late - early for late, early in zip(_now(), before, strict=True)]
                inner = self._inner.pop()
                for kind, used in enumerate(whole):
                    self.taken[package(name)][kind] += used - inner[kind]
                    self._inner[-1][kind] += used

        return counted


def main(program: str) -> None:
    imports, before = Imports(), _now()
    function = "_find_and_load_unlocked"
    setattr(_bootstrap, function, imports.around(getattr(_bootstrap, function)))
    importlib.import_module(program)
    whole = [late - early for late, early in zip(_now(), before, strict=True)]
    print(json.dumps({"interpreter": before[2], "whole": whole, "packages": imports.taken}))


if __name__ == "__main__":
    main(sys.argv[1])
