"""End-customers who joined a ticket, and names that are almost the same. SQL for every engine, like sql.py.

Kept beside the ticket, and filled once for those that an older release saved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.adapters.store import rows
from bot.adapters.store.connection_protocol import Connection
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Step
from bot.model.undoing import kind_of

SAVE: Final = "INSERT INTO joined (ticket_id, customer) VALUES (:id, :customer)"
FORGET: Final = "DELETE FROM joined WHERE ticket_id = :id"
WITH: Final = """SELECT number, doc FROM tickets WHERE doc LIKE '%"affected":[{%'"""

_NEIGHBOURS: Final = (
    """SELECT customer, number, doc FROM (SELECT customer, number, doc FROM tickets
        WHERE customer {0} :customer AND customer <> '' ORDER BY customer {1} LIMIT 1) AS raised{2}""",
    """SELECT j.customer, number, doc FROM (SELECT customer, ticket_id FROM joined
        WHERE customer {0} :customer ORDER BY customer {1} LIMIT 1) AS j JOIN tickets ON id = ticket_id""",
)
NEIGHBOURING_NAMES: Final = " UNION ALL ".join(
    each.format(*side) for each in _NEIGHBOURS for side in ((">=", "", "_next"), ("<", "DESC", "_last"))
)


def undone(events: Iterable[Event]) -> set[str]:
    """Ids of the tickets from which an end-customer was taken away again."""
    return {event.ticket_id for event in events if event.kind == Step.UNDO and kind_of(event) == Step.JOIN}


def save(db: Connection, ticket: Ticket, *, is_undone: bool = False) -> None:
    """Saves them as the ticket now has them. They are only added, unless that is undone; a name may be erased."""
    if not (ticket.affected or is_undone):
        return
    db.send(FORGET, {"id": ticket.id})
    for row in rows.joined_rows(ticket):
        db.send(SAVE, row)


def fill(db: Connection) -> None:
    """Recomputes them from all tickets with joined end-customers."""
    for row in db.execute(WITH, {}).fetchall():
        save(db, rows.ticket(row))
