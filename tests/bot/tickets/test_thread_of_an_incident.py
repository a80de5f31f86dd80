"""The thread of a smooth incident: a line for each step, and none for a delivery that went well."""

from __future__ import annotations

from bot.model.notice import Claim, NoticeKind, Sent
from bot.model.ticket import Stage
from bot.model.transitions import Move
from tests.factories import ANNA, BEN, a_world

MAX_LINES = 8


async def test_smooth_incident_has_at_most_eight_lines_in_its_thread() -> None:
    w = await a_world()
    ticket = await w.sent()
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
    lines = [row.notice for row in await w.notices(ticket) if row.notice.kind in {NoticeKind.THREAD, NoticeKind.ENTRY}]
    assert len(lines) <= MAX_LINES
    kinds = [(await w.desk.queries.event_at(ticket, each.version)).kind for each in lines]
    assert kinds == ["take", "hand_off", "accept", "escalate", "rcr", "retarus_answered", "resolve", "confirm"]
