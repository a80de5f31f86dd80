"""Changes inside one transaction: each function works on a connection that is in one; none commits.

An exception means: roll back what this function did.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.adapters.store import conversation_sql, full_text_index, joined_customers, outbox_sql, rows, sql
from bot.adapters.store.connection_protocol import Connection, Returned
from bot.adapters.store.rows import Row, ms
from bot.core.backoff import AHEAD, LONGEST
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


def apply(db: Connection, batch: Batch, at: datetime) -> list[Returned]:
    """Applies the whole batch. Once-keys first: a repeated change is a `Duplicate`, whatever happened to its ticket.

    New tickets last: on a server, taking a number blocks all others who want one, until it is committed. Returns the
    number of each ticket, known once the transaction is complete.
    """
    for key in batch.once:
        db.require(sql.USE_ONCE, {"key": key, "at": ms(at)}, Duplicate(f"The once-key {key!r} is used up."))
    _require_unchanged(db, batch)
    conversation_sql.apply(db, batch.conversation, at)
    new = {ticket.id for ticket in batch.tickets if ticket.version == 1}
    are_new = all(ticket.id in new for ticket in batch.tickets)
    numbers = [] if are_new else _save_all(db, batch)
    for event in batch.events:
        _append(db, event)
    forgotten = (direct_lane(user) for user in batch.forget_people)
    _lock_lanes(db, (*(notice.lane for notice in batch.notices), *forgotten), batch.drop)
    _drop(db, batch.drop, at)
    _forget(db, batch)
    enqueue(db, batch.notices, at)
    for contact in batch.contacts:
        db.send(sql.SAVE_CONTACT, rows.contact_row(contact))
    for key in batch.forget_customers:
        _forget_customer(db, key)
    for customer in batch.customers:
        _save_customer(db, customer)
    for view in batch.views:
        db.send(sql.SAVE_VIEW, rows.view_row(view))
    notes = [*(_save_note(db, note) for note in batch.technical_notes), *_rewrite_notes(db, batch)]
    numbers = _save_all(db, batch) if are_new else numbers
    full_text_index.index(db, batch, notes)
    return numbers


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
    conflict = Conflict(f"Note {note.id} is not at version {note.version - 1}.")
    if note.version == 1:
        db.send(sql.NEXT_NOTE, {})
    saved = db.require(sql.INSERT_NOTE if note.version == 1 else sql.UPDATE_NOTE, row, conflict)
    db.send(sql.KEEP_NOTE, row)
    db.complete()
    return note.model_copy(update={"number": saved.row[0]})


def _rewrite_notes(db: Connection, batch: Batch) -> Iterable[TechnicalNote]:
    """The current versions of those that were rewritten: they are indexed again."""
    for note in batch.rewritten_notes:
        row = rows.technical_note_row(note)
        db.send(sql.KEEP_NOTE, row)
        found = db.execute(sql.REWRITE_NOTE, row).fetchone()
        if found:
            yield note.model_copy(update={"number": found[0]})


def _forget(db: Connection, batch: Batch) -> None:
    """Saves an erasure and the entry that records it."""
    for event in batch.rewritten:
        db.send(sql.REWRITE_EVENT, rows.event_row(event))
    for ticket_id in batch.forget_notices:
        db.send(sql.FORGET_NOTICES, {"id": ticket_id})
    for user in batch.forget_people:
        for statement in sql.FORGET_PERSON:
            db.send(statement, {"user": user})
    for access in batch.accesses:
        db.send(sql.SAVE_ACCESS, rows.access_row(access))


def _save_customer(db: Connection, customer: EndCustomer) -> None:
    other = db.execute(sql.CUSTOMER_NAMED, {"folded": customer.folded}).fetchone()
    if other and rows.customer(other).id != customer.id:
        raise Conflict(f"Another end-customer has the name of {customer.id}.")
    db.send(sql.SAVE_CUSTOMER, rows.customer_row(customer))
    db.send(sql.FORGET_WORDS, {"id": customer.id})
    for word in customer.words:
        db.send(sql.SAVE_WORD, {"word": word, "id": customer.id})


def _forget_customer(db: Connection, key: str) -> None:
    db.send(sql.FORGET_CUSTOMER, {"id": key})
    db.send(sql.FORGET_WORDS, {"id": key})


def _save_all(db: Connection, batch: Batch) -> list[Returned]:
    """Saves the tickets; a new one gets its ticket number here, from the counter in the same transaction."""
    left = joined_customers.undone(batch.events)
    return [_save(db, ticket, is_left=ticket.id in left) for ticket in batch.tickets]


def _save(db: Connection, ticket: Ticket, *, is_left: bool) -> Returned:
    """`is_left`: an end-customer who had joined it is taken away again."""
    row, is_new = rows.ticket_row(ticket), ticket.version == 1
    conflict = Conflict(f"Ticket {ticket.id} is not at version {ticket.version - 1}.")
    if is_new:
        db.send(sql.NEXT_NUMBER, {})
    returned = db.require(sql.INSERT_TICKET if is_new else sql.UPDATE_TICKET, row, conflict)
    for lifetime in rows.lifetime_rows(ticket):
        db.send(sql.SAVE_LIFETIME, lifetime)
    joined_customers.save(db, ticket, is_undone=is_left)
    conversation_sql.save_numbers(db, ticket)
    return returned


def _append(db: Connection, event: Event) -> None:
    conflict = Conflict(f"Ticket {event.ticket_id} has an event for version {event.version}.")
    db.require(sql.INSERT_EVENT, rows.event_row(event), conflict)


def _lock_lanes(db: Connection, lanes: Iterable[str], keys: Sequence[str] = ()) -> None:
    """Locks lanes: the head of a lane must not change while it is examined. `keys`: of notices in more lanes."""
    found = db.execute(outbox_sql.LANES, {"listed": json.dumps(list(keys))}).fetchall() if keys else []
    db.lock(sorted({*lanes, *(str(row[0]) for row in found)}))


def _drop(db: Connection, keys: Sequence[str], at: datetime) -> None:
    """Drops notices that wait or are dead. One that was claimed stays, as it may have arrived."""
    if not keys:
        return
    dropped = db.execute(outbox_sql.DROP, {"listed": json.dumps(list(keys)), "at": ms(at)}).fetchall()
    for lane in sorted({row[0] for row in dropped}):
        _promote(db, lane)


def enqueue(db: Connection, notices: Sequence[Notice], at: datetime) -> None:
    for notice in notices:
        db.send(outbox_sql.INSERT_NOTICE, {**rows.notice_row(notice), "at": ms(at)})


def claim(db: Connection, at: datetime, until: datetime, limit: int, held: Held = NOTHING_HELD) -> list[Claim]:
    moments: Row = {"at": ms(at), "beyond": ms(at + LONGEST), "until": ms(until)}
    values: Row = {**moments, "limit": limit, **rows.held_values(held)}
    taken = db.execute(outbox_sql.claim(is_held=bool(held)), values).fetchall()
    return rows.readable(rows.claim, [row[2:] for row in sorted(taken, key=lambda row: (row[0], row[1]))])


def restart_waits(db: Connection, at: datetime, longest: timedelta, *, has_jumped: bool) -> int:
    ahead = at if has_jumped else at + AHEAD
    length = longest // timedelta(milliseconds=1)
    values: Row = {"at": ms(at), "ahead": ms(ahead), "longest": length, "has_jumped": int(has_jumped)}
    return db.execute(outbox_sql.RESTART_WAITS, values).rowcount


class LeaseLost(Exception):
    """Another process has claimed the notice since."""


def settle(db: Connection, claim: Claim, outcome: Outcome, at: datetime, then: Sequence[Notice]) -> None:
    """Raises `LeaseLost`, by the end of the transaction at the latest."""
    _lock_lanes(db, [claim.notice.lane, *(notice.lane for notice in then)])
    _end(db, claim, outcome, at)
    if isinstance(outcome, Sent):
        for place in (*([outcome.place] if outcome.place else []), *outcome.places):
            put(db, place)
    enqueue(db, then, at)


def _end(db: Connection, claim: Claim, outcome: Outcome, at: datetime) -> None:
    progress = claim.progress if isinstance(outcome, Sent | Gone) else outcome.progress or claim.progress
    values: Row = {"key": claim.notice.key, "attempt": claim.attempt, "progress": progress.model_dump_json()}
    if isinstance(outcome, Retry | Blocked):
        next_at = outcome.at if isinstance(outcome, Retry) else at + BLOCKED
        again: Row = {**values, "next_at": ms(next_at), "at": ms(at), "why": outcome.reason}
        db.require(outbox_sql.POSTPONE, again, LeaseLost())
        return
    state = "dead" if isinstance(outcome, Dead) else "dropped" if isinstance(outcome, Gone) else "sent"
    reason = outcome.reason if isinstance(outcome, Dead) else ""
    db.require(outbox_sql.FINISH, {**values, "state": state, "why": reason, "at": ms(at)}, LeaseLost())
    _promote(db, claim.notice.lane)


def _promote(db: Connection, lane: str) -> None:
    """Promotes the next waiting notice where the lane has lost its head."""
    db.send(outbox_sql.PROMOTE, {"lane": lane})


def put(db: Connection, place: Place) -> None:
    db.send(sql.SAVE_PLACE, rows.place_row(place))


def revive(db: Connection, key: str, at: datetime) -> bool:
    """The attempt counter continues, so that a claim from before the notice became a dead letter stays void."""
    _lock_lanes(db, (), [key])
    dead = db.execute(outbox_sql.PROGRESS, {"key": key}).fetchone()
    if dead is None:
        return False
    values: Row = {"key": key, "at": ms(at), "progress": rows.progress_of_dead(dead).model_dump_json()}
    return db.execute(outbox_sql.REVIVE, values).fetchone() is not None


def prune(db: Connection, before: datetime, limit: int) -> int:
    values = {"before": ms(before), "limit": limit}
    return sum(db.execute(statement, values).rowcount for statement in sql.PRUNE)
