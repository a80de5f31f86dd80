"""What the connections of all database engines have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """What the engines' connections have in common."""

    walks_back: bool
    """Whether the full-text index gives the newest of one word first, without looking at the others."""

    def execute(self, statement: str, values: Mapping[str, str | int | None] = ..., /) -> Cursor:
        """A statement of sql.py or schema.py."""

    def lock(self, names: Iterable[str], /) -> None:
        """Others who lock one of these names wait here until this transaction has ended."""
