"""Error messages: true, in place, and without typed text in the log."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from pathlib import Path

import pytest

from bot.adapters.store.sqlite import BUSY
from bot.core.errors import Invalid, SaveInDoubt, StoreDamaged, StoreDown
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch
from handlers.error_messages import field_errors, words_for
from handlers.payload import Submission
from tests.factories import a_config
from tests.handlers.world import DESK, FIRST_TASKS, World, world
from tests.timeouts import TIMEOUT


async def test_form_stays_open_when_the_database_cannot_be_written(w: World) -> None:
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


async def test_unexpected_error_gives_a_reference_and_logs_no_user_input(
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
    """A store with an unexpected error, whose message quotes what was written."""

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        raise RuntimeError(str(batch))


async def test_locked_database_refuses_forms_and_clicks_in_time(tmp_path: Path) -> None:
    assert 2 * BUSY <= 1.5
    async with world(tmp_path) as w:
        card = await w.raised()
        await w.anna.command(DESK, "/retarus-incident")
        modal = await w.anna.modal("Raise an incident")
        other = sqlite3.connect(tmp_path / "desk.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        clicked = asyncio.create_task(w.anna.click(card, "Take"))
        done = await w.anna.submit(modal, w.answers())
        assert time.monotonic() - begun < TIMEOUT / 4  # below the 30 s of such a lock, on a busy machine too
        assert "Your text is still here" in " ".join(done["errors"].values())
        await clicked
        posted = await w.anna.message(DESK, "database cannot be used right now, so nothing was changed")
        assert "text" not in posted["text"]
        other.close()
        assert (await w.anna.submit(modal))["outcome"] == "closed"


async def test_field_that_came_up_with_an_answer_is_shown_and_named_when_the_form_is_submitted_at_once(
    w: World,
) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    modal = await w.anna.modal("Hand off to 2nd level")
    typed = FIRST_TASKS | {"info": "missing", "remote": "not_applicable"}
    done = await w.anna.submit(modal, typed)
    assert done["outcome"] == "updated", done
    modal = await w.anna.modal("Hand off to 2nd level", containing="Still needed, and shown below now:")
    assert "What is missing or wrong: This is needed now." in modal.text
    assert "What fails, or why not applicable: This is needed now." in modal.text
    answers = {"info_note": "the tenant", "remote_note": "they use SMTP only"}
    assert (await w.anna.submit(modal, answers))["outcome"] == "closed"
    ticket = await w.ticket()
    assert (ticket.answer("info_note"), ticket.answer("triage")) == ("the tenant", FIRST_TASKS["triage"])


async def test_other_service_of_a_form_submitted_at_once_is_asked_for(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    assert (await w.anna.submit(modal, w.answers(services=["Other"])))["outcome"] == "updated"
    modal = await w.anna.modal("Raise an incident", containing="Which other service: This is needed now.")
    assert (await w.anna.submit(modal, {"service_other": "Pagers"}))["outcome"] == "closed"


@pytest.mark.parametrize("typed", [True, False])
def test_save_in_doubt_is_not_said_to_have_changed_nothing(*, typed: bool) -> None:
    assert "may be saved or not" in words_for(SaveInDoubt("broke"), typed=typed)


@pytest.mark.parametrize("typed", [True, False])
def test_damaged_database_asks_for_an_admin_and_not_for_another_try(
    caplog: pytest.LogCaptureFixture, *, typed: bool
) -> None:
    assert "Tell an admin" in words_for(StoreDamaged("Restore it from a backup"), typed=typed)
    assert "Restore it from a backup" in caplog.text


def test_fault_of_a_field_that_is_in_no_form_names_the_field_and_where_to_answer_it() -> None:
    form = Submission("U0ANNA", "V1", "moving.submit", "t1|3", {"word": "Policy corrected"})
    shown = field_errors(Invalid({"priority_reason": "Why is it P1 now?"}), form, a_config())
    assert shown == {"word": "“Why this priority” is not in this form: Why is it P1 now? Answer it under “Fill in”."}
