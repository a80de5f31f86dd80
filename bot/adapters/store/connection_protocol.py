"""The interface of connections, common to all database engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """The interface of connections, common to all engines."""

    walks_back: bool
    """True if the full-text index gives the newest rows of one word first, without reading the others."""

    def execute(self, statement: str, values: Mapping[str, str | int | None] = ..., /) -> Cursor:
        """A statement of sql.py or schema.py."""

    def lock(self, names: Iterable[str], /) -> None:
        """Locks these names until this transaction has ended."""
