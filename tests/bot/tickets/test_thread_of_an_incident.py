"""The thread of a smooth incident: a line for each step, and none for a delivery that went well."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from blocks import thread_lines
from bot.adapters.inbound_mail.parser import parse
from bot.model.conversation import ConversationChanges, MessageId
from bot.model.notice import Claim, NoticeKind, Sent
from bot.model.ticket import Attachment, Kind, Stage, Ticket
from bot.model.transitions import Move
from bot.tickets.ports import Batch
from tests.adapters.inbound_mail.mails import mail
from tests.factories import ALEX, ANNA, BEN, CARLA, HANDED_OFF, RAISED, SECOND, TEMPLATE, World, a_world

LETTER = "<ours@nordlicht.example>"

MAX_LINES = 8


async def shown(w: World, ticket: Ticket) -> list[str]:
    """The event of each message in the thread; `mail` for a mail of Retarus."""
    rows = [row.notice for row in await w.notices(ticket)]
    history = {each.version: each.kind for each in await w.store.history(ticket.id)}
    relayed = {row.key: f"from {row.body['from']}" for row in rows if "from" in row.body}
    entries = dict.fromkeys(str(row.body["entry"]) for row in rows if row.kind is NoticeKind.ENTRY)
    first = {next(row.key for row in rows if row.body.get("entry") == each) for each in entries}
    posted = [row for row in rows if row.kind is NoticeKind.THREAD or row.key in first]
    return ["mail" if row.kind is NoticeKind.ENTRY else relayed.get(row.key) or history[row.version] for row in posted]


async def sent(w: World, priority: str) -> Ticket:
    """An incident that is raised and taken by one submission, and was sent to Retarus."""
    create, answers = w.desk.tickets.create, {**RAISED, "priority": priority}
    ticket = await create(ANNA, Kind.INCIDENT, answers, w.form(), is_taken=True)
    judged = {**HANDED_OFF, "priority": priority}
    ticket = await w.desk.tickets.hand_off(ticket.id, ANNA, judged, w.form(), ticket.version)
    ticket = await w.desk.tickets.act(ticket.id, Move.ACCEPT, BEN, w.form())
    asked = {**TEMPLATE, **SECOND}
    ticket = await w.desk.escalation.prepare(ticket.id, BEN, asked, w.form(), ticket.version)
    return await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)


@pytest.mark.parametrize("priority", ["P1", "P2"])
async def test_smooth_incident_has_at_most_eight_lines_in_its_thread(priority: str) -> None:
    w = await a_world()
    ticket = await sent(w, priority)
    for kind in (NoticeKind.LETTER_MAIL, NoticeKind.LETTER_POST):
        (letter,) = await w.notices_of_kind(ticket, kind)
        followed = await w.desk.receipts.follow_up(Claim(notice=letter, attempt=1), Sent())
        assert [each.kind for each in followed] == [NoticeKind.LINE]
    await w.desk.escalation.record_rcr(ticket.id, BEN, "RCR-88123", w.form())
    answered = Move.RETARUS_ANSWERED
    await w.desk.retarus_replies.record_reply(ticket.id, BEN, answered, "The policy is corrected", {}, w.form(), 0)
    await w.desk.tickets.act_with_text(ticket.id, Move.RESOLVE, BEN, w.form(), "remedy", "Policy corrected")
    ticket = await w.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, w.form())
    assert ticket.stage is Stage.CLOSED
    kinds = await shown(w, ticket)
    assert len(kinds) <= MAX_LINES
    assert kinds == ["take", "hand_off", "accept", "escalate", "rcr", "retarus_answered", "resolve", "confirm"]


@pytest.mark.parametrize("priority", ["P1", "P2"])
async def test_incident_whose_answers_come_by_mail_has_at_most_eight_lines_too(priority: str) -> None:
    w = await a_world(mail={"allowed": ["@retarus.example"]})
    ticket = await sent(w, priority)
    ours = MessageId(message_id=LETTER, ticket_id=ticket.id, is_sent=True, at=w.clock())
    await w.store.apply(Batch(conversation=ConversationChanges(message_ids=(ours,))))
    entries = []
    for number, words in enumerate(("Your ticket number is RCR-88123.", "The policy on DE1\nis corrected. Regards")):
        raw = mail("Re: your letter", words, answers=LETTER, number=number)
        entries.append(await w.desk.inbound.take(parse(raw), raw))
    assert entries[1]
    reply, record = Move.RETARUS_ANSWERED, w.desk.retarus_replies.record_reply
    along = w.desk.conversation.recording(entries[1].id, BEN, "reply", w.form(), 0)
    await record(ticket.id, BEN, reply, "The policy on DE1 is corrected.", {}, w.form(), 0, along)
    await w.desk.tickets.act_with_text(ticket.id, Move.RESOLVE, BEN, w.form(), "remedy", "Policy corrected")
    ticket = await w.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, w.form())
    assert ticket.rcr == ("RCR-88123",)
    assert await shown(w, ticket) == ["take", "hand_off", "accept", "escalate", "mail", "mail", "resolve", "confirm"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [("They corrected it.", {}), ("The policy is corrected", {"their_workaround": "Send through DE2"})],
)
async def test_answer_in_other_words_or_with_findings_has_a_line_of_its_own(answer: str, found: dict[str, str]) -> None:
    w = await a_world(mail={"allowed": ["@retarus.example"]})
    ticket = await w.sent()
    ours = MessageId(message_id=LETTER, ticket_id=ticket.id, is_sent=True, at=w.clock())
    await w.store.apply(Batch(conversation=ConversationChanges(message_ids=(ours,))))
    raw = mail("Re: your letter", "The policy is corrected", answers=LETTER)
    entry = await w.desk.inbound.take(parse(raw), raw)
    assert entry
    along = w.desk.conversation.recording(entry.id, BEN, "reply", w.form(), 0)
    record = w.desk.retarus_replies.record_reply
    await record(ticket.id, BEN, Move.RETARUS_ANSWERED, answer, found, w.form(), ticket.version, along)
    assert (await shown(w, ticket))[-1] == "retarus_answered"


async def test_call_of_a_ticket_that_is_raised_and_taken_at_once_is_the_line_of_the_take_and_can_be_undone() -> None:
    w = await a_world()
    answers = {**RAISED, "priority": "P1"}
    ticket = await w.desk.tickets.create(ANNA, Kind.INCIDENT, answers, w.form(), is_taken=True)
    assert await shown(w, ticket) == ["take"]
    (line,) = await w.notices_of_kind(ticket, NoticeKind.THREAD)
    assert line.body["call"]
    assert [role for _, role in line.pairs("places")] == [f"line:{ticket.version}", "call"]
    undone = await w.desk.undo.undo(ticket.id, ticket.version, ANNA, w.form())
    assert undone.stage is Stage.NEW


async def test_call_of_a_ticket_that_is_left_to_others_is_made_when_it_is_raised() -> None:
    w = await a_world()
    ticket = await w.raised(priority="P1")
    assert await shown(w, ticket) == ["raise"]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("is_new", [False, True])
async def test_summary_of_a_second_handoff_is_quoted_only_if_it_is_another(kind: Kind, is_new: bool) -> None:
    w = await a_world()
    tickets = w.desk.tickets
    ticket = await tickets.create(ANNA, kind, RAISED, w.form(), is_taken=True)
    ticket = await tickets.hand_off(ticket.id, ANNA, HANDED_OFF, w.form(), ticket.version)
    ticket = await tickets.act_with_text(ticket.id, Move.SEND_BACK, BEN, w.form(), "reason", "Which tenant is it?")
    summary = "Only tenant 12345RS; restart tried" if is_new else HANDED_OFF["summary_first"]
    typed = {**HANDED_OFF, "summary_first": summary}
    ticket = await tickets.hand_off(ticket.id, ANNA, typed, w.form(), ticket.version)
    handed_off = (await w.store.history(ticket.id))[-1]
    assert handed_off.detail["summary"] == summary
    (line,) = await w.notices_of_kind(ticket, NoticeKind.THREAD)
    shown_line = thread_lines.message(line, ticket, handed_off, w.desk.config, lambda user: user)
    assert (summary in str(shown_line.blocks)) is is_new
    assert ("summary as before" in str(shown_line.blocks)) is not is_new


PRIORITIES = ("P1", "P2", "P3", "P4")
FILE = Attachment(id="F1", name="fax.pdf", size=1200)
SHOT = Attachment(id="F2", name="screen.png", size=80_000)


@dataclass(frozen=True)
class Story:
    """A smooth ticket: its kind, its first owner, and its files."""

    kind: Kind = Kind.INCIDENT
    take: str = "at once"
    """`at once` with the form, by a `colleague`, `assigned` by a lead, or `from the call` by the 2nd level."""
    files: bool = False
    """With a file in the form, a screenshot in the thread, and one before it is sent to Retarus."""
    is_known: bool = False
    """True: it has the same cause as another ticket, whose remedy closes it."""


STORIES = [
    *(
        Story(kind, take, files)
        for kind in Kind
        for take in ("at once", "colleague", "assigned")
        for files in (False, True)
    ),
    *(Story(take=take, files=files, is_known=True) for take in ("at once", "colleague") for files in (False, True)),
]
CALLED = [Story(kind, "from the call", files) for kind in Kind for files in (False, True)]
TABLE = [(story, priority) for priority in PRIORITIES for story in STORIES] + [(story, "P1") for story in CALLED]


async def reaches_second(w: World, story: Story, priority: str) -> Ticket:
    """The ticket, raised by Anna and accepted by Ben."""
    tickets, owner = w.desk.tickets, ANNA if story.take == "at once" else ALEX
    answers = {**RAISED, "priority": priority}
    first = [FILE] if story.files else []
    ticket = await tickets.create(ANNA, story.kind, answers, w.form(), files=first, is_taken=story.take == "at once")
    if story.take == "from the call":
        return await tickets.take_now(ticket.id, BEN, w.form())
    if story.take == "colleague":
        ticket = await tickets.act(ticket.id, Move.TAKE, ALEX, w.form())
    if story.take == "assigned":
        ticket = await w.desk.assignment.assign(ticket.id, CARLA, ALEX, w.form())
    if story.files:
        ticket = await w.desk.evidence.attach(ticket.id, ANNA, [SHOT], w.form())
    judged = {**HANDED_OFF, "priority": priority}
    ticket = await tickets.hand_off(ticket.id, owner, judged, w.form(), ticket.version)
    return await tickets.act(ticket.id, Move.ACCEPT, BEN, w.form())


async def closes(w: World, ticket: Ticket, story: Story, priority: str) -> Ticket:
    """The ticket after Retarus answered, and the 1st level confirmed the remedy."""
    asked = {**HANDED_OFF, **TEMPLATE, **SECOND, "priority": priority}
    more = [SHOT.model_copy(update={"id": "F3"})] if story.files else []
    seen = ticket.version
    ticket = await w.desk.answers.fill_in(ticket.id, BEN, HANDED_OFF | {"priority": priority}, w.form(), seen)
    ticket = await w.desk.escalation.prepare(ticket.id, BEN, asked, w.form(), ticket.version, more)
    await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)
    await w.desk.escalation.record_rcr(ticket.id, BEN, "RCR-88123", w.form())
    answered = Move.RETARUS_ANSWERED
    await w.desk.retarus_replies.record_reply(ticket.id, BEN, answered, "The policy is corrected", {}, w.form(), 0)
    await w.desk.tickets.resolve(ticket.id, BEN, w.form(), "Policy corrected", {"cause": "A policy on DE1"})
    return await w.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, w.form())


async def follows_another(w: World, ticket: Ticket) -> Ticket:
    """The ticket, closed with the remedy of the one that has the same cause."""
    leading = await reaches_second(w, Story(), "P2")
    ticket = await w.desk.known_issues.same_cause(ticket.id, BEN, f"PD-{leading.number}", w.form())
    await w.desk.tickets.resolve(leading.id, BEN, w.form(), "Policy corrected", {})
    await w.desk.tickets.resolve(ticket.id, BEN, w.form(), "Policy corrected", {})
    return await w.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, w.form())


@pytest.mark.parametrize(
    ("story", "priority"), TABLE, ids=[f"{p}-{s.kind}-{s.take}-{s.files}-{s.is_known}" for s, p in TABLE]
)
async def test_every_smooth_story_has_at_most_eight_lines(story: Story, priority: str) -> None:
    w = await a_world(priorities=[{"name": each, "definition": each} for each in PRIORITIES])
    ticket = await reaches_second(w, story, priority)
    if story.is_known:
        ticket = await follows_another(w, ticket)
    else:
        ticket = await closes(w, ticket, story, priority)
    assert ticket.stage is Stage.CLOSED
    lines = await shown(w, ticket)
    assert len(lines) <= MAX_LINES, lines
    assert {"resolve", "confirm"} <= set(lines)
    if not story.is_known:
        assert {"escalate", "rcr", "retarus_answered"} <= set(lines)
