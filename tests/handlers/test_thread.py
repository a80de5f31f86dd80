"""The whole lifecycle of an incident, from the phone call to the closed ticket."""

from __future__ import annotations

from bot.model.transitions import Move
from tests.handlers.world import DESK, RETARUS, World


async def test_incident_travels_from_the_phone_to_retarus_and_back(w: World) -> None:
    card = await w.escalated()

    letter = await w.rita.message(RETARUS, "INCIDENT · our reference PD-1001")
    assert "PARTNERS' MAIN CUSTOMER ID" in letter["text"]
    mail = await w.anna.mail("PD-1001")
    assert mail["subject"] == "[PD-1001] P1 incident: Email Security, 73125 / 12345RS, 23456RS"

    await w.ben.click(card, "RCR number")
    await w.ben.submit(await w.ben.modal("RCR number"), {"rcr": "it is rcr 88123"})
    await w.ben.reply(card, "RCR-88123")
    card = await w.ben.message(DESK, "with Retarus: ")

    await w.ben.click(card, "Retarus answered")
    await w.ben.submit(await w.ben.modal("Answer of Retarus"), {"word": "The policy was corrected on DE1."})
    await w.ben.reply(card, "back at the 2nd level")

    await w.ben.click(await w.ben.again(card), "Resolve")
    await w.ben.submit(await w.ben.modal("Resolve"), {"word": "Policy corrected by Retarus; mail flows."})
    message = await w.anna.message("@partner-desk", "Please confirm with the end-customer")
    await w.anna.click(message, "Confirm and close")
    await w.anna.reply(card, "confirmed it with the customer and closed it")

    ticket = await w.ticket()
    assert not ticket.stage.is_open
    assert ticket.rcr == ("RCR-88123",)


async def test_message_to_an_owner_who_left_reaches_the_second_person_and_is_no_dead_letter(w: World) -> None:
    card = await w.accepted()
    await w.carla.control("POST", "people/anna", deactivated=True)

    async def is_known() -> bool:
        return not (await w.running.desk.directory.person("U0ANNA")).is_active

    await w.carla.wait_for(is_known, "the desk to know that she left")
    ticket = await w.ticket()
    await w.running.desk.tickets.act_with_text(
        ticket.id, Move.RESOLVE, "U0BEN", "F1", "remedy", "The policy is corrected"
    )
    message = await w.alex.message(
        "@partner-desk", "Anna Arnold is no longer in Slack, so you get this message instead"
    )
    assert "PD-1001" in message["text"]
    assert not [block for block in message["blocks"] if block["type"] == "actions"]
    await w.ben.reply(card, "The policy is corrected")
    assert await w.running.store.letters(state="dead") == []
