"""Pasted tables of transactions become answers: up to fifty, with the faults of each line."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import Invalid
from bot.escalation.letter import as_text, write
from bot.forms.pasted_transactions import ADD, MODE, PASTED, REPLACE, with_pasted
from bot.forms.validation import examples, has_example
from tests.factories import ANNA, NOW, a_config, a_contact, a_world

BERLIN = ZoneInfo("Europe/Berlin")
HEADINGS = "Timestamp;Sender;Recipient;Status"
ANSWERS = {"example.1.when": "1566896400", "example.1.sender": "a@m.example", "example.1.status": "550"}


def a_table(count: int, headings: str = HEADINGS) -> str:
    rows = (f"27.08.2019 11:{number % 60:02};a{number}@m.example;b@t.example;550 5.7.1" for number in range(count))
    return "\n".join((headings, *rows))


def pasted(text: str, **typed: str) -> dict[str, str]:
    return with_pasted({PASTED: text, **typed}, ANSWERS, BERLIN, a_config(), NOW)


def fault(text: str, **typed: str) -> str:
    with pytest.raises(Invalid) as refused:
        pasted(text, **typed)
    assert refused.value.errors.keys() == {PASTED}
    return refused.value.errors[PASTED]


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_form_without_a_table_stays_as_it_was_typed(text: str) -> None:
    assert pasted(text, happens="x") == {"happens": "x"}


def test_table_is_added_behind_the_transactions_that_are_there() -> None:
    found = examples({**ANSWERS, **pasted(a_table(2))})
    assert [each["sender"] for each in found.values()] == ["a@m.example", "a0@m.example", "a1@m.example"]
    assert found[2] == {
        "when": "1566896400", "sender": "a0@m.example", "recipient": "b@t.example", "status": "550 5.7.1",
    }  # fmt: skip


def test_table_replaces_the_transactions_that_are_there_where_that_is_chosen() -> None:
    after = {**ANSWERS, **pasted(a_table(1), **{MODE: REPLACE, "example.2.status": "typed too"})}
    assert [each["sender"] for each in examples(after).values()] == ["a0@m.example"]


def test_fifty_transactions_fit_and_one_more_is_refused_with_the_number() -> None:
    assert max(examples(pasted(a_table(50), **{MODE: REPLACE}))) == 50
    assert max(examples(pasted(a_table(49)))) == 50
    assert (
        fault(a_table(50), **{MODE: ADD}) == "With the existing ones, there would be 51 transactions; at most 50 fit."
    )
    assert "51 transactions; at most 50" in fault(a_table(51), **{MODE: REPLACE})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no table", "No transactions were read."),
        (f"{HEADINGS}\nsoon;a@m.example;b@t.example;550", "Line 2: “soon” is not a date and time"),
        (f"{HEADINGS}\n27.08.2019 11:00;;;550", "Line 2: Name at least one"),
        (f"{HEADINGS}\n" + "soon;a@m.example;b@t.example;550\n" * 9, "4 more"),
    ],
)
def test_table_that_cannot_be_read_is_refused_line_by_line(text: str, expected: str) -> None:
    assert expected in fault(text)


def test_secret_in_a_table_is_refused() -> None:
    assert "Take it out" in fault(a_table(1) + "\npassword: hunter2hunter2")


async def test_pasted_transactions_are_kept_checked_and_printed() -> None:
    w = await a_world()
    ticket = await w.raised(**{PASTED: a_table(20)})
    assert len(examples(ticket.answers)) == 20
    assert not {PASTED, MODE} & ticket.answers.keys()
    ticket = await w.desk.answers.fill_in(ticket.id, ANNA, {PASTED: a_table(20)}, w.form(), ticket.version)
    assert len(examples(ticket.answers)) == 40
    assert "40) 27.08.2019 - 11:19 UTC+2" in as_text(write(ticket, a_contact(), a_config()))
    with pytest.raises(Invalid):
        await w.desk.answers.fill_in(ticket.id, ANNA, {PASTED: a_table(11)}, w.form(), ticket.version)
    replaced = {PASTED: a_table(1), MODE: REPLACE}
    ticket = await w.desk.answers.fill_in(ticket.id, ANNA, replaced, w.form(), ticket.version)
    assert list(examples(ticket.answers)) == [1]
    assert has_example(ticket.answers)


async def test_moment_of_a_pasted_transaction_is_checked_as_a_typed_one_is() -> None:
    w = await a_world()
    with pytest.raises(Invalid) as refused:
        await w.raised(**{PASTED: f"{HEADINGS}\n27.08.2030 11:00;a@m.example;b@t.example;550"})
    assert refused.value.errors == {PASTED: "Transaction 1: This is in the future. Pick when it really happened."}
