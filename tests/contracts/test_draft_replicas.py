"""Drafts of replicas on one PostgreSQL database: what one saves, the others offer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest

from bot.adapters.store import open_engine
from bot.adapters.store.absent_keys import AbsentKeys
from bot.adapters.store.database_drafts import CHANNEL, DatabaseDrafts
from bot.adapters.store.postgres_listener import PostgresListener

BEGUN, ENDED = "(begun)", "(ended)"
_LISTENING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"


class ObservedKeys(AbsentKeys):
    """Tells a test what is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.notified: asyncio.Queue[str] = asyncio.Queue()

    def begin(self) -> None:
        super().begin()
        self.notified.put_nowait(BEGUN)

    def saved(self, key: str) -> None:
        super().saved(key)
        self.notified.put_nowait(key)

    async def until(self, key: str) -> None:
        while await self.notified.get() != key:
            pass


class Replica:
    """Drafts of one process."""

    def __init__(self, drafts: DatabaseDrafts, keys: ObservedKeys) -> None:
        self.drafts, self.keys = drafts, keys

    async def knows_absent(self, key: str) -> None:
        assert await self.drafts.get(key) is None
        assert self.drafts.seems_absent(key)


@asynccontextmanager
async def a_replica(url: str) -> AsyncIterator[Replica]:
    keys = ObservedKeys()
    drafts = DatabaseDrafts(await open_engine(url), url, keys)
    yield Replica(drafts, keys)
    await drafts.close()


@pytest.fixture
async def here(postgres_url: str) -> AsyncIterator[Replica]:
    """A replica that listens."""
    async with a_replica(postgres_url) as replica:
        assert await replica.drafts.get("another form") is None
        assert not replica.drafts.seems_absent("another form")
        await replica.keys.until(BEGUN)
        yield replica


@pytest.fixture
async def there(postgres_url: str) -> AsyncIterator[Replica]:
    async with a_replica(postgres_url) as replica:
        yield replica


async def test_absence_is_known_without_asking_once_the_replica_listens(here: Replica) -> None:
    await here.knows_absent("form")
    assert not here.drafts.seems_absent("another form")


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_draft_saved_by_another_replica_is_heard_of(here: Replica, there: Replica, is_replaced: bool) -> None:
    await here.knows_absent("form")
    await here.knows_absent("other")
    if is_replaced:
        assert await there.drafts.replace("form", None, {"a": "1"})
    else:
        await there.drafts.put("form", {"a": "1"})
    await here.keys.until("form")
    assert not here.drafts.seems_absent("form")
    assert here.drafts.seems_absent("other")
    assert await here.drafts.get("form") == {"a": "1"}


async def test_own_draft_is_known_at_once(here: Replica) -> None:
    await here.knows_absent("form")
    await here.drafts.put("form", {"a": "1"})
    assert not here.drafts.seems_absent("form")
    await here.drafts.drop("form")
    await here.drafts.keys()
    assert await here.drafts.replace("form", None, {"a": "2"})
    assert not here.drafts.seems_absent("form")


async def test_verification_finds_a_draft_that_was_not_heard_of(here: Replica, postgres_url: str) -> None:
    await here.knows_absent("form")
    with psycopg.connect(postgres_url) as db:
        db.execute("INSERT INTO drafts (key, value) VALUES ('form', %s)", (json.dumps({"a": "1"}),))
    assert here.drafts.seems_absent("form")
    assert await here.drafts.get("form") == {"a": "1"}
    assert not here.drafts.seems_absent("form")


async def test_listener_whose_connection_broke_listens_again(postgres_url: str) -> None:
    notified: asyncio.Queue[str] = asyncio.Queue()
    tell: Callable[[str], Callable[[], None]] = lambda word: lambda: notified.put_nowait(word)  # noqa: E731
    listener = PostgresListener(postgres_url, CHANNEL, tell(BEGUN), notified.put_nowait, tell(ENDED), pause=0)
    listener.start()
    listener.start()
    with psycopg.connect(postgres_url, autocommit=True) as db:
        for _ in range(2):
            assert await notified.get() == BEGUN
            db.execute("SELECT pg_notify(%s, 'a key')", (CHANNEL,))
            assert await notified.get() == "a key"
            (listening,) = db.execute(_LISTENING).fetchall()
            db.execute("SELECT pg_terminate_backend(%s)", listening)
            assert await notified.get() == ENDED
        assert await notified.get() == BEGUN
    await listener.close()
    await listener.close()
    assert await notified.get() == ENDED


# --- what is remembered


def test_absent_keys_are_empty_while_the_replica_does_not_listen() -> None:
    keys = AbsentKeys()
    keys.read("form", keys.moment(), is_absent=True)
    assert "form" not in keys
    keys.begin()
    keys.read("form", keys.moment(), is_absent=True)
    assert "form" in keys
    keys.end()
    assert "form" not in keys
    keys.read("form", keys.moment(), is_absent=True)
    assert "form" not in keys


def test_answer_that_is_older_than_what_was_heard_is_not_remembered() -> None:
    keys = AbsentKeys()
    before_it_listened = keys.moment()
    keys.begin()
    keys.read("form", before_it_listened, is_absent=True)
    assert "form" not in keys
    asked = keys.moment()
    keys.saved("form")
    keys.read("form", asked, is_absent=True)
    assert "form" not in keys


def test_answer_read_while_a_value_is_being_saved_is_forgotten() -> None:
    keys = AbsentKeys()
    keys.begin()
    with keys.saving("form"):
        keys.read("form", keys.moment(), is_absent=True)
    assert "form" not in keys


def test_number_of_remembered_keys_is_bounded() -> None:
    keys = AbsentKeys()
    keys.begin()
    for number in range(12_000):
        keys.read(f"form{number}", keys.moment(), is_absent=True)
    assert sum(f"form{number}" in keys for number in range(12_000)) <= 5000
    assert "form11999" in keys
