"""Answers read from messages and their files: what does not fit into the form is counted."""

from __future__ import annotations

from bot.forms.pasted_transactions import PASTED
from bot.intake.model import IntakeDocument
from bot.model.ticket import Kind
from bot.register.message_reader import MessageAnswers
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
