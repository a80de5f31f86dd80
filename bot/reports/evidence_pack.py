"""Evidence pack of one ticket: hand-overs, receipts, Message-IDs, links and the time of each party.

It is for the talk with Retarus: made on request, as a PDF and as JSON, for the person who asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.clocks import timers
from bot.clocks.timers import Timer, TimerRun, TimerState
from bot.config.settings import Config
from bot.conversation.ports import ConversationStore
from bot.core.cleaning import clean_line, excerpt
from bot.core.clock import Clock, as_utc
from bot.core.i18n import mark, spoken, t
from bot.model.conversation import Entry, MessageId
from bot.model.notice import Letter, NoticeKind, notice_without_ticket
from bot.model.ticket import Event, Party, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import kind_of
from bot.reports.document import ReportDocument, ReportPart, ReportSheet, ReportTable
from bot.reports.formatting import hours, moment
from bot.reports.ports import ReportSource
from bot.tickets import permissions
from bot.tickets.notifications import TO_RETARUS
from bot.tickets.once import apply_once
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries
from bot.tickets.reference import kind_name, reference

_ROWS: Final = 1000
"""Deliveries that are read."""
_SHORT: Final = 160

_STEPS: Final = {
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
    Step.UNDO.value: mark("the previous step was undone"),
}
"""Events that are evidence."""
_CLOCK_STATES: Final = {
    TimerState.RUNNING: mark("running"),
    TimerState.PAUSED: mark("paused"),
    TimerState.SOON: mark("due soon"),
    TimerState.OVERDUE: mark("overdue"),
    TimerState.ENDED: mark("met"),
}
_PARTIES: Final = {
    Party.FIRST: mark("1st level"),
    Party.SECOND: mark("2nd level"),
    Party.RETARUS: mark("Retarus"),
    Party.CUSTOMER: mark("End-customer"),
}
_STATES: Final = {
    "waiting": mark("waiting"),
    "sent": mark("delivered"),
    "dead": mark("not delivered"),
    "dropped": mark("not needed any more"),
}


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

    @property
    def channel_ids(self) -> set[str]:
        """Ids of the channels of the deliveries."""
        return {each.notice.to for each in self.deliveries if not _is_mail(each)}

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
        """Everything that is kept about the ticket and its way to Retarus."""
        ticket = await self.queries.ticket(ticket_id)
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


def as_json(pack: EvidencePack, config: Config, at: datetime) -> bytes:
    """The same for programs: moments in ISO 8601 and UTC, durations in seconds."""
    ticket = pack.ticket
    shape = {
        "reference": reference(ticket, config),
        "kind": ticket.kind.value,
        "stage": ticket.stage.value,
        "priority": ticket.answer("priority"),
        "retarus_numbers": list(ticket.rcr),
        "made_at": at.isoformat(),
        "card": pack.card,
        "letter": pack.letter,
        "seconds_by_party": {party.value: round(each.total_seconds()) for party, each in spent(ticket, at).items()},
        "clocks": [_clock_shape(run, at) for run in clocks(ticket, config)],
        "events": [_event_shape(each, pack) for each in _evident(pack)],
        "deliveries": [
            {
                "at": each.at.isoformat(),
                "way": "e-mail" if _is_mail(each) else "channel",
                "to": pack.recipient(each),
                "state": each.state,
                "attempts": each.attempts,
                "reason": each.reason,
            }
            for each in pack.deliveries
        ],
        "message_ids": [
            {"at": each.at.isoformat(), "message_id": each.message_id, "sent_by_us": each.is_sent}
            for each in pack.message_ids
        ],
        "received": [
            {
                "at": each.at.isoformat(),
                "way": each.source.value,
                "kind": each.kind,
                "author": each.author or each.address,
                "message_id": each.message_id,
                "link": each.link,
                "text": each.words,
            }
            for each in pack.entries
        ],
    }
    return json.dumps(shape, ensure_ascii=False, indent=2).encode()


def _event_shape(event: Event, pack: EvidencePack) -> dict[str, str]:
    return {
        "at": event.at.isoformat(),
        "what": event.kind,
        "by": pack.name_of(event.by),
        "said": _words_of(event),
        "priority": _priority_in(event),
        "files": event.detail.get("files", ""),
    }


def _clock_shape(run: TimerRun, at: datetime) -> dict[str, str | None]:
    return {
        "clock": run.timer.value,
        "start": run.start.isoformat(),
        "due": run.due.isoformat() if run.due else None,
        "end": run.end.isoformat() if run.end else None,
        "state": "missed" if _is_missed(run) else run.state(at).value,
    }


def paper(pack: EvidencePack, config: Config, at: datetime) -> ReportDocument:
    """The pack as a document to print, in the reader's language and the desk's time zone."""
    ticket, zone = pack.ticket, config.desk.timezone
    name = reference(ticket, config)
    title = t("Evidence for {reference}", reference=name)
    numbers = ", ".join(ticket.rcr) or t("no number of Retarus yet")
    about = " · ".join(filter(None, (kind_name(ticket.kind), ticket.answer("priority"), numbers)))
    times = spent(ticket, at)
    events = _table((t("When"), t("What"), t("Who"), t("Text")), _event_rows(pack, zone))
    return ReportDocument(
        name=f"{name}-evidence",
        language=spoken().value,
        title=title,
        about=about,
        facts=tuple((t(_PARTIES[party]), hours(times[party]), "") for party in Party),
        parts=(
            ReportPart(heading=t("Handovers and announcements"), tables=events),
            ReportPart(heading=t("Clocks"), **_filled(_clock_rows(ticket, config, at))),
            ReportPart(heading=t("Deliveries to Retarus"), **_filled(_deliveries(pack, zone))),
            ReportPart(heading=t("Received from Retarus"), **_filled(_received(pack, zone))),
            ReportPart(heading=t("Message-IDs"), **_filled(_mails(pack, zone))),
            ReportPart(heading=t("Links"), text=tuple(_links(pack)) or (t("none"),)),
        ),
        notes=(
            t(
                "Times of the parties are in calendar time: how long each had to act. All times are in {zone}.",
                zone=zone,
            ),
        ),
        footer=f"{title} · {moment(at, zone)}",
        page=t("Page {page} of {pages}"),
        made_at=at,
        sheet=ReportSheet(columns=(), rows=(), separator=","),
    )


def _filled(table: ReportTable) -> dict[str, tuple[ReportTable, ...] | tuple[str, ...]]:
    return {"tables": (table,)} if table.rows else {"text": (t("none"),)}


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[ReportTable, ...]:
    return (ReportTable(columns=tuple(columns), rows=tuple(tuple(row) for row in rows)),)


def _evident(pack: EvidencePack) -> list[Event]:
    return [each for each in pack.history if kind_of(each) in _STEPS or _priority_in(each)]


def _priority_in(event: Event) -> str:
    """The priority that this event gave the ticket; empty where it stayed as it was. The SLA depends on it."""
    return event.detail.get("answer.priority", "")


def _step_of(event: Event) -> str:
    priority = _priority_in(event)
    if event.kind not in _STEPS:
        return t("priority set to {priority}", priority=priority)
    step = t(_STEPS[event.kind])
    return t("{step}, priority {priority}", step=step, priority=priority) if priority else step


_WORDS = ("summary", "reason", "question", "answer", "remedy", "plan", "rcr", "text", "note", "answer.priority_reason")
"""Details that say something in words, the most telling first."""


def _words_of(event: Event) -> str:
    return next((event.detail[key] for key in _WORDS if event.detail.get(key)), "")


def _files_of(event: Event) -> str:
    """Names and sizes of the files that went along or were added."""
    files = event.detail.get("files", "")
    return t("with {files}", files=excerpt(files, 2 * _SHORT)) if files else ""


def _event_rows(pack: EvidencePack, zone: str) -> Iterable[tuple[str, ...]]:
    for each in _evident(pack):
        words = " · ".join(filter(None, (excerpt(clean_line(_words_of(each)), _SHORT), _files_of(each))))
        yield (moment(each.at, zone), _step_of(each), pack.name_of(each.by) if each.by else "", words)


def _is_mail(row: Letter) -> bool:
    return row.notice.kind in {NoticeKind.LETTER_MAIL, NoticeKind.CHASE_MAIL}


def _is_missed(run: TimerRun) -> bool:
    return run.due is not None and run.end is not None and run.end > run.due


def _clock_rows(ticket: Ticket, config: Config, at: datetime) -> ReportTable:
    zone = config.desk.timezone
    rows = [
        (
            t(run.timer.gloss),
            moment(run.start, zone),
            moment(run.due, zone) if run.due else "",
            moment(run.end, zone) if run.end else "",
            t("missed") if _is_missed(run) else t(_CLOCK_STATES[run.state(at)]),
        )
        for run in clocks(ticket, config)
    ]
    return _table((t("Clock"), t("Since"), t("Due"), t("Done"), t("State")), rows)[0]


def _deliveries(pack: EvidencePack, zone: str) -> ReportTable:
    columns = (t("When"), t("Way"), t("To"), t("State"), t("Attempts"))
    rows = [
        (
            moment(each.at, zone),
            t("by e-mail") if _is_mail(each) else t("in the channel"),
            pack.recipient(each),
            " · ".join(filter(None, (t(_STATES[each.state]), each.reason if each.state == "dead" else ""))),
            str(each.attempts),
        )
        for each in pack.deliveries
    ]
    return _table(columns, rows)[0]


def _received(pack: EvidencePack, zone: str) -> ReportTable:
    rows = [
        (
            moment(each.written_at or each.at, zone),
            t("by e-mail") if each.has_original or each.message_id else t("in the channel"),
            excerpt(clean_line(each.author or each.address), _SHORT),
            excerpt(clean_line(each.words or each.subject), _SHORT),
        )
        for each in pack.entries
    ]
    return _table((t("When"), t("Way"), t("Who"), t("Text")), rows)[0]


def _mails(pack: EvidencePack, zone: str) -> ReportTable:
    rows = [
        (moment(each.at, zone), t("sent") if each.is_sent else t("received"), each.message_id)
        for each in pack.message_ids
    ]
    return _table((t("When"), t("Direction"), t("Message-ID")), rows)[0]


def _links(pack: EvidencePack) -> Iterable[str]:
    named = [(t("Card"), pack.card), (t("Letter"), pack.letter), (t("Raised from"), pack.ticket.source)]
    named += [(t("Retarus in the channel"), each.link) for each in pack.entries]
    return (f"{name}: {link}" for name, link in named if link)
