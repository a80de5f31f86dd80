"""Conversion of records to rows and back.

Columns hold what is queried; the `doc` column holds the record as JSON. A ticket's number, which the store gives,
stands only in its column.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.core.identifiers import fold
from bot.model.access_log import Access
from bot.model.backlog import Backlog
from bot.model.contact import Contact, EndCustomer
from bot.model.monthly_view import View
from bot.model.notice import Claim, Held, Letter, Notice, Place, Progress
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Party, Stage, Ticket
from bot.register.ports import KnownForRaising

T = TypeVar("T")
Row = dict[str, str | int | None]
"""Values by parameter name."""

log = logging.getLogger(__name__)

_RECENT = 256
"""Documents of each kind that are remembered as they were read: the same text gives the same frozen record."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def ms(at: datetime) -> int:
    """Epoch milliseconds, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


def moment(value: int) -> datetime:
    return _EPOCH + value * _MILLISECOND


def ticket_row(ticket: Ticket) -> Row:
    return {
        "id": ticket.id,
        "version": ticket.version,
        "stage": ticket.stage.value,
        "is_open": int(ticket.stage.is_open),
        "level": ticket.level.value,
        "owner": ticket.owner,
        "customer": fold(ticket.answer("customer")),
        "raised_at": ms(ticket.raised_at),
        "due": None if ticket.due is None else ms(ticket.due),
        "erased": int(ticket.is_erased),
        "parent": ticket.parent,
        "ball": ticket.ball.value if ticket.ball else "",
        "doc": ticket.model_dump_json(exclude={"number"}),
    }


def joined_rows(ticket: Ticket) -> list[Row]:
    """One row for each end-customer who joined it."""
    names = dict.fromkeys(fold(each.customer) for each in ticket.affected)
    return [{"id": ticket.id, "customer": name} for name in names if name]


def spelling_in_ticket(row: Sequence[Any]) -> str:
    """The spelling of the end-customer with this folded name in a ticket."""
    name, *columns = row
    its = ticket(columns)
    names = (its.answer("customer"), *(each.customer for each in its.affected))
    return next((each for each in names if fold(each) == name), "")


def lifetime_rows(ticket: Ticket) -> list[Row]:
    """One row for each month in which it may have been open; none while it is."""
    if ticket.stage.is_open:
        return []
    known: Row = {"id": ticket.id, "raised_at": ms(ticket.raised_at), "closed_at": ms(ticket.since)}
    return [{**known, "month": each} for each in range(month(ticket.raised_at), month(ticket.since) + 1)]


def month(at: datetime) -> int:
    """The number of a month, in UTC."""
    at = at.astimezone(UTC)
    return at.year * 12 + at.month - 1


def used_by_values(payload: str, since: datetime) -> Row:
    beginning = f"{payload}:"
    return {"key": payload, "beginning": beginning, "length": len(beginning), "since": ms(since)}


def open_between_values(start: datetime, end: datetime, customer: str) -> Row:
    values: Row = {"start": ms(start), "end": ms(end), "first": month(start), "last": month(end)}
    return {**values, "customer": customer} if customer else values


def text(row: Sequence[Any]) -> str:
    return str(row[0])


def ticket(row: Sequence[Any]) -> Ticket:
    return _ticket(*row)


@lru_cache(_RECENT)
def _ticket(number: int, doc: str) -> Ticket:
    return Ticket.model_validate_json(_numbered(number, doc))


def _numbered(number: int, doc: str) -> str:
    return f'{{"number":{number},{doc[1:]}'


def stored_histories(tickets: Iterable[Sequence[Any]], events: Iterable[Sequence[Any]]) -> str:
    """`bot.reports.ports.ReportSource.stored_histories`: documents next to each other; JSON has no line breaks."""
    numbered = ",".join(_numbered(number, doc) for number, doc in tickets)
    return f'{{"tickets":[{numbered}],"events":[{",".join(doc for (doc,) in events)}]}}'


def event_row(event: Event) -> Row:
    return {"ticket_id": event.ticket_id, "version": event.version, "doc": event.model_dump_json()}


def event(row: Sequence[Any]) -> Event:
    return _event(*row)


@lru_cache(_RECENT)
def _event(doc: str) -> Event:
    return Event.model_validate_json(doc)


def notice_row(notice: Notice) -> Row:
    return {
        "key": notice.key,
        "ticket_id": notice.ticket_id,
        "lane": notice.lane,
        "due": ms(notice.due),
        "doc": notice.model_dump_json(),
        "say": notice.kind.value,
        "recipient": notice.to,
        "delivery_rank": notice.rank,
    }


def held_values(held: Held) -> Row:
    """The held-back notices, as `outbox_sql.claim` takes them; empty where there are none."""
    if not held:
        return {}
    kinds, recipients = sorted(each.value for each in held.kinds), sorted(held.recipients)
    return {"kinds": json.dumps(kinds), "recipients": json.dumps(recipients)}


def claim(row: Sequence[Any]) -> Claim:
    """A claimed notice; an attempt that was never settled, as its process was killed, may have arrived."""
    attempts, settled, progress, doc = row
    known = _progress(progress)
    if settled != attempts - 1:
        known = known.model_copy(update={"unsure": True})
    return Claim(notice=Notice.model_validate_json(doc), attempt=attempts, progress=known)


def letter(row: Sequence[Any]) -> Letter:
    doc, state, attempts, reason, changed_at, progress = row
    notice, failed = Notice.model_validate_json(doc), _progress(progress).failed
    return Letter(notice=notice, state=state, attempts=attempts, reason=reason, at=moment(changed_at), failed=failed)


def progress_of_dead(row: Sequence[Any]) -> Progress:
    """The progress of a dead letter that is tried again: its end is one more failed attempt."""
    progress, reason, changed_at = row
    return _progress(progress).with_failed(moment(changed_at), reason)


def _progress(doc: str) -> Progress:
    return Progress.model_validate_json(doc) if doc else Progress()


def readable(record: Callable[[Sequence[Any]], T], found: Iterable[Sequence[Any]]) -> list[T]:
    """The rows this release understands; a newer release's rows are left for it, and hold nothing up."""
    records: list[T] = []
    for row in found:
        try:
            records.append(record(row))
        except ValidationError:
            log.warning("A notice was left alone: it was written by a newer release.")
    return records


