"""Evidence pack of one ticket: hand-overs, receipts, Message-IDs, links and the time of each party.

It is for the talk with Retarus: made on request, as a PDF and as JSON, for the person who asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.clocks import timers
from bot.clocks.timers import Timer, TimerRun
from bot.config.settings import Config
from bot.conversation.ports import ConversationStore
from bot.core.clock import Clock, as_utc
from bot.core.i18n import mark
from bot.model.conversation import Entry, MessageId
from bot.model.notice import Letter, NoticeKind, notice_without_ticket
from bot.model.ticket import Event, Party, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import kind_of
from bot.reports.ports import ReportSource
from bot.reports.promises import Announcement, announcements
from bot.tickets import permissions
from bot.tickets.notifications import TO_RETARUS
from bot.tickets.once import apply_once
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries

_ROWS: Final = 1000
"""Deliveries that are read."""

STEPS: Final = {
    Move.RAISE.value: mark("raised"),
    Move.TAKE.value: mark("taken at the 1st level"),
    Move.TAKE_OVER.value: mark("taken over by a colleague"),
    Move.HAND_ON.value: mark("reassigned"),
    Move.HAND_OFF.value: mark("handed off to the 2nd level"),
    Move.COMPRESS.value: mark("taken at the 2nd level without a handoff"),
    Move.ACCEPT.value: mark("accepted at the 2nd level"),
    Move.SEND_BACK.value: mark("sent back to the 1st level"),
    Move.ASK_CUSTOMER.value: mark("end-customer asked"),
    Move.CUSTOMER_ANSWERED.value: mark("end-customer answered"),
    Move.GO_ON.value: mark("resumed without an answer"),
    Move.ESCALATE.value: mark("sent to Retarus"),
    Move.RETARUS_UPDATE.value: mark("update of Retarus"),
    Move.RETARUS_ANSWERED.value: mark("answer of Retarus"),
    Move.RESOLVE.value: mark("resolved"),
    Move.CONFIRM.value: mark("confirmed and closed"),
    Move.WITHDRAW.value: mark("closed without a remedy"),
    Move.REOPEN.value: mark("reopened"),
    Step.RCR.value: mark("RCR number recorded"),
    Step.PLAN.value: mark("action plan"),
    Step.CALL.value: mark("telephone call"),
    Step.FOUND.value: mark("finding of Retarus"),
    Step.EXPECT.value: mark("announcement or question of Retarus"),
    Step.CHASE.value: mark("Retarus was asked again"),
    Step.TELL.value: mark("message to Retarus"),
    Step.LINK.value: mark("has the same cause as the leading ticket"),
    Step.UNLINK.value: mark("has another cause than the leading ticket"),
    Step.UNDO.value: mark("the previous step was undone"),
}
"""Events that are evidence."""
_WITH_RETARUS: Final = frozenset(
    each.value
    for each in (
        *(Move.ESCALATE, Move.RETARUS_UPDATE, Move.RETARUS_ANSWERED, Move.RESOLVE),
        *(Step.RCR, Step.FOUND, Step.EXPECT, Step.CHASE, Step.TELL),
    )
)
"""Events of the leading ticket that are evidence for those it leads."""


@dataclass(frozen=True)
class EvidencePack:
    """Records of one ticket, as they are when the pack is made."""

    ticket: Ticket
    history: Sequence[Event]
    deliveries: Sequence[Letter]
    """Letters and later messages to Retarus, oldest first."""
    entries: Sequence[Entry]
    message_ids: Sequence[MessageId]
    card: str
    """Permalink of the card; empty without one."""
    letter: str
    """Permalink of the letter in the channel shared with Retarus; empty without one."""
    name_of: Callable[[str], str]
    channels: Mapping[str, str] = field(default_factory=dict)
    """Names of the channels of the deliveries, by their ids."""
    leading: EvidencePack | None = None
    """Pack of the ticket that leads this one: Retarus was written to there."""
    is_leading: bool = False
    """True for the part of another ticket's pack, whose leading ticket this is."""

    @property
    def channel_ids(self) -> set[str]:
        """Ids of the channels of the deliveries."""
        own = {each.notice.to for each in self.deliveries if not is_mail(each)}
        return own | self.leading.channel_ids if self.leading else own

    def with_channels(self, names: Mapping[str, str]) -> EvidencePack:
        """The pack with these names of its channels, by their ids."""
        leading = self.leading.with_channels(names) if self.leading else None
        return replace(self, channels=names, leading=leading)

    @property
    def events(self) -> list[Event]:
        """Events that are evidence, oldest first; of a leading ticket, those with Retarus."""
        found = [each for each in self.history if kind_of(each) in STEPS or priority_in(each)]
        return [each for each in found if kind_of(each) in _WITH_RETARUS] if self.is_leading else found

    def announcements(self) -> list[Announcement]:
        """Every time that Retarus announced, with when they wrote it where that is known."""
        entries = {each.id: each for each in self.entries}

        def written(event: Event) -> datetime:
            entry = entries.get(event.detail.get("entry") or (event.before.entry if event.before else ""))
            return min(entry.written_at or entry.at, event.at) if entry else event.at

        return announcements(self.history, written)

    def recipient(self, letter: Letter) -> str:
        """The address or the channel's name; its id where the name is not known."""
        return self.channels.get(letter.notice.to) or letter.notice.to


