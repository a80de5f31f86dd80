"""The conversation with Retarus by mail: from the mail to the thread, and from its buttons to the ticket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.adapters.inbound_mail.opening import mailbox_name
from bot.adapters.inbound_mail.parser import parse
from bot.adapters.inbound_mail.server import parse_imap_url
from bot.model.conversation import Entry, EntryState
from bot.model.ticket import Stage
from bot.model.transitions import Move
from localslack.visible import text_of
from tests.adapters.inbound_mail.mails import head, mail, multipart, part, report
from tests.doubles.imap_hosts import PASSWORD, USER, pymap
from tests.handlers import homes
from tests.handlers.world import World, world
from tests.timeouts import TIMEOUT

Json = dict[str, Any]
RITA = "Rita Retarus <rita@retarus.example>"
BELIEVED = {"allowed": ("@retarus.example",), "authserv": "mx.partner.example"}
QUOTED = "On 3 Dec 2026, at 10:00, desk@partner.example wrote:"
PROOF = "mx.partner.example; dmarc=pass header.from=retarus.example"


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, mail=BELIEVED) as everything:
        yield everything


async def take_in(w: World, raw: bytes) -> Entry:
    entry = await w.running.desk.inbound.take(parse(raw), raw)
    assert entry
    return entry


async def letter_id(w: World) -> str:
    """The Message-ID of the newest mail that we sent."""
    [newest, *_] = await w.anna.mails()
    whole = (await w.anna.control("GET", f"mail/{newest['id']}"))["mail"]
    return str(next(value for name, value in whole["headers"] if name == "Message-ID"))


async def answered(w: World, text: str, **more: Any) -> tuple[Json, Entry]:
    """The card of a ticket that was escalated, and Rita's answer to its letter."""
    card = await w.escalated()
    return card, await take_in(w, mail("Re: your letter", text, answers=await letter_id(w), sender=RITA, **more))


async def test_answer_is_shown_in_the_thread_as_literal_text(w: World) -> None:
    attack = "<!channel> <@U0ANNA> <https://evil.example|retarus.com> *x*"
    card, entry = await answered(w, f"We look into it {attack}\n\n{QUOTED}\n> your words\n")
    shown = await w.ben.reply(card, "We look into it")
    quoted = str(shown["blocks"])
    assert attack in quoted
    assert "your words" not in quoted
    assert "rita@retarus.example" in quoted
    assert "<!channel>" not in shown["text"]
    assert (entry.kind, entry.state) == ("answer", EntryState.SHOWN)


async def test_mail_is_taken_in_once(w: World) -> None:
    raw = mail("Re: your letter", "Only once.", answers="<none@x.example>", sender=RITA)
    assert await w.running.desk.inbound.take(parse(raw), raw)
    assert await w.running.desk.inbound.take(parse(raw), raw) is None


async def test_automatic_reply_is_no_mail_that_is_answered(w: World) -> None:
    _, answer = await answered(w, "We look into it.")
    raw = mail("Automatic reply: your letter", "Away.", answers=await letter_id(w), sender=RITA, number=2)
    away = await take_in(w, raw)
    known = await w.running.store.message_ids_of((await w.ticket()).id)
    assert (away.kind, away.state) == ("automatic_reply", EntryState.SHOWN)
    assert [each.message_id for each in known][-1] == answer.message_id


async def test_answer_is_recorded_with_the_form_filled(w: World) -> None:
    card, _ = await answered(w, "The rule was removed.")
    shown = await w.ben.reply(card, "The rule was removed.")
    await w.ben.click(shown, "Record as answer")
    form = await w.ben.modal("Answer of Retarus")
    done = await w.ben.submit(form)
    assert done["outcome"] == "closed", done
    await w.recorded(shown)
    ticket = await w.ticket()
    assert ticket.stage is Stage.SECOND
    history = await w.running.store.history(ticket.id)
    assert history[-1].detail["answer"] == "The rule was removed."


