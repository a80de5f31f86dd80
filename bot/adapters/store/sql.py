"""The statements of the store: SQL every engine understands, with `:name` for values.

`$name` is where engines differ: dialect.py says in what. Values an
index depends on (`head = 1`, `state = 'waiting'`) stand in the text: parameters would not use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.adapters.store.rows import Row, ms
from bot.search.documents import DocumentKind
from bot.tickets.ports import Query

# --- tickets -----------------------------------------------------------------------------------------------------

NEXT_NUMBER: Final = "UPDATE counters SET last = last + 1 WHERE name = 'ticket'"
"""Counts on; the ticket that is inserted next in this transaction takes that number."""

INSERT_TICKET: Final = """
    INSERT INTO tickets
        (id, number, version, stage, is_open, level, owner, customer, raised_at, due, erased, parent, ball, doc)
    VALUES (:id, (SELECT last FROM counters WHERE name = 'ticket'), :version, :stage, :is_open, :level, :owner,
        :customer, :raised_at, :due, :erased, :parent, :ball, :doc)
    ON CONFLICT DO NOTHING
    RETURNING number"""

UPDATE_TICKET: Final = """
    UPDATE tickets SET version = :version, stage = :stage, is_open = :is_open, level = :level, owner = :owner,
        customer = :customer, raised_at = :raised_at, due = :due, erased = :erased, parent = :parent, ball = :ball,
        doc = :doc
    WHERE id = :id AND version = :version - 1
    RETURNING number"""

TICKET: Final = "SELECT number, doc FROM tickets WHERE id = :id"
NUMBERED: Final = "SELECT number, doc FROM tickets WHERE number = :number"
STANDING: Final = "SELECT stage, ball, COUNT(*) FROM tickets WHERE is_open = 1 GROUP BY ball, stage"
LOADS: Final = "SELECT owner, stage, COUNT(*) FROM tickets WHERE is_open = 1 GROUP BY owner, stage"
TICKETS_OF: Final = """
    SELECT number, doc FROM tickets WHERE customer = :customer AND customer <> ''
    ORDER BY raised_at DESC, id DESC LIMIT :limit"""

KNOWN_FOR_RAISING: Final = """
    SELECT 'customer' AS part, 0 AS number, doc FROM customers WHERE folded = :customer
    UNION ALL SELECT 'contact', 0, doc FROM contacts WHERE slack_user = :user
    UNION ALL SELECT 'ticket', number, doc FROM (
        SELECT number, doc FROM tickets WHERE customer = :customer AND customer <> ''
        ORDER BY raised_at DESC, id DESC LIMIT :limit
    ) AS newest"""
"""All a new ticket is filled in from, in one statement."""

SAVE_LIFETIME: Final = """
    INSERT INTO lifetimes (month, ticket_id, raised_at, closed_at) VALUES (:month, :id, :raised_at, :closed_at)
    ON CONFLICT (month, ticket_id) DO UPDATE SET closed_at = excluded.closed_at"""


def open_between(customer: str) -> str:
    """Tickets that may have been open in these months; takes `:first` and `:last` month, `:start`, `:end`, `:customer`.

    Some come twice, and in no order: asked for one, the engines read all tickets there are. The `||` keeps them from
    reading all of a customer's, and of each ticket it is looked whether they joined it.
    """
    theirs = (
        " AND (tickets.customer || '' = :customer OR EXISTS (SELECT 1 FROM joined"
        " WHERE joined.ticket_id = tickets.id AND joined.customer = :customer))"
        if customer
        else ""
    )
    join = " JOIN tickets ON tickets.id = lifetimes.ticket_id" if customer else ""
    return (
        f"SELECT ticket_id FROM lifetimes{join} WHERE month BETWEEN :first AND :last"  # noqa: S608  own words only
        f" AND lifetimes.raised_at < :end AND closed_at >= :start{theirs}"
        f" UNION ALL SELECT id FROM tickets WHERE is_open = 1 AND raised_at < :end{theirs}"
    )


CHILDREN: Final = """
    SELECT number, doc FROM tickets WHERE parent = :id AND parent <> '' AND is_open = 1
    ORDER BY raised_at DESC, id DESC LIMIT :limit"""
TICKETS_WITH: Final = "SELECT number, doc FROM tickets WHERE id IN $listed"
TICKETS_CALLED: Final = "SELECT number, doc FROM tickets WHERE number IN $numbers"

INSERT_EVENT: Final = """
    INSERT INTO events (ticket_id, version, doc) VALUES (:ticket_id, :version, :doc) ON CONFLICT DO NOTHING"""
REWRITE_EVENT: Final = "UPDATE events SET doc = :doc WHERE ticket_id = :ticket_id AND version = :version"
HISTORY: Final = "SELECT doc FROM events WHERE ticket_id = :ticket_id ORDER BY version"
HISTORIES: Final = "SELECT doc FROM events WHERE ticket_id IN $listed ORDER BY ticket_id, version"


def find(query: Query) -> tuple[str, Row]:
    """The tickets of one page."""
    where, values = _where(query)
    order = "due, id"
    if query.due_before is None:
        order = "raised_at, id" if query.is_oldest_first else "raised_at DESC, id DESC"
        if query.before:
            where = f"({where}) AND (raised_at, id) < (:page_at, :page_id)"
            values |= {"page_at": ms(query.before[0]), "page_id": query.before[1]}
    return f"SELECT number, doc FROM tickets WHERE {where} ORDER BY {order} LIMIT :limit", {  # noqa: S608  own words only
        **values,
        "limit": query.limit,
    }


def count(query: Query) -> tuple[str, Row]:
    """Number of tickets that match, on all pages."""
    where, values = _where(query)
    return f"SELECT COUNT(*) FROM tickets WHERE {where}", values  # noqa: S608  own words only


def _where(query: Query) -> tuple[str, Row]:
    parts: list[str] = []
    values: Row = {}
    if len(query.stages) == 1:
        parts.append("stage = :stage0")
    elif query.stages:  # the newest of all stages are found together in one index, not stage by stage
        parts.append(f"$unindexed stage IN ({', '.join(f':stage{i}' for i in range(len(query.stages)))})")
    if query.stages:
        values |= {f"stage{i}": stage.value for i, stage in enumerate(query.stages)}
    is_open = _open(query)
    if is_open is not None:
        parts.append(f"is_open = {int(is_open)}")
    if query.erased is not None:
        parts.append(f"erased = {int(query.erased)}")
    if query.level is not None:
        parts.append("level = :level")
        values["level"] = query.level.value
    if query.ball is not None:
        parts.append("ball = :ball" if len(query.stages) == 1 and not query.owner else "$unindexed ball = :ball")
        values["ball"] = query.ball.value
    if query.owner:
        parts.append("owner = :owner")
        values["owner"] = query.owner
    if query.due_before is not None:
        parts.append("due <= :due_before")
        values["due_before"] = ms(query.due_before)
    return " AND ".join(parts) or "1 = 1", values


def _open(query: Query) -> bool | None:
    """Stages that are all open imply `open`, and with it the small index."""
    if query.open is None and query.stages and all(stage.is_open for stage in query.stages):
        return True
    return query.open


# --- once-keys, places, contacts ---------------------------------------------------------------------------------

USE_ONCE: Final = "INSERT INTO once (key, used_at) VALUES (:key, :at) ON CONFLICT DO NOTHING"

USED: Final = "SELECT 1 FROM once WHERE key = :key"

USED_BY: Final = """
    SELECT 1 FROM once WHERE used_at >= :since AND (key = :key OR substr(key, 1, :length) = :beginning) LIMIT 1"""

SAVE_PLACE: Final = """
    INSERT INTO places (ticket_id, what, channel, ts, link) VALUES (:ticket_id, :what, :channel, :ts, :link)
    ON CONFLICT (ticket_id, what) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, link = excluded.link"""
PLACE: Final = "SELECT ticket_id, what, channel, ts, link FROM places WHERE ticket_id = :ticket_id AND what = :what"
PLACED: Final = "SELECT ticket_id, what, channel, ts, link FROM places WHERE channel = :channel AND ts = :ts"
TOGETHER: Final = f"{PLACED} ORDER BY ticket_id, what"


def card_links(ticket_ids: Sequence[str]) -> tuple[str, Row]:
    """Places of the cards of these tickets, in one query."""
    values: Row = {f"id{number}": ticket_id for number, ticket_id in enumerate(ticket_ids)}
    names = ", ".join(f":{name}" for name in values)
    return f"SELECT ticket_id, link FROM places WHERE ticket_id IN ({names}) AND what = 'card' AND link <> ''", values  # noqa: S608  own words only


SAVE_CONTACT: Final = """
    INSERT INTO contacts (slack_user, name, doc) VALUES (:slack_user, :name, :doc)
    ON CONFLICT (slack_user) DO UPDATE SET name = excluded.name, doc = excluded.doc"""
CONTACT: Final = "SELECT doc FROM contacts WHERE slack_user = :user"
CONTACTS: Final = "SELECT doc FROM contacts ORDER BY name, slack_user"

# --- end-customers -----------------------------------------------------------------------------------------------

SAVE_CUSTOMER: Final = """
    INSERT INTO customers (id, folded, doc) VALUES (:id, :folded, :doc)
    ON CONFLICT (id) DO UPDATE SET folded = excluded.folded, doc = excluded.doc"""
FORGET_CUSTOMER: Final = "DELETE FROM customers WHERE id = :id"
SAVE_WORD: Final = "INSERT INTO customer_words (word, customer_id) VALUES (:word, :id)"
FORGET_WORDS: Final = "DELETE FROM customer_words WHERE customer_id = :id"

CUSTOMER: Final = "SELECT doc FROM customers WHERE id = :id"
CUSTOMER_NAMED: Final = "SELECT doc FROM customers WHERE folded = :folded"
COUNT_CUSTOMERS: Final = "SELECT COUNT(*) FROM customers"


def customers(words: Sequence[str], limit: int, skip: int) -> tuple[str, Row]:
    """End-customers in whose name each given word begins some word."""
    begins = "id IN (SELECT customer_id FROM customer_words WHERE word >= :from{0} AND word < :to{0})"
    where = " AND ".join(begins.format(number) for number in range(len(words))) or "1 = 1"
    values: Row = {"limit": limit, "skip": skip}
    for number, word in enumerate(words):
        values |= {f"from{number}": word, f"to{number}": f"{word}\U0010ffff"}
    return f"SELECT doc FROM customers WHERE {where} ORDER BY folded LIMIT :limit OFFSET :skip", values  # noqa: S608  own words only


# --- technical notes ---------------------------------------------------------------------------------------------

NEXT_NOTE: Final = "UPDATE counters SET last = last + 1 WHERE name = 'note'"
INSERT_NOTE: Final = """
    INSERT INTO technical_notes (id, number, version, doc)
    VALUES (:id, (SELECT last FROM counters WHERE name = 'note'), :version, :doc)
    ON CONFLICT DO NOTHING
    RETURNING number"""
UPDATE_NOTE: Final = """
    UPDATE technical_notes SET version = :version, doc = :doc WHERE id = :id AND version = :version - 1
    RETURNING number"""
KEEP_NOTE: Final = """
    INSERT INTO technical_note_versions (id, version, doc) VALUES (:id, :version, :doc)
    ON CONFLICT (id, version) DO UPDATE SET doc = excluded.doc"""
REWRITE_NOTE: Final = "UPDATE technical_notes SET doc = :doc WHERE id = :id AND version = :version RETURNING number"

NOTE: Final = "SELECT number, doc FROM technical_notes WHERE id = :id"
NOTE_NUMBERED: Final = "SELECT number, doc FROM technical_notes WHERE number = :number"
NOTES: Final = "SELECT number, doc FROM technical_notes ORDER BY number DESC LIMIT :limit OFFSET :skip"
COUNT_NOTES: Final = "SELECT COUNT(*) FROM technical_notes"
NOTE_VERSIONS: Final = """
    SELECT n.number, v.doc FROM technical_note_versions v JOIN technical_notes n ON n.id = v.id
    WHERE v.id = :id ORDER BY v.version DESC"""
NOTES_CALLED: Final = "SELECT number, doc FROM technical_notes WHERE number IN $numbers"


# --- what is erased, views of months, and the access log ------------------------------------------------------------

FORGET_NOTICES: Final = "DELETE FROM notices WHERE ticket_id = :id AND state <> 'waiting'"
FORGET_PERSON: Final = (
    "DELETE FROM contacts WHERE slack_user = :user",
    "DELETE FROM once WHERE key LIKE :user || ':%'",
    "DELETE FROM notices WHERE lane = 'direct:' || :user",
    "DELETE FROM turns WHERE key = :user",
)
SAVE_VIEW: Final = """
    INSERT INTO views (month, doc) VALUES (:month, :doc) ON CONFLICT (month) DO UPDATE SET doc = excluded.doc"""
VIEW: Final = "SELECT doc FROM views WHERE month = :month"
SAVE_ACCESS: Final = "INSERT INTO accesses (doc) VALUES (:doc)"
ACCESSES: Final = "SELECT doc FROM accesses ORDER BY seq DESC LIMIT :limit"

PRUNE: Final = (
    "DELETE FROM once WHERE key IN (SELECT key FROM once WHERE used_at < :before ORDER BY used_at LIMIT :limit)",
    """DELETE FROM notices WHERE seq IN (SELECT seq FROM notices WHERE state IN ('sent', 'dropped')
        AND changed_at < :before ORDER BY changed_at LIMIT :limit)""",
    """DELETE FROM turns WHERE key IN (SELECT key FROM turns
        WHERE changed_at < :before ORDER BY changed_at LIMIT :limit)""",
)

# --- rate limits that replicas share -----------------------------------------------------------------------------

TURNS: Final = """
    SELECT $now, (SELECT turns FROM turns WHERE key = :key), (SELECT held_until FROM turns WHERE key = :key),
        (SELECT changed_at FROM turns WHERE key = :key)"""
SAVE_TURNS: Final = """
    INSERT INTO turns (key, turns, held_until, changed_at) VALUES (:key, :turns, :held, :at)
    ON CONFLICT (key) DO UPDATE
        SET turns = excluded.turns, held_until = excluded.held_until, changed_at = excluded.changed_at"""

# --- drafts and preferences, where they have no file of their own ------------------------------------------------

DRAFT: Final = "SELECT value FROM drafts WHERE key = :key"
PUT_DRAFT: Final = """
    INSERT INTO drafts (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"""
ADD_DRAFT: Final = "INSERT INTO drafts (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING"
REPLACE_DRAFT: Final = "UPDATE drafts SET value = :value WHERE key = :key AND value = :old"
NOTIFY_DRAFT: Final = "SELECT pg_notify(:channel, :key)"
"""PostgreSQL only: SQLite has no replicas."""
DROP_DRAFT: Final = "DELETE FROM drafts WHERE key = :key"
DRAFT_KEYS: Final = "SELECT key FROM drafts ORDER BY key"


# --- the full-text index -----------------------------------------------------------------------------------------
# A shelf's table holds each document's tokens; the engine keeps its full-text index equal to it by itself. Numbers
# are given in the order of time, so that the newest are found first by walking the index from its end.

ENTRY: Final = {shelf: f"SELECT print, entry FROM {shelf}_index WHERE number = :number" for shelf in DocumentKind}  # noqa: S608  own words only
TICKET_ENTRIES: Final = "SELECT number, print, entry FROM tickets_index WHERE number IN $numbers"
SAVE_ENTRY: Final = {
    shelf: f"""
    INSERT INTO {shelf}_index (number, print, entry) VALUES (:number, :print, :entry)
    ON CONFLICT (number) DO UPDATE SET print = excluded.print, entry = excluded.entry"""  # noqa: S608  own words only
    for shelf in DocumentKind
}


def matches(table: str, count: int) -> str:
    """The newest rows of a table that match each of so many queries, with the query's number.

    Takes `:fts0` and `:ts0` …, the same in the words of both engines, `:first` and `:most`.
    """
    each = (
        f"SELECT {number}, number FROM (${table}_matches CAST(:${{query}}{number} AS $query_type) AND $row >= :first"  # noqa: S608  own words only
        f" ORDER BY $newest LIMIT :most) AS found{number}"
        for number in range(count)
    )
    return " UNION ALL ".join(each)


def held(table: str, count: int) -> str:
    """The numbers of those of so many queries, as `matches` takes them, that any row of a table matches."""
    each = (
        f"SELECT {number} WHERE EXISTS (${table}_matches CAST(:${{query}}{number} AS $query_type))"
        for number in range(count)
    )
    return " UNION ALL ".join(each)


def entries(shelf: DocumentKind, since: int, is_open: bool | None) -> str:
    """The tokens of those of these documents that are open, or not, and raised at or after `:since`."""
    join = ""
    if shelf is DocumentKind.TICKETS and (since or is_open is not None):
        stands = "" if is_open is None else f" AND t.is_open = {int(is_open)}"
        join = f"JOIN tickets t ON t.number = i.number AND t.raised_at >= :since{stands}"
    return f"SELECT i.number, i.entry FROM {shelf}_index i {join} WHERE i.number IN $numbers"  # noqa: S608  own words only


EXTENT: Final = {
    shelf: f"SELECT (SELECT MAX(number) FROM {shelf}_index),"  # noqa: S608  own words only
    f" (SELECT MAX(number) FROM {shelf}_index) - (SELECT MIN(number) FROM {shelf}_index) + 1,"
    f" (SELECT last FROM counters WHERE name = 'unindexed') + (SELECT COUNT(*) FROM (SELECT 1 FROM to_index LIMIT 1) m)"
    for shelf in DocumentKind
}
"""The newest document's number, how many there are, and more than 0 when there are tickets yet to be indexed."""
FIRST_SINCE: Final = """
    SELECT MIN(number) FROM
        (SELECT number FROM tickets WHERE raised_at >= :since ORDER BY raised_at, id LIMIT 100) AS eldest"""
"""Numbers follow the time of raising but for a moment, when many are raised at once."""

MERGED: Final = tuple(f"${table}_merged" for table in ("tickets_index", "notes_index", "vocabulary"))
"""Merges the index's segments; takes `:pages`."""

_MARK: Final = """
    INSERT INTO to_index (number) SELECT number FROM tickets AS saved WHERE id = :id {}
    ON CONFLICT (number) DO UPDATE SET number = excluded.number"""
MARK: Final = _MARK.format("") + " RETURNING number"
"""An existing mark is locked, so that a concurrent indexing run does not take it for an earlier change."""
MARK_IF_CHANGED: Final = _MARK.format(
    "AND NOT EXISTS (SELECT 1 FROM tickets_index AS entry WHERE entry.number = saved.number AND entry.print = :print)"
)
"""Marks the ticket unless its index entry has this fingerprint."""
MARKED: Final = "SELECT 1 FROM to_index LIMIT 1"
UNMARK: Final = """
    DELETE FROM to_index WHERE number IN (SELECT number FROM to_index ORDER BY number LIMIT :limit $skip_locked)
    RETURNING number"""

UNINDEXED: Final = "SELECT last FROM counters WHERE name = 'unindexed'"
INDEXED_DOWN_TO: Final = "UPDATE counters SET last = :last WHERE name = 'unindexed'"
OLDER: Final = "SELECT number, doc FROM tickets WHERE number <= :last ORDER BY number DESC LIMIT :limit $for_update"
"""Locks them until their index entries are written."""

LEARN: Final = "INSERT INTO vocabulary (word, grams) VALUES (:word, :grams) ON CONFLICT (word) DO NOTHING"
UNKNOWN: Final = "SELECT value FROM $words_listed WHERE NOT EXISTS (SELECT 1 FROM vocabulary v WHERE v.word = value)"
UNLEARN: Final = "DELETE FROM vocabulary WHERE word = :word"
KNOWN: Final = "SELECT word FROM vocabulary WHERE word IN $listed"


def similar_words(near: int, within: int) -> str:
    """Words of the vocabulary, with the number of the asked one they resemble.

    `near`: so many are looked at within `:from0` … and `:to0` …, of a length within `:shortest0` … and `:longest0` …;
    `within`: so many are found by letters, `:fts0` and `:ts0` …, and numbered on. Takes `:first` and `:most` too.
    """
    ranges = (
        f"SELECT {number}, word FROM (SELECT word FROM vocabulary WHERE word >= :from{number} AND word < :to{number}"  # noqa: S608  own words only
        f" AND LENGTH(word) BETWEEN :shortest{number} AND :longest{number} LIMIT :most) AS near{number}"
        for number in range(near)
    )
    letters = (
        f"SELECT {near + number}, word FROM vocabulary WHERE number IN (SELECT number FROM"  # noqa: S608  own words only
        f" ($vocabulary_matches CAST(:${{query}}{number} AS $query_type) AND $row >= :first"
        f" ORDER BY $newest LIMIT :most) AS found{number})"
        for number in range(within)
    )
    return " UNION ALL ".join((*ranges, *letters))
