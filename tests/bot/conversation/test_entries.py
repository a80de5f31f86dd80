"""Entries made of mails: what a mail says of itself is believed within limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.assessment import Assessment
from bot.conversation.entries import entry_of_mail
from bot.conversation.kind import Classification, MailKind
from bot.conversation.mail import InboundMail
from bot.conversation.matching import Reason, Unassigned

AT = datetime(2026, 12, 3, 10, tzinfo=UTC)
ANSWER = Assessment(
    classification=Classification(kind=MailKind.ANSWER, sign=""), match=Unassigned(reason=Reason.NO_TICKET)
)


@pytest.mark.parametrize(
    ("date", "is_believed"),
    [
        (AT - timedelta(days=400), True),
        (AT + timedelta(hours=5), True),
        (datetime(1960, 1, 1, tzinfo=UTC), False),
        (datetime(2226, 12, 3, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_date_of_a_mail_is_believed_unless_its_clock_was_far_wrong(date: datetime | None, is_believed: bool) -> None:
    entry = entry_of_mail(InboundMail(identity="<a@b> 1", date=date), ANSWER, AT)
    assert entry.written_at == (date if is_believed else None)
