"""An outage from the first ticket to `Resolve all`, and new tickets that are offered to join it."""

from __future__ import annotations

from tests.handlers.test_known_issues import another
from tests.handlers.test_notes import text_of_modal
from tests.handlers.world import DESK, World


async def test_outage_is_gathered_notified_and_resolved(w: World) -> None:
    leading = await w.escalated()
    led = await another(w)
    await w.ben.click(await w.ben.again(leading), "Clocks and more")
    await w.ben.click(await w.ben.modal("Clocks"), "Outage")
    modal = await w.ben.modal("Outage")
    assert "PD-1002 · Adler AG" in text_of_modal(modal)
    await w.ben.submit(modal)
    modal = await w.ben.modal("Outage", containing="Also part of it: PD-1002")
    await w.alex.reply(led, "it has the same cause as PD-1001")
    await w.ben.click(modal, "Tell all")
    await w.ben.submit(await w.ben.modal("Tell all"), {"word": "Next update at 14:00"})
    await w.alex.reply(led, "From PD-1001, the same cause")
    await w.ben.command("@partner-desk", "/retarus-ticket", "outage")
    await w.ben.message("@partner-desk", "1 running outage")
    await w.ben.click(await w.ben.modal("Outage", containing="Also part of it: PD-1002"), "Resolve all")
    await w.ben.submit(await w.ben.modal("Resolve all"), {"word": "Retarus corrected the policy"})
    await w.ben.modal("Outage", containing="1 ticket with the same cause is resolved")
    await w.ben.reply(leading, "resolved it")
    assert (await w.ticket(1002)).answer("remedy") == "Retarus corrected the policy"


async def test_running_outage_is_offered_while_another_ticket_of_its_service_is_raised(w: World) -> None:
    await w.raised()
    await another(w)
    leading, led = await w.ticket(1001), await w.ticket(1002)
    await w.running.desk.outages.gather(leading.id, leading.owner, [led.id], "V1")
    await w.alex.command(DESK, "/retarus-incident")
    form = await w.alex.modal("Raise an incident")
    w.alex.fill(form, {"services": ["Email Security"]})
    await w.decide(w.alex, form, "happens", "Nothing arrives any more")
    assert "Join PD-1001 instead" in text_of_modal(
        await w.alex.modal("Raise an incident", containing="The same problem?")
    )
