"""The list of undelivered notices names its recipients as people know them."""

from __future__ import annotations

import pytest

from blocks import undelivered
from bot.model.notice import Letter, Notice, NoticeKind
from tests.blocks.surfaces import parts
from tests.factories import NOW


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("C0DESKDESK", {"type": "channel", "channel_id": "C0DESKDESK"}),
        ("U0BEN", {"type": "user", "user_id": "U0BEN"}),
        ("support@retarus.example", {"type": "text", "text": "support@retarus.example"}),
    ],
)
def test_recipient_is_shown_by_name_and_not_by_id(to: str, shown: dict[str, str]) -> None:
    notice = Notice(key="k", ticket_id="t1", lane="l", kind=NoticeKind.CARD, to=to, version=1, due=NOW)
    letter = Letter(notice=notice, state="dead", attempts=2, reason="It failed.", at=NOW)
    assert shown in list(parts(undelivered.listing([letter], {"t1": "PD-1042"}, 1)))


def test_channel_of_a_known_name_is_named_also_to_those_outside_it() -> None:
    notice = Notice(key="k", ticket_id="t1", lane="l", kind=NoticeKind.CARD, to="C0SECRET", version=1, due=NOW)
    letter = Letter(notice=notice, state="dead", attempts=2, reason="It failed.", at=NOW)
    shown = str(undelivered.listing([letter], {}, 1, {"C0SECRET": "retarus-intern"}))
    assert "#retarus-intern" in shown
    assert "C0SECRET" not in shown


def test_list_that_is_cut_says_of_how_many() -> None:
    notice = Notice(key="k", ticket_id="t1", lane="l", kind=NoticeKind.CARD, to="U0BEN", version=1, due=NOW)
    letter = Letter(notice=notice, state="dead", attempts=2, reason="It failed.", at=NOW)
    assert "newest 2 of 37" in str(undelivered.listing([letter, letter], {}, 37))
    assert "newest" not in str(undelivered.listing([letter, letter], {}, 2))
