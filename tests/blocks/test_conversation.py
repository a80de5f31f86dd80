"""Entries of the conversation: within Slack's limits, and nothing of theirs is markup."""

from __future__ import annotations

import json

from blocks import conversation
from bot.model.conversation import EntryFile, EntryRecord
from bot.model.ticket import NOBODY, Stage
from localslack.blockkit import is_too_large, is_too_long, validate_blocks, validate_view
from tests.blocks import conversed
from tests.factories import NOW, a_config, an_incident

TICKET, CONFIG = an_incident(Stage.RETARUS), a_config()


def test_messages_and_views_are_within_the_limits_of_slack() -> None:
    for message in conversed.messages(TICKET, CONFIG):
        assert validate_blocks(list(message.blocks), "message") == []
        assert not is_too_long(list(message.blocks))
    for view in conversed.views(TICKET, CONFIG):
        assert validate_view(view) == []
        assert not is_too_large(view)


def test_words_of_theirs_are_never_markup() -> None:
    for message in conversed.messages(TICKET, CONFIG):
        assert "<!channel>" not in message.text
        assert "<@U1>" not in message.text
        assert "mrkdwn" not in json.dumps(message.blocks)


def test_text_that_only_a_mail_program_can_show_is_reported_instead_of_no_text() -> None:
    sealed = EntryFile(name="smime.p7m", type="application/pkcs7-mime", size=900)
    for files, expected in (((sealed,), "encrypted or sealed"), ((), "(no text)")):
        entry = conversed.an_entry(words="", text="", files=files)
        assert expected in json.dumps(conversation.message(entry, TICKET, CONFIG).blocks)
        assert expected in json.dumps(conversation.whole(entry))


def test_person_whose_data_was_removed_is_mentioned_nowhere() -> None:
    ticket = an_incident(Stage.CLOSED, owner=NOBODY)
    record = EntryRecord(kind="update", by=NOBODY, at=NOW, form="V1")
    for entry in conversed.entries():
        message = conversation.message(entry.model_copy(update={"records": (record,)}), ticket, CONFIG)
        assert NOBODY not in json.dumps(message.blocks)
        assert validate_blocks(list(message.blocks), "message") == []
