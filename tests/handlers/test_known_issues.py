"""Known issues: suggestions while an incident is raised, and relayed words of Retarus."""

from __future__ import annotations

from localslack import Modal
from tests.handlers.test_notes import noted, text_of_modal, typed
from tests.handlers.world import DESK, Json, World


async def described_incident(w: World, **answers: object) -> Modal:
    """The form of Alex, with the same problem of another customer described."""
    await w.alex.command(DESK, "/retarus-incident")
    modal = await w.alex.modal("Raise an incident")
    w.alex.fill(modal, w.answers(customer="Adler AG", **answers))
    await w.decide(w.alex, modal, "happens", "Outgoing mails rejected with 550 after connector update")
    return await shows(w, "The same problem?")


async def shows(w: World, words: str) -> Modal:
    """Alex's form, once it shows these words."""
    return await w.alex.modal("Raise an incident", containing=words)


async def test_open_ticket_with_the_same_problem_is_offered_while_it_is_described(w: World) -> None:
    await w.raised()
    modal = await described_incident(w)
    assert "Join PD-1001 instead" in text_of_modal(modal)
    assert typed(modal)["impact"] == "No outbound mail for three customers"


async def test_unlike_incidents_are_not_offered(w: World) -> None:
    await w.raised(services=["FAX"], happens="Faxes are printed twice")
    await w.alex.command(DESK, "/retarus-incident")
    modal = await w.alex.modal("Raise an incident")
    w.alex.fill(modal, w.answers(services=["SMS"]))
    await w.decide(w.alex, modal, "happens", "Codes by SMS arrive an hour late")
    await w.decide(w.alex, modal, "services", ["SMS"])
    assert "The same problem?" not in text_of_modal(await w.alex.modal("Raise an incident"))


async def test_note_is_offered_and_can_be_read_without_losing_the_form(w: World) -> None:
    await noted(w)
    modal = await described_incident(w)
    await w.alex.click(modal, "Show TN-1")
    assert "Rolled connector 4.2 back" in text_of_modal(await w.alex.modal("TN-1"))


async def test_joining_is_undone_on_its_line(w: World) -> None:
    card = await w.raised()
    await w.alex.click(await described_incident(w), "Join PD-1001 instead")
    line = await w.alex.reply(card, "added Adler AG, who has the same problem")
    await w.until_placed(line)
    await w.ben.click(line, "Undo")
    await w.ben.reply(card, "Only the person who made a step, or a lead, can undo it.")
    await w.alex.click(line, "Undo")
    await w.alex.reply(card, "Alex Adler undid “Join”")
    assert (await w.ticket()).affected == ()


async def test_joining_adds_the_customer_raises_nothing_and_follows(w: World) -> None:
    card = await w.escalated()
    await w.alex.click(await described_incident(w), "Join PD-1001 instead")
    assert "Adler AG was added" in text_of_modal(await w.alex.modal("Joined PD-1001"))
    await w.alex.reply(card, "added Adler AG, who has the same problem")
    assert "Also affected: Adler AG" in str((await w.alex.again(card))["blocks"])
    assert await w.running.store.numbered(1002) is None
    await w.ben.click(await w.ben.again(card), "Log Retarus update")
    await w.ben.submit(await w.ben.modal("Update from Retarus"), {"word": "We look into policy DE1-77"})
    message = await w.alex.message("@partner-desk", "logged an update from Retarus")
    assert "We look into policy DE1-77" in str(message["blocks"])


async def test_joining_needs_a_customer(w: World) -> None:
    await w.raised()
    await w.alex.command(DESK, "/retarus-incident")
    modal = await w.alex.modal("Raise an incident")
    w.alex.fill(modal, {"services": ["Email Security"]})
    await w.decide(w.alex, modal, "happens", "Outgoing mails rejected with 550 after connector update")
    await w.alex.click(await shows(w, "The same problem?"), "Join PD-1001 instead")
    assert "Pick the end-customer first" in text_of_modal(await w.alex.modal("Not possible"))


ALEX = "Alex Adler, +49 89 1234 5672"


async def another(w: World) -> Json:
    """A second ticket, Alex's."""
    await w.alex.command(DESK, "/retarus-incident")
    done = await w.alex.submit(await w.alex.modal("Raise an incident"), w.answers(customer="Adler AG", contact=ALEX))
    assert done["outcome"] == "closed", done
    return await w.alex.message(DESK, "PD-1002")


