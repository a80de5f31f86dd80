"""Break glass: an admin may send priority 1 while no authorised contact can be reached, with a recorded reason."""

from __future__ import annotations

from datetime import date

from bot.model.contact import Contact
from bot.model.ticket import Stage
from bot.tickets.ports import Batch
from tests.handlers.test_escalation import previewed
from tests.handlers.world import FIRST_TASKS, World

LABEL = "Break the glass"


async def unattested(w: World, **changes: object) -> Contact:
    """Carla's entry in the register, which is not active."""
    carla = await w.running.desk.register.contact("U0CARLA")
    assert carla
    changed = carla.model_copy(update={"attested_on": None, **changes})
    await w.running.store.apply(Batch(contacts=[changed]))
    return changed


async def test_admin_sends_a_p1_with_a_reason_that_is_reported_and_kept(w: World) -> None:
    await unattested(w)
    card = await w.filled()
    preview = await previewed(w, card, by="carla")
    assert LABEL in preview.text
    assert "as no authorised support contact could be reached" in preview.text
    assert set((await w.carla.submit(preview, {"glass": "tbd"}))["errors"]) == {"glass"}
    done = await w.carla.submit(preview, {"glass": "Ben is on a plane until 14:00"})
    assert done["outcome"] == "closed", done
    await w.carla.reply(card, "as an emergency: Ben is on a plane until 14:00")
    mail = await w.carla.mail("PD-1001")
    assert (
        "Reported by Carla Conrad, for the partner, as no authorised support contact could be reached" in mail["text"]
    )
    event = (await w.running.store.history((await w.ticket()).id))[-1]
    assert event.detail["glass"] == "Ben is on a plane until 14:00"


async def test_break_glass_is_for_admins_in_the_register(w: World) -> None:
    card = await w.filled()
    await w.bea.click(card, "Take over")
    await w.bea.reply(card, "took it over")
    preview = await previewed(w, card, by="bea")
    assert LABEL not in preview.text
    assert not preview.view.get("submit")


async def test_break_glass_is_for_the_highest_priority_only(w: World) -> None:
    await unattested(w)
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    await w.anna.submit(await w.anna.modal("Hand off to 2nd level"), FIRST_TASKS | {"priority": "P2"})
    await w.anna.reply(card, "please accept")
    await w.ben.click(await w.ben.again(card), "Accept")
    await w.ben.reply(card, "accepted it")
    await w.ben.click(await w.ben.again(card), "Fill in")
    await w.ben.submit(await w.ben.modal("Fill in"), w.details())
    preview = await previewed(w, card, by="carla")
    assert LABEL not in preview.text


async def test_break_glass_reason_does_not_help_a_suspended_admin(w: World) -> None:
    await unattested(w)
    preview = await previewed(w, await w.filled(), by="carla")
    await unattested(w, suspended_on=date(2024, 1, 1), suspended_why="left")
    await w.carla.submit(preview, {"glass": "Ben is on a plane until 14:00"})
    assert (await w.ticket()).stage is Stage.SECOND
