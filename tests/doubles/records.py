"""Factories for records with defaults, so that a test states only the values it depends on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Affected, Event, Kind, Ticket

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def a_ticket(ticket_id: str = "t1", **values: Any) -> Ticket:
    owner = values.pop("owner", "UANNA")
    defaults = {"kind": Kind.INCIDENT, "raised_by": owner, "first_owner": owner, "raised_at": START, "since": START}
    return Ticket(id=ticket_id, owner=owner, **{**defaults, "zone": "Europe/Berlin", **values})


def next_version(ticket: Ticket, **values: Any) -> Ticket:
    """The next version of the ticket, with these changes."""
    return ticket.model_copy(update={"version": ticket.version + 1, **values})


def an_affected_customer(customer: str, at: datetime = START) -> Affected:
    """An end-customer who joined a ticket."""
    return Affected(customer=customer, by="UANNA", at=at)


def an_event(ticket: Ticket, kind: str = "note", **detail: str) -> Event:
    return Event(ticket_id=ticket.id, version=ticket.version, at=START, by="UANNA", kind=kind, detail=detail)


def a_notice(key: str = "n1", **values: Any) -> Notice:
    defaults = {"ticket_id": "t1", "lane": key, "kind": NoticeKind.DIRECT, "to": "UANNA", "version": 1, "due": START}
    return Notice(key=key, **{**defaults, **values})