@dataclass(frozen=True)
class EvidencePacks:
    """Orders packs, and reads what stands in them."""

    queries: Queries
    store: ReportSource
    conversation: ConversationStore
    clock: Clock
    wake: Callable[[], None] = lambda: None

    async def ask(self, ticket_id: str, by: str, click: str) -> Ticket:
        """The pack comes to this person as a direct message; idempotent for one click."""
        permissions.require_part(await self.queries.actor(by))
        ticket = await self.queries.ticket(ticket_id)
        key = f"{click}:evidence"
        notice = notice_without_ticket(NoticeKind.REPORT, key, by, as_utc(self.clock()), {"evidence": ticket_id})
        if await apply_once(self.store, Batch(notices=[notice], once=[key])):
            self.wake()
        return ticket

    async def gather(self, ticket_id: str) -> EvidencePack:
        """Everything that is kept about the ticket and its way to Retarus, and that of the ticket that leads it."""
        pack = await self._gather(await self.queries.ticket(ticket_id))
        leading = await self.store.get(pack.ticket.parent) if pack.ticket.parent else None
        return replace(pack, leading=replace(await self._gather(leading), is_leading=True)) if leading else pack

    async def _gather(self, ticket: Ticket) -> EvidencePack:
        ticket_id = ticket.id
        history = await self.queries.history(ticket_id)
        rows = await self.store.letters(ticket_id=ticket_id, limit=_ROWS)
        people = {ticket.owner, *(each.by for each in history)} - {""}
        return EvidencePack(
            ticket,
            history,
            [row for row in rows[::-1] if row.notice.kind in TO_RETARUS],
            await self.conversation.entries_of(ticket_id),
            await self.conversation.message_ids_of(ticket_id),
            await self.queries.link(ticket),
            await self.queries.letter_link(ticket),
            await self.queries.names(people),
        )


def spent(ticket: Ticket, at: datetime) -> dict[Party, timedelta]:
    """Time that each party has had the ball, by the clock."""
    found = {party: timedelta(milliseconds=ticket.times.spent.get(party.value, 0)) for party in Party}
    if ticket.ball and ticket.times.turn:
        found[ticket.ball] += max(timedelta(), at - ticket.times.turn)
    return found


def clocks(ticket: Ticket, config: Config) -> list[TimerRun]:
    """The SLA's clock, also of a closed ticket, and those of its stage."""
    running = [each for each in timers.runs(ticket, config) if each.timer is not Timer.PLAN]
    agreed = timers.plan(ticket, config)
    return [agreed, *running] if agreed else running


def priority_in(event: Event) -> str:
    """The priority that this event gave the ticket; empty where it stayed as it was. The SLA depends on it."""
    return event.detail.get("answer.priority", "")


_WORDS = ("summary", "reason", "question", "answer", "remedy", "plan", "rcr", "text", "note", "answer.priority_reason")
"""Details that say something in words, the most telling first."""


def words_of(event: Event) -> str:
    keys = ("called",) if event.kind in {Step.LINK, Step.UNLINK} else _WORDS
    return next((event.detail[key] for key in keys if event.detail.get(key)), "")


def failed_attempts(row: Letter) -> list[tuple[datetime | None, str]]:
    """When and why it was not delivered before; no time where an earlier release did not keep it."""
    found: list[tuple[datetime | None, str]] = [(each.at, each.reason) for each in row.failed]
    return found or ([(None, row.reason)] if row.state == "sent" and row.reason else [])


def is_mail(row: Letter) -> bool:
    return row.notice.kind in {NoticeKind.LETTER_MAIL, NoticeKind.CHASE_MAIL}


def is_missed(run: TimerRun) -> bool:
    return run.due is not None and run.end is not None and run.end > run.due
