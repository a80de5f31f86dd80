"""Sessions of PostgreSQL: opening and migrating the database, and what its errors mean."""

from __future__ import annotations

import os
import re
import selectors
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import conninfo, errors, pq
from psycopg_pool import PoolClosed, PoolTimeout

from bot.adapters.store import schema_migrations, stored_keys
from bot.adapters.store.connection_protocol import Returned, Values
from bot.adapters.store.dialect import POSTGRES, in_dialect
from bot.core.errors import Conflict, Misconfigured, SaveInDoubt, StoreDown, Unreachable

Session = psycopg.Connection[tuple[Any, ...]]
Cursor = psycopg.Cursor[tuple[Any, ...]]

BUSY = 2.0
"""Seconds to wait for a connection. Slack waits 3 s for an answer."""
_LOCKED = 0.35
"""Part of that time to wait for a row that another session changes."""
LONGEST_LOCK = 2 * BUSY * _LOCKED
"""Seconds after which a change that meets a lasting lock is refused: it is tried twice."""

_OLDEST = 13  # pg_xact_status, pg_current_xact_id
_DEFAULTS = {
    "application_name": "partner-desk",
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "tcp_user_timeout": "10000",  # a network that swallows everything is noticed after 10 s
}
_SETTINGS = (
    "SET statement_timeout = '10s'",
    # what a machine that vanished had locked is free again after that
    "SET idle_in_transaction_session_timeout = '10s'",
    # and what it held outside of one, such as the right to do the sweep, after a minute
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    # what is acknowledged is on disk, whatever the server's default; stricter settings stay
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)
_NO_CONNECTION = "no connection"
_DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_LOCK = b"""
    SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || name, 0))
    FROM unnest(%(names)s::text[]) AS name"""


class PostgresConnection:
    """Takes the statements all engines share.

    `pipeline`: the session's pipeline mode, in which the server is sent further statements before it has answered.
    """

    walks_back = False

    def __init__(self, session: Session, pipeline: psycopg.Pipeline | None = None) -> None:
        self._session = session
        self._pipeline = pipeline
        self._is_waiting = pipeline is not None
        self._required: list[tuple[Cursor, Returned, Exception]] = []

    def execute(self, statement: str, values: Values | None = None, /) -> Cursor:
        cursor = self._sent(statement, values or {})
        self.complete()
        return cursor

    def send(self, statement: str, values: Values, /) -> None:
        self._sent(statement, values)

    def require(self, statement: str, values: Values, /, otherwise: Exception) -> Returned:
        returned = Returned()
        self._required.append((self._sent(statement, values), returned, otherwise))
        if not self._pipeline:
            self.complete()
        return returned

    def lock(self, names: Iterable[str], /) -> None:
        """Locks until the transaction ends, in the given order, so that equal locks wait and do not deadlock."""
        names = list(names)
        if names:
            self._session.execute(_LOCK, {"names": names})
            self._is_waiting = True

    def complete(self) -> None:
        if self._pipeline and self._is_waiting:
            sync(self._session, self._pipeline)
        self._is_waiting = False
        if unmet := self.unmet():
            raise unmet

    def before_commit(self) -> None:
        """Completes what the commit depends on. Statements without a requirement can travel with it: if one fails, the
        commit does too."""
        if self._required:
            self.complete()

    def unmet(self) -> Exception | None:
        """The first unmet requirement's exception: also where a later statement failed because of it."""
        required, self._required = self._required, []
        for cursor, returned, otherwise in required:
            result = cursor.pgresult
            if result is None or result.status not in _DONE:
                return None  # this or an earlier statement failed
            if cursor.rowcount != 1:
                return otherwise
            returned.row = cursor.fetchone() if cursor.description else None
        return None

    def _sent(self, statement: str, values: Values) -> Cursor:
        spoken = _spoken(statement)
        self._is_waiting = True
        # what a full-text query costs depends on its words: planned for each call, never once for all of them
        return self._session.execute(spoken, values, prepare=False if b"@@" in spoken else None)


def sync(session: Session, pipeline: psycopg.Pipeline) -> None:
    """Waits for the results of all that was sent. Raises the first error among them.

    The driver only waits for results, also while a part of a long text, such as a mail, is not sent yet: that is sent
    first.
    """
    if session.pgconn.flush():
        with selectors.DefaultSelector() as selector:  # unlike `select`, it takes any number of open files
            selector.register(session.fileno(), selectors.EVENT_WRITE)
            while session.pgconn.flush():
                selector.select()
    pipeline.sync()


@lru_cache(maxsize=1024)
def _spoken(statement: str) -> bytes:
    return in_dialect(POSTGRES, statement).encode()


# --- opening


def parameters(url: str) -> str:
    """The URL for the driver, with what the desk wants where the URL says nothing. It is never quoted: see `place`."""
    try:
        given = conninfo.conninfo_to_dict(url)
        _require_coded(url)
    except (psycopg.Error, ValueError):
        raise Misconfigured(
            "DATABASE_URL cannot be read. Write postgresql://user:password@host:5432/database, with every sign of the "
            f"password other than letters and digits as its %-code (“@” is {quote('@')}, “/” is {quote('/', safe='')})."
        ) from None
    return conninfo.make_conninfo(url, **{key: text for key, text in _DEFAULTS.items() if key not in given})


def _require_coded(url: str) -> None:
    """A `ValueError` where a “/” ends the host early: what follows would be shown as the name of the database."""
    path = url.partition("://")[2].partition("?")[0].partition("/")[2]
    if "@" in path:
        raise ValueError