def place_row(place: Place) -> Row:
    return {
        "ticket_id": place.ticket_id,
        "what": place.role,
        "channel": place.channel,
        "ts": place.ts,
        "link": place.link,
    }


def place(row: Sequence[Any]) -> Place:
    ticket_id, role, channel, ts, link = row
    return Place(ticket_id=ticket_id, role=role, channel=channel, ts=ts, link=link)


def link(row: Sequence[Any]) -> tuple[str, str]:
    ticket_id, address = row
    return ticket_id, address


def contact_row(contact: Contact) -> Row:
    return {"slack_user": contact.slack_user, "name": contact.name, "doc": contact.model_dump_json()}


def contact(row: Sequence[Any]) -> Contact:
    return _contact(*row)


@lru_cache(_RECENT)
def _contact(doc: str) -> Contact:
    return Contact.model_validate_json(doc)


def customer_row(customer: EndCustomer) -> Row:
    return {"id": customer.id, "folded": customer.folded, "doc": customer.model_dump_json()}


def customer(row: Sequence[Any]) -> EndCustomer:
    return _customer(*row)


@lru_cache(_RECENT)
def _customer(doc: str) -> EndCustomer:
    return EndCustomer.model_validate_json(doc)


def known_for_raising(found: Iterable[Sequence[Any]]) -> KnownForRaising:
    known = list(found)
    customers = (customer([doc]) for part, _, doc in known if part == "customer")
    contacts = (contact([doc]) for part, _, doc in known if part == "contact")
    tickets = (ticket([number, doc]) for part, number, doc in known if part == "ticket")
    return KnownForRaising(next(customers, None), next(contacts, None), tuple(tickets))


def technical_note_row(note: TechnicalNote) -> Row:
    return {"id": note.id, "version": note.version, "doc": note.model_dump_json(exclude={"number"})}


def technical_note(row: Sequence[Any]) -> TechnicalNote:
    number, doc = row
    return TechnicalNote.model_validate_json(doc).model_copy(update={"number": number})


def standing(row: Sequence[Any]) -> tuple[tuple[Stage, Party], int]:
    stage, ball, tickets = row
    return (Stage(stage), Party(ball)), int(tickets)


def load(row: Sequence[Any]) -> tuple[tuple[str, Stage], int]:
    owner, stage, tickets = row
    return (str(owner), Stage(stage)), int(tickets)


def view_row(view: View) -> Row:
    return {"month": view.month, "doc": view.model_dump_json()}


def view(row: Sequence[Any]) -> View:
    return View.model_validate_json(row[0])


def access_row(access: Access) -> Row:
    return {"doc": access.model_dump_json()}


def access(row: Sequence[Any]) -> Access:
    return Access.model_validate_json(row[0])


def number(row: Sequence[Any]) -> int:
    return int(row[0])


def moment_or_none(row: Sequence[Any]) -> datetime | None:
    return None if row[0] is None else moment(row[0])


def backlog(row: Sequence[Any]) -> Backlog:
    waiting, oldest, dead = row
    return Backlog(int(waiting), None if oldest is None else moment(oldest), int(dead))


def forget_recent() -> None:
    """Forgets the remembered documents, after an erasure."""
    for each in (_ticket, _event, _contact, _customer):
        each.cache_clear()
