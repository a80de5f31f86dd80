"""Reminders of the running desk: in the thread and by direct message, repeated until a person acts."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.model.ticket import Stage
from runtime import scheduler
from tests.handlers.world import Json, World

HALF_AN_HOUR = 31 * 60


async def test_unaccepted_handoff_calls_the_second_level_and_tells_the_owner_without_a_button_to_accept(
    w: World,
) -> None:
    card = await w.handed_off()
    await w.anna.advance(HALF_AN_HOUR)
    message = await w.anna.reply(card, "with no activity")
    assert "31 min" in str(message["blocks"])
    assert "'usergroup_id': 'S0SECOND'" in str(message["blocks"])
    direct = await w.anna.message("@partner-desk", "Not accepted yet")
    assert "Log an update" in str(direct["blocks"])
    assert "Accept" not in str(direct["blocks"])
    await w.ben.click(message, "Accept")
    await w.ben.reply(card, "accepted it")
    assert (await w.ticket()).stage is Stage.SECOND


async def test_escalation_without_an_answer_is_reminded_again_and_again(w: World) -> None:
    card = await w.escalated()
    for number in (1, 2):
        await w.ben.advance(4 * 3600 + 60)
        await w.ben.wait_for(partial(_is_reminded, w, card, number), f"reminder {number}")
    assert (await w.ticket()).reminded == 2


async def _is_reminded(w: World, card: Json, times: int) -> bool:
    return len([each for each in await w.ben.thread(card) if "with no activity" in each["text"]]) == times


async def test_closed_ticket_is_never_reminded(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Clocks and more")
    await w.anna.click(await w.anna.modal("Clocks"), "Close without remedy")
    await w.anna.submit(await w.anna.modal("Close without remedy"), {"word": "Raised twice by mistake"})
    await w.anna.reply(card, "closed it without a remedy")
    await w.anna.advance(30 * 86400)
    assert await w.running.desk.reminders.sweep() == 0
    assert (await w.ticket()).due is None


async def test_job_that_fails_is_reported_by_kind_and_place_and_goes_on(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    number = "+49 89 12345678"

    async def fails() -> None:
        raise ValueError(number)

    await scheduler._on_one_replica(w.running.desk, "made-up job", fails)()
    assert "the made-up job failed" in caplog.text
    assert number not in caplog.text


async def test_job_that_is_stopped_with_the_desk_is_no_error(w: World, caplog: pytest.LogCaptureFixture) -> None:
    task = asyncio.ensure_future(scheduler._on_one_replica(w.running.desk, "made-up job", asyncio.Event().wait)())
    await asyncio.sleep(0)
    task.cancel()
    await task
    assert "failed" not in caplog.text
