"""Technical notes are written from a resolved ticket, found again, changed, and retired when wrong."""

from __future__ import annotations

from functools import partial

from localslack import Modal
from tests.handlers.world import DESK, Json, World


async def resolved(w: World) -> Json:
    """The card of a ticket Ben has resolved."""
    card = await w.accepted()
    await w.ben.click(card, "Resolve")
    await w.ben.submit(await w.ben.modal("Resolve"), {"word": "Rolled connector 4.2 back to 4.1"})
    return await w.anna.message(DESK, "to be confirmed: ")


async def noted(w: World) -> Modal:
    """The note Ben wrote of it, as he sees it."""
    await w.ben.click(await resolved(w), "Keep as a technical note")
    await w.ben.submit(await w.ben.modal("Technical note"))
    return await w.ben.modal("TN-1")


def text_of_modal(modal: Modal) -> str:
    return str(modal.view["blocks"])


def typed(modal: Modal) -> Json:
    """The prefilled inputs."""
    found = {}
    for block in modal.view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            chosen = element.get("initial_option") or element.get("initial_options")
            found[block["block_id"]] = element.get("initial_value") or chosen
    return found


async def test_note_from_a_resolved_ticket_is_prefilled(w: World) -> None:
    await w.ben.click(await resolved(w), "Keep as a technical note")
    begun = typed(await w.ben.modal("Technical note"))
    assert begun["symptom"].startswith("Outbound mail is rejected with 550 since the connector update.")
    assert begun["remedy"] == "Rolled connector 4.2 back to 4.1"
    assert [each["value"] for each in begun["services"]] == ["Email Security"]
    assert begun["source"]["value"] == "ours"
    await w.ben.submit(await w.ben.modal("Technical note"))
    note = text_of_modal(await w.ben.modal("TN-1"))
    assert "Rolled connector 4.2 back to 4.1" in note
    assert "PD-1001" in note
    assert "version 1: Ben Brandt" in note


async def test_saved_note_is_announced_in_the_tickets_thread(w: World) -> None:
    card = await resolved(w)
    await w.ben.click(card, "Keep as a technical note")
    await w.ben.submit(await w.ben.modal("Technical note"))
    message = await w.anna.reply(card, "wrote a technical note: TN-1")
    await w.anna.click(message, "Show TN-1")
    assert "Rolled connector 4.2 back" in text_of_modal(await w.anna.modal("TN-1"))


async def test_answer_of_retarus_becomes_a_note_of_theirs(w: World) -> None:
    card = await w.escalated()
    await w.ben.click(await w.ben.again(card), "Retarus answered")
    await w.ben.submit(await w.ben.modal("Answer of Retarus"), {"word": "Policy DE1-77 was too strict; relaxed"})
    message = await w.ben.reply(card, "recorded Retarus's answer")
    await w.ben.click(message, "Keep as a technical note")
    begun = typed(await w.ben.modal("Technical note"))
    assert begun["source"]["value"] == "retarus"
    assert begun["remedy"] == "Policy DE1-77 was too strict; relaxed"
    await w.ben.submit(await w.ben.modal("Technical note"))
    assert "from Retarus" in text_of_modal(await w.ben.modal("TN-1"))


async def test_note_is_changed_and_every_version_is_named(w: World) -> None:
    shown = await noted(w)
    await w.bea.command(DESK, "/retarus-note TN-1")
    shown = await w.bea.modal("TN-1")
    await w.bea.click(shown, "Edit")
    await w.bea.submit(await w.bea.modal("Change a note"), {"workaround": "Send without the connector"})
    after = text_of_modal(await w.bea.modal("TN-1"))
    assert "Send without the connector" in after
    assert "version 2: Bea Bauer" in after
    assert "version 1: Ben Brandt" in after


async def test_concurrent_change_of_a_note_is_reported(w: World) -> None:
    await w.ben.click(await noted(w), "Edit")
    mine = await w.ben.modal("Change a note")
    await w.bea.command(DESK, "/retarus-note TN-1")
    await w.bea.click(await w.bea.modal("TN-1"), "Edit")
    await w.bea.submit(await w.bea.modal("Change a note"), {"cause": "Size limit"})
    await w.bea.modal("TN-1")
    done = await w.ben.submit(mine, {"cause": "Something else"})
    assert "Somebody else changed this note" in done["errors"]["symptom"]


async def test_note_that_is_wrong_is_retired_with_a_reason_found_no_more_and_reinstated(w: World) -> None:
    await w.ben.click(await noted(w), "Retire")
    await w.ben.submit(await w.ben.modal("Retire a note"), {"reason": "4.1 has the same fault"})
    shown = await w.ben.modal("TN-1")
    assert "4.1 has the same fault" in text_of_modal(shown)
    await w.anna.command(DESK, "/retarus-find connector")
    assert "TN-1" not in text_of_modal(await w.anna.modal("Search"))
    await w.ben.click(shown, "Reinstate")
    await w.ben.wait_for(partial(_offers, w, "Retire"), "the note to be reinstated")
    await w.bea.command(DESK, "/retarus-find connector")
    assert "TN-1" in text_of_modal(await w.bea.modal("Search"))


async def _offers(w: World, label: str) -> bool:
    return label in (await w.ben.modal("TN-1")).labels


async def test_note_without_anything_that_helps_is_refused_beside_its_field(w: World) -> None:
    await w.ben.command(DESK, "/retarus-note Faxes hang in the queue")
    done = await w.ben.submit(await w.ben.modal("Technical note"))
    assert set(done["errors"]) == {"remedy"}


async def test_secret_is_kept_out_of_a_note(w: World) -> None:
    await w.ben.command(DESK, "/retarus-note Login fails")
    done = await w.ben.submit(await w.ben.modal("Technical note"), {"remedy": "password: Sommer2026!"})
    assert set(done["errors"]) == {"remedy"}


async def test_guest_can_write_none(w: World) -> None:
    await w.gus.command(DESK, "/retarus-note Faxes hang")
    message = await w.gus.message(DESK, "full member")
    assert message["is_ephemeral"]
    assert await w.running.store.count_notes() == 0


async def test_old_version_of_a_note_can_be_read(w: World) -> None:
    await w.ben.click(await noted(w), "Edit")
    await w.ben.submit(await w.ben.modal("Change a note"), {"remedy": "Use 4.3"})
    shown = await w.ben.modal("TN-1", containing="Use 4.3")
    assert "Rolled connector" not in text_of_modal(shown)
    await w.ben.click(shown, "Show version 1")
    old = await w.ben.modal("TN-1", containing="Rolled connector 4.2 back to 4.1")
    assert "Edit" not in text_of_modal(old)
    await w.ben.click(old, "Show version 2")
    await w.ben.modal("TN-1", containing="Use 4.3")


async def test_unknown_note_name_begins_no_note(w: World) -> None:
    await w.ben.command(DESK, "/retarus-note TN-99")
    await w.ben.message(DESK, "There is no such technical note")
