"""Any bytes that arrive as a mail are read and assessed without an error."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.inbound_mail.parser import file_bytes, parse
from bot.conversation.authentication import authenticated
from bot.conversation.delivery_report import deliveries, reason_in_words
from bot.conversation.file_selection import sort_files
from bot.conversation.kind import classify
from bot.conversation.quoted_text import new_words
from bot.conversation.references import our_references, rcr_numbers
from tests.fuzz.budget import SLOW, fuzzed, mutated, seeds

RCR = r"RCR[-\s#:]*\d{4,}"


def read_whole(raw: bytes) -> None:
    """All results of reading a mail and assessing it, except what the store knows."""
    began = process_time()
    mail = parse(raw)
    mail.model_dump_json().encode()
    words = new_words(mail.text, mail.subject)
    assert isinstance(words.model_dump_json(), str)
    classify(
        mail, own_addresses=("desk@partner.example",), is_own_id=False, is_allowed=True, rcr_pattern=RCR, known_rcr=()
    )
    authenticated(mail, "mx.partner.example")
    assert all(isinstance(reason_in_words(each), str) for each in deliveries(mail))
    sort_files(mail.files)
    our_references(mail.subject, "PD")
    rcr_numbers(mail.subject, RCR)
    for number in range(len(mail.files)):
        assert file_bytes(raw, number) is not None
    assert process_time() - began < SLOW


@fuzzed(80)
@given(raw=mutated("mails") | st.binary(max_size=400))
def test_any_mail_is_read(raw: bytes) -> None:
    read_whole(raw)


@pytest.mark.parametrize("raw", seeds("mails"), ids=lambda raw: raw[:12].hex())
def test_known_mail_is_read(raw: bytes) -> None:
    read_whole(raw)
