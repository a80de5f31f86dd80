"""Payloads with any texts in any of their places become typed values, quickly."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import payload
from tests.fuzz.budget import SLOW, fuzzed, mutated, seeds

Json = dict[str, Any]
READERS = (payload.command, payload.shortcut, payload.click, payload.submission, payload.slack_event, payload.search)
TEXT = mutated("texts").map(lambda data: data.decode("utf-8", "surrogateescape"))


def body(text: str) -> Json:
    """Every kind of payload in one: each reader takes its part."""
    option = {"text": {"type": "plain_text", "text": text}, "value": text}
    elements = {
        "line": {"type": "plain_text_input", "value": text},
        "pick": {"type": "static_select", "selected_option": option},
        "several": {"type": "checkboxes", "selected_options": [option, option]},
        "none": {"type": "static_select", "selected_option": None},
        "files": {"type": "file_input", "files": [{"id": text, "name": text, "size": 3, "mimetype": text}]},
    }
    return {
        "command": text,
        "text": text,
        "user_id": text,
        "user": {"id": text},
        "callback_id": text,
        "trigger_id": text,
        "response_url": text,
        "channel": {"id": text},
        "block_id": text,
        "value": text,
        "actions": [{"action_id": text, "type": "overflow", "selected_option": option, "action_ts": text}],
        "message": {"ts": text, "text": text, "attachments": [{"text": text, "fallback": text}], "files": []},
        "event": {"type": text, "user": {"id": text, "name": text}, "channel": text, "event_ts": text},
        "view": {
            "id": text,
            "callback_id": text,
            "private_metadata": text,
            "blocks": [{"type": "input", "block_id": name, "element": element} for name, element in elements.items()],
            "state": {"values": {name: {"answer": element} for name, element in elements.items()}},
        },
    }


def read_quickly(payload_body: Json) -> None:
    """Reads it with every reader, and no text is left that cannot be kept or sent."""
    began = process_time()
    for reader in READERS:
        repr(reader(payload_body))
    assert process_time() - began < SLOW


@fuzzed(60)
@given(text=TEXT | st.text())
def test_payload_with_any_text_is_read(text: str) -> None:
    read_quickly(body(text))


@fuzzed(60)
@given(text=st.text(max_size=20), gone=st.lists(st.integers(0, 30), max_size=6))
def test_payload_without_some_of_its_parts_is_read(text: str, gone: list[int]) -> None:
    whole = body(text)
    names = list(whole)
    read_quickly({name: whole[name] for number, name in enumerate(names) if number not in gone})


@pytest.mark.parametrize("data", seeds("texts"), ids=lambda data: data[:12].hex())
def test_known_text_is_read_many_times_over(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape") * (40_000 // max(len(data), 1))
    read_quickly(json.loads(json.dumps(body(text))))
