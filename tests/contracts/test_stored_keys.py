"""Keys that an older release stored are recomputed: names of end-customers, and the full-text index."""

from __future__ import annotations

import sqlite3
import unicodedata
from pathlib import Path

import pytest

from bot.adapters.store import open_store, rows, schema_migrations
from bot.adapters.store.sqlite_connection import prepare
from bot.core.identifiers import fold, words_in
from bot.model.contact import EndCustomer
from bot.model.technical_note import TechnicalNote
from bot.register.customers import customer_called
from bot.search import ranking
from bot.search.documents import DocumentKind
from bot.search.ranking import SearchFilter
from tests.doubles.manual_clock import ManualClock
from tests.doubles.records import START, a_ticket, an_affected_customer, minutes

OLDER = schema_migrations.MIGRATIONS[: schema_migrations.MIGRATIONS.index(schema_migrations.ANOTHER_FOLDING)]
APART = unicodedata.normalize("NFD", "Müller GmbH")
NORTH = f"{APART} Nord"
NOTE = TechnicalNote(
    id="n1", symptom="Zertifikat abgelaufen", written_by="U1", written_at=START, changed_by="U1", changed_at=START
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of the release before, in which one end-customer has two names."""
    path = tmp_path / "desk.sqlite3"
    prepare(path, 1, OLDER)
    ticket = a_ticket(
        "old", answers={"customer": APART, "happens": "Timeout"}, affected=(an_affected_customer(f"{APART} Nord"),)
    )
    first = EndCustomer(id="c1", name="Müller GmbH", tenants=("12345RS",), contacts="Eva")
    second = EndCustomer(id="c2", name=APART, tenants=("23456RS",), agreement="V-1", contacts="Eva\nUwe")
    with sqlite3.connect(path) as db:
        row = {**rows.ticket_row(ticket), "number": 1001, "customer": APART.casefold()}
        del row["ball"]  # this column did not exist yet
        db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)
        db.execute("INSERT INTO joined (ticket_id, customer) VALUES ('old', ?)", (NORTH.casefold(),))
        for entry, key in ((first, "müller gmbh"), (second, APART.casefold())):
            values = (entry.id, key, entry.model_dump_json())
            db.execute("INSERT INTO customers (id, folded, doc) VALUES (?, ?, ?)", values)
        note = rows.technical_note_row(NOTE)
        db.execute("INSERT INTO technical_notes (id, number, version, doc) VALUES (:id, 1, :version, :doc)", note)
    return path


@pytest.mark.parametrize("starts", [1, 2])
async def test_names_in_two_codings_are_one_end_customer_after_the_upgrade(
    path: Path, clock: ManualClock, starts: int
) -> None:
    for _ in range(starts):
        store = await open_store(f"sqlite:///{path}", clock)
        assert [each.id for each in await store.tickets_of(fold("MÜLLER GmbH."), 5)] == ["old"]
        assert await store.open_between(START, START + minutes(1), customer=fold("Müller GmbH Nord")) == ["old"]
        (entry,) = await store.customers(["müller"], limit=5)
        assert (entry.id, entry.tenants) == ("c1", ("12345RS", "23456RS"))
        assert (entry.agreement, entry.contacts) == ("V-1", "Eva\nUwe")
        await store.close()


async def test_customers_of_an_older_release_are_found_in_another_spelling(clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "before.sqlite3"
    index = schema_migrations.MIGRATIONS.index(schema_migrations.WORDS_OF_CUSTOMERS)
    prepare(path, 1, schema_migrations.MIGRATIONS[:index])
    names = ("Café Rösti GmbH", "Gamma Limited", "Gamma Ltd.")
    with sqlite3.connect(path) as db:
        for number, name in enumerate(names):
            values = (f"c{number}", fold(name), EndCustomer(id=f"c{number}", name=name).model_dump_json())
            db.execute("INSERT INTO customers (id, folded, doc) VALUES (?, ?, ?)", values)
            words = [(word, f"c{number}") for word in words_in(name)]
            db.executemany("INSERT INTO customer_words (word, customer_id) VALUES (?, ?)", words)
    store = await open_store(f"sqlite:///{path}", clock)
    found = [await customer_called(store, name) for name in (*names, "Cafe Roesti GmbH")]
    assert [each and each.id for each in found] == ["c0", "c1", "c2", "c0"]
    assert [each.id for each in await store.customers(["cafe"], limit=5)] == ["c0"]
    await store.close()


async def test_tickets_and_notes_are_reindexed_after_the_upgrade(path: Path, clock: ManualClock) -> None:
    store = await open_store(f"sqlite:///{path}", clock)
    while await store.index_older(10):
        pass
    for shelf, word, number in ((DocumentKind.TICKETS, "timeout", 1001), (DocumentKind.NOTES, "zertifikat", 1)):
        asked = ranking.clauses(ranking.terms_of(word), {})
        assert [each.number for each in (await store.candidates(shelf, asked, SearchFilter())).found] == [number]
    await store.close()