async def test_entry_shows_what_it_was_recorded_as_and_so_does_a_second_form(w: World) -> None:
    card, _ = await answered(w, "We removed the rule on DE1.")
    entry = await w.ben.reply(card, "We removed the rule")
    await w.ben.click(entry, "Record as update")
    await w.bea.click(entry, "Record as answer")
    late = await w.bea.modal("Answer of Retarus")
    done = await w.ben.submit(await w.ben.modal("Update from Retarus"))
    assert done["outcome"] == "closed", done

    async def marked() -> bool:
        return "Recorded as update by" in str((await w.ben.again(entry))["blocks"])

    assert await w.ben.wait_for(marked, "the mark")
    refused = await w.bea.submit(late)
    assert refused["outcome"] != "closed", refused
    assert (await w.ticket()).stage is Stage.RETARUS
    await w.bea.click(await w.ben.again(entry), "Record as answer")
    again = await w.bea.modal("Answer of Retarus", containing="Recorded as update by")
    done = await w.bea.submit(again)
    assert done["outcome"] == "closed", done
    [stored] = await w.running.store.entries_of((await w.ticket()).id)
    assert [each.kind for each in stored.records] == ["update", "answer"]


async def test_recorded_answer_is_undone_on_the_message_and_can_be_recorded_again(w: World) -> None:
    card, _ = await answered(w, "The rule was removed.")
    entry = await w.ben.reply(card, "The rule was removed.")
    for _ in range(2):
        await w.ben.click(await w.ben.again(entry), "Record as answer")
        assert (await w.ben.submit(await w.ben.modal("Answer of Retarus")))["outcome"] == "closed"
        await until_drawn(w, entry, "Recorded as answer by", "undo.step")
        assert (await w.ticket()).stage is Stage.SECOND
        await w.ben.click(await w.ben.again(entry), "undo.step")
        await w.ben.reply(card, "Ben Brandt undid “Retarus answered”")
        await until_drawn(w, entry, "Record as answer", without="Recorded as")
        assert (await w.ticket()).stage is Stage.RETARUS


async def test_undo_of_a_recorded_answer_goes_from_the_message_after_ten_minutes(w: World) -> None:
    card, _ = await answered(w, "The rule was removed.")
    entry = await w.ben.reply(card, "The rule was removed.")
    await w.ben.click(entry, "Record as answer")
    await w.ben.submit(await w.ben.modal("Answer of Retarus"))
    await until_drawn(w, entry, "undo.step")
    await w.ben.advance(601)
    await until_drawn(w, entry, "Recorded as answer by", without="undo.step")


async def until_drawn(w: World, entry: Json, *words: str, without: str = "") -> None:
    async def drawn() -> bool:
        shown = str((await w.ben.again(entry))["blocks"])
        return all(each in shown for each in words) and not (without and without in shown)

    assert await w.ben.wait_for(drawn, f"an entry with {words}, without {without!r}")


async def test_entry_is_recorded_once_when_two_people_record_it_at_the_same_moment(w: World) -> None:
    card, _ = await answered(w, "We removed the rule on DE1.")
    entry = await w.ben.reply(card, "We removed the rule")
    for person in (w.ben, w.bea):
        await person.click(entry, "Record as update")
    forms = [await each.modal("Update from Retarus") for each in (w.ben, w.bea)]
    done = await asyncio.gather(w.ben.submit(forms[0]), w.bea.submit(forms[1]))
    assert sorted(each["outcome"] == "closed" for each in done) == [False, True], done
    ticket = await w.ticket()
    [stored] = await w.running.store.entries_of(ticket.id)
    updates = [each for each in await w.running.store.history(ticket.id) if each.kind == Move.RETARUS_UPDATE]
    assert (len(stored.records), len(updates)) == (1, 1)
    assert updates[0].by == stored.records[0].by


async def test_question_is_recorded_with_the_form_filled(w: World) -> None:
    card, _ = await answered(w, "Which connector version is it?")
    await w.ben.click(await w.ben.reply(card, "Which connector"), "Record as question")
    done = await w.ben.submit(await w.ben.modal("What Retarus said"))
    assert done["outcome"] == "closed", done
    await w.ben.reply(card, "they ask us")


async def test_whole_mail_is_behind_the_button(w: World) -> None:
    card, _ = await answered(w, f"New words.\n\n{QUOTED}\n> the old ones\n")
    await w.ben.click(await w.ben.reply(card, "New words."), "Whole mail")
    modal = await w.ben.modal("Whole mail")
    assert "the old ones" in str(modal.view)


async def test_original_comes_as_a_file(w: World) -> None:
    card, entry = await answered(w, "See the original.")
    await w.ben.click(await w.ben.reply(card, "See the original."), "Whole mail")
    modal = await w.ben.modal("Whole mail")
    await w.ben.click(modal, "Send me the original")
    state = await w.ben.state()
    assert state["dms"]
    raw = await w.running.store.original(entry.id)
    assert raw
    assert b"See the original." in raw


