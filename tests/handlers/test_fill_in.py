"""Filling in: missing answers first, examples one after the other, without overwriting others' answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.forms.validation import examples
from tests.handlers.world import Json, World


async def test_examples_can_be_several(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    w.anna.fill(
        form, {"example.1.when": int(w.now()) - 900, "example.1.sender": "a@x.example", "example.1.status": "550"}
    )
    await w.anna.click(form, "Add another example")
    form = await w.anna.modal("Fill in", containing="EXAMPLE 2")
    second = {"example.2.when": int(w.now()) - 800, "example.2.recipient": "b@y.example", "example.2.status": "550"}
    assert (await w.anna.submit(form, second))["outcome"] == "closed"
    ticket = await w.ticket()
    assert ticket.answer("example.1.sender") == "a@x.example"
    assert ticket.answer("example.2.recipient") == "b@y.example"


async def test_example_that_was_begun_is_marked_where_it_is_not_whole(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    done = await w.anna.submit(form, {"example.1.log": "some lines of the log"})
    assert set(done["errors"]) == {"example.1.when", "example.1.status", "example.1.sender"}


async def test_absence_with_its_reason_is_an_answer_and_without_one_is_not(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    done = await w.anna.submit(form, {"interface": "not available"})
    assert set(done["errors"]) == {"interface"}
    done = await w.anna.submit(form, {"interface": "not available because the customer is on a train"})
    assert done["outcome"] == "closed"


async def test_answers_can_all_be_read_and_corrected(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    await w.anna.click(form, "Show all answers")
    form = await w.anna.modal("Fill in", containing="What happens?")
    assert (await w.anna.submit(form, {"impact": "No mail at all, in or out"}))["outcome"] == "closed"
    await w.anna.message("#partner-desk", "No mail at all, in or out")


async def test_answers_of_two_people_do_not_overwrite_each_other(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    await w.ben.click(card, "Fill in")
    hers, his = await w.anna.modal("Fill in"), await w.ben.modal("Fill in")
    await w.anna.submit(hers, {"affected": "3", "tenants": "12345RS"})
    done = await w.ben.submit(his, {"affected": "5", "interface": "smtp-de1.example.com"})
    assert done["outcome"] == "updated", done
    his = await w.ben.modal("Fill in", containing="Anna Arnold answered this meanwhile: “3”.")
    assert (await w.ben.submit(his))["outcome"] == "closed"
    ticket = await w.ticket()
    assert (ticket.answer("tenants"), ticket.answer("interface")) == ("12345RS", "smtp-de1.example.com")
    assert ticket.answer("affected") == "5"


def a_table(w: World, rows: int = 12, first: str = "") -> str:
    """A CSV file as a German spreadsheet program writes it. `first`: the moment in its first row."""
    at = datetime.fromtimestamp(w.now(), UTC) - timedelta(days=1)
    moments = [f"{at + timedelta(minutes=n):%d.%m.%Y %H:%M} UTC" for n in range(rows)]
    lines = [f"{when};a@mueller.example;b{n}@ziel.example;550 5.7.1 rejected" for n, when in enumerate(moments)]
    lines[0] = lines[0].replace(moments[0], first or moments[0])
    return "\r\n".join(["Zeitstempel;Absender;Empfänger;Status", *lines, ""])


async def upload(w: World, name: str, content: bytes) -> Json:
    """Uploads a file as a table in the form, and submits it."""
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    file = (await w.anna.upload(name, content))["files"][0]
    done: Json = await w.anna.submit(await w.anna.modal("Fill in"), {"transactions.file": [file["id"]]})
    return done


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
async def test_uploaded_csv_becomes_transactions_and_no_attachment(w: World, coding: str) -> None:
    done = await upload(w, "trace.csv", a_table(w).encode(coding))
    assert done["outcome"] == "closed", done
    ticket = await w.ticket()
    assert len(examples(ticket.answers)) == 12
    assert ticket.answer("example.12.recipient") == "b11@ziel.example"
    assert ticket.attachments == ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("trace.csv", b"", "trace.csv is empty."),
        ("trace.txt", b"PK\x03\x04\x00\x00", "trace.txt is not a text file. Save the table as CSV"),
        ("trace.csv", b"hello", "No transactions were read."),
        ("trace.csv", b"x" * 500_001, "trace.csv is 500 kB; at most 500 kB can be read."),
    ],
)
async def test_uploaded_table_that_cannot_be_taken_is_refused_beside_the_file(
    w: World, name: str, content: bytes, words: str
) -> None:
    done = await upload(w, name, content)
    assert set(done["errors"]) == {"transactions.file"}
    assert words in done["errors"]["transactions.file"]


@pytest.mark.parametrize(
    ("rows", "first", "words"),
    [
        (3, "soon", "Line 2: “soon” is not a date and time"),
        (3, "27.08.2009 11:04", "Transaction 1: This is more than a year ago."),
        (51, "", "These are 51 transactions; at most 50 fit."),
    ],
)
async def test_fault_in_an_uploaded_table_is_named_with_its_line(w: World, rows: int, first: str, words: str) -> None:
    done = await upload(w, "trace.csv", a_table(w, rows, first).encode())
    assert set(done["errors"]) == {"transactions.file"}
    assert words in done["errors"]["transactions.file"]


async def test_table_that_is_pasted_and_uploaded_is_asked_for_once(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    file = (await w.anna.upload("trace.csv", a_table(w).encode()))["files"][0]
    typed = {"transactions.file": [file["id"]], "transactions": a_table(w)}
    done = await w.anna.submit(await w.anna.modal("Fill in"), typed)
    assert "only one of the two is read" in done["errors"]["transactions.file"]
