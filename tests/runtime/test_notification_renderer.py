"""Messages of a call for the highest priority, as they are redrawn after any changes of its ticket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

import pytest

from bot.core.errors import Invalid, NotNow, NotYours, Refused
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Kind, Ticket
from bot.model.transitions import Move
from bot.tickets.priority_call import CALL, OPEN_TO_ALL, is_ongoing
from localslack.visible import labels, text_of
from runtime.notification_renderer import writer
from tests.factories import ALEX, ANNA, BEA, BEN, CARLA, HANDED_OFF, RAISED, World, a_world

TEAM = (ANNA, ALEX, BEN, BEA, CARLA)
Change = Callable[[World, Ticket, str, Random], Awaitable[Ticket]]


def judged(priority: str) -> Change:
    answers = {"priority": priority, "priority_reason": f"It is {priority} by what we know now"}
    return lambda w, ticket, by, _: w.desk.answers.fill_in(ticket.id, by, answers, w.form(), ticket.version)


def moved(move: Move) -> Change:
    return lambda w, ticket, by, _: w.desk.tickets.act(ticket.id, move, by, w.form(), reason="The log says so")


async def linked(w: World, ticket: Ticket, by: str, _: Random) -> Ticket:
    leading = await w.raised(customer="Nordsee Reederei")
    return await w.desk.known_issues.same_cause(ticket.id, by, f"PD-{leading.number}", w.form())


async def handed_off(w: World, ticket: Ticket, by: str, _: Random) -> Ticket:
    answers = {**HANDED_OFF, "priority": ticket.answer("priority")}
    return await w.desk.tickets.hand_off(ticket.id, by, answers, w.form(), ticket.version)


CHANGES: tuple[Change, ...] = (
    *map(judged, ("P1", "P2")),
    *map(moved, (Move.TAKE, Move.TAKE_OVER, Move.ACCEPT, Move.COMPRESS, Move.SEND_BACK, Move.WITHDRAW, Move.REOPEN)),
    *map(moved, (Move.ASK_CUSTOMER, Move.CUSTOMER_ANSWERED, Move.GO_ON, Move.CONFIRM)),
    linked,
    handed_off,
    lambda w, ticket, by, _: w.desk.known_issues.other_cause(ticket.id, by, w.form()),
    lambda w, ticket, by, _: w.desk.undo.undo(ticket.id, ticket.version, by, w.form()),
    lambda w, ticket, by, _: w.desk.tickets.take_now(ticket.id, by, w.form()),
    lambda w, ticket, by, _: w.desk.tickets.note(ticket.id, by, "They called again", w.form()),
    lambda w, ticket, by, _: w.desk.tickets.resolve(ticket.id, by, w.form(), "Rolled it back", {}),
    lambda w, ticket, by, _: w.desk.reminders.record_plan(ticket.id, by, "Restart the connector at four", w.form()),
    lambda w, ticket, _, chance: w.desk.assignment.assign(ticket.id, CARLA, chance.choice(TEAM), w.form()),
)


async def newest_of_call(w: World, ticket: Ticket) -> Notice | None:
    """The notice that posted or redrew the broadcast last."""
    rows = [row.notice for row in await w.notices(ticket) if row.notice.body.get(CALL)]
    shared = [each for each in rows if each.kind in {NoticeKind.THREAD, NoticeKind.LINE}]
    return next((each for each in reversed(shared) if each.to == w.desk.routes.desk and each.due <= w.clock()), None)


@pytest.mark.parametrize("seed", range(60))
async def test_call_offers_to_take_the_ticket_only_while_it_can_be_taken(seed: int) -> None:
    chance = Random(seed)
    w = await a_world(
        levels={"first": {"second_person": ALEX}, "second": {"group": "S0SECOND"}}, desk={"leads": [CARLA]}
    )
    ticket = await w.desk.tickets.create(
        ANNA, Kind.INCIDENT, {**RAISED, "priority": "P1"}, w.form(), is_taken=seed % 2 == 0
    )
    render, done = writer(w.desk), 0
    for _ in range(25):
        w.clock.forward(minutes=chance.choice((1, 5, 20)))
        ticket = await w.desk.queries.ticket(ticket.id)
        try:
            ticket = await chance.choice(CHANGES)(w, ticket, chance.choice(TEAM), chance)
        except (Invalid, NotNow, NotYours, Refused):
            continue
        call = await newest_of_call(w, ticket)
        assert call
        [message] = await render(call, ticket, "https://slack.example/card")
        drawn = {"blocks": list(message.blocks)}
        if is_ongoing(ticket, w.desk.config):
            assert "Take now" in labels(drawn), text_of(drawn)
        if ticket.stage not in OPEN_TO_ALL or ticket.answer("priority") != "P1":
            assert "Take now" not in labels(drawn), text_of(drawn)
        is_over = "This call is over" in text_of(drawn)
        assert not (is_over and "Take now" in labels(drawn))
        assert is_over or (ticket.stage.is_open and ticket.answer("priority") == "P1"), text_of(drawn)
        assert ticket.answer("priority") in text_of(drawn)
        done += 1
    assert done
