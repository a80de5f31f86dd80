"""Queries of the SQLite store walk an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.store import joined_customers, sql
from bot.tickets.ports import Query
from tests.contracts.sqlite_queries import HOME, LISTS, OUTBOX, plan


@pytest.mark.parametrize(("query", "index"), LISTS)
def test_list_query_walks_one_index(sqlite_path: Path, query: Query, index: str) -> None:
    steps = plan(sqlite_path, *sql.find(query))
    assert len(steps) == 1, steps  # one index scan without sorting
    assert f"USING INDEX {index}" in steps[0]


@pytest.mark.parametrize(("query", "index"), [pair for pair in LISTS if pair[0].open or pair[0].stages])
def test_count_query_uses_the_index_of_open_tickets(sqlite_path: Path, query: Query, index: str) -> None:
    (step,) = plan(sqlite_path, *sql.count(query))
    assert f" INDEX {index} " in f"{step} " or any(
        f" INDEX {other}" in step for other in ("tickets_open_stage", "tickets_open_load")
    )


@pytest.mark.parametrize(("statement", "index"), HOME)
def test_home_queries_use_an_index(sqlite_path: Path, statement: str, index: str) -> None:
    steps = plan(
        sqlite_path, statement, dict.fromkeys("customer folded limit skip from0 to0 from1 to1 id0 id1".split(), 1)
    )
    assert any(index in step for step in steps), steps
    assert not any(step in {"SCAN tickets", "SCAN customers", "SCAN customer_words"} for step in steps), steps


@pytest.mark.parametrize(("statement", "index"), OUTBOX)
def test_outbox_queries_use_an_index_of_waiting_notices(sqlite_path: Path, statement: str, index: str) -> None:
    names = "at beyond ahead longest has_jumped until limit lane ticket_id before channel ts kinds recipients".split()
    steps = plan(sqlite_path, statement, dict.fromkeys(names, 1))
    assert any(f"INDEX {index}" in step for step in steps), steps
    assert not any(step.startswith("SCAN notices") and "INDEX" not in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize("customer", ["", "müller gmbh"])
def test_report_query_reads_only_its_month_and_open_tickets(sqlite_path: Path, customer: str) -> None:
    steps = plan(sqlite_path, sql.open_between(customer), dict.fromkeys("first last start end customer".split(), 1))
    assert any(
        "SEARCH lifetimes USING INDEX sqlite_autoindex_lifetimes_1 (month>? AND month<?)" in step for step in steps
    )
    assert any(
        "SEARCH tickets USING INDEX tickets_open " in step or "COVERING INDEX tickets_open" in step for step in steps
    ), steps
    read_whole = ("SCAN tickets", "SCAN joined")
    assert not any(step.startswith(read_whole) or "tickets_customer" in step for step in steps), steps
    assert not any("joined_customer" in step for step in steps), steps


def test_adjacent_names_are_found_by_an_index(sqlite_path: Path) -> None:
    steps = plan(sqlite_path, joined_customers.NEIGHBOURING_NAMES, {"customer": "müller gmbh"})
    assert sum("INDEX tickets_customer (customer" in step for step in steps) == 2, steps
    assert sum("INDEX joined_customer (customer" in step for step in steps) == 2, steps
    assert not any(step.startswith(("SCAN tickets", "SCAN joined")) or "TEMP B-TREE" in step for step in steps), steps
