"""Answers read from messages and their files: what does not fit into the form is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.i18n import Language, speaking
from bot.forms.pasted_transactions import PASTED
from bot.intake.model import IntakeDocument
from bot.model.contact import EndCustomer
from bot.model.ticket import Attachment, Kind
from bot.register.message_reader import FilesRead, MessageAnswers
from bot.tickets.attachments import MissingFile
from bot.tickets.ports import Batch
from tests.factories import ANNA, a_world


def table(count: int) -> str:
    rows = [
        f"27.08.2019 09:{number % 60:02};a{number}@mueller.example;b{number}@target.example;550 5.7.1 rejected by it"
        for number in range(count)
    ]
    return "\n".join(["Timestamp;Sender;Recipient;Status", *rows])


async def read(*texts: str) -> MessageAnswers:
    world = await a_world()
    documents = [IntakeDocument(text) for text in texts]
    return await world.desk.reader.answers(documents, Kind.INCIDENT, ANNA)


async def test_transactions_that_do_not_fit_into_the_form_are_counted() -> None:
    found = await read(table(50))
    stored = found.answers[PASTED].count("\n")
    assert 20 < stored < 50
    assert found.left_out == 50 - stored
    assert len(found.answers[PASTED]) <= 3000


async def test_transactions_beyond_those_a_ticket_takes_are_counted() -> None:
    found = await read(table(80))
    assert found.left_out == 80 - found.answers[PASTED].count("\n")


async def test_table_that_fits_leaves_nothing_out() -> None:
    assert (await read(table(10))).left_out == 0


async def test_message_without_transactions_leaves_nothing_out() -> None:
    assert (await read("Outbound mail is rejected since 11:00.")).left_out == 0


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("BB GmbH: fax is slow", "Bolte Bau GmbH"),
        ("Bolte Hochbau reports that fax is slow", "Bolte Bau GmbH"),
        ("Fax of bolte bau G.m.b.H. is slow", "Bolte Bau GmbH"),
        ("Cafe Roesti: fax is slow", "Café Rösti Limited"),
        ("Fax of Cafe Rösti Ltd. is slow", "Café Rösti Limited"),
        ("Fax is slow for Beta AG since 8", "Beta A.G."),
        ("Fax is slow for Nord und Süd", "Nord & Süd GmbH"),
        ("Fax is slow for Alpha Werke AG", "Alpha Werke AG"),
        ("Fax is slow for Alpha Werke", None),
        ("Fax is slow for Beta GmbH", None),
    ],
)
async def test_customer_is_read_in_each_spelling_and_by_other_names(text: str, customer: str | None) -> None:
    world = await a_world()
    names = ("Café Rösti Limited", "Beta A.G.", "Nord & Süd GmbH", "Alpha Werke AG", "Alpha Werke GmbH")
    saved = [EndCustomer(id=f"c{number}", name=name) for number, name in enumerate(names)]
    bolte = EndCustomer(id="c9", name="Bolte Bau GmbH", also=("BB GmbH", "Bolte Hochbau"))
    await world.store.apply(Batch(customers=[*saved, bolte]))
    found = await world.desk.reader.answers([IntakeDocument(text)], Kind.INCIDENT, ANNA)
    assert found.answers.get("customer") == customer


class Contents:
    """`Files` whose contents are given by name; None does not arrive in time."""

    def __init__(self, contents: dict[str, bytes | MissingFile | None]) -> None:
        self.contents = contents

    async def fetch(self, file: Attachment, limit: int) -> bytes | MissingFile:
        content = self.contents[file.name]
        if content is None:
            raise TimeoutError
        if isinstance(content, bytes) and len(content) > limit:
            return MissingFile("is too large to send with a letter", is_too_large=True)
        return content


async def files_read(**contents: bytes | MissingFile | None) -> FilesRead:
    """Result for these files, whose sizes are not known; `_` in a name stands for a dot."""
    named = {name.replace("_", "."): content for name, content in contents.items()}
    world = await a_world()
    reader = replace(world.desk.reader, files=Contents(named))
    return await reader.documents([Attachment(id=f"F{number}", name=name) for number, name in enumerate(named)])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("trace_log", b"x" * 1_000_001, "larger than 1 MB"),
        ("trace_log", b"\x00\x01\x02\x03" * 50, "holds no text"),
        ("report_eml", MissingFile("was deleted in Slack"), "was deleted in Slack"),
        ("book_xlsx", b"PK", "no mail, log or table: .eml, .txt, .csv, .tsv, .log"),
    ],
)
async def test_file_that_is_not_read_is_named_with_the_reason_and_the_others_are_read(
    name: str, content: bytes | MissingFile, reason: str
) -> None:
    found = await files_read(**{name: content}, other_txt=b"550 5.7.1 rejected")
    assert found.unread == [f"{name.replace('_', '.')} ({reason})"]
    assert [each.name for each in found.documents] == ["other.txt"]


async def test_files_that_do_not_arrive_in_time_are_named_and_earlier_ones_are_read() -> None:
    found = await files_read(first_txt=b"550 5.7.1 rejected", slow_log=None, last_csv=b"a;b")
    assert [each.name for each in found.documents] == ["first.txt"]
    late = "Slack did not give it in time"
    assert found.unread == [f"slow.log ({late})", f"last.csv ({late})"]


async def test_files_beyond_the_fifth_are_named() -> None:
    found = await files_read(**{f"part{number}_log": b"451 4.7.1 deferred" for number in range(7)})
    assert found.unread == ["part5.log (more than 5 files)", "part6.log (more than 5 files)"]


async def test_reason_is_in_the_language_of_the_reader() -> None:
    with speaking(Language.GERMAN):
        found = await files_read(trace_log=b"x" * 1_000_001)
    assert found.unread == ["trace.log (größer als 1 MB)"]
