"""Connections to the SQLite file: opening and migrating it, and what its errors mean."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot.adapters.store import schema_migrations, stored_keys
from bot.adapters.store.connection_protocol import Returned, Values
from bot.adapters.store.dialect import SQLITE, in_dialect
from bot.adapters.store.sqlite_files import RESTORE, corrupt, is_corrupt, make_private, require_file, require_not_lost
from bot.core.errors import Misconfigured, StoreDamaged, StoreDown

log = logging.getLogger(__name__)

T = TypeVar("T")

_OLDEST = (3, 35)  # RETURNING
_STATEMENTS = 256  # more than the desk has; each is prepared once per connection
_RETRY = 0.01  # seconds


class SqliteConnection(sqlite3.Connection):
    """Takes the statements all engines share."""

    walks_back = True

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        return super().execute(in_dialect(SQLITE, statement), values)

    def send(self, statement: str, values: Values, /) -> None:
        self.execute(statement, values)

    def require(self, statement: str, values: Values, /, otherwise: Exception) -> Returned:
        cursor = self.execute(statement, values)
        row = cursor.fetchone()
        if row is None and cursor.rowcount != 1:
            raise otherwise
        return Returned(row)

    def complete(self) -> None:
        """Does nothing: a file's statements are executed at once."""

    def lock(self, names: Iterable[str], /) -> None:
        """Does nothing: a writing transaction holds the lock on the whole file."""


Connect = Callable[[], SqliteConnection]


def connect(path: Path, busy: float) -> SqliteConnection:
    """A connection whose COMMIT returns when the change is on disk; waits `busy` seconds for other processes.

    May be used from any thread, by one at a time.
    """
    db = sqlite3.connect(
        path,
        timeout=busy,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
        factory=SqliteConnection,
    )
    try:
        retry_while_busy(lambda: db.execute("PRAGMA journal_mode = WAL"), busy)
        db.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        db.close()
        raise
    return db


def retry_while_busy(work: Callable[[], T], seconds: float) -> T:
    """Repeats what SQLite refuses without waiting for the lock, as it does when several open a new file at once."""
    until = time.monotonic() + seconds
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= until:
                raise
        time.sleep(_RETRY)


def prepare(path: Path, busy: float, scripts: Sequence[str] = schema_migrations.MIGRATIONS) -> None:
    """Creates the file and its folder, and brings its tables up to date. `Misconfigured` where that cannot be."""
    if sqlite3.sqlite_version_info < _OLDEST:
        raise Misconfigured(f"SQLite {sqlite3.sqlite_version} is too old: this desk needs 3.35 or newer.")
    try:
        require_file(path)
        require_not_lost(path)
        make_private(path)
        db = connect(path, busy)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        _require_ours(db, path)
        _copy_before_migration(db, path, len(scripts))
        _migrate(db, path, scripts)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    finally:
        db.close()


def _version(db: SqliteConnection) -> int:
    """The schema version of the file; 0 for a new one."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").fetchone():
        return 0
    return int(db.execute("SELECT MAX(version) FROM schema_version").fetchone()[0] or 0)


def _copy_before_migration(db: SqliteConnection, path: Path, newest: int) -> None:
    """Copies the file before a newer release changes its tables, so that the older release can be run again."""
    found = _version(db)
    if not 0 < found < newest:
        return
    target = path.with_name(f"{path.stem}.before-schema-{newest}{path.suffix}")
    if target.exists():
        return  # of a start that was interrupted: it is as old as the tables
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    make_private(unfinished)
    with closing(sqlite3.connect(unfinished)) as copy:
        db.backup(copy)
    unfinished.replace(target)
    log.info("The database was copied to %s before its schema changes from %d to %d.", target, found, newest)


def _require_ours(db: SqliteConnection, path: Path) -> None:
    """`Misconfigured` for a database with tables, but without a schema version."""
    if not _version(db) and db.execute("SELECT 1 FROM sqlite_master WHERE name <> 'schema_version'").fetchone():
        raise Misconfigured(
            f"The file {path} is a database with other tables than the desk's. Set DATABASE_URL to another file. If it "
            f"was the desk's, it is damaged. {RESTORE}"
        )


def _migrate(db: SqliteConnection, path: Path, scripts: Sequence[str]) -> None:
    """Migrates in one transaction, which also shows that the file can be written."""
    with transaction(db):
        db.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
        found = db.execute("SELECT MAX(version) FROM schema_version").fetchone()[0] or 0
        if found > len(scripts):
            raise Misconfigured(
                f"The database {path} was written by a newer release (schema {found}, this release knows "
                f"{len(scripts)}). Run that release, or set DATABASE_URL to another file."
            )
        for version, script in enumerate(scripts[found:], found + 1):
            for statement in SQLITE.script(script):
                db.execute(statement)
            db.execute("INSERT INTO schema_version (version) VALUES (?)", (version,))
        stored_keys.compute(db, found, len(scripts))
        # Writes even when nothing is new, because SQLite opens a read-only file without a word.
        db.execute("UPDATE schema_version SET version = version")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes the write lock at once, so that nothing inside fails for a lock taken meanwhile."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def down(error: Exception, name: str = "database") -> StoreDown:
    """The sentence for a read or write that failed. `name`: of the file."""
    if is_corrupt(error):
        return StoreDamaged(f"The desk's {name} is damaged ({error}). An admin stops the desk, and then: {RESTORE}")
    return StoreDown(
        f"The desk's {name} cannot be used right now ({error}). Nothing was changed; please try again in a moment."
    )


def is_busy(error: Exception) -> bool:
    """Another process holds the lock: a matter of waiting, not of settings."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _unusable(path: Path, error: Exception) -> Misconfigured | StoreDown:
    if is_busy(error):
        return down(error)
    if is_corrupt(error):
        return corrupt(path, error)
    return Misconfigured(
        f"The database {path} cannot be opened for writing ({error}). Give this user the right to write the file and "
        "its folder, make room on the disk, or set DATABASE_URL to a file elsewhere, e.g. sqlite:///var/desk.sqlite3."
    )