async def test_tickets_with_one_cause_are_linked_and_words_of_retarus_are_relayed_to_all(w: World) -> None:
    leading = await w.escalated()
    led = await another(w)
    await w.alex.click(led, "Known already?")
    await w.alex.click(await w.alex.modal("Known already?"), "Same cause as PD-1001")
    await w.alex.reply(led, "it has the same cause as PD-1001")
    await w.alex.reply(leading, "PD-1002 (Adler AG) has the same cause")
    assert "1 more ticket with this cause" in str((await w.alex.again(leading))["blocks"])
    assert "Same cause as PD-1001" in str((await w.alex.again(led))["blocks"])

    await w.ben.click(await w.ben.again(leading), "Retarus answered")
    await w.ben.submit(await w.ben.modal("Answer of Retarus"), {"word": "Policy DE1-77 was too strict; relaxed"})
    message = await w.alex.reply(led, "From PD-1001, the same cause")
    assert "Policy DE1-77 was too strict" in str(message["blocks"])
    direct = await w.alex.message("@partner-desk", "From PD-1001, the same cause")
    assert "Policy DE1-77 was too strict" in str(direct["blocks"])


async def test_cause_is_named_or_taken_back(w: World) -> None:
    leading = await w.raised()
    led = await another(w)
    await w.alex.click(led, "Known already?")
    await w.alex.submit(await w.alex.modal("Known already?"), {"cause": "1001"})
    await w.alex.reply(led, "it has the same cause as PD-1001")
    await w.alex.click(await w.alex.modal("Known already?"), "Another cause after all")
    await w.alex.reply(led, "it has another cause than PD-1001")
    await w.alex.reply(leading, "has a cause of its own")
    assert "with this cause" not in str((await w.alex.again(leading))["blocks"])


async def test_cause_that_cannot_be_is_refused_beside_its_field(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Known already?")
    for name, words in (("PD-1001", "the ticket itself"), ("PD-4711", "There is no ticket")):
        done = await w.anna.submit(await w.anna.modal("Known already?"), {"cause": name})
        assert words in done["errors"]["cause"]


# --- the handoff


async def handing_off(w: World, card: Json) -> Modal:
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    return await w.anna.modal("Hand off to 2nd level")


async def test_handoff_shows_the_automatic_search_with_places_and_words(w: World) -> None:
    begun = typed(await handing_off(w, await w.raised()))
    assert begun["known"] is None
    assert begun["searched"].startswith("Technical notes for “")
    assert "connector" in begun["searched"]
    assert "History of Müller GmbH: nothing" in begun["searched"]


async def test_known_issue_search_is_shown_and_judged_by_a_person(w: World) -> None:
    await noted(w)
    await w.anna.command(DESK, "/retarus-incident")
    await w.anna.submit(await w.anna.modal("Raise an incident"), w.answers())
    modal = await handing_off(w, await w.anna.message(DESK, "PD-1002"))
    begun = typed(modal)
    assert begun["known"] is None
    assert "TN-1" in begun["searched"]
    assert "PD-1001" in begun["searched"]
    assert "The same problem?" in text_of_modal(modal)
    await w.anna.click(modal, "Show TN-1")
    await w.anna.modal("TN-1")


async def test_ticket_that_is_linked_is_known(w: World) -> None:
    await w.raised()
    led = await another(w)
    await w.alex.click(led, "Known already?")
    await w.alex.submit(await w.alex.modal("Known already?"), {"cause": "PD-1001"})
    await w.alex.reply(led, "it has the same cause as PD-1001")
    begun = typed(await handing_off(w, await w.anna.message(DESK, "PD-1002")))
    assert begun["known"]["value"] == "yes"
    assert begun["known_as"] == "PD-1001"


async def test_open_ticket_of_somebody_else_is_shown_at_the_handoff_and_no_is_not_prefilled(w: World) -> None:
    await w.raised()
    await another(w)
    modal = await handing_off(w, await w.anna.message(DESK, "PD-1002"))
    begun = typed(modal)
    assert begun["known"] is None
    assert "Open tickets of Email Security: PD-1001" in begun["searched"]
    assert "The same problem?" in text_of_modal(modal)
