"""Delivery order: priorities first, then letters, cards, lines; digests last."""

from __future__ import annotations

import pytest

from bot.model.notice import Notice, Say
from bot.tickets.delivery_order import rank, ranked
from tests.doubles.records import a_notice, a_ticket
from tests.factories import a_config


def test_higher_priority_goes_before_every_kind_of_a_lower_one() -> None:
    assert max(rank(say, 0) for say in Say) < min(rank(say, 1) for say in Say)


def test_lines_go_before_digests_of_the_lowest_priority() -> None:
    digest = Notice.model_fields["rank"].default
    lowest = len(a_config().priorities) - 1
    assert rank(Say.THREAD, lowest) < digest
    assert rank(Say.LETTER_MAIL, 0) < rank(Say.CARD, 0) < rank(Say.THREAD, 0) < rank(Say.REMINDERS, 0)


@pytest.mark.parametrize(("priority", "before"), [("P1", "P2"), ("P1", "")])
def test_notices_of_a_ticket_take_its_priority(priority: str, before: str) -> None:
    def place(named: str) -> int:
        ticket = a_ticket(answers={"priority": named} if named else {})
        return ranked([a_notice(say=Say.CARD)], ticket, a_config())[0].rank

    assert place(priority) < place(before)
