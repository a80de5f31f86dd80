"""The parts of the dialects that keep and query the full-text index.

Tokens come ready (`bot.search.tokens`), parted by spaces. The engine keeps its index equal to one column of a table
by itself.
"""

from __future__ import annotations

from typing import Final

_SEARCHED = {"tickets_index": "entry", "notes_index": "entry", "vocabulary": "grams"}
"""Table → the column its full-text index is of."""


def _fts5(table: str, column: str) -> str:
    """Kept beside the table by triggers. Without positions: a document holds a token or does not."""
    old = f"INSERT INTO {table}_fts ({table}_fts, rowid, {column}) VALUES ('delete', old.number, old.{column});"
    new = f"INSERT INTO {table}_fts (rowid, {column}) VALUES (new.number, new.{column});"
    return f"""
        CREATE VIRTUAL TABLE {table}_fts USING fts5({column}, content='{table}', content_rowid='number', detail=none,
            columnsize=0, tokenize="ascii tokenchars '.:-_@/#+='");
        INSERT INTO {table}_fts ({table}_fts, rank) VALUES ('usermerge', 2);
        CREATE TRIGGER {table}_in AFTER INSERT ON {table} BEGIN {new} END;
        CREATE TRIGGER {table}_out AFTER DELETE ON {table} BEGIN {old} END;
        CREATE TRIGGER {table}_anew AFTER UPDATE OF {column} ON {table} BEGIN {old} {new} END;
    """


def _fts5_matches(table: str) -> str:
    return f"SELECT rowid AS number FROM {table}_fts WHERE {table}_fts MATCH"


def _fts5_merged(table: str) -> str:
    """The index grows in segments, which every query reads. Similar ones are merged, this many pages at a time."""
    return f"INSERT INTO {table}_fts ({table}_fts, rank) VALUES ('merge', :pages)"


SQLITE: Final = {
    "vector_of_entry": "",
    "vector_of_grams": "",
    "full_text": "".join(_fts5(table, column) for table, column in _SEARCHED.items()),
    **{f"{table}_matches": _fts5_matches(table) for table in _SEARCHED},
    **{f"{table}_merged": _fts5_merged(table) for table in _SEARCHED},
    "listed": "(SELECT value FROM json_each(:listed))",
    "numbers": "(SELECT value FROM json_each(:numbers))",
    "words_listed": "json_each(:listed)",
    "for_update": "",
    "row": "rowid",
    "newest": "rowid DESC",
    "query": "fts",
    "query_type": "TEXT",
}


def _vector(column: str) -> str:
    """Adds a column that the index is on."""
    parted = f"string_to_array(translate({column}, chr(10), ' '), ' ')"
    return f", vector TSVECTOR GENERATED ALWAYS AS (array_to_tsvector(array_remove({parted}, ''))) STORED"


def _vector_matches(table: str) -> str:
    return f"SELECT number FROM {table} WHERE vector @@"


POSTGRES: Final = {
    "vector_of_entry": _vector("entry"),
    "vector_of_grams": _vector("grams"),
    "full_text": "".join(
        f"CREATE INDEX {table}_fts ON {table} USING gin (vector) WITH (fastupdate = off);\n" for table in _SEARCHED
    ),
    **{f"{table}_matches": _vector_matches(table) for table in _SEARCHED},
    **{f"{table}_merged": "SELECT :pages + 0" for table in _SEARCHED},  # one segment, always
    "listed": "(SELECT jsonb_array_elements_text(CAST(:listed AS jsonb)))",
    "numbers": "(SELECT CAST(jsonb_array_elements_text(CAST(:numbers AS jsonb)) AS bigint))",
    "words_listed": "jsonb_array_elements_text(CAST(:listed AS jsonb)) AS each (value)",
    "for_update": "FOR UPDATE",
    # else it may read the whole table from its end when searching for a rare word
    "row": "number + 0",
    "newest": "number + 0 DESC",
    "query": "ts",
    "query_type": "tsquery",
}
