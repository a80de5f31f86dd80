"""Recomputes keys that only Python can compute, after the scripts of schema_migrations.py have run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.adapters.store import full_text_index, joined_customers, rows, schema_migrations, sql
from bot.adapters.store.connection_protocol import Connection
from bot.core.identifiers import fold
from bot.model.contact import EndCustomer

_NAMES: Final = "SELECT DISTINCT customer FROM tickets WHERE customer <> ''"
_RENAME: Final = "UPDATE tickets SET customer = :key WHERE customer = :before"
_ENTRIES: Final = "SELECT doc FROM customers ORDER BY id"
_REBUILDS: Final = (
    schema_migrations.ANOTHER_FOLDING,
    schema_migrations.ANOTHER_INDEX,
    schema_migrations.NAMED_CODES,
)
"""Scripts that empty the full-text index."""
_NOTES: Final = "SELECT number, doc FROM technical_notes ORDER BY number"


def compute(db: Connection, before: int, after: int) -> None:
    """Computes what the scripts from version `before` to `after` leave to be computed."""

    def has_run(script: str) -> bool:
        return before < schema_migrations.MIGRATIONS.index(script) + 1 <= after

    if has_run(schema_migrations.JOINED) or has_run(schema_migrations.ANOTHER_FOLDING):
        joined_customers.fill(db)
    if has_run(schema_migrations.ANOTHER_FOLDING):
        _fold_names(db)
        _fold_entries(db)
    if has_run(schema_migrations.WORDS_OF_CUSTOMERS):
        _save_words(db)
    if any(map(has_run, _REBUILDS)):
        full_text_index.index_notes(db, [rows.technical_note(row) for row in db.execute(_NOTES, {}).fetchall()])


def _fold_names(db: Connection) -> None:
    """Recomputes the names of end-customers in tickets."""
    for (before,) in db.execute(_NAMES, {}).fetchall():
        if (key := fold(before)) != before:
            db.execute(_RENAME, {"key": key, "before": before})


def _fold_entries(db: Connection) -> None:
    """Recomputes the list of end-customers. Entries that now have the same name are merged."""
    entries = [rows.customer(row) for row in db.execute(_ENTRIES, {}).fetchall()]
    for entry in entries:
        db.execute(sql.FORGET_CUSTOMER, {"id": entry.id})
        db.execute(sql.FORGET_WORDS, {"id": entry.id})
    merged: dict[str, EndCustomer] = {}
    for entry in entries:
        there = merged.get(entry.folded)
        merged[entry.folded] = _together(there, entry) if there else entry
    for entry in merged.values():
        db.execute(sql.SAVE_CUSTOMER, rows.customer_row(entry))
        for word in entry.words:
            db.execute(sql.SAVE_WORD, {"word": word, "id": entry.id})


def _save_words(db: Connection) -> None:
    """Recomputes the words by which end-customers are found."""
    for entry in [rows.customer(row) for row in db.execute(_ENTRIES, {}).fetchall()]:
        db.execute(sql.FORGET_WORDS, {"id": entry.id})
        for word in entry.words:
            db.execute(sql.SAVE_WORD, {"word": word, "id": entry.id})


def _together(first: EndCustomer, second: EndCustomer) -> EndCustomer:
    known = {
        "tenants": tuple(dict.fromkeys((*first.tenants, *second.tenants))),
        "agreement": _joined((first.agreement, second.agreement), ", "),
        "contacts": _joined((*first.contacts.split("\n"), *second.contacts.split("\n")), "\n"),
    }
    return first.model_copy(update=known)


def _joined(texts: Iterable[str], joint: str) -> str:
    return joint.join(dict.fromkeys(filter(None, texts)))
