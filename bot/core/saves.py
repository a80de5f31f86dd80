"""Notes whether anything was saved while one payload is handled.

A failure after that must not be told as “nothing was changed”. The note is part of the context, and of tasks that are
started in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class _Saves:
    any: bool = False


_saves: ContextVar[_Saves | None] = ContextVar("saves", default=None)


@contextmanager
def noting_saves() -> Iterator[None]:
    """Notes saves from here on, in tasks that are started inside too."""
    before = _saves.set(_Saves())
    try:
        yield
    finally:
        _saves.reset(before)


def note_save() -> None:
    """Notes that something a person asked for was saved."""
    if saves := _saves.get():
        saves.any = True


def has_saved() -> bool:
    """True if something was saved since `noting_saves`."""
    saves = _saves.get()
    return saves is not None and saves.any