async def test_files_of_a_mail_are_uploaded_into_the_thread(w: World) -> None:
    card = await w.escalated()
    answer = await letter_id(w)
    raw = multipart(
        "mixed",
        part("text/plain; charset=utf-8", "The trace is attached."),
        part("application/octet-stream", b"trace words", 'Content-Disposition: attachment; filename="trace.log"'),
        part("application/octet-stream", b"MZ", 'Content-Disposition: attachment; filename="setup.exe"'),
        head=head("Re: your letter", f"In-Reply-To: {answer}", sender=RITA),
    )
    await take_in(w, raw)
    shown = await w.ben.reply(card, "The trace is attached.")
    assert "setup.exe" in str(shown["blocks"])

    async def names() -> list[str]:
        return [each["name"] for message in await w.ben.thread(card) for each in message.get("files", [])]

    assert await w.ben.wait_for(names, "the files") == ["trace.log"]


async def test_acknowledgement_is_recorded_and_is_no_answer(w: World) -> None:
    card = await w.escalated()
    raw = mail(
        "[RCR-88123] received",
        "Thank you. Your request was received. Your ticket number is RCR-88123.",
        "Auto-Submitted: auto-replied",
        answers=await letter_id(w),
        sender=RITA,
    )
    entry = await take_in(w, raw)
    assert entry.kind == "acknowledgement"
    await w.ben.reply(card, "Retarus gave its number: RCR-88123")
    ticket = await w.ticket()
    assert ticket.rcr == ("RCR-88123",)
    assert [each.kind for each in await w.running.store.history(ticket.id)][-1] == "rcr"


async def test_automatic_reply_is_shown_small_and_changes_nothing(w: World) -> None:
    card = await w.escalated()
    before = await w.ticket()
    raw = mail(
        "Automatic reply: x", "I am away.", "Auto-Submitted: auto-replied", answers=await letter_id(w), sender=RITA
    )
    assert (await take_in(w, raw)).kind == "automatic_reply"
    await w.ben.reply(card, "Automatic reply of")
    assert (await w.ticket()).version == before.version


async def test_bounce_turns_the_receipt_and_can_be_tried_again(w: World) -> None:
    card = await w.escalated()
    letter = await letter_id(w)
    await take_in(w, report("support@retarus.example", "failed", "5.1.1", returned=letter))
    shown = await w.ben.reply(card, "was not delivered after all")
    assert "there is no such mailbox" in str(shown["blocks"])
    receipt = await w.ben.reply(card, "The e-mail to Retarus was not delivered.")
    assert float(receipt["ts"]) < float(shown["ts"])
    assert "escalated it to Retarus" in receipt["text"]
    assert not [each for each in await w.ben.thread(card) if "Delivered to Retarus by e-mail" in each["text"]]
    await w.ben.click(shown, "Try again")
    await w.ben.reply(card, "Delivered to Retarus by e-mail")
    assert len(await w.anna.mails()) == 2
    assert await letter_id(w) == letter


async def test_letter_with_other_facts_is_shown_before_it_is_tried_again(w: World) -> None:
    card = await w.escalated()
    letter = await letter_id(w)
    await take_in(w, report("support@retarus.example", "failed", "5.1.1", returned=letter))
    failed = await w.ben.reply(card, "was not delivered after all")
    ben, ticket = w.slack.admin.member("ben").id, await w.ticket()
    await w.running.desk.answers.fill_in(ticket.id, ben, {"error": "451 4.7.0 greylisted"}, "f1", ticket.version)
    await w.ben.click(failed, "Try again")
    preview = await w.ben.modal("Preview", containing="451 4.7.0 greylisted")
    assert len(await w.anna.mails()) == 1
    done = await w.ben.submit(preview)
    assert done["outcome"] == "closed", done
    await w.anna.mail("451 4.7.0 greylisted")
    assert await letter_id(w) != letter
    await take_in(w, mail("Re: letter", "Thank you.", answers=await letter_id(w), sender=RITA))
    await w.ben.reply(card, "Thank you.")
    await w.ben.click(failed, "Try again")
    assert (await w.ben.reply(card, "Nothing was sent: it was sent again already"))["is_ephemeral"]
    assert not [each for each in await w.ben.thread(card) if "It was not delivered at first" in each["text"]]


async def test_delayed_delivery_is_no_failure(w: World) -> None:
    card = await w.escalated()
    await take_in(w, report("support@retarus.example", "delayed", "4.4.1", returned=await letter_id(w)))
    await w.ben.reply(card, "keeps trying")
    thread = await w.ben.thread(card)
    assert [each for each in thread if "Delivered to Retarus by e-mail" in each["text"]]


