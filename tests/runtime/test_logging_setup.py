"""Log lines: text or JSON, with the ids of request, ticket, person and replica, and never a name."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime import log_context, logging_setup
from runtime.observed import person_in, ticket_in
from tests.handlers.world import DESK, world

log = logging.getLogger("desk.test")


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def written(form: str, level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    logging_setup.set_up(form, level, "desk-1", stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_line_names_request_ticket_person_and_replica() -> None:
    stream = written("json")
    with log_context.about(request="4f2a", ticket="t1", person="U0ANNA"):
        log.info("saved\n“twice”")
    (line,) = lines(stream)
    assert line["message"] == "saved\n“twice”"
    assert (line["request"], line["ticket"], line["person"], line["replica"]) == ("4f2a", "t1", "U0ANNA", "desk-1")
    assert line["level"] == "INFO"
    assert line["time"].endswith("+00:00")


def test_text_line_ends_with_the_ids() -> None:
    stream = written("text")
    with log_context.about(request="4f2a"):
        log.warning("slow")
    assert stream.getvalue().endswith("WARNING desk.test: slow [request=4f2a replica=desk-1]\n")


def test_quoted_reference_is_a_field_of_its_own() -> None:
    stream = written("json")
    log.error("A carrier failed (reference %s): KeyError", "0a1b2c3d")
    log.error("failed, reference: 4f2a")
    log.error("no reference at all")
    assert [line.get("reference") for line in lines(stream)] == ["0a1b2c3d", "4f2a", None]


def test_level_is_respected() -> None:
    stream = written("json", "WARNING")
    log.info("left out")
    log.warning("kept")
    assert [line["message"] for line in lines(stream)] == ["kept"]


async def test_context_follows_into_tasks_and_ends_outside() -> None:
    stream = written("json")

    async def work() -> None:
        log.info("inside")

    with log_context.about(ticket="t9"):
        task = asyncio.create_task(work())
    await task
    log.info("outside")
    assert [line.get("ticket") for line in lines(stream)] == ["t9", None]


@pytest.mark.parametrize(
    ("body", "person", "ticket"),
    [
        ({"user": {"id": "U1", "name": "anna"}, "view": {"private_metadata": "t1|4"}}, "U1", "t1"),
        ({"user_id": "U2", "command": "/x", "text": "t5"}, "U2", ""),
        ({"event": {"user": "U3"}}, "U3", ""),
        ({"event": {"user": {"id": "U4", "real_name": "Anna"}}}, "U4", ""),
        ({"user": {"id": "Anna Müller"}}, "", ""),
        ({"user": 7, "actions": "x", "view": [], "event": None}, "", ""),
        ({"user": {"id": "U5"}, "actions": [{"value": "t7|take"}]}, "U5", "t7"),
        ({"user": {"id": "U6"}, "actions": [{"value": "my words, typed"}]}, "U6", ""),
        ({"actions": [7]}, "", ""),
    ],
)
def test_ids_are_read_from_any_payload(body: dict[str, Any], person: str, ticket: str) -> None:
    assert (person_in(body), ticket_in(body)) == (person, ticket)


async def test_reference_shown_to_a_person_finds_the_line_with_ticket_and_person(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        typed = "Müller GmbH"

        async def fails(_: object) -> None:
            raise KeyError(typed)

        stream = written("json")
        w.running.dispatcher.commands["/retarus-incident"] = fails
        await w.anna.command(DESK, "/retarus-incident")
        posted = await w.anna.message(DESK, "reference")
        reference = posted["text"].rpartition("reference: ")[2].rstrip(".")
        found = [line for line in lines(stream) if line.get("reference") == reference]
        assert found, stream.getvalue()
        assert found[0]["person"] == "U0ANNA"
        assert found[0]["request"]
        assert "Müller" not in stream.getvalue()
