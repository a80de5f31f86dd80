"""The files of an embedded desk: readable for their owner only, and never silently created again where one was lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.core.errors import Misconfigured

_MODE = 0o600
_SUFFIXES = ("", "-wal", "-shm", "-journal")
_PAGES = slice(16, 20)
"""Offset of the page count in a rollback journal's header: sqlite.org/fileformat2.html, section 3."""
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

RESTORE = "Restore it from a backup: docs/operations.md says how."


def drafts_path(path: Path) -> Path:
    """The file of the drafts that belong to a database file."""
    return path.with_name(f"{path.stem}-drafts{path.suffix}")


def make_private(path: Path) -> None:
    """Makes the file and its folder where there is none. The file, and what SQLite keeps beside it, is its owner's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=_MODE)
    for file in (path.with_name(path.name + suffix) for suffix in _SUFFIXES):
        with suppress(FileNotFoundError, PermissionError):  # another owner's: then it is theirs to say who reads it
            file.chmod(_MODE)


def require_not_lost(path: Path) -> None:
    """`Misconfigured` where the database file is missing or empty, while what belonged to it is still there."""
    if path.exists() and path.stat().st_size:
        return
    left = next(_leftovers(path), None)
    if left:
        state = "is empty" if path.exists() else "is missing"
        raise Misconfigured(
            f"The database {path} {state}, but {left} beside it is not: the database was lost. {RESTORE} "
            f"To begin a new desk instead, remove {left}."
        )


def _leftovers(path: Path) -> Iterator[Path]:
    for file in (path.with_name(f"{path.name}-wal"), drafts_path(path)):
        with suppress(FileNotFoundError):
            if file.stat().st_size:
                yield file
    journal = path.with_name(f"{path.name}-journal")
    if _is_of_a_database(journal):
        yield journal


def _is_of_a_database(journal: Path) -> bool:
    """False for a rollback journal that was begun while the database had no page: the database was being made."""
    try:
        with journal.open("rb") as file:
            header = file.read(_PAGES.stop)
    except FileNotFoundError:
        return False
    return bool(header) and header[_PAGES] != bytes(4)


def is_corrupt(error: Exception) -> bool:
    """True if the file itself is damaged, or is no database."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _CORRUPT


def corrupt(path: Path, error: Exception) -> Misconfigured:
    """The sentence for a damaged file."""
    return Misconfigured(
        f"The file {path} is damaged, or no database ({error}). {RESTORE} If it is not the desk's at all, set "
        "DATABASE_URL to another file."
    )
