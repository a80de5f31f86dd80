"""Warnings about examples that are older than the trace window of a service."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.config.settings import Config
from bot.core.clock import as_moment, guide_time
from bot.core.i18n import t
from bot.forms.validation import examples
from bot.model.ticket import Ticket


def warnings(ticket: Ticket, config: Config, at: datetime) -> tuple[str, ...]:
    """One sentence for each example that is too old for one of the ticket's services (guide L3.2)."""
    return tuple(_warnings(ticket, config, at))


def _warnings(ticket: Ticket, config: Config, at: datetime) -> Iterable[str]:
    windows = [
        (config.services.trace_days[name], name)
        for name in ticket.answer("services").split("\n")
        if name in config.services.trace_days
    ]
    for number, parts in examples(ticket.answers).items():
        when = as_moment(parts.get("when", ""))
        for days, service in sorted(windows) if when else ():
            if when and (at - when).days >= days:
                yield t(
                    "Example {number} is from {time}, {ago} days ago. {service} can be traced for {days} days, so "
                    "Retarus may not find it. A newer example helps.",
                    number=number,
                    time=guide_time(when, ticket.zone),
                    ago=(at - when).days,
                    service=service,
                    days=days,
                )
                break
