"""Messages to Retarus: each is previewed exactly, and is posted into the letter's threads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.inbound_mail.mails import mail
from tests.handlers.test_conversation import BELIEVED, RITA, letter_id, take_in
from tests.handlers.world import RETARUS, World, world

Json = dict[str, Any]


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, mail=BELIEVED) as everything:
        yield everything


async def headers(w: World) -> dict[str, str]:
    """Message-ID of the newest mail that we sent."""
    [newest, *_] = await w.anna.mails()
    whole = (await w.anna.control("GET", f"mail/{newest['id']}"))["mail"]
    return dict(whole["headers"]) | {"text": whole["text"]}


async def test_answer_quotes_their_question_and_goes_into_the_same_threads(w: World) -> None:
    card = await w.escalated()
    letter = await w.rita.message(RETARUS, "PD-1001")
    first = await letter_id(w)
    await w.rita.post(RETARUS, "Which version is it?", thread=letter)
    await w.ben.click(await w.ben.reply(card, "Which version"), "Answer Retarus")
    await w.ben.submit(await w.ben.modal("Answer Retarus"), {"word": "It is connector 4.2."})
    preview = await w.ben.modal("Preview", containing="It is connector 4.2.")
    assert "> Which version is it?" in str(preview.view)
    assert "support@retarus.example" in str(preview.view)
    done = await w.ben.submit(preview)
    assert done["outcome"] == "closed", done
    await w.ben.reply(card, "wrote to Retarus")
    posted = await w.rita.reply(letter, "It is connector 4.2.")
    assert "Which version is it?" in str(posted["blocks"])
    await w.ben.reply(card, "Delivered to Retarus by e-mail")
    await w.anna.mail("It is connector")
    sent = await headers(w)
    assert sent["In-Reply-To"] == first
    assert "Auto-Submitted" not in sent
    assert "> Which version is it?" in sent["text"]


async def test_long_question_is_quoted_with_an_ellipsis_at_its_end(w: World) -> None:
    card = await w.escalated()
    letter = await w.rita.message(RETARUS, "PD-1001")
    await w.rita.post(RETARUS, "Which version is it? " * 100, thread=letter)
    await w.ben.click(await w.ben.reply(card, "Which version"), "Answer Retarus")
    await w.ben.submit(await w.ben.modal("Answer Retarus"), {"word": "It is connector 4.2."})
    preview = await w.ben.modal("Preview", containing="> Which version")
    quoted = preview.text[preview.text.index("> Which version") :].splitlines()[0]
    assert quoted.endswith("…")
    assert len(quoted) == 1500 + len("> ")


async def test_message_in_the_thread_is_sent_by_the_shortcut_with_a_warning(w: World) -> None:
    card = await w.escalated()
    posted = await w.ben.post(
        "#partner-desk", "The customer restarted; strictly internal: they are angry.", thread=card
    )
    await w.ben.shortcut("send_to_retarus", posted)
    await w.ben.submit(await w.ben.modal("Send to Retarus"))
    preview = await w.ben.modal("Preview", containing="The customer restarted")
    assert "Is it meant for Retarus?" in str(preview.view)
    await w.ben.submit(preview)
    await w.ben.reply(card, "wrote to Retarus")


async def test_text_of_a_preview_on_another_device_is_shown_before_it_is_sent(w: World) -> None:
    card = await w.escalated()
    await w.ben.shortcut("send_to_retarus", await w.ben.post("#partner-desk", "The connector is 4.2.", thread=card))
    await w.ben.submit(await w.ben.modal("Send to Retarus"))
    first = await w.ben.modal("Preview", containing="The connector is 4.2.")
    ticket = await w.ticket()
    await w.running.desk.conversation.save_draft("U0BEN", ticket.id, "The customer is angry.")
    again = await w.ben.submit(first)
    assert "The customer is angry." in str(again), again
    assert "tell" not in [each.kind for each in await w.running.store.history(ticket.id)]
    done = await w.ben.submit(await w.ben.modal("Preview", containing="The customer is angry."))
    assert done["outcome"] == "closed", done


async def test_quoted_words_that_were_edited_after_the_preview_are_shown_first(w: World) -> None:
    card, letter = await w.escalated(), await w.rita.message(RETARUS, "PD-1001")
    posted = await w.rita.post(RETARUS, "Which version is it?", thread=letter)
    await w.ben.click(await w.ben.reply(card, "Which version"), "Answer Retarus")
    await w.ben.submit(await w.ben.modal("Answer Retarus"), {"word": "It is 4.2."})
    preview = await w.ben.modal("Preview", containing="Which version is it?")
    await w.rita.act("edit", channel=posted["channel"], ts=posted["ts"], text="Which release of Windows is it?")
    await w.ben.reply(card, "release of Windows")
    again = await w.ben.submit(preview)
    assert "> Which release of Windows is it?" in str(again), again


async def test_answer_of_the_letter_that_is_changed_after_sending_is_offered_to_be_sent(w: World) -> None:
    card = await w.escalated()
    await w.ben.click(card, "Fill in")
    changed = {"error": "451 4.7.0 greylisted", "example.1.sender": "info@mueller.example"}
    done = await w.ben.submit(await w.ben.modal("Fill in"), changed)
    assert done["outcome"] == "closed", done
    line = await w.ben.reply(card, "451 4.7.0 greylisted")
    assert "info@mueller.example" in str(line["blocks"])
    await w.ben.click(line, "Send to Retarus")
    await w.ben.modal("Send to Retarus")


async def test_shortcut_on_a_message_in_no_thread_is_refused(w: World) -> None:
    await w.escalated()
    posted = await w.ben.post("#general", "hello")
    await w.ben.shortcut("send_to_retarus", posted)
    assert await w.ben.modals() == []


async def test_secret_is_not_sent(w: World) -> None:
    card = await w.escalated()
    posted = await w.ben.post("#partner-desk", "password: Tr0ub4dor&3xyz", thread=card)
    await w.ben.shortcut("send_to_retarus", posted)
    done = await w.ben.submit(await w.ben.modal("Send to Retarus"))
    assert done["outcome"] == "errors", done


async def test_later_mail_answers_their_newest_mail(w: World) -> None:
    card = await w.escalated()
    first = await letter_id(w)
    await take_in(w, mail("Re: your letter", "Any news?", answers=first, sender=RITA, number=7))
    await w.ben.click(await w.ben.reply(card, "Any news?"), "Answer Retarus")
    await w.ben.submit(await w.ben.modal("Answer Retarus"), {"word": "None yet."})
    await w.ben.submit(await w.ben.modal("Preview", containing="None yet."))
    await w.anna.mail("None yet.")
    sent = await headers(w)
    assert sent["In-Reply-To"] == "<m7@mail.retarus.example>"
    assert sent["References"].split() == [first, "<m7@mail.retarus.example>"]
