"""Delivery order: priorities first, then letters, cards, lines; digests last."""

from __future__ import annotations

import pytest

from bot.model.notice import Notice, NoticeKind
from bot.tickets.delivery_order import rank, ranked
from tests.doubles.records import a_notice, a_ticket
from tests.factories import a_config


def test_higher_priority_goes_before_every_kind_of_a_lower_one() -> None:
    assert max(rank(kind, 0) for kind in NoticeKind) < min(rank(kind, 1) for kind in NoticeKind)


def test_lines_go_before_digests_of_the_lowest_priority() -> None:
    digest = Notice.model_fields["rank"].default
    lowest = len(a_config().priorities) - 1
    assert rank(NoticeKind.THREAD, lowest) < digest
    assert (
        rank(NoticeKind.LETTER_MAIL, 0)
        < rank(NoticeKind.CARD, 0)
        < rank(NoticeKind.THREAD, 0)
        < rank(NoticeKind.REMINDERS, 0)
    )


@pytest.mark.parametrize(("priority", "before"), [("P1", "P2"), ("P1", "")])
def test_notices_of_a_ticket_take_its_priority(priority: str, before: str) -> None:
    def place(named: str) -> int:
        ticket = a_ticket(answers={"priority": named} if named else {})
        return ranked([a_notice(kind=NoticeKind.CARD)], ticket, a_config())[0].rank

    assert place(priority) < place(before)
