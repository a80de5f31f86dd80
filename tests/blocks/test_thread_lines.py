"""The thread has one line for each step; a direct message tells one person what became theirs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from blocks import delivery_lines, direct_messages, letter, reminders, thread_lines, transitions
from blocks.kit import Message
from bot.config.settings import Config
from bot.model.notice import Letter, NoticeKind
from bot.model.ticket import Stage, Ticket, Times
from bot.model.transitions import Move, Step
from tests.blocks.surfaces import LINK, parts
from tests.factories import ALEX, ANNA, BEN, MAIL, NOW, PEOPLE, RETARUS, a_config, a_notice, an_event, an_incident

CONFIG = a_config()


def who(user: str) -> str:
    return PEOPLE[user].name


PUSHED = "🔴 P1 · PD-1042 · Müller GmbH: "
"""Beginning of each text that a phone shows."""


def line_of(kind: str, by: str = ANNA, stage: Stage = Stage.SECOND, config: Config = CONFIG, **detail: str) -> Message:
    ticket = an_incident(stage)
    return thread_lines.message(
        a_notice(ticket, NoticeKind.THREAD), ticket, an_event(ticket, kind, by, **detail), config, who
    )


def ended(**body: str) -> Message:
    ticket = an_incident(Stage.RETARUS)
    return thread_lines.message(
        a_notice(ticket, NoticeKind.THREAD, body=body), ticket, an_event(ticket, Move.ESCALATE), CONFIG, who
    )


def direct(kind: str, to: str, stage: Stage = Stage.SECOND, by: str = ALEX, **detail: str) -> Message:
    ticket: Ticket = an_incident(stage)
    event = an_event(ticket, kind, by, **detail)
    return direct_messages.direct(a_notice(ticket, NoticeKind.DIRECT, to), ticket, event, CONFIG, who, LINK)


def of(message: Message, kind: str) -> list[dict[str, Any]]:
    return [part for part in parts(message.blocks) if part.get("type") == kind]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Move.TAKE, "Anna Arnold took it"),
        (Move.TAKE_OVER, "Anna Arnold took it over"),
        (Move.HAND_OFF, "Anna Arnold → 2nd level: please accept."),
        (Move.ACCEPT, "Anna Arnold accepted it at the 2nd level"),
        (Move.SEND_BACK, "Anna Arnold sent it back to the 1st level"),
        (Move.ASK_CUSTOMER, "Anna Arnold waits for the end-customer"),
        (Move.GO_ON, "Anna Arnold went on without the end-customer's answer"),
        (Move.ESCALATE, "Anna Arnold escalated it to Retarus"),
        (Move.CONFIRM, "Anna Arnold confirmed it with the customer and closed it"),
        (Move.REOPEN, "Anna Arnold reopened it"),
        (Step.NOTE, "Anna Arnold noted"),
    ],
)
def test_step_is_one_line_who_did_what(kind: str, line: str) -> None:
    assert line_of(kind).text == PUSHED + line


@pytest.mark.parametrize("key", ["summary", "reason", "question", "answer", "remedy", "note"])
def test_text_of_an_event_is_quoted_under_its_line(key: str) -> None:
    ticket = an_incident()
    event = an_event(ticket, Move.SEND_BACK).model_copy(update={"detail": {key: "The tenant is missing"}})
    (quote,) = of(
        thread_lines.message(a_notice(ticket, NoticeKind.THREAD), ticket, event, CONFIG, who), "rich_text_quote"
    )
    assert quote["elements"][0]["text"] == "The tenant is missing"


def test_second_level_is_called_once_where_the_work_is() -> None:
    assert of(line_of(Move.HAND_OFF), "usergroup") == [{"type": "usergroup", "usergroup_id": "S0SECOND"}]
    named = a_config(levels={"second": {"members": [BEN, ALEX]}})
    assert [part["user_id"] for part in of(line_of(Move.HAND_OFF, config=named), "user")] == [BEN, ALEX]
    assert not of(line_of(Move.ACCEPT), "usergroup")


def test_number_of_retaruss_is_shown_as_theirs() -> None:
    assert line_of(Step.RCR, BEN, rcr="RCR-88123").text == f"{PUSHED}Retarus: RCR-88123 (recorded by Ben Brandt)"


def test_letter_can_be_opened_from_the_thread_by_the_declarant() -> None:
    (button,) = of(line_of(Move.ESCALATE), "button")
    assert button["action_id"] == letter.SHOW


def test_reminder_names_the_owner_the_time_and_the_next_step() -> None:
    ticket = an_incident(Stage.HANDED_OFF, since=NOW.replace(hour=8, minute=50))
    event = an_event(ticket, Step.REMIND, "", stage="handed_off")
    message = thread_lines.message(a_notice(ticket, NoticeKind.THREAD), ticket, event, CONFIG, who)
    assert "handed off to the 2nd level for 30 min" in message.text
    assert [part["user_id"] for part in of(message, "user")] == [ANNA]
    acting, *others = [part["action_id"] for part in of(message, "button")]
    assert acting == transitions.action_of(Move.ACCEPT)
    assert others == [transitions.action_of(Step.NOTE), reminders.PLAN, reminders.SNOOZE]


def test_answered_reminder_is_struck_through_and_asks_for_nothing() -> None:
    ticket = an_incident(Stage.HANDED_OFF, times=Times(touched=NOW))
    message = thread_lines.message(
        a_notice(ticket, NoticeKind.THREAD), ticket, an_event(ticket, Step.REMIND, "", stage="new"), CONFIG, who
    )
    assert of(message, "button") == of(message, "user") == []
    assert "'strike': True" in str(message.blocks)


# --- deliveries


def test_receipt_says_which_way_the_letter_went() -> None:
    mail, post = ended(delivered=NoticeKind.LETTER_MAIL, to=MAIL), ended(delivered=NoticeKind.LETTER_POST, to=RETARUS)
    assert mail.text == "Delivered to Retarus by e-mail"
    assert any(MAIL in part["text"] for part in of(mail, "text"))
    assert of(post, "channel") == [{"type": "channel", "channel_id": RETARUS}]


def test_line_of_an_escalation_ends_with_the_receipts_of_its_deliveries_and_repeats_no_summary() -> None:
    ticket = an_incident(Stage.RETARUS)
    rows = [
        row
        for kind, to in ((NoticeKind.LETTER_MAIL, MAIL), (NoticeKind.LETTER_POST, RETARUS))
        for row in delivered(kind, to)
    ]
    event = an_event(ticket, Move.ESCALATE, BEN, summary="Rejected at DE1")
    line = a_notice(ticket, NoticeKind.THREAD)
    shown = thread_lines.message(line, ticket, event, CONFIG, who, delivery_lines.outcomes(rows, 1))
    assert f"Delivered to Retarus by e-mail to {MAIL}" in shown.text
    assert of(shown, "channel") == [{"type": "channel", "channel_id": RETARUS}]
    assert "Rejected at DE1" not in str(shown.blocks)
    bounced = [row.model_copy(update={"state": "dead"}) for row in rows if row.notice.kind is NoticeKind.LETTER_MAIL]
    words = str(delivery_lines.outcomes([*rows[1:2], *bounced], 1))
    assert "The e-mail to Retarus was not delivered." in words
    assert "Delivered" not in words
    assert delivery_lines.outcomes(rows, 2) == []


def delivered(kind: NoticeKind, to: str) -> list[Letter]:
    """A letter that arrived, and the notice of it."""
    letter = a_notice(an_incident(), kind, to=to)
    body: dict[str, JsonValue] = {"delivered": kind.value, "to": to, "of": letter.key}
    receipt = letter.model_copy(update={"kind": NoticeKind.LINE, "key": f"{letter.key}>line", "body": body})
    return [Letter(notice=each, state="sent", attempts=1, at=NOW) for each in (letter, receipt)]


def test_dead_letter_tells_its_owner_what_why_and_the_way_out() -> None:
    message = ended(failed=NoticeKind.LETTER_MAIL, to=MAIL, why="The mailbox is full.", key="t1:7:letter_mail:x")
    assert message.text == "The e-mail to Retarus was not delivered. The mailbox is full."
    assert [part["user_id"] for part in of(message, "user")] == [BEN]
    (button,) = of(message, "button")
    assert (button["action_id"], button["value"]) == (letter.AGAIN, "t1:7:letter_mail:x")


# --- direct messages


@pytest.mark.parametrize(
    ("kind", "stage", "to", "words"),
    [
        (Move.SEND_BACK, Stage.FIRST, ANNA, "Alex Adler sent it back to you."),
        (Move.REOPEN, Stage.FIRST, ANNA, "Alex Adler reopened it. It is yours again."),
        (Move.TAKE_OVER, Stage.FIRST, BEN, "Alex Adler took it over from you."),
        (
            Move.RESOLVE,
            Stage.RESOLVED,
            ANNA,
            "Alex Adler resolved it. Please confirm with the end-customer, then close it.",
        ),
    ],
)
def test_direct_message_tells_a_person_the_meaning_for_them(kind: str, stage: Stage, to: str, words: str) -> None:
    assert direct(kind, to, stage).text == PUSHED + words


def test_reason_for_sending_back_is_in_the_push_text() -> None:
    message = direct(Move.SEND_BACK, ANNA, Stage.FIRST, reason="The tenants are wrong")
    assert message.text == f"{PUSHED}Alex Adler sent it back to you. The tenants are wrong"
    assert line_of(Move.SEND_BACK, reason="The tenants are wrong").text.endswith("1st level: The tenants are wrong")


def test_direct_message_links_the_card_and_offers_the_next_step_to_the_owner_only() -> None:
    to_owner, to_other = direct(Move.SEND_BACK, ANNA, Stage.FIRST), direct(Move.TAKE_OVER, BEN, Stage.FIRST)
    assert of(to_owner, "link")[0]["url"] == LINK
    assert len(of(to_owner, "button")) == 1
    assert of(to_other, "button") == []


def test_old_direct_message_offers_no_step_that_is_over() -> None:
    ticket = an_incident(Stage.FIRST, version=9)
    event = an_event(an_incident(Stage.FIRST, version=8), Move.SEND_BACK, ALEX)
    message = direct_messages.direct(a_notice(ticket, NoticeKind.DIRECT, ANNA), ticket, event, CONFIG, who, "")
    assert of(message, "button") == []


def test_handoff_that_changed_the_priority_says_so_with_the_reason_and_the_owner_is_notified() -> None:
    ticket = an_incident(Stage.HANDED_OFF, owner=ANNA)
    event = an_event(ticket, Move.HAND_OFF, BEN, summary="Short.")
    body = {"news": ["priority"]}
    line = thread_lines.message(
        a_notice(ticket, NoticeKind.THREAD, body=body), ticket, event, a_config(), lambda _: "Ben"
    )
    assert "2nd level: please accept." in line.text
    assert "changed the priority to P1: no outbound mail" in line.text
    word = direct_messages.direct(
        a_notice(ticket, NoticeKind.DIRECT, ANNA, body), ticket, event, a_config(), lambda _: "Ben", LINK
    )
    assert "changed its priority." in word.text
