"""The conversation with Retarus in the database: entries, raw mails, Message-IDs, Retarus's numbers, single values.

SQL that every engine understands, as in sql.py.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.rows import Row, ms
from bot.core.errors import Conflict, Duplicate
from bot.model.conversation import ConversationChanges, Entry, MessageId
from bot.model.ticket import Ticket

CONVERSATION: Final = """
    CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        ticket_id TEXT NOT NULL,
        state TEXT NOT NULL,
        message_id TEXT NOT NULL,
        at BIGINT NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE INDEX conversation_ticket ON conversation (ticket_id, at, id) WHERE ticket_id <> '';
    CREATE INDEX conversation_unassigned ON conversation (at, id) WHERE state = 'unassigned';
    CREATE INDEX conversation_mails ON conversation (message_id) WHERE message_id <> '';

    CREATE TABLE raw_mails (id TEXT NOT NULL, part INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (id, part));

    CREATE TABLE message_ids (
        message_id TEXT PRIMARY KEY,
        ticket_id TEXT NOT NULL,
        notice TEXT NOT NULL,       -- the key of the notice that was sent by it
        at BIGINT NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE INDEX message_ids_ticket ON message_ids (ticket_id, at, message_id);
    CREATE INDEX message_ids_notice ON message_ids (notice) WHERE notice <> '';

    CREATE TABLE rcr_numbers (number TEXT NOT NULL, ticket_id TEXT NOT NULL, PRIMARY KEY (number, ticket_id));
    $known_rcr;

    CREATE TABLE kept_values (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    """

INSERT: Final = """
    INSERT INTO conversation (id, version, ticket_id, state, message_id, at, doc)
    VALUES (:id, :version, :ticket_id, :state, :message_id, :at, :doc)
    ON CONFLICT (id) DO NOTHING"""
UPDATE: Final = """
    UPDATE conversation SET version = :version, ticket_id = :ticket_id, state = :state, doc = :doc
    WHERE id = :id AND version = :version - 1"""
ENTRY: Final = "SELECT doc FROM conversation WHERE id = :id"
OF_TICKET: Final = "SELECT doc FROM conversation WHERE ticket_id = :id AND ticket_id <> '' ORDER BY at, id"
UNASSIGNED: Final = """
    SELECT doc FROM conversation WHERE state = 'unassigned' ORDER BY at DESC, id DESC LIMIT :limit OFFSET :skip"""
COUNT_UNASSIGNED: Final = "SELECT COUNT(*) FROM conversation WHERE state = 'unassigned'"
ALL: Final = "SELECT doc FROM conversation WHERE id > :after ORDER BY id LIMIT :limit"
TAKEN_IN: Final = "SELECT message_id FROM conversation WHERE message_id <> '' AND message_id IN $listed"

INSERT_PART: Final = "INSERT INTO raw_mails (id, part, content) VALUES (:id, :part, :content)"
PART: Final = "SELECT content FROM raw_mails WHERE id = :id AND part = :part"

INSERT_ID: Final = """
    INSERT INTO message_ids (message_id, ticket_id, notice, at, doc)
    VALUES (:message_id, :ticket_id, :notice, :at, :doc)
    ON CONFLICT (message_id) DO NOTHING"""
IDS: Final = "SELECT doc FROM message_ids WHERE message_id IN $listed"
IDS_OF: Final = "SELECT doc FROM message_ids WHERE ticket_id = :id ORDER BY at, message_id"
ID_OF_NOTICE: Final = "SELECT doc FROM message_ids WHERE notice = :key AND notice <> ''"

INSERT_RCR: Final = "INSERT INTO rcr_numbers (number, ticket_id) VALUES (:number, :id) ON CONFLICT DO NOTHING"
WITH_RCR: Final = """
    SELECT tickets.number, tickets.doc FROM rcr_numbers JOIN tickets ON tickets.id = rcr_numbers.ticket_id
    WHERE rcr_numbers.number = :rcr ORDER BY tickets.id LIMIT 10"""

KEEP: Final = """
    INSERT INTO kept_values (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
KEEP_FIRST: Final = "INSERT INTO kept_values (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING"
STORED_VALUE: Final = "SELECT value FROM kept_values WHERE name = :name"

MOVE_PLACES: Final = "UPDATE places SET channel = :new WHERE channel = :old"
MOVE_NOTICES: Final = """
    UPDATE notices SET doc = REPLACE(doc, :before, :after) WHERE state IN ('waiting', 'dead') AND doc LIKE :like"""
BOUNCE: Final = "UPDATE notices SET state = 'dead', why = :why, changed_at = :at WHERE key = :key AND state = 'sent'"
SENT_BEFORE: Final = """
    SELECT doc FROM notices WHERE state = 'sent' AND (key LIKE :letters OR key LIKE :chasers)"""
MAILS: Final[Row] = {"letters": "%:letter_mail:%", "chasers": "%:chase_mail:%"}

_PART: Final = 768 * 1024
_FORGET: Final = (
    "DELETE FROM message_ids WHERE message_id IN (SELECT message_id FROM conversation WHERE id = :id)",
    "DELETE FROM conversation WHERE id = :id",
)
_FORGET_ORIGINAL: Final = "DELETE FROM raw_mails WHERE id = :id"


def apply(db: Connection, changes: ConversationChanges, at: datetime) -> None:
    """Saves everything a change adds to the conversation. `Duplicate` before anything else is examined."""
    for entry in changes.new:
        db.require(INSERT, _entry_row(entry), Duplicate(f"Entry {entry.id} was taken in before."))
    for entry in changes.changed:
        conflict = Conflict(f"Entry {entry.id} is not at version {entry.version - 1}.")
        db.require(UPDATE, _entry_row(entry), conflict)
    for key, raw in changes.originals.items():
        _keep_original(db, key, raw)
    for each in changes.message_ids:
        db.send(INSERT_ID, _id_row(each))
    for key, reason in changes.bounced.items():
        db.send(BOUNCE, {"key": key, "why": reason, "at": ms(at)})
    _forget(db, changes)


def _keep_original(db: Connection, key: str, raw: bytes) -> None:
    for number, content in enumerate(_parts(raw)):
        db.send(INSERT_PART, {"id": key, "part": number, "content": content})


def _forget(db: Connection, changes: ConversationChanges) -> None:
    for key in (*changes.forget, *changes.forget_originals):
        db.send(_FORGET_ORIGINAL, {"id": key})
    for key in changes.forget:
        for statement in _FORGET:
            db.send(statement, {"id": key})


def save_numbers(db: Connection, ticket: Ticket) -> None:
    """Saves Retarus's numbers, by which a ticket is found."""
    for number in ticket.rcr:
        db.send(INSERT_RCR, {"number": number, "id": ticket.id})


def keep_first(db: Connection, name: str, value: str) -> str:
    """The value that is saved under this name: the given one, unless there was one already."""
    db.send(KEEP_FIRST, {"name": name, "value": value})
    return str(db.execute(STORED_VALUE, {"name": name}).fetchone()[0])


def follow_channel(db: Connection, old: str, new: str) -> None:
    """Channel ids are letters and digits: nothing in them has a meaning in JSON or in a pattern."""
    before, after = (f'"to":{json.dumps(each)}' for each in (old, new))
    db.send(MOVE_PLACES, {"old": old, "new": new})
    db.send(MOVE_NOTICES, {"before": before, "after": after, "like": f"%{before}%"})


def original(db: Connection, key: str) -> bytes | None:
    """The raw mail of an entry."""
    found = b"".join(_contents(db, key))
    return found or None


def listed(texts: Sequence[str]) -> Row:
    return {"listed": json.dumps(list(texts))}


def entry(row: Sequence[Any]) -> Entry:
    return Entry.model_validate_json(row[0])


def message_id(row: Sequence[Any]) -> MessageId:
    return MessageId.model_validate_json(row[0])


def _contents(db: Connection, key: str) -> Iterator[bytes]:
    number = 0
    while row := db.execute(PART, {"id": key, "part": number}).fetchone():
        yield base64.b64decode(row[0])
        number += 1


def _parts(raw: bytes) -> Iterable[str]:
    """Base64 text, as every engine keeps it and a move to another compares it."""
    return (base64.b64encode(raw[at : at + _PART]).decode() for at in range(0, len(raw), _PART))


def _entry_row(entry: Entry) -> Row:
    return {
        "id": entry.id,
        "version": entry.version,
        "ticket_id": entry.ticket_id,
        "state": entry.state.value,
        "message_id": entry.message_id,
        "at": ms(entry.at),
        "doc": entry.model_dump_json(),
    }


def _id_row(each: MessageId) -> Row:
    return {
        "message_id": each.message_id,
        "ticket_id": each.ticket_id,
        "notice": each.key,
        "at": ms(each.at),
        "doc": each.model_dump_json(),
    }
