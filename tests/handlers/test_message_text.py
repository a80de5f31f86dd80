"""The words of alerts, forwarded messages and Slack's markup, as a person would have typed them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cleaning import decode_slack_entities
from handlers.message_text import words_of
from handlers.payload import command, search
from handlers.slack_text import Names, as_typed, encoded

NAMES = Names({"U0BEN": "Ben <B> Brandt"}, {"C1": "incidents"}, {"S1": "second-level"})


def typed(message: dict[str, Any]) -> str:
    return as_typed(words_of(message), NAMES)


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "R&D <x> says "},
                {"type": "user", "user_id": "U0BEN"},
                {"type": "text", "text": " in "},
                {"type": "channel", "channel_id": "C1"},
                {"type": "text", "text": " for "},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "text", "text": " see "},
                {"type": "link", "url": "https://example.com/a?b=1&c=2", "text": "log"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": each}]} for each in ("one", "two")
            ],
        },
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "550 5.7.1"}]},
    ],
}
EXPECTED_TEXT = (
    "R&D <x> says @Ben <B> Brandt in #incidents for @second-level see log (https://example.com/a?b=1&c=2)\n"
    "1. one\n2. two\n550 5.7.1"
)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"text": "Queue &gt; 500 &amp; growing"}, "Queue > 500 & growing"),
        ({"text": "", "blocks": [RICH]}, EXPECTED_TEXT),
        (
            {
                "text": "ALERT DE1",
                "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "ALERT: DE1 & co"}}],
            },
            "ALERT: DE1 & co",
        ),
        (
            {
                "blocks": [
                    {
                        "type": "section",
                        "text": {"type": "mrkdwn", "text": "*Queue* &gt; 500"},
                        "fields": [{"type": "mrkdwn", "text": "Host: <https://h.example|h>"}],
                    }
                ]
            },
            "*Queue* > 500\nHost: h (https://h.example)",
        ),
        (
            {
                "attachments": [
                    {
                        "title": "Delivery down",
                        "text": "No mail since 11:00",
                        "fallback": "Delivery down",
                        "fields": [{"title": "Severity", "value": "critical"}],
                    }
                ]
            },
            "Delivery down\nNo mail since 11:00\nSeverity: critical",
        ),
        ({"attachments": [{"fallback": "[FIRING:1] smtp"}]}, "[FIRING:1] smtp"),
        (
            {
                "text": "look",
                "attachments": [
                    {
                        "author_name": "Rita",
                        "text": "It is back",
                        "fallback": "[11:00] Rita",
                        "message_blocks": [{"channel": "C1", "message": {"blocks": [RICH]}}],
                    }
                ],
            },
            f"look\nRita\nIt is back\n{EXPECTED_TEXT}",
        ),
        ({"text": "hello", "attachments": [{"text": "hello"}], "blocks": []}, "hello"),
        ({"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "since 10:00"}]}]}, "since 10:00"),
        ({"blocks": [{"type": "markdown", "text": "a < b"}]}, "a < b"),
        (
            {
                "blocks": [
                    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "1"}]]}
                ]
            },
            "a | 1",
        ),
    ],
)
def test_words_are_found_in_every_part_of_a_message(message: dict[str, Any], words: str) -> None:
    assert typed(message) == words


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("<@U0BEN>", "@Ben <B> Brandt"),
        ("<@U9|nils>", "@nils"),
        ("<#C1|>", "#incidents"),
        ("<#C9|other>", "#other"),
        ("<#C9>", "#C9"),
        ("<!subteam^S1>", "@second-level"),
        ("<!subteam^S9|@on-call>", "@on-call"),
        ("<!here>", "@here"),
        ("<!date^1700000000^{date}|14 Nov>", "14 Nov"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("&amp;lt;", "&lt;"),
        ("&nbsp; AT&T &copy;", "&nbsp; AT&T &copy;"),
    ],
)
def test_markup_is_read_as_it_was_typed(marked: str, words: str) -> None:
    assert as_typed(marked, NAMES) == words


@given(st.text())
def test_decoded_text_is_what_was_encoded(text: str) -> None:
    assert decode_slack_entities(encoded(text)) == text


@pytest.mark.parametrize("text", ["R&D", "Müller & Söhne", "a < b > c", "&amp;"])
def test_command_text_is_decoded_once(text: str) -> None:
    assert command({"command": "/retarus-find", "text": encoded(text)}).text == text
    assert search({"block_id": "customer", "value": encoded(text)}).text == text


@pytest.mark.parametrize("unit", ["<", "<|", "<a|", "&", "<@", "&amp;"])
def test_long_message_is_read_at_once(unit: str) -> None:
    begun = time.thread_time()
    typed({"text": unit * 400_000, "attachments": [{"text": unit * 10_000}] * 500})
    assert time.thread_time() - begun < 1