def place(url: str) -> str:
    """The part of the URL that may be shown: where the database is."""
    given = conninfo.conninfo_to_dict(url)
    host, port = given.get("host") or "the default host", given.get("port") or 5432
    return f"{given.get('dbname') or 'the default database'} at {host}:{port}"


def begin_session(session: Session, busy: float = BUSY) -> None:
    """Settings of every connection that serves the desk. `busy`: seconds to wait for a connection."""
    for setting in (f"SET lock_timeout = '{busy * _LOCKED:g}s'", *_SETTINGS):
        session.execute(setting.encode())


def cut(session: Session) -> None:
    """Ends a connection that another thread may be waiting at: it gets an error instead of an answer."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(session.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def prepare(url: str, scripts: Sequence[str] = schema_migrations.MIGRATIONS) -> None:
    """Brings the tables up to date, also while others start. `Misconfigured` or `StoreDown` where that cannot be."""
    with opened(url) as session:
        _require_fit(session)
        try:
            with session.transaction():
                _migrate(session, scripts)
        except psycopg.Error as error:
            raise _unusable(url, error) from error


@contextmanager
def opened(url: str) -> Iterator[Session]:
    """Opens a connection for a while, outside of any transaction."""
    try:
        session: Session = psycopg.connect(parameters(url), autocommit=True)
    except psycopg.Error as error:
        raise StoreDown(
            f"The database {place(url)} cannot be reached: {_without_password(url, error)} "
            "Is it running, and are host, user, password and name in DATABASE_URL right?"
        ) from None
    with session:
        yield session


def _without_password(url: str, error: Exception) -> str:
    password = conninfo.conninfo_to_dict(url).get("password")
    text = " ".join(str(error).split())
    return text.replace(str(password), "…") if password else text


def _require_fit(session: Session) -> None:
    if session.info.server_version < _OLDEST * 10_000:
        raise Misconfigured(f"PostgreSQL {session.info.parameter_status('server_version')} is too old: {_OLDEST} is.")
    encoding = session.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Misconfigured(
            f"The database keeps texts as {encoding}. Make one with ENCODING 'UTF8' TEMPLATE template0."
        )


def _migrate(session: Session, scripts: Sequence[str]) -> None:
    """Migrates in one process at a time; a process that waited finds it done."""
    db = PostgresConnection(session)
    db.lock(["schema"])
    if _value(session, b"SELECT to_regclass('schema_version') IS NULL"):
        session.execute(b"CREATE TABLE schema_version (version INTEGER NOT NULL)")
    found = _value(session, b"SELECT MAX(version) FROM schema_version") or 0
    if found > len(scripts):
        raise Misconfigured(
            f"The database was written by a newer release (schema {found}, this release knows {len(scripts)}). "
            "Run that release, or set DATABASE_URL to another database."
        )
    for version, script in enumerate(scripts[found:], found + 1):
        for statement in POSTGRES.script(script):
            session.execute(statement.encode())
        session.execute(b"INSERT INTO schema_version (version) VALUES (%s)", (version,))
    stored_keys.compute(db, found, len(scripts))
    # Shows that it can be written, and by this user
    session.execute(b"UPDATE schema_version SET version = version WHERE version < 0")


def _value(session: Session, question: bytes) -> Any:
    row = session.execute(question).fetchone()
    return row[0] if row else None


# --- errors


def down(error: Exception) -> StoreDown:
    """The sentence for a read or write that failed; without the database's own words, which may quote data."""
    kind = _kind(error)
    return (Unreachable if kind == _NO_CONNECTION else StoreDown)(
        f"The desk's database cannot be used right now ({kind}). Nothing was changed; please try again in a moment."
    )


def in_doubt() -> SaveInDoubt:
    """The sentence for a change of which it is not known whether it was saved."""
    return SaveInDoubt(
        "The connection to the desk's database broke in the very moment of saving. It may be saved or not: look, and "
        "if it is not, do it again. Doing the same again changes nothing twice."
    )


def translated(error: psycopg.Error) -> Exception:
    """Translates an error of the driver. A programming error stays what it is."""
    if isinstance(error, errors.UniqueViolation):
        return Conflict("Another change saved the same at the same moment.")
    if isinstance(error, psycopg.DataError):
        return error
    return down(error)


def is_passing(error: BaseException) -> bool:
    """True if two transactions conflicted; a retry works."""
    return isinstance(error, errors.DeadlockDetected | errors.SerializationFailure)


def _kind(error: Exception) -> str:
    if isinstance(error, PoolTimeout | PoolClosed) or type(error) is psycopg.OperationalError:
        return _NO_CONNECTION
    if isinstance(error, errors.LockNotAvailable):
        return "locked"
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__).lower()


def _unusable(url: str, error: psycopg.Error) -> Misconfigured | StoreDown:
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return Misconfigured(f"The database {place(url)} is read-only: a standby? Name the primary in DATABASE_URL.")
    if isinstance(error, errors.InsufficientPrivilege):
        return Misconfigured(
            f"The user in DATABASE_URL may not make or change tables in {place(url)}. Make it the database's owner, or "
            "GRANT CREATE, USAGE ON SCHEMA public to it."
        )
    if isinstance(error, psycopg.OperationalError):
        return down(error)
    return Misconfigured(f"The tables in {place(url)} cannot be brought up to date ({_kind(error)}).")
