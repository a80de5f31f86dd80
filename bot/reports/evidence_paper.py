"""Evidence pack as a document to print, in the reader's language and the desk's time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from bot.clocks.timers import TimerState
from bot.config.settings import Config
from bot.core.cleaning import clean_line, excerpt
from bot.core.clock import as_moment
from bot.core.i18n import mark, spoken, t
from bot.model.notice import Letter
from bot.model.ticket import Event, Party, Ticket
from bot.reports.document import ReportDocument, ReportPart, ReportSheet, ReportTable
from bot.reports.evidence_pack import (
    STEPS,
    EvidencePack,
    clocks,
    failed_attempts,
    is_mail,
    is_missed,
    priority_in,
    spent,
    words_of,
)
from bot.reports.formatting import hours, moment
from bot.tickets.reference import kind_name, reference

_SHORT: Final = 160
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
_PROMISED: Final = {"update": mark("next update"), "eta": mark("solution")}
_PROMISE_STATES: Final = {
    "kept": mark("kept"),
    "missed": mark("missed by {length}"),
    "overdue": mark("overdue by {length}"),
    "open": mark("not due yet"),
    "moved": mark("moved before it was due"),
    "ended": mark("not needed any more"),
}


def paper(pack: EvidencePack, config: Config, at: datetime) -> ReportDocument:
    """The pack on paper, with the parts of the leading ticket after its own."""
    ticket, zone = pack.ticket, config.desk.timezone
    name = reference(ticket, config)
    title = t("Evidence for {reference}", reference=name)
    about = " · ".join(filter(None, (kind_name(ticket.kind), ticket.answer("priority"), *_numbers(pack, config))))
    times = spent(ticket, at)
    return ReportDocument(
        name=f"{name}-evidence",
        language=spoken().value,
        title=title,
        about=about,
        facts=tuple((t(_PARTIES[party]), hours(times[party]), "") for party in Party),
        parts=(
            _events(pack, zone),
            *_announced(pack, at, zone),
            ReportPart(heading=t("Clocks"), **_filled(_clock_rows(ticket, config, at))),
            *_records(pack, zone),
            *(_of_leading(pack.leading, config, at) if pack.leading else ()),
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


def _numbers(pack: EvidencePack, config: Config) -> Iterable[str]:
    leading = pack.leading
    if leading is None:
        return [", ".join(pack.ticket.rcr) or t("no number of Retarus yet")]
    numbers = ", ".join(leading.ticket.rcr) or t("no number of Retarus yet")
    led = t("leading ticket {reference}: {numbers}", reference=reference(leading.ticket, config), numbers=numbers)
    return [*([", ".join(pack.ticket.rcr)] if pack.ticket.rcr else []), led]


def _of_leading(pack: EvidencePack, config: Config, at: datetime) -> list[ReportPart]:
    """The evidence of the leading ticket, each part marked as such."""
    zone, name = config.desk.timezone, reference(pack.ticket, config)
    parts = [_events(pack, zone), *_announced(pack, at, zone), *_records(pack, zone)]
    marked = [t("Leading ticket {reference}: {heading}", reference=name, heading=each.heading) for each in parts]
    return [part.model_copy(update={"heading": heading}) for part, heading in zip(parts, marked, strict=True)]


def _events(pack: EvidencePack, zone: str) -> ReportPart:
    table = _table((t("When"), t("What"), t("Who"), t("Text")), _event_rows(pack, zone))[0]
    return ReportPart(heading=t("Handovers and announcements"), **_filled(table))


def _announced(pack: EvidencePack, at: datetime, zone: str) -> list[ReportPart]:
    """Part about the promises of Retarus; none where they promised nothing."""
    rows = [
        (
            moment(each.at, zone),
            t(_PROMISED[each.kind]),
            moment(each.due, zone),
            moment(each.fulfilled, zone),
            t(_PROMISE_STATES[each.state(at)], length=hours(each.late(at))),
        )
        for each in pack.announcements()
    ]
    columns = (t("Announced"), t("What"), t("Due"), t("Done"), t("State"))
    return [ReportPart(heading=t("Promises of Retarus"), tables=_table(columns, rows))] if rows else []


def _records(pack: EvidencePack, zone: str) -> list[ReportPart]:
    return [
        ReportPart(heading=t("Deliveries to Retarus"), **_filled(_deliveries(pack, zone))),
        ReportPart(heading=t("Received from Retarus"), **_filled(_received(pack, zone))),
        ReportPart(heading=t("Message-IDs"), **_filled(_mails(pack, zone))),
        ReportPart(heading=t("Links"), text=tuple(_links(pack)) or (t("none"),)),
    ]


def _filled(table: ReportTable) -> dict[str, tuple[ReportTable, ...] | tuple[str, ...]]:
    return {"tables": (table,)} if table.rows else {"text": (t("none"),)}


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[ReportTable, ...]:
    return (ReportTable(columns=tuple(columns), rows=tuple(tuple(row) for row in rows)),)


def _step_of(event: Event) -> str:
    priority = priority_in(event)
    if event.kind not in STEPS:
        return t("priority set to {priority}", priority=priority)
    step = t(STEPS[event.kind])
    return t("{step}, priority {priority}", step=step, priority=priority) if priority else step


def _files_of(event: Event) -> str:
    """Names and sizes of the files that went along or were added."""
    files = event.detail.get("files", "")
    return t("with {files}", files=excerpt(files, 2 * _SHORT)) if files else ""


def _promised_in(event: Event, zone: str) -> Iterable[str]:
    """Times that Retarus announced with this event."""
    for key, kind in (("update_due", "update"), ("eta", "eta")):
        if due := as_moment(event.detail.get(key, "")):
            yield t("{promise} by {time}", promise=t(_PROMISED[kind]), time=moment(due, zone))


def _event_rows(pack: EvidencePack, zone: str) -> Iterable[tuple[str, ...]]:
    for each in pack.events:
        words = " · ".join(
            filter(None, (excerpt(clean_line(words_of(each)), _SHORT), *_promised_in(each, zone), _files_of(each)))
        )
        yield (moment(each.at, zone), _step_of(each), pack.name_of(each.by) if each.by else "", words)


def _clock_rows(ticket: Ticket, config: Config, at: datetime) -> ReportTable:
    zone = config.desk.timezone
    rows = [
        (
            t(run.timer.gloss),
            moment(run.start, zone),
            moment(run.due, zone) if run.due else "",
            moment(run.end, zone) if run.end else "",
            t("missed") if is_missed(run) else t(_CLOCK_STATES[run.state(at)]),
        )
        for run in clocks(ticket, config)
    ]
    return _table((t("Clock"), t("Since"), t("Due"), t("Done"), t("State")), rows)[0]


def _deliveries(pack: EvidencePack, zone: str) -> ReportTable:
    columns = (t("When"), t("Way"), t("To"), t("State"), t("Attempts"))
    rows = [row for each in pack.deliveries for row in _delivery_rows(each, pack, zone)]
    return _table(columns, rows)[0]


def _delivery_rows(row: Letter, pack: EvidencePack, zone: str) -> Iterable[tuple[str, ...]]:
    """One row for each attempt that failed, and one for how it stands."""
    to = (t("by e-mail") if is_mail(row) else t("in the channel"), pack.recipient(row))
    for failed, reason in failed_attempts(row):
        yield (moment(failed, zone) or t("unknown"), *to, f"{t(_STATES['dead'])} · {reason}", "")
    state = " · ".join(filter(None, (t(_STATES[row.state]), row.reason if row.state == "dead" else "")))
    yield (moment(row.at, zone), *to, state, str(row.attempts))


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
