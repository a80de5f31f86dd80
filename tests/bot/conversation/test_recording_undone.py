"""Undo of a record of what Retarus wrote: the message can be recorded again, and says nothing of the first record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.adapters.inbound_mail.parser import parse
from bot.core.errors import NotNow
from bot.model.conversation import ConversationChanges, Entry, MessageId
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import TIME_TO_UNDO
from bot.tickets.ports import Batch
from tests.adapters.inbound_mail.mails import mail
from tests.factories import ANNA, BEA, BEN, NOW, SECOND, World, a_world

LETTER = "<ours@nordlicht.example>"
WORDS = "The policy is corrected."
Record = Callable[[World, Ticket, Entry], Awaitable[Ticket]]


@pytest.fixture
async def world() -> World:
    return await a_world(mail={"allowed": ["@retarus.example"]})


async def written(w: World, number: int = 0) -> Entry:
    """A mail of theirs in the thread of the ticket that they have."""
    raw = mail("Re: your letter", WORDS, answers=LETTER, number=number)
    entry = await w.desk.inbound.take(parse(raw), raw)
    assert entry
    return entry


async def sent(w: World) -> tuple[Ticket, Entry]:
    ticket = await w.sent()
    ours = MessageId(message_id=LETTER, ticket_id=ticket.id, is_sent=True, at=w.clock())
    await w.store.apply(Batch(conversation=ConversationChanges(message_ids=(ours,))))
    entry = await written(w)
    return await w.desk.queries.ticket(ticket.id), entry


def reply(move: Move, words: str = WORDS, by: str = BEN) -> Record:
    async def record(w: World, ticket: Ticket, entry: Entry) -> Ticket:
        along = w.desk.conversation.recording(entry.id, by, "answer", w.form(), 0)
        seen = ticket.version
        return await w.desk.retarus_replies.record_reply(ticket.id, by, move, words, {}, w.form(), seen, along)

    return record


async def question(w: World, ticket: Ticket, entry: Entry) -> Ticket:
    along = w.desk.conversation.recording(entry.id, BEN, "question", w.form(), 0)
    return await w.desk.reminders.expect(ticket.id, BEN, {"question": WORDS}, w.form(), along)


async def note(w: World, ticket: Ticket, entry: Entry) -> Ticket:
    along = w.desk.conversation.recording(entry.id, BEN, "note", w.form(), 0)
    return await w.desk.tickets.note(ticket.id, BEN, WORDS, w.form(), "", along)


async def undone(w: World, ticket: Ticket, by: str = BEN) -> Ticket:
    return await w.desk.undo.undo(ticket.id, ticket.version, by, w.form())


async def records(w: World, entry: Entry) -> list[str]:
    stored = await w.desk.conversation.find(entry.id)
    assert stored
    return [each.kind for each in stored.records]


async def redrawn(w: World, ticket: Ticket) -> list[tuple[str, Notice]]:
    return [(row.state, row.notice) for row in await w.notices(ticket) if row.notice.kind is NoticeKind.ENTRY]


RECORDS = [
    reply(Move.RETARUS_UPDATE),
    reply(Move.RETARUS_ANSWERED),
    reply(Move.RETARUS_ANSWERED, "In other words"),
    question,
    note,
]


@pytest.mark.parametrize("record", RECORDS)
async def test_undone_record_leaves_ticket_and_message_as_before(world: World, record: Record) -> None:
    before, entry = await sent(world)
    done = await record(world, before, entry)
    assert len(await records(world, entry)) == 1
    ticket = await undone(world, done)
    counters = {"version", "drawn"}
    assert ticket.model_dump(exclude=counters) == before.model_dump(exclude=counters)
    assert await records(world, entry) == []
    again = await record(world, ticket, entry)
    assert again.version == ticket.version + 1
    assert len(await records(world, entry)) == 1
    assert (await undone(world, again)).stage is Stage.RETARUS


async def test_undo_of_the_second_record_of_a_message_leaves_the_first(world: World) -> None:
    ticket, entry = await sent(world)
    await note(world, ticket, entry)
    world.clock.forward(minutes=1)
    along = world.desk.conversation.recording(entry.id, BEN, "answer", world.form(), 1)
    record = world.desk.retarus_replies.record_reply
    done = await record(ticket.id, BEN, Move.RETARUS_ANSWERED, WORDS, {}, world.form(), ticket.version, along)
    await undone(world, done)
    assert await records(world, entry) == ["note"]


async def test_button_of_a_record_word_for_word_is_on_the_message_until_its_time_is_over(world: World) -> None:
    before, entry = await sent(world)
    done = await reply(Move.RETARUS_ANSWERED)(world, before, entry)
    assert done.undo_entry == entry.id
    late = [each.body["entry"] for _, each in await redrawn(world, done) if each.due == NOW + TIME_TO_UNDO]
    assert late == [entry.id]
    world.clock.at = NOW + TIME_TO_UNDO
    with pytest.raises(NotNow, match="for 10 minutes"):
        await undone(world, done)


async def test_newer_step_takes_the_button_from_the_message_and_from_its_line(world: World) -> None:
    before, entry = await sent(world)
    done = await reply(Move.RETARUS_ANSWERED)(world, before, entry)
    noted = await world.desk.tickets.note(done.id, BEA, "They called again", world.form())
    states = [(state, each.due) for state, each in await redrawn(world, done) if each.version == done.version]
    assert ("dropped", NOW + TIME_TO_UNDO) in states
    assert noted.undo_entry == ""
    with pytest.raises(NotNow, match="Bea Bauer has done something newer"):
        await undone(world, done)


async def test_undo_is_refused_once_retarus_wrote_again_or_was_written_to(world: World) -> None:
    before, entry = await sent(world)
    done = await reply(Move.RETARUS_UPDATE)(world, before, entry)
    await written(world, number=1)
    with pytest.raises(NotNow, match="Something newer has happened"):
        await undone(world, done)


async def test_undone_answer_is_said_to_the_owner_and_to_tickets_with_the_same_cause(world: World) -> None:
    before, entry = await sent(world)
    other = await world.raised()
    await world.desk.known_issues.same_cause(other.id, BEN, f"PD-{before.number}", world.form())
    leading = await world.desk.tickets.act(before.id, Move.TAKE_OVER, BEA, world.form())
    done = await reply(Move.RETARUS_ANSWERED)(world, leading, entry)
    ticket = await undone(world, done)
    direct = [each for each in await world.notices_of_kind(ticket, NoticeKind.DIRECT) if each.version == ticket.version]
    assert BEA in {each.to for each in direct}
    relayed = [row.notice for row in await world.notices(other) if row.notice.body.get("from") == before.id]
    assert ticket.version in {each.version for each in relayed if each.kind is NoticeKind.THREAD}


async def test_undone_workaround_is_said_to_the_1st_level_which_had_heard_of_it(world: World) -> None:
    ticket = await world.sent()
    found = {"their_workaround": "Send through DE2"}
    done = await world.desk.retarus_replies.record(ticket.id, BEN, found, world.form(), ticket.version)
    ticket = await undone(world, done)
    direct = [each for each in await world.notices_of_kind(ticket, NoticeKind.DIRECT) if each.version == ticket.version]
    assert ANNA in {each.to for each in direct}


async def test_second_letter_quotes_no_answer_that_was_undone(world: World) -> None:
    before, entry = await sent(world)
    ticket = await undone(
        world, await reply(Move.RETARUS_ANSWERED, "An answer to another ticket")(world, before, entry)
    )
    record = world.desk.retarus_replies.record_reply
    ticket = await record(ticket.id, BEN, Move.RETARUS_ANSWERED, WORDS, {}, world.form(), ticket.version)
    ticket = await world.desk.escalation.prepare(ticket.id, BEN, SECOND, world.form(), ticket.version)
    letter = str(await world.desk.escalation.preview(ticket.id, BEN))
    assert WORDS in letter
    assert "An answer to another ticket" not in letter


async def test_repeated_click_and_a_second_person_undo_a_record_once(world: World) -> None:
    before, entry = await sent(world)
    done = await reply(Move.RETARUS_ANSWERED)(world, before, entry)
    first = await world.desk.undo.undo(done.id, done.version, BEN, "click")
    again = await world.desk.undo.undo(done.id, done.version, BEN, "click")
    assert first == again == await undone(world, done)
    kinds = [each.kind for each in await world.store.history(done.id)]
    assert kinds.count(Step.UNDO.value) == 1
