"""The files of an embedded desk: readable for their owner only, and never silently created again where one was lost."""

from __future__ import annotations

import logging
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.core.errors import Misconfigured, StoreDamaged

log = logging.getLogger(__name__)

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


class FileInPlace:
    """An open file that must stay at its path: what is written to it elsewhere would be lost at the next start."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._identity = _identity(path)
        self._is_missed = False

    def require(self) -> None:
        """`StoreDamaged` where the file was moved away or replaced, with one line in the log."""
        found = _identity(self._path)
        if found == self._identity:
            self._is_missed = False
            return
        if found is None:
            words = f"The {self._name} {self._path} was moved away while the desk runs. Bring it back."
        else:
            words = f"The {self._name} {self._path} was replaced by another while the desk runs. Restart the desk."
        if not self._is_missed:
            log.error(words)
        self._is_missed = True
        raise StoreDamaged(words)


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of the file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def require_file(path: Path) -> None:
    """`Misconfigured` where a folder or a device is in the file's place."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # there is none yet, or opening it says why it cannot be read
    if not stat.S_ISREG(mode):
        found = "a folder" if stat.S_ISDIR(mode) else "no ordinary file"
        raise Misconfigured(
            f"{path} is {found}. Set DATABASE_URL to a file, e.g. sqlite:///var/desk.sqlite3. If the desk's file was "
            f"there: {RESTORE[0].lower()}{RESTORE[1:]}"
        )


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


def fault_of_drafts(path: Path) -> str:
    """A sentence where a database is there, but its drafts are missing or empty; else empty."""
    drafts = drafts_path(path)
    is_there = drafts.exists() and drafts.stat().st_size > 0
    if is_there or not (path.exists() and path.stat().st_size):
        return ""
    state = "is empty" if drafts.exists() else "is missing"
    return (
        f"The file of drafts {drafts} {state} beside its database, so unfinished forms, handovers and what people "
        f"chose are lost, and a new one is made. If there is a backup, stop the desk and restore the file from it: "
        "docs/operations.md says how."
    )


def _leftovers(path: Path) -> Iterator[Path]:
    for file in (path.with_name(f"{path.name}-wal"), drafts_path(path)):
        if file.is_file() and file.stat().st_size:
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
