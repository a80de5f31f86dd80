"""Context of log lines: the request, the ticket and the person's id that a task works for."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Context:
    """Context of a log line: ids only, never names."""

    request: str = ""
    ticket: str = ""
    person: str = ""


_NONE = Context()
_context: ContextVar[Context] = ContextVar("log_context", default=_NONE)


def current() -> Context:
    """The context of this task."""
    return _context.get()


def new_request() -> str:
    """A random request id."""
    return secrets.token_hex(4)


@contextmanager
def about(**known: str) -> Iterator[None]:
    """Adds these ids to log lines of the context, and of tasks that are started in it."""
    before = _context.set(replace(_context.get(), **known))
    try:
        yield
    finally:
        _context.reset(before)


def name_for_this_task(**known: str) -> None:
    """Adds these ids to log lines of this task from now on."""
    _context.set(replace(_context.get(), **known))
