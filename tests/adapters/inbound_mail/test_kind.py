"""Kinds of the labelled mails, through the real parser."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from bot.adapters.inbound_mail.parser import parse
from bot.conversation.delivery_report import reason_in_words
from bot.conversation.kind import Classification, MailKind, classify
from bot.conversation.matching import is_allowed
from bot.core.i18n import Language, speaking
from tests.adapters.inbound_mail.corpus import CORPUS, HUMAN, OWN_COPIES, REPORTS, Labelled
from tests.adapters.inbound_mail.mails import DESK, LETTER, mail, report

RCR = r"RCR[-\s#:]*\d+"


def kind_of(raw: bytes, *, is_own_id: bool = False) -> Classification:
    read = parse(raw)
    allowed = is_allowed(read, ("@retarus.example",))
    return classify(read, own_addresses={DESK}, is_own_id=is_own_id, is_allowed=allowed, rcr_pattern=RCR)


@pytest.mark.parametrize("labelled", CORPUS, ids=lambda each: f"{each.kind}, {each.name}")
def test_kind_is_as_labelled(labelled: Labelled) -> None:
    found = kind_of(labelled.raw)
    assert (found.kind, found.rcr) == (labelled.kind, labelled.rcr)


@pytest.mark.parametrize("labelled", REPORTS, ids=lambda each: each.name)
def test_delivery_report_tells_recipient_outcome_and_reason(labelled: Labelled) -> None:
    (found,) = kind_of(labelled.raw).deliveries
    assert f"{found.delivery}: {found.reason}" == labelled.outcome
    assert found.recipient in labelled.raw.decode()
    assert "@" in found.recipient


@pytest.mark.parametrize("ends", [b"\n", b"\r"], ids=["LF", "CR"])
@pytest.mark.parametrize("labelled", CORPUS, ids=lambda each: f"{each.kind}, {each.name}")
def test_kind_does_not_depend_on_line_ends(labelled: Labelled, ends: bytes) -> None:
    assert kind_of(labelled.raw.replace(b"\r\n", ends)).kind is labelled.kind


@pytest.mark.parametrize("labelled", HUMAN, ids=lambda each: each.name)
def test_human_mail_stays_human_after_a_server_rewrote_it(labelled: Labelled) -> None:
    rewritten = b"Return-Path: <anna.muster@retarus.example>\r\nX-Loop: x\r\n" + labelled.raw
    assert kind_of(rewritten).kind is MailKind.ANSWER
    assert kind_of(message_from_bytes(labelled.raw).as_bytes()).kind is MailKind.ANSWER


def test_copy_of_a_letter_is_known_by_its_message_id() -> None:
    assert (
        kind_of(mail("[PD-42]", "x", sender="Alias <alias@partner.example>"), is_own_id=True).kind is MailKind.OWN_COPY
    )
    assert kind_of(OWN_COPIES[0].raw).sign == "from"


def test_report_with_several_recipients_tells_each() -> None:
    raw = report("a@x.example", "failed", "5.1.1").replace(
        b"Status: 5.1.1\r\n",
        b"Status: 5.1.1\r\n\r\nFinal-Recipient: rfc822; b@x.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n",
    )
    found = [(each.recipient, each.delivery.value, each.reason) for each in kind_of(raw).deliveries]
    assert found == [("a@x.example", "failed", "unknown"), ("b@x.example", "delayed", "unreachable")]


def test_reasons_are_said_in_both_languages() -> None:
    (found,) = kind_of(report("a@x.example", "failed", "5.2.2")).deliveries
    assert reason_in_words(found) == "the mailbox is full"
    with speaking(Language.GERMAN):
        assert reason_in_words(found) == "das Postfach ist voll"


def test_returned_message_id_is_found_in_every_report_that_returns_one() -> None:
    returning = [each for each in REPORTS if LETTER.encode() in each.raw]
    assert len(returning) > 15
    assert [each.name for each in returning if LETTER not in parse(each.raw).returned_ids] == []
