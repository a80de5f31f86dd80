"""A payload that Slack delivers again, and that fails then: what its first delivery saved is not denied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from blocks import create, escalation
from bot.core.errors import Refused, StoreDown
from bot.core.saves import noting_saves
from handlers.earlier_delivery import words_for
from handlers.payload import Submission
from handlers.refused_forms import refuse
from tests.handlers.world import DESK, World

UNCHANGED = "nothing was changed"
TROUBLE = [SlackApiError("failed", {"ok": False, "error": "internal_error"}), StoreDown("locked"), TimeoutError()]  # type: ignore[no-untyped-call]


async def answered(w: World, view: str, error: Exception, callback: str = create.RAISE) -> str:
    """The text of the answer to a submission that fails with this error."""
    ack: AsyncAck = AsyncAck()  # type: ignore[no-untyped-call]
    form = Submission(w.slack.admin.member("anna").id, view, callback, "", {"happens": "It is slow."})
    with noting_saves():
        await refuse(ack, form, error, None, w.running.desk)
    assert ack.response
    return str(ack.response.body)


@pytest.mark.parametrize("error", TROUBLE, ids=lambda each: type(each).__name__)
async def test_submission_that_was_saved_before_is_not_denied(w: World, error: Exception) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    assert UNCHANGED in (await answered(w, modal.id, error)).replace("nothing was saved", UNCHANGED)
    assert (await w.anna.submit(modal, w.answers()))["outcome"] == "closed"
    assert "It was saved, or a part of it was" in await answered(w, modal.id, error)


@pytest.mark.parametrize("error", TROUBLE, ids=lambda each: type(each).__name__)
async def test_letter_that_is_not_sent_is_not_said_to_be_saved_with_its_form(w: World, error: Exception) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Escalate to Retarus")
    form = await w.ben.modal("Escalate to Retarus")
    await w.ben.submit(form, w.details())
    preview = await w.ben.modal("Preview", containing="This is what Retarus reads")
    assert preview.id == form.id
    before = await answered(w, preview.id, error, escalation.SEND)
    assert UNCHANGED in before.replace("nothing was saved", UNCHANGED)
    assert (await w.ben.submit(preview))["outcome"] == "closed"
    assert "It was saved, or a part of it was" in await answered(w, preview.id, error, escalation.SEND)


@pytest.mark.parametrize("error", TROUBLE, ids=lambda each: type(each).__name__)
async def test_click_that_was_saved_before_is_not_denied(w: World, tmp_path: Path, error: Exception) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    with closing(sqlite3.connect(tmp_path / "desk.sqlite3")) as db:
        [(key,)] = db.execute("SELECT key FROM once WHERE key LIKE 'U0ANNA:%'").fetchall()
    click = key.rpartition(":")[0]
    with noting_saves():
        assert "It was saved, or a part of it was" in await words_for(w.running.desk, click, error)
    with noting_saves():
        assert UNCHANGED in await words_for(w.running.desk, f"{click}0", error)


async def test_refusal_is_told_as_it_is(w: World) -> None:
    with noting_saves():
        assert await words_for(w.running.desk, "V01", Refused("You may not.")) == "You may not."
