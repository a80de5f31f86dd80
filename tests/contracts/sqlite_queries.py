"""Frequent queries of the stores, each with the index that serves it, and the query plan of SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.adapters.store import outbox_sql, sql
from bot.adapters.store.dialect import SQLITE
from bot.adapters.store.sqlite_connection import prepare
from bot.model.ticket import Level, Party, Stage
from bot.tickets.ports import Query
from tests.doubles.records import START

OPEN = [Query(open=True), Query(stages=(Stage.NEW, Stage.FIRST)), Query(open=True, before=(START, "t1"))]
LEVEL = [Query(open=True, level=Level.FIRST), Query(open=True, level=Level.FIRST, before=(START, "t1"))]
OWNER = [
    Query(open=True, owner="UANNA"),
    Query(open=True, owner="UANNA", before=(START, "t1")),
    Query(open=True, owner="UANNA", stages=(Stage.NEW, Stage.FIRST)),
    Query(open=True, owner="UANNA", stages=(Stage.SECOND, Stage.RETARUS), ball=Party.SECOND),
]
LISTS = [
    *((query, "tickets_open") for query in OPEN),
    *((query, "tickets_open_level") for query in LEVEL),
    *((query, "tickets_open_owner") for query in OWNER),
    *((Query(open=True, stages=(stage,)), "tickets_open_stage") for stage in (Stage.NEW, Stage.RETARUS)),
    (Query(open=True, stages=(Stage.RETARUS,), ball=Party.CUSTOMER, before=(START, "t1")), "tickets_open_ball"),
    (Query(stages=(Stage.NEW,), before=(START, "t1")), "tickets_open_stage"),
    (Query(stages=(Stage.HANDED_OFF,), is_oldest_first=True), "tickets_open_stage"),
    (Query(), "tickets_newest"),
    (Query(due_before=START), "tickets_due"),
]


def plan(path: Path, statement: str, values: dict[str, str | int | None]) -> list[str]:
    prepare(path, 1)
    with sqlite3.connect(path) as db:
        return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {SQLITE.statement_of(statement)}", values)]


OUTBOX = [
    (outbox_sql.claim(is_held=False), "notices_first"),
    (outbox_sql.claim(is_held=True), "notices_first"),
    (outbox_sql.NEXT_DUE, "notices_ready"),
    (outbox_sql.RESTART_WAITS, "notices_waiting"),
    (outbox_sql.PROMOTE, "notices_waiting"),
    (outbox_sql.letters("dead", ""), "notices_dead"),
    (outbox_sql.UNDELIVERED, "notices_dead"),
    (outbox_sql.UNDELIVERED, "notices_ticket"),
    (outbox_sql.COUNT_UNDELIVERED, "notices_dead"),
    (outbox_sql.letters("sent", "t1"), "notices_ticket"),
    (sql.PRUNE[0], "once_oldest"),
    (sql.PRUNE[1], "notices_done"),
    (sql.PLACED, "places_message"),
]
HOME = [
    (sql.STANDING, "COVERING INDEX tickets_open_ball"),
    (sql.LOADS, "COVERING INDEX tickets_open_load"),
    (sql.TICKETS_OF, "INDEX tickets_customer"),
    (sql.CUSTOMER_NAMED, "INDEX sqlite_autoindex_customers_2"),
    (sql.customers(["a", "b"], 9, 0)[0], "INDEX sqlite_autoindex_customer_words_1"),
    (sql.card_links(["t1", "t2"])[0], "INDEX sqlite_autoindex_places_1"),
    (sql.customers([], 9, 0)[0], "INDEX sqlite_autoindex_customers_2"),
]