async def test_strangers_mail_reaches_no_thread_and_can_be_assigned(w: World) -> None:
    card = await w.escalated()
    raw = mail("[PD-1001] hello", "Secret words of a stranger", answers=await letter_id(w), sender="x@evil.example")
    assert (await take_in(w, raw)).state is EntryState.UNASSIGNED
    assert "Secret words" not in str(await w.ben.thread(card))
    home = await homes.at(w.ben, "Unassigned", "not on the list of allowed senders")
    await w.ben.click(home, "Assign")
    done = await w.ben.submit(await w.ben.modal("Assign a mail"), {"ticket": "PD-1001"})
    assert done["outcome"] == "closed", done
    await w.ben.reply(card, "Secret words of a stranger")
    assert await w.running.store.count_unassigned() == 0


async def test_unassigned_mails_have_pages(w: World) -> None:
    for number in range(12):
        await take_in(w, mail(f"Offer {number}.", "Buy it", sender="x@evil.example", number=number))
    first = await homes.at(w.ben, "Unassigned", "1 to 10 of 12")
    assert "Offer 1." not in text_of(first)
    await w.ben.click(first, "Next page")
    last = await homes.shown(w.ben, "11 to 12 of 12")
    assert "Offer 1." in text_of(last)
    assert "Next page" not in text_of(last)
    await w.ben.click(last, "Previous page")
    await homes.shown(w.ben, "1 to 10 of 12")


async def test_unassigned_mail_can_be_dismissed(w: World) -> None:
    entry = await take_in(w, mail("Offer", "Buy it", sender="x@evil.example"))
    await w.running.desk.conversation.dismiss(entry.id, w.slack.admin.member("ben").id)
    assert await w.running.store.count_unassigned() == 0


async def test_number_in_the_subject_needs_a_proven_sender(w: World) -> None:
    card = await w.escalated()
    forged = await take_in(w, mail("[PD-1001]", "Forged", sender=RITA, proof=PROOF.replace("pass", "fail")))
    assert forged.state is EntryState.UNASSIGNED
    await take_in(w, mail("[PD-1001] question", "Genuine", sender=RITA, proof=PROOF, number=9))
    await w.ben.reply(card, "Genuine")


async def test_message_id_of_theirs_needs_a_proven_sender(w: World) -> None:
    card, _ = await answered(w, "Their first mail.", number=5)
    await w.ben.reply(card, "Their first mail.")
    theirs = "<m5@mail.retarus.example>"
    forged = await take_in(w, mail("Re: your letter", "Forged", answers=theirs, sender=RITA, number=6))
    assert forged.state is EntryState.UNASSIGNED
    await take_in(w, mail("Re: your letter", "Genuine", answers=theirs, sender=RITA, proof=PROOF, number=7))
    await w.ben.reply(card, "Genuine")


async def test_answer_to_a_closed_ticket_asks_whether_to_reopen(w: World) -> None:
    card = await w.escalated()
    answer = await letter_id(w)
    ben, ticket = w.slack.admin.member("ben").id, await w.ticket()
    await w.running.desk.tickets.act_with_text(ticket.id, Move.WITHDRAW, ben, "form", "reason", "The customer left")
    await take_in(w, mail("Re: letter", "One more thing.", answers=answer, sender=RITA))
    shown = await w.ben.reply(card, "One more thing.")
    assert "Should it be reopened?" in str(shown["blocks"])
    await w.ben.click(shown, "Reopen")
    await w.ben.modal("Reopen")


async def first_look(w: World, url: str) -> None:
    """Waits until the desk has seen the mailbox: what was there before is an old mail, which nobody is told of."""
    cursor = f"cursor:{mailbox_name(parse_imap_url(url))}"
    async with asyncio.timeout(TIMEOUT):
        while not await w.running.store.value(cursor):
            pass


async def test_mail_in_the_mailbox_arrives_in_the_thread(tmp_path: Path) -> None:
    async with pymap() as host:
        url = f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{host.port}/INBOX"
        async with world(tmp_path, mail=BELIEVED, imap=url) as w:
            card = await w.escalated()
            raw = mail("Re: your letter", "By IMAP.", answers=await letter_id(w), sender=RITA)
            await first_look(w, url)
            with host.client() as client:
                client.append("INBOX", raw)
            await w.ben.reply(card, "By IMAP.")
