"""Opens the store and the drafts that DATABASE_URL names: SQLite files, or a PostgreSQL database."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bot.adapters.store import backup
from bot.adapters.store.absent_keys import AbsentKeys
from bot.adapters.store.backup import UncertainDeliveries
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.database_turns import DatabaseTurns
from bot.adapters.store.engine_protocol import Engine
from bot.adapters.store.observed_engine import Observe, ObservedEngine
from bot.adapters.store.sqlite import BUSY, SqliteEngine
from bot.adapters.store.sqlite_files import drafts_path, fault_of_drafts, make_private
from bot.adapters.store.sqlitedict_drafts import DurableDrafts
from bot.core.clock import Clock, now
from bot.core.errors import Misconfigured
from bot.ports import Store
from bot.tickets.ports import Drafts, Query

log = logging.getLogger(__name__)

_FORMS = (
    "sqlite:///var/desk.sqlite3 (a file below the folder the desk is started in), sqlite:////var/lib/desk.sqlite3, or "
    "postgresql://user:password@host:5432/database"
)
DATABASE, DRAFTS = "desk.sqlite3", "drafts.sqlite3"
"""Files of a backup."""
_SERVERS = ("postgresql://", "postgres://")


async def open_store(url: str, clock: Clock = now, busy: float = BUSY) -> Store:
    """The store at DATABASE_URL, created or migrated; `Misconfigured` or `StoreDown` when it cannot be used.

    `clock` dates once-keys and rows of the outbox. `busy`: seconds to wait for what others have locked.
    """
    return _store(await open_engine(url, busy), url, clock)


def _store(engine: Engine, url: str, clock: Clock) -> DatabaseStore:
    return DatabaseStore(engine, clock, DatabaseTurns(engine) if is_server(url) else None)


async def open_drafts(url: str) -> Drafts:
    """The small durable map that belongs to the store at DATABASE_URL: a file of its own beside it, or a table."""
    if is_server(url):
        return _on_server(await open_engine(url), url)
    return await DurableDrafts.open(drafts_path(_file(url)))


def _on_server(engine: Engine, url: str) -> Drafts:
    from bot.adapters.store.database_drafts import DatabaseDrafts  # noqa: PLC0415 (an embedded desk need not wait for the driver)

    return DatabaseDrafts(engine, url, AbsentKeys())


async def _both(url: str, clock: Clock, observe: Observe | None) -> tuple[Store, Drafts]:
    lost = "" if is_server(url) else fault_of_drafts(_file(url))
    engine = await open_engine(url)
    seen: Engine = ObservedEngine(engine, observe) if observe else engine
    store = _store(seen, url, clock)
    if lost and await store.find(Query(limit=1)):  # without a ticket, a first start was broken off
        log.error(lost)
    return store, _on_server(engine, url) if is_server(url) else await open_drafts(url)


@asynccontextmanager
async def opened(url: str, clock: Clock = now, observe: Observe | None = None) -> AsyncIterator[tuple[Store, Drafts]]:
    """Opens both and closes them at the end. On a server they share their connections. `observe` measures the store."""
    store, drafts = await _both(url, clock, observe)
    try:
        yield store, drafts
    finally:
        await drafts.close()
        await store.close()


async def migrate(source: str, target: str) -> Mapping[str, int]:
    """Moves an embedded desk with everything in it to a server; returns how many rows each table has.

    May be repeated. `Misconfigured` when the target holds anything else, `StoreDown` when either cannot be used.
    """
    from bot.adapters.store import move_to_postgres  # noqa: PLC0415 (an embedded desk need not wait for the driver)

    if not is_server(target):
        raise Misconfigured("Only a PostgreSQL database can be moved to: postgresql://user:password@host:5432/database")
    file = _file(source)
    if not file.is_file():
        raise Misconfigured(f"There is no file {file} to move.")
    await (await open_drafts(source)).close()  # it is there from now on
    return await asyncio.to_thread(move_to_postgres.migrate, file, drafts_path(file), target)


async def copy_to(url: str, folder: Path) -> list[str]:
    """Copies an embedded desk, in use or not, into a folder; returns the files' names. A server's is empty: `pg_dump`.

    Drafts first: a form that is sent meanwhile is in both then, and is not lost.
    """
    if is_server(url):
        return []
    file = _file(url)
    if not file.is_file():
        raise Misconfigured(f"There is no database {file} to back up.")
    copied = []
    for source, name in ((drafts_path(file), DRAFTS), (file, DATABASE)):
        if source.is_file():
            await asyncio.to_thread(backup.copy, source, folder / name)
            copied.append(name)
    return copied


def empty_place(url: str) -> Path:
    """The folder where DATABASE_URL's file will be, or the nearest that is there.

    `Misconfigured` where something is there already, or it is a server's.
    """
    if is_server(url):
        raise Misconfigured("DATABASE_URL names a server: bring its database back by pg_restore.")
    file = _file(url).absolute()
    for place in (file, drafts_path(file)):
        if place.exists():
            raise Misconfigured(f"{place} already exists. Restore to an empty place: set DATABASE_URL to a new file.")
    return next(folder for folder in file.parents if folder.is_dir())


async def url_in(folder: Path) -> str:
    """The URL of the database in a folder of files of a backup. `Misconfigured` where none can be used."""
    if not (folder / DATABASE).is_file():
        raise Misconfigured("This backup holds no database: it is on a PostgreSQL server. Bring it back by pg_restore.")
    for name in (DATABASE, DRAFTS):
        if (folder / name).is_file():
            await asyncio.to_thread(backup.check, folder / name)
    return f"sqlite:///{quote(str((folder / DATABASE).absolute()))}"


async def place_from(folder: Path, url: str) -> None:
    """Restores the files of a backup to where DATABASE_URL says. `Misconfigured` where something is there already."""
    empty_place(url)
    file = _file(url)
    places = {DATABASE: file, DRAFTS: drafts_path(file)}
    file.parent.mkdir(parents=True, exist_ok=True)
    for name in (DRAFTS, DATABASE):  # the database last: it is there only when all is
        if (folder / name).is_file():
            make_private(folder / name)
            await asyncio.to_thread(shutil.move, folder / name, places[name])


async def hold_back(url: str, at: datetime, reason: str) -> UncertainDeliveries:
    """Makes a restored database safe: see `backup.hold_back`."""
    engine = await open_engine(url)
    try:
        return await engine.change(lambda db: backup.hold_back(db, at, reason))
    finally:
        await engine.close()


def is_server(url: str) -> bool:
    """True if any number of machines may share the database."""
    return url.startswith(_SERVERS)


async def open_engine(url: str, busy: float = BUSY) -> Engine:
    """The engine at DATABASE_URL."""
    if not is_server(url):
        return await SqliteEngine.open(_file(url), busy)
    from bot.adapters.store.postgres import PostgresEngine  # noqa: PLC0415 (an embedded desk need not wait for the driver)

    return await PostgresEngine.open(url, busy)


def _file(url: str) -> Path:
    """`sqlite:///relative`, `sqlite:////absolute`. The URL may hold a password: it is not repeated in the refusal."""
    parts = urlsplit(url)
    path = unquote(parts.path).removeprefix("/")
    if not url.startswith("sqlite:///") or not path or path.endswith("/"):
        kind = f"starts with {parts.scheme}:" if parts.scheme else "names no kind of database"
        raise Misconfigured(f"DATABASE_URL {kind} and is not one this desk can open. Write {_FORMS}.")
    return Path(path)
