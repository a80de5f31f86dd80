"""Each person reads the language of their Slack, a channel the desk's, Retarus theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.i18n import Language
from bot.forms.template_fields import PREQUALIFICATION, TEMPLATE
from localslack import PersonDriver
from localslack.visible import text_of
from tests.handlers import homes
from tests.handlers.test_escalation import previewed
from tests.handlers.test_reminders import HALF_AN_HOUR
from tests.handlers.world import DESK, FIRST_TASKS, RETARUS, World, world

GERMAN = {"language": Language.GERMAN}
BOT = "@partner-desk"


async def speaks(w: World, person: PersonDriver, locale: str) -> None:
    """Changes the language of their Slack, with the event to the desk."""
    await person.act("profile", locale=locale)
    user = (await person.state())["me"]["id"]

    async def is_known() -> bool:
        return (await w.running.desk.directory.person(user)).locale == locale

    await person.wait_for(is_known, f"the desk to know that they speak {locale}")


async def test_form_and_what_is_wrong_in_it_are_in_the_persons_language(w: World) -> None:
    await speaks(w, w.anna, "de-DE")
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Störung erfassen")
    for words in ("Welcher Service ist betroffen?", "Was passiert?", "Weitere Felder"):
        assert words in modal.text
    assert [modal.view[part]["text"] for part in ("submit", "close")] == ["Erfassen", "Abbrechen"]
    done = await w.anna.submit(modal, w.answers(happens="tbd", start=int(w.now()) + 7200))
    assert done["errors"]["happens"] == (
        "„tbd“ lässt die Frage offen. Tragen Sie die Antwort ein oder: nicht verfügbar, weil …"
    )
    assert done["errors"]["start"].startswith("Das liegt in der Zukunft.")


async def test_channel_uses_the_desks_language_not_the_authors(w: World) -> None:
    await speaks(w, w.anna, "de-DE")
    await w.anna.command(DESK, "/retarus-incident")
    assert (await w.anna.submit(await w.anna.modal("Störung erfassen"), w.answers()))["outcome"] == "closed"
    card = await w.anna.message(DESK, "PD-1001")
    assert "not taken yet" in text_of(card)
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "Anna Arnold took it")


async def test_modal_from_the_card_is_in_the_language_of_the_person(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await speaks(w, w.anna, "de-DE")
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    modal = await w.anna.modal("An 2nd Level weitergeben")
    assert "Angaben des Endkunden prüfen" in modal.text
    done = await w.anna.submit(modal, {**FIRST_TASKS, "triage": "tbd"})
    assert done["errors"]["triage"].startswith("„tbd“ lässt die Frage offen.")


async def test_refusal_is_in_the_refused_persons_language(w: World) -> None:
    card = await w.handed_off()
    await speaks(w, w.anna, "de-DE")
    await w.anna.click(card, "Accept")
    await w.anna.message(DESK, "Das ist dem 2nd Level vorbehalten")


async def test_direct_message_is_in_its_readers_language(w: World) -> None:
    card = await w.accepted()
    await speaks(w, w.anna, "de-DE")
    await w.ben.click(card, "Send back")
    done = await w.ben.submit(await w.ben.modal("Send back"), {"word": "Which tenant is it?"})
    assert done["outcome"] == "closed"
    message = await w.anna.message(BOT, "Ben Brandt hat es Ihnen zurückgegeben.")
    assert "🔴 P1 · PD-1001 · Störung" in text_of(message)
    await w.ben.reply(card, "sent it back to the 1st level")


async def test_reminder_is_in_its_readers_language_and_in_the_thread_in_the_desks(w: World) -> None:
    card = await w.raised()
    await speaks(w, w.anna, "de-DE")
    await w.anna.advance(HALF_AN_HOUR)
    await w.anna.message(BOT, "Noch nicht übernommen: seit ")
    await w.anna.reply(card, "Reminder: ")


async def test_home_is_in_the_persons_language(w: World) -> None:
    await w.raised()
    await speaks(w, w.anna, "de-AT")
    home = await homes.opened(w.anna, "Offene Tickets: 1")
    assert "noch nicht übernommen" in text_of(home)
    await w.anna.click(home, "Ressourcen")
    await homes.shown(w.anna, "Wer wofür zuständig ist")


async def test_untranslated_language_falls_back_to_the_desks(w: World) -> None:
    await speaks(w, w.anna, "fr-FR")
    await w.anna.command(DESK, "/retarus-incident")
    await w.anna.modal("Raise an incident")


async def test_changed_language_applies_to_the_next_form(w: World) -> None:
    for locale, title in (("de-DE", "Änderung erfassen"), ("en-GB", "Raise a change"), ("de-DE", "Änderung erfassen")):
        await speaks(w, w.anna, locale)
        await w.anna.command(DESK, "/retarus-change")
        await w.anna.dismiss(await w.anna.modal(title))


@pytest.fixture
async def german(tmp_path: Path) -> AsyncIterator[World]:
    """A desk, and its letters, in German; its people have their Slack in English."""
    async with world(tmp_path, desk=GERMAN, retarus=GERMAN) as everything:
        yield everything


async def test_german_desk_has_german_cards_and_its_people_their_own_forms(german: World) -> None:
    w = german
    card = await w.raised()
    assert "noch nicht übernommen · erfasst von Anna Arnold" in text_of(card)
    await w.anna.click(card, "Übernehmen")
    await w.anna.reply(card, "Anna Arnold hat es übernommen")
    await w.anna.click(await w.anna.again(card), "An 2nd Level weitergeben")
    await w.anna.modal("Hand off to 2nd level")


async def test_letter_in_german_keeps_the_guides_headings(tmp_path: Path) -> None:
    async with world(tmp_path, retarus=GERMAN) as w:
        card = await w.filled()
        preview = await previewed(w, card)
        assert (await w.ben.submit(preview))["outcome"] == "closed"
        posted = text_of(await w.rita.message(RETARUS, "STÖRUNG · unser Zeichen PD-1001"))
        assert "Gemeldet von Ben Brandt, autorisierter Support-Kontakt" in posted
        mail = await w.ben.mail("unser Zeichen PD-1001")
        for heading in (*TEMPLATE, *PREQUALIFICATION):
            assert heading.text in mail["text"]
