"""The PostgreSQL store is set up: addresses, privileges, encodings and schemas."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.adapters.store import open_drafts, open_store
from bot.adapters.store.postgres import PostgresEngine
from bot.adapters.store.postgres_session import place
from bot.core.errors import Misconfigured, StoreDown
from bot.tickets.ports import Batch
from tests.doubles.postgres_server import temporary_database
from tests.doubles.records import a_ticket


async def test_unreachable_database_is_reported_without_its_password(tmp_path: Path) -> None:
    for url in (f"postgresql://desk:s3cret@127.0.0.1:9/{tmp_path.name}", f"postgres://u:s3cret@/x?host={tmp_path}"):
        for opening in (open_store, open_drafts):
            with pytest.raises(StoreDown, match="cannot be reached") as refused:
                await opening(url)
            assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://u:s3cret%zz@h/x", "postgres://[s3cret", "postgresql://u:p/s3cret@h/x"])
async def test_an_unreadable_url_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(Misconfigured, match="postgresql://user:password@host:5432/database") as refused:
        await open_store(url)
    assert "s3cret" not in str(refused.value)


async def test_read_only_database_is_refused_with_an_explanation(new_database: str) -> None:
    with psycopg.connect(new_database, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {_database_name(new_database)} SET default_transaction_read_only = on".encode())
    with pytest.raises(Misconfigured, match="read-only"):
        await open_store(new_database)


async def test_error_of_a_user_without_privileges_names_the_missing_grant(new_database: str) -> None:
    with psycopg.connect(new_database, autocommit=True) as admin:
        role = f"guest_of_{_database_name(new_database)}"
        admin.execute(f"CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC".encode())
        try:
            with pytest.raises(Misconfigured, match="GRANT CREATE"):
                await open_store(_with_user(new_database, role))
        finally:
            admin.execute(f"DROP ROLE {role}".encode())


def _with_user(url: str, role: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()


def _database_name(url: str) -> str:
    return urlsplit(url).path[1:]


async def test_database_without_utf8_is_refused_with_an_explanation(server: str) -> None:
    with temporary_database(server, encoding="LATIN1") as url, pytest.raises(Misconfigured, match="UTF8"):
        await open_store(url)


async def test_synchronous_commit_is_on_whatever_the_database_default(new_database: str) -> None:
    with psycopg.connect(new_database, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {_database_name(new_database)} SET synchronous_commit = off".encode())
    engine = await PostgresEngine.open(new_database)
    assert await engine.read(lambda db: db.execute("SHOW synchronous_commit").fetchone()) == ("on",)
    await engine.close()


def test_database_location_is_described_without_its_password() -> None:
    assert place("postgresql://desk:s3cret@db.example:5433/partner") == "partner at db.example:5433"


async def test_desks_in_two_schemas_of_one_database_are_independent(new_database: str) -> None:
    urls = [f"{new_database}&options=-csearch_path%3D{name}" for name in ("one", "two")]
    with psycopg.connect(new_database, autocommit=True) as admin:
        admin.execute("CREATE SCHEMA one; CREATE SCHEMA two")
    one, two = [await open_store(url) for url in urls]
    await one.apply(Batch(tickets=[a_ticket()]))
    assert await two.get("t1") is None
    async with one.lease("sweep") as first, two.lease("sweep") as second:
        assert (first, second) == (True, True)
    await asyncio.gather(one.close(), two.close())
