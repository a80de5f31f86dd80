"""What goes wrong is said in words, in place; what was typed stays; nothing is acknowledged that is not saved."""

from __future__ import annotations

import logging

import pytest

from bot.core.errors import StoreDown
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch
from tests.handlers.world import DESK, World


async def test_when_the_database_cannot_be_written_the_form_stays_open_and_says_so(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal()
    store = w.running.store
    object.__setattr__(w.running.desk.tickets.changes, "store", Unwritable(store))
    done = await w.anna.submit(modal, w.answers())
    assert done["outcome"] == "errors"
    assert "cannot be written" in " ".join(done["errors"].values())
    object.__setattr__(w.running.desk.tickets.changes, "store", store)
    assert (await w.anna.submit(modal))["outcome"] == "closed"
    assert (await w.ticket()).answer("customer") == "Müller GmbH"


async def test_what_nobody_foresaw_gives_a_reference_and_logs_nothing_that_was_typed(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal()
    object.__setattr__(w.running.desk.tickets.changes, "store", Broken(w.running.store))
    with caplog.at_level(logging.DEBUG, "handlers"):
        done = await w.anna.submit(modal, w.answers(happens="User hunter2 of Müller cannot send"))
    words = " ".join(done["errors"].values())
    reference = words.rpartition(": ")[2].strip(".")
    assert reference in caplog.text
    assert "hunter2" not in caplog.text


class Unwritable:
    """A store on a full disk."""

    def __init__(self, store: object) -> None:
        self.store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        raise StoreDown("disk full")


class Broken(Unwritable):
    """A store with a fault nobody thought of, whose message quotes what was written."""

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        raise RuntimeError(str(batch))
