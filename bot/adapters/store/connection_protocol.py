"""The interface of connections, common to all database engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Values = Mapping[str, str | int | None]


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


@dataclass
class Returned:
    """The row a required statement returned, if it returns one. Filled in once `complete` was called."""

    row: Any = None


class Connection(Protocol):
    """The interface of connections, common to all engines.

    On a server, statements of `send` and `require` travel together, and cost one round trip instead of one each.
    """

    walks_back: bool
    """True if the full-text index gives the newest rows of one word first, without reading the others."""

    def execute(self, statement: str, values: Values = ..., /) -> Cursor:
        """Executes a statement of sql.py or schema_migrations.py whose result is read at once."""

    def send(self, statement: str, values: Values, /) -> None:
        """Executes a statement whose result is not read, in order; its error is raised at the latest by `complete`."""

    def require(self, statement: str, values: Values, /, otherwise: Exception) -> Returned:
        """Executes a statement that must change one row; else `otherwise` is raised, by `complete` at the latest.

        Several that fail raise the first one's.
        """

    def complete(self) -> None:
        """Waits until all statements are executed. Called before the transaction is committed."""

    def lock(self, names: Iterable[str], /) -> None:
        """Locks these names until this transaction has ended."""
