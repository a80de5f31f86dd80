"""Each kind of ticket from raising to closing with a second escalation, with letters in each language."""

from __future__ import annotations

import pytest

from bot.core.i18n import Language
from bot.model.notice import NoticeKind
from bot.model.ticket import Kind, Stage, Ticket
from bot.model.transitions import Move
from tests.factories import ANNA, BEN, COMPLETE, HANDED_OFF, RAISED, SECOND, TEMPLATE, World, a_world

INCIDENTS_ONLY = {
    "start", "triage", "remote", "known", "searched", "interface", "error", "affected", "related",
    "reproduced", "steps", "done", "system",
}  # fmt: skip
NEWS = {
    Language.ENGLISH: ("This follows our letter of ", "Your answer of ", "What we ask of Retarus: "),
    Language.GERMAN: ("Dies knüpft an unser Schreiben vom ", "Ihre Antwort vom ", "Worum wir Retarus bitten: "),
}
HEADINGS = ("PARTNERS' MAIN CUSTOMER ID", "AFFECTED SERVICE", "DESCRIPTION", "EXAMPLE", "ADDITIONAL INFORMATION")


def of(kind: Kind, answers: dict[str, str]) -> dict[str, str]:
    """The answers for this kind."""
    return answers if kind is Kind.INCIDENT else {key: answers[key] for key in answers.keys() - INCIDENTS_ONLY}


async def at_second_level(world: World, kind: Kind) -> Ticket:
    desk = world.desk
    ticket = await desk.tickets.create(ANNA, kind, of(kind, RAISED), world.form())
    ticket = await desk.tickets.act(ticket.id, Move.TAKE, ANNA, world.form())
    ticket = await desk.tickets.hand_off(ticket.id, ANNA, of(kind, HANDED_OFF), world.form(), ticket.version)
    ticket = await desk.tickets.act(ticket.id, Move.ACCEPT, BEN, world.form())
    ticket = await desk.answers.fill_in(ticket.id, BEN, of(kind, TEMPLATE), world.form(), ticket.version)
    return await desk.escalation.prepare(ticket.id, BEN, of(kind, SECOND), world.form(), ticket.version)


async def letter_sent(world: World, ticket: Ticket) -> str:
    (event,) = [each for each in await world.store.history(ticket.id) if each.version == ticket.version]
    return event.detail["text"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", Kind)
async def test_kind_goes_to_retarus_twice_and_is_closed(kind: Kind, language: Language) -> None:
    world = await a_world(retarus={"language": language})
    desk = world.desk
    ticket = await at_second_level(world, kind)
    ticket = await desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    first = await letter_sent(world, ticket)
    ticket = await desk.escalation.record_rcr(ticket.id, BEN, "RCR-88123", world.form())
    ticket = await desk.tickets.act_with_text(
        ticket.id, Move.RETARUS_ANSWERED, BEN, world.form(), "answer", "The policy is corrected"
    )
    ticket = await world.asked_again(ticket)
    ticket = await desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    second = await letter_sent(world, ticket)

    for heading in HEADINGS:
        assert (heading in first) is (heading in second)
        assert heading in second or (kind is Kind.CHANGE and heading == "EXAMPLE")
    assert not any(words in first for words in NEWS[language][:2])
    assert all(words in second for words in NEWS[language])
    assert "The policy is corrected" in second
    assert "RCR-88123" in second
    (mail,) = await world.notices_of_kind(ticket, NoticeKind.LETTER_MAIL)
    assert len(mail.names("after")) == 1

    ticket = await desk.tickets.act_with_text(
        ticket.id, Move.RETARUS_ANSWERED, BEN, world.form(), "answer", "Now it is"
    )
    ticket = await desk.tickets.act_with_text(
        ticket.id, Move.RESOLVE, BEN, world.form(), "remedy", "Both rules corrected"
    )
    ticket = await desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, world.form())
    assert ticket.stage is Stage.CLOSED
    assert COMPLETE.keys() >= ticket.answers.keys() - {"remedy"}
