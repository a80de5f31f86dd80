"""Slack's limits and escaping hold for every view, whatever text people type."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.settings import Config
from bot.forms.template_fields import BY_KEY, InputType
from bot.model.ticket import Stage
from localslack.blockkit import is_too_large, is_too_long, validate_blocks, validate_view
from tests.blocks import homes
from tests.blocks.surfaces import NASTY, longest, messages, parts, views
from tests.factories import COMPLETE, RAISED, a_config, an_incident

CONFIG = a_config()
OWN = {"choice": ["a", "b"], "choices": ["a", "b"], "decision": ["a", "b"], "line": [], "text": [], "moment": []}
FULL = a_config(
    fields=[
        {"key": ask, "label": NASTY[:75], "hint": NASTY, "ask": ask, "options": options} for ask, options in OWN.items()
    ],
    matrix={"impacts": ["<!here>", "b"], "urgencies": ["{0}", "d"], "priorities": [["P1", "P2"], ["P2", "P2"]]},
    priorities=[{"name": "P1", "definition": (NASTY * 9)[:300]}, {"name": "P2"}],
)
"""Settings with every optional question."""
TEXTS = [key for key, field in BY_KEY.items() if field.input_type in {InputType.LINE, InputType.TEXT}]

LONGEST = {
    "awkward": longest(),
    "one line of letters": longest(text="x"),
    "many lines": longest(text="x\n"),
    "emoji": longest(text="👩‍👩‍👧"),
    "right to left": longest(text="שלום \u202e"),
    "only markup": longest(text="<!channel>*_~`"),
}
each = pytest.mark.parametrize("ticket", LONGEST.values(), ids=LONGEST)


def who(user: str) -> str:
    return f"<!here> {user} *&*"


@each
def test_longest_ticket_can_be_shown_in_every_message(ticket: object) -> None:
    for name, message in messages(ticket, CONFIG, who):  # type: ignore[arg-type]
        assert validate_blocks(message.blocks, "message") == [], name
        assert not is_too_long(message.blocks), name
        assert len(message.blocks) <= 50, name
        assert 0 < len(message.text) <= 4000, name


def test_buttons_with_the_same_label_are_told_apart_by_a_screen_reader() -> None:
    ticket = an_incident(Stage.SECOND)
    shown = [(name, message.blocks) for name, message in messages(ticket, CONFIG, who)]
    for name, shape in [*shown, *views(ticket, CONFIG), *homes.views(ticket, CONFIG)]:
        buttons = [part for part in parts(shape) if part.get("type") == "button"]
        bare = {(each["text"]["text"], each.get("value")) for each in buttons if "accessibility_label" not in each}
        labels = Counter(label for label, _ in bare)
        assert [label for label, number in labels.items() if number > 1] == [], name


@each
@pytest.mark.parametrize("config", [CONFIG, FULL], ids=["the guide's questions", "everything a desk can add"])
def test_longest_ticket_can_be_shown_in_every_view(ticket: object, config: Config) -> None:
    for name, view in views(ticket, config):  # type: ignore[arg-type]
        assert validate_view(view) == [], name
        assert not is_too_large(view), name


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("answers", [RAISED, COMPLETE], ids=["raised", "complete"])
def test_ticket_can_be_shown_at_every_stage(stage: Stage, answers: dict[str, str]) -> None:
    ticket = an_incident(stage, answers=answers, rcr=("RCR-1",))
    for name, message in messages(ticket, CONFIG, who):
        assert validate_blocks(message.blocks, "message") == [], name
    for name, view in views(ticket, CONFIG):
        assert validate_view(view) == [], name


def test_typed_text_is_escaped_where_slack_reads_markup() -> None:
    ticket = longest()
    for name, message in messages(ticket, CONFIG, who):
        texts = [part["text"] for part in parts(message.blocks) if part.get("type") == "mrkdwn"]
        for text in (*texts, message.text):
            assert "<!" not in text, name
            assert "<@U" not in text, name
    for name, view in views(ticket, CONFIG):
        texts = [part["text"] for part in parts(view) if part.get("type") == "mrkdwn"]
        assert not [text for text in texts if "<!" in text or "<@" in text], name


def test_mentions_are_limited_to_the_owner_and_the_called_second_level() -> None:
    ticket = longest()
    for name, message in messages(ticket, CONFIG, who):
        pinged = {part["user_id"] for part in parts(message.blocks) if part.get("type") == "user"}
        groups = {part["usergroup_id"] for part in parts(message.blocks) if part.get("type") == "usergroup"}
        assert pinged <= {ticket.owner}, name
        assert groups <= ({"S0SECOND"} if name == "story hand_off" or name.startswith("call ") else set()), name


@pytest.mark.long
@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(TEXTS), st.text(min_size=1, max_size=200).map(lambda text: NASTY[:30] + text)))
def test_any_text_in_any_field_can_be_shown(typed: dict[str, str]) -> None:
    ticket = an_incident(Stage.SECOND, answers=COMPLETE | typed)
    ticket = ticket.model_validate(ticket.model_dump())  # as the store gives it back
    for name, message in messages(ticket, CONFIG, who):
        assert validate_blocks(message.blocks, "message") == [], name
    for name, view in views(ticket, CONFIG):
        assert validate_view(view) == [], name
