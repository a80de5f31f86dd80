"""The words of every block type that the local Slack accepts, of attachments, and of malformed messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.message_text import words_of
from handlers.slack_text import Names, as_typed, encoded
from localslack.blockkit.blocks import BLOCKS
from localslack.blockkit.elements import ELEMENTS
from localslack.blockkit.richtext import INLINE, PARTS
from localslack.blockkit.schema import Items, Kinds, Nullable, Rule, Shape, String

SHOWN = frozenset(
    "text title subtitle body subtext caption label hint description alt_text author_name provider_name "
    "initial_value fallback".split()
)
"""Properties whose words Slack shows."""
OFFERED = frozenset(
    "placeholder confirm accessibility_label agent_prompt agent_prompt_display positive_button negative_button".split()
)
SILENT: dict[str, set[str]] = {
    **{key: {"text", "options"} for key in ("button", "workflow_button", "icon_button", "overflow")},
    **{key: {"options", "option_groups"} for key in ("static_select", "multi_static_select")},
    **{key: {"initial_option", "initial_options"} for key in ("checkboxes", "radio_buttons")},
}
"""Properties of what a person may choose, by element; the initial choices of checkboxes are among their options."""


def complete(rule: Rule, key: str, words: Iterator[str], kind: str = "") -> Iterator[Any]:
    """Values of a rule, one for each of its kinds, with all properties and a new word in each text that is shown."""
    match rule:
        case String():
            yield next(words) if key in SHOWN else "x"
        case Items(of=of):
            yield list(complete(of, key, words))
        case Nullable(rule=inner):
            yield from complete(inner, key, words)
        case Kinds(shapes=shapes):
            for name, shape in shapes.items():
                yield from complete(shape, key, words, name)
        case Shape(required=required, optional=optional):
            silent = OFFERED | SILENT.get(kind, set())
            made = {
                name: list(complete(inner, name, words))
                for name, inner in {**required, **optional}.items()
                if name != "type" and name not in silent
            }
            yield {"type": kind} | {name: each[0] for name, each in made.items() if each}
            for name, each in made.items():
                yield from ({"type": kind, name: other} for other in each[1:])


def entry_with_ticket(value: object) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(entry_with_ticket, value.values()))
    if isinstance(value, list):
        return set().union(*map(entry_with_ticket, value))
    return {value} if isinstance(value, str) and value.startswith("word") else set()


def typed(message: dict[str, Any]) -> str:
    return as_typed(words_of(message), Names())


WORDLESS = {"divider", "file", "context_actions"}


@pytest.mark.parametrize("kind", sorted(BLOCKS.shapes))
def test_words_of_every_block_type_are_taken(kind: str) -> None:
    blocks = list(complete(BLOCKS.only(kind), "blocks", (f"word{number}" for number in count(1))))
    text = entry_with_ticket(blocks)
    assert bool(text) == (kind not in WORDLESS)
    for message in (
        {"blocks": blocks},
        {"attachments": [{"blocks": blocks}]},
        {"attachments": [{"message_blocks": [{"message": {"blocks": blocks}}]}]},
    ):
        assert text <= set(re.findall(r"word\d+", typed(message)))


def rich(*inline: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline), **more}]}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


CARD = {"type": "card", "title": plain("Queue"), "body": {"type": "mrkdwn", "text": "*5* &gt; 3"}}


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "alert", "text": plain("DE1 & co"), "level": "error"}, "DE1 & co"),
        ({"type": "header", "text": plain("DE1 &amp; co &lt;b>")}, "DE1 & co <b>"),
        (
            {"type": "carousel", "elements": [CARD, {**CARD, "subtitle": plain("again")}]},
            "Queue\n*5* > 3\nQueue\nagain\n*5* > 3",
        ),
        (
            {
                "type": "container",
                "title": plain("Outer"),
                "child_blocks": [{"type": "section", "text": plain("inner")}],
            },
            "Outer\ninner",
        ),
        (
            {
                "type": "data_table",
                "caption": "Queues",
                "rows": [
                    [{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": -5, "text": "-5"}],
                    [rich({"type": "text", "text": "b"}), {"type": "raw_text", "text": "c"}],
                ],
            },
            "Queues\na | -5\nb | c",
        ),
        (
            {
                "type": "plan",
                "title": "Restore",
                "tasks": [
                    {
                        "title": "Look",
                        "details": rich({"type": "text", "text": "log"}),
                        "sources": [{"type": "url", "url": "https://e.example/?a=1&b=2", "text": "trace"}],
                    }
                ],
            },
            "Restore\nLook\nlog\ntrace (https://e.example/?a=1&b=2)",
        ),
        (
            {
                "type": "video",
                "title": plain("Outage"),
                "title_url": "https://v.example/1",
                "alt_text": "Outage (film)",
            },
            "Outage (https://v.example/1)\nOutage (film)",
        ),
        ({"type": "image", "title": plain("Graph"), "alt_text": "Graph"}, "Graph"),
        (
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": plain("Acknowledge"), "value": "1"},
                    {"type": "button", "text": plain("Dashboard"), "url": "https://d.example"},
                ],
            },
            "Dashboard (https://d.example)",
        ),
        (rich({"type": "date", "timestamp": 1700000000, "format": "{date}"}), "2023-11-14 22:13 UTC"),
        (
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "style": "ordered",
                        "offset": 2,
                        "indent": 1,
                        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "third"}]}],
                    }
                ],
            },
            "3. third",
        ),
        ({"type": "added_later", "title": "New", "elements": [{"type": "part", "text": "inside"}]}, "New\ninside"),
    ],
)
def test_words_of_a_block_are_as_they_were_typed(block: dict[str, Any], words: str) -> None:
    assert typed({"blocks": [block]}) == words


ATTACHMENT = {
    "pretext": "Monitor",
    "author_name": "smtp",
    "author_subname": "DE1",
    "author_link": "https://a.example",
    "title": "Queue",
    "title_link": "https://q.example/?a=1&amp;b=2",
    "text": "is long",
    "fields": [{"title": "A", "value": "-5"}, {"title": "A", "value": "5"}, {"value": "alone"}],
    "actions": [{"type": "button", "text": "Ack"}, {"type": "button", "text": "Graph", "url": "https://g.example"}],
    "footer": "Prometheus",
    "fallback": "Queue is long",
}


def test_words_of_every_field_of_an_attachment_are_taken() -> None:
    assert typed({"attachments": [ATTACHMENT]}) == (
        "Monitor\nsmtp DE1 (https://a.example)\nQueue (https://q.example/?a=1&b=2)\nis long\nA: -5\nA: 5\nalone\n"
        "Graph (https://g.example)\nPrometheus"
    )


@pytest.mark.parametrize("other", ["A: 5", "A: +5", "A: 5 %", "A: < 5", "A: 5.0", "A: €5", "a: -5", "A: -5 min"])
def test_attachments_that_differ_in_a_sign_are_both_taken(other: str) -> None:
    texts = ["A: -5", other]
    assert typed({"attachments": [{"text": each} for each in texts]}) == "\n".join(texts)


@pytest.mark.parametrize("text", ["Queue -5", "Queue > 5", "Queue 5 %"])
def test_text_that_says_more_than_the_blocks_is_kept(text: str) -> None:
    assert (
        typed({"text": encoded(text), "blocks": [{"type": "section", "text": plain("Queue 5")}]}) == f"{text}\nQueue 5"
    )


@pytest.mark.parametrize("text", ["*Queue:* 5", "queue 5", "Queue (5)", "• Queue 5."])
def test_text_that_repeats_the_blocks_is_left_out(text: str) -> None:
    assert typed({"text": text, "blocks": [{"type": "section", "text": plain("Queue 5 is new")}]}) == "Queue 5 is new"


KEYS = sorted(
    {
        *SHOWN,
        *"type elements blocks child_blocks fields attachments message message_blocks rows tasks indent offset".split(),
        *"style url name title_link timestamp options element accessory actions details sources".split(),
        "hero_image",
        "icon",
    }
)
TYPES = sorted(
    {*BLOCKS.shapes, *ELEMENTS.shapes, *INLINE.shapes, *PARTS.shapes, "plain_text", "mrkdwn", "raw_text", "url"}
)
GARBAGE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(TYPES)
    | st.just(10**60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=40,
)


@given(st.dictionaries(st.sampled_from(["text", "blocks", "attachments", "files"]), GARBAGE))
def test_malformed_message_never_raises(message: dict[str, Any]) -> None:
    assert isinstance(typed(message), str)


@given(st.sampled_from(sorted(BLOCKS.shapes)), st.data(), GARBAGE)
def test_malformed_part_of_a_genuine_block_never_raises(kind: str, data: st.DataObject, wrong: Any) -> None:
    blocks = list(complete(BLOCKS.only(kind), "blocks", (f"word{number}" for number in count(1))))
    holder: Any = blocks
    while isinstance(holder, list | dict) and holder:
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        if not isinstance(holder[key], list | dict) or data.draw(st.booleans()):
            holder[key] = wrong
            break
        holder = holder[key]
    assert isinstance(typed({"blocks": blocks}), str)


@pytest.mark.parametrize("indent", ["one", None, 1.5, -1, 10**60, [1], {}])
def test_list_with_a_malformed_indent_is_read(indent: object) -> None:
    entry = {"type": "rich_text_section", "elements": [{"type": "text", "text": "entry"}]}
    part = {"type": "rich_text_list", "style": "bullet", "indent": indent, "offset": indent, "elements": [entry]}
    assert typed({"blocks": [{"type": "rich_text", "elements": [part]}]}).strip() == "• entry"


def test_deeply_nested_message_is_read_at_once() -> None:
    block: Any = {"type": "section", "text": plain("deep")}
    for _ in range(900):
        block = {"type": "container", "child_blocks": [[block]], "attachments": [block]}
    assert typed({"text": "top", "blocks": [block]}) == "top"
