"""Changes inside one transaction: each function works on a connection that is in one; none commits.

An exception means: roll back what this function did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.adapters.store import conversation_sql, full_text_index, joined_customers, outbox_sql, rows, sql
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.rows import Row, ms
from bot.core.backoff import LONGEST
from bot.core.errors import Conflict, Duplicate
from bot.model.contact import EndCustomer
from bot.model.notice import (
    BLOCKED,
    NOTHING_HELD,
    Blocked,
    Claim,
    Dead,
    Gone,
    Held,
    Notice,
    Outcome,
    Place,
    Retry,
    Sent,
    direct_lane,
)
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.tickets.ports import Batch


def apply(db: Connection, batch: Batch, at: datetime) -> tuple[Ticket, ...]:
    """Applies the whole batch. Once-keys first: a repeated change is a `Duplicate`, whatever happened to its ticket.

    New tickets last: on a server, taking a number blocks all others who want one, until it is committed.
    """
    for key in batch.once:
        if not db.execute(sql.USE_ONCE, {"key": key, "at": ms(at)}).rowcount:
            raise Duplicate(f"The once-key {key!r} is used up.")
    _require_unchanged(db, batch)
    conversation_sql.apply(db, batch.heard, at)
    are_new = all(ticket.version == 1 for ticket in batch.tickets)
    tickets = () if are_new else _save_all(db, batch)
    for event in batch.events:
        _append(db, event)
    forgotten = (direct_lane(user) for user in batch.forget_people)
    _lock_lanes(db, (*(notice.lane for notice in batch.notices), *forgotten), batch.drop)
    for key in batch.drop:
        _drop(db, key, at)
    _forget(db, batch)
    enqueue(db, batch.notices, at)
    for contact in batch.contacts:
        db.execute(sql.SAVE_CONTACT, rows.contact_row(contact))
    for key in batch.forget_customers:
        _forget_customer(db, key)
    for customer in batch.customers:
        _save_customer(db, customer)
    for view in batch.views:
        db.execute(sql.SAVE_VIEW, rows.view_row(view))
    notes = [*(_save_note(db, note) for note in batch.technical_notes), *_rewrite_notes(db, batch)]
    tickets = _save_all(db, batch) if are_new else tickets
    full_text_index.index(db, batch, tickets, notes)
    return tickets


def _require_unchanged(db: Connection, batch: Batch) -> None:
    """Locks the contacts this batch is about until the end of the transaction, and compares them with what was read."""
    about = {*batch.contacts_read, *(each.slack_user for each in batch.contacts), *batch.forget_people}
    db.lock(f"contact:{user}" for user in sorted(about))
    for user, before in batch.contacts_read.items():
        row = db.execute(sql.CONTACT, {"user": user}).fetchone()
        if (rows.contact(row) if row else None) != before:
            raise Conflict(f"The contact {user} was changed meanwhile.")


def _save_note(db: Connection, note: TechnicalNote) -> TechnicalNote:
    row = rows.technical_note_row(note)
    if note.version == 1:
        number: int = db.execute(sql.NEXT_NOTE, {}).fetchone()[0]
        saved = db.execute(sql.INSERT_NOTE, {**row, "number": number}).rowcount == 1
    else:
        found = db.execute(sql.UPDATE_NOTE, row).fetchone()
        saved, number = found is not None, found[0] if found else 0
    if not saved:
        raise Conflict(f"Note {note.id} is not at version {note.version - 1}.")
    db.execute(sql.KEEP_NOTE, row)
    return note.model_copy(update={"number": number})


def _rewrite_notes(db: Connection, batch: Batch) -> Iterable[TechnicalNote]:
    """The current versions of those that were rewritten: they are indexed again."""
    for note in batch.rewritten_notes:
        row = rows.technical_note_row(note)
        db.execute(sql.KEEP_NOTE, row)
        found = db.execute(sql.REWRITE_NOTE, row).fetchone()
        if found:
            yield note.model_copy(update={"number": found[0]})


def _forget(db: Connection, batch: Batch) -> None:
    """Saves an erasure and the entry that records it."""
    for event in batch.rewritten:
        db.execute(sql.REWRITE_EVENT, rows.event_row(event))
    for ticket_id in batch.forget_notices:
        db.execute(sql.FORGET_NOTICES, {"id": ticket_id})
    for user in batch.forget_people:
        for statement in sql.FORGET_PERSON:
            db.execute(statement, {"user": user})
    for access in batch.accesses:
        db.execute(sql.SAVE_ACCESS, rows.access_row(access))


def _save_customer(db: Connection, customer: EndCustomer) -> None:
    other = db.execute(sql.CUSTOMER_NAMED, {"folded": customer.folded}).fetchone()
    if other and rows.customer(other).id != customer.id:
        raise Conflict(f"Another end-customer has the name of {customer.id}.")
    db.execute(sql.SAVE_CUSTOMER, rows.customer_row(customer))
    db.execute(sql.FORGET_WORDS, {"id": customer.id})
    for word in customer.words:
        db.execute(sql.SAVE_WORD, {"word": word, "id": customer.id})


def _forget_customer(db: Connection, key: str) -> None:
    db.execute(sql.FORGET_CUSTOMER, {"id": key})
    db.execute(sql.FORGET_WORDS, {"id": key})


def _save_all(db: Connection, batch: Batch) -> tuple[Ticket, ...]:
    return tuple(_save(db, ticket) for ticket in batch.tickets)


def _save(db: Connection, ticket: Ticket) -> Ticket:
    row = rows.ticket_row(ticket)
    if ticket.version == 1:
        number: int = db.execute(sql.NEXT_NUMBER, {}).fetchone()[0]
        saved = db.execute(sql.INSERT_TICKET, {**row, "number": number}).rowcount == 1
    else:
        found = db.execute(sql.UPDATE_TICKET, row).fetchone()
        saved, number = found is not None, found[0] if found else 0
    if not saved:
        raise Conflict(f"Ticket {ticket.id} is not at version {ticket.version - 1}.")
    for lifetime in rows.lifetime_rows(ticket):
        db.execute(sql.SAVE_LIFETIME, lifetime)
    joined_customers.save(db, ticket)
    conversation_sql.save_numbers(db, ticket)
    return ticket.model_copy(update={"number": number})


def _append(db: Connection, event: Event) -> None:
    if not db.execute(sql.INSERT_EVENT, rows.event_row(event)).rowcount:
        raise Conflict(f"Ticket {event.ticket_id} has an event for version {event.version}.")


def _lock_lanes(db: Connection, lanes: Iterable[str], keys: Iterable[str] = ()) -> None:
    """Locks lanes: the head of a lane must not change while it is examined. `keys`: of notices in more lanes."""
    rows_found = [db.execute(outbox_sql.LANE, {"key": key}).fetchone() for key in keys]
    db.lock(sorted({*lanes, *(str(row[0]) for row in rows_found if row)}))


def _drop(db: Connection, key: str, at: datetime) -> None:
    """Drops a notice that waits or is dead. One that was claimed stays, as it may have arrived."""
    dropped = db.execute(outbox_sql.DROP, {"key": key, "at": ms(at)}).fetchone()
    if dropped:
        _promote(db, dropped[0])


def enqueue(db: Connection, notices: Sequence[Notice], at: datetime) -> None:
    for notice in notices:
        db.execute(outbox_sql.INSERT_NOTICE, {**rows.notice_row(notice), "at": ms(at)})


def claim(db: Connection, at: datetime, until: datetime, limit: int, held: Held = NOTHING_HELD) -> list[Claim]:
    moments: Row = {"at": ms(at), "beyond": ms(at + LONGEST), "until": ms(until)}
    values: Row = {**moments, "limit": limit, **rows.held_values(held)}
    taken = db.execute(outbox_sql.claim(is_held=bool(held)), values).fetchall()
    return rows.readable(rows.claim, [row[2:] for row in sorted(taken, key=lambda row: (row[0], row[1]))])


def settle(db: Connection, claim: Claim, outcome: Outcome, at: datetime, then: Sequence[Notice]) -> bool:
    _lock_lanes(db, [claim.notice.lane, *(notice.lane for notice in then)])
    if not _end(db, claim, outcome, at):
        return False
    if isinstance(outcome, Sent):
        for place in (*([outcome.place] if outcome.place else []), *outcome.places):
            put(db, place)
    enqueue(db, then, at)
    return True


def _end(db: Connection, claim: Claim, outcome: Outcome, at: datetime) -> bool:
    progress = claim.progress if isinstance(outcome, Sent | Gone) else outcome.progress or claim.progress
    values: Row = {"key": claim.notice.key, "attempt": claim.attempt, "progress": progress.model_dump_json()}
    if isinstance(outcome, Retry | Blocked):
        next_at = outcome.at if isinstance(outcome, Retry) else at + BLOCKED
        again: Row = {**values, "next_at": ms(next_at), "why": outcome.why}
        return db.execute(outbox_sql.POSTPONE, again).fetchone() is not None
    state = "dead" if isinstance(outcome, Dead) else "dropped" if isinstance(outcome, Gone) else "sent"
    why = outcome.why if isinstance(outcome, Dead) else ""
    ended = db.execute(outbox_sql.FINISH, {**values, "state": state, "why": why, "at": ms(at)}).fetchone()
    if ended:
        _promote(db, ended[0])
    return ended is not None


def _promote(db: Connection, lane: str) -> None:
    """Promotes the next waiting notice where the lane has lost its head."""
    db.execute(outbox_sql.PROMOTE, {"lane": lane})


def put(db: Connection, place: Place) -> None:
    db.execute(sql.SAVE_PLACE, rows.place_row(place))


def revive(db: Connection, key: str, at: datetime) -> bool:
    """The attempt counter continues, so that a claim from before the notice became a dead letter stays void."""
    _lock_lanes(db, (), [key])
    return db.execute(outbox_sql.REVIVE, {"key": key, "at": ms(at)}).fetchone() is not None


def prune(db: Connection, before: datetime, limit: int) -> int:
    values = {"before": ms(before), "limit": limit}
    return sum(db.execute(statement, values).rowcount for statement in sql.PRUNE)
