"""Urgency of a ticket in words and sign: its priority, its age, and what is due or overdue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from blocks import kit
from blocks.kit import Json
from bot.clocks.timers import Timer, plan
from bot.clocks.urgency import overdue, rank, reminded_overdue
from bot.config.settings import Config
from bot.core.cleaning import capital, clean_line, excerpt, shorten_middle
from bot.core.clock import as_moment
from bot.core.i18n import mark, t
from bot.core.identifiers import fold, without_legal_form
from bot.forms.template_fields import OTHER
from bot.model.ticket import Ticket
from bot.tickets.reference import kind_name, reference

_SIGNS = ("🔴", "🟠", "🟡")
"""Signs of the highest priorities, in their order; the others have the last one."""
_NO_SIGN = "⚪\ufe0f"
_CUSTOMER = 60
_HEAD = re.compile(r"(.{1,100}?)(?:\s?[:;|·]|,|\s[-–—])\s(?=\S)")
"""The words before the first colon, comma or dash of a text."""


def sign(ticket: Ticket, config: Config) -> str:
    """Sign of the priority: red for the highest."""
    place = rank(ticket, config)
    return _SIGNS[place] if place < min(len(_SIGNS), len(config.priorities)) else _NO_SIGN


def priority(ticket: Ticket, config: Config) -> str:
    """`🔴 P1`, or that there is no priority yet."""
    return f"{sign(ticket, config)} {ticket.answer('priority') or t('no priority')}"


def heading(ticket: Ticket, config: Config) -> str:
    """First line of a card: `🔴 P1 · Müller GmbH · Email Security`."""
    return joined(priority(ticket, config), customer(ticket), services(ticket))


def title(ticket: Ticket, config: Config) -> str:
    """Name of a ticket in a list: `🔴 P1 · PD-1042 · Incident`."""
    return joined(priority(ticket, config), reference(ticket, config), kind_name(ticket.kind))


def push(ticket: Ticket, config: Config) -> str:
    """Beginning of a text that a phone shows: priority, number and end-customer."""
    return joined(priority(ticket, config), reference(ticket, config), customer(ticket))


def pushed(ticket: Ticket, config: Config) -> str:
    """Text of a notification: `🔴 P1 · PD-1042 · Müller GmbH: Outbound mail is rejected`."""
    return joined(priority(ticket, config), reference(ticket, config), about(ticket, 250))


def customer(ticket: Ticket) -> str:
    return shorten_middle(ticket.answer("customer"), _CUSTOMER)


def trouble(ticket: Ticket, limit: int) -> str:
    """Description shown beside the customer's name, which is removed from its beginning."""
    words = clean_line(ticket.answer("happens"))
    head = _HEAD.match(words)
    name = fold(ticket.answer("customer"))
    if head and fold(head[1]) in {name, without_legal_form(name)}:
        words = capital(words[head.end() :])
    return excerpt(words, limit)


def about(ticket: Ticket, limit: int) -> str:
    """`Müller GmbH: Outbound mail is rejected`, with the customer's name once and in `limit` characters."""
    words, name = trouble(ticket, limit), fold(ticket.answer("customer"))
    begins = fold(words)
    is_named = bool(name) and begins.startswith(name) and not begins[len(name) : len(name) + 1].isalnum()
    return words if is_named else excerpt(": ".join(filter(None, (customer(ticket), words))), limit)


def services(ticket: Ticket) -> str:
    names = (t(OTHER) if name == OTHER else name for name in ticket.answer("services").split("\n"))
    return ", ".join(filter(None, names))


def joined(*parts: str) -> str:
    """The parts that are there, as one line."""
    return " · ".join(filter(None, parts))


def joined_elements(parts: Iterable[Sequence[Json]]) -> list[Json]:
    """The same for elements of rich text."""
    line: list[Json] = []
    for part in filter(None, parts):
        line += [kit.text(" · "), *part] if line else part
    return line


def age(ticket: Ticket) -> list[Json]:
    """Start of the trouble and how long ago that was; without a start, the age of the ticket."""
    start, end = as_moment(ticket.answer("start")), as_moment(ticket.answer("end"))
    if start and end:
        return kit.filled(t("since {start} until {end}"), start=kit.moment(start), end=kit.moment(end))
    if start:
        return kit.filled(t("since {start} ({ago})"), start=kit.moment(start), ago=kit.ago(start))
    return kit.filled(t("raised {ago}"), ago=kit.ago(ticket.raised_at))


_PAST = mark("⚠️ past the SLA since {time} ({ago})")


def due(ticket: Ticket, config: Config, at: datetime | None = None) -> list[Json]:
    """Overdue timer, or else the moment a remedy or an action plan is due; empty where no SLA is set.

    `at`: the moment of a view that is drawn for one reader; without it, what a reminder has told is overdue.
    """
    late = overdue(ticket, config, at) if at else reminded_overdue(ticket, config)
    run = plan(ticket, config) if ticket.stage.is_open else None
    if late and late.due:
        words = t(_PAST) if late.timer is Timer.PLAN else t("⚠️ overdue: {what} ({ago})")
        return kit.filled(words, time=kit.moment(late.due), ago=kit.ago(late.due), what=t(late.timer.gloss))
    if run is None or run.end:
        return []
    if run.due is None:
        return [kit.text(t("⏸️ SLA paused: waiting for the customer"))]
    return kit.filled(t("⌛ plan due {time}"), time=kit.moment(run.due))


def countdown(ticket: Ticket, config: Config, at: datetime) -> list[Json]:
    """The time that is left until the SLA is breached, or since when it is; empty where none is set."""
    run = plan(ticket, config)
    if run is None or run.end or run.due is None:
        return []
    if run.due <= at:
        return kit.filled(t(_PAST), time=kit.moment(run.due), ago=kit.ago(run.due))
    return kit.filled(t("⌛ plan due {time} ({ago})"), time=kit.moment(run.due), ago=kit.ago(run.due))
