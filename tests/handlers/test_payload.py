"""Slack's payloads: entities are decoded once, where they enter."""

from __future__ import annotations

import pytest

from handlers.payload import command
from handlers.slack_text import Names, as_typed


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("Meier &amp; Co", "Meier & Co"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("&amp;lt; stays", "&lt; stays"),
        ("&nbsp;&copy;&#8364; stay", "&nbsp;&copy;&#8364; stay"),
    ],
)
def test_slack_entities_are_decoded_once_in_commands_and_messages(sent: str, typed: str) -> None:
    assert command({"command": "/find", "text": f" {sent} "}).text == typed
    assert as_typed(sent, Names()) == typed


def test_message_markup_becomes_plain_words() -> None:
    sent = "<@U1> wrote <mailto:a@b.example|a@b.example> &amp; <https://x.example/?a=1&amp;b=2|the page>"
    assert as_typed(sent, Names({"U1": "name of U1"})) == (
        "@name of U1 wrote a@b.example & the page (https://x.example/?a=1&b=2)"
    )
