"""Display names of a ticket: its reference and its kind."""

from __future__ import annotations

from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.model.ticket import Kind, Ticket

_KIND_NAMES = {
    Kind.INCIDENT: mark("Incident"),
    Kind.SERVICE_REQUEST: mark("Service request"),
    Kind.CHANGE: mark("Change"),
}


def kind_name(kind: Kind) -> str:
    """Display name of the kind, in the reader's language."""
    return t(_KIND_NAMES[kind])


def reference(ticket: Ticket, config: Config) -> str:
    """Our own reference: `PD-1042`."""
    return f"{config.desk.prefix}-{ticket.number}"
