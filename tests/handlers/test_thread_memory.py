"""Replies in threads are remembered from events and readings, within bounds and for a while."""

from __future__ import annotations

from typing import Any

import pytest

from blocks.form import LONGEST
from handlers.slack_text import Names, as_typed
from handlers.thread_memory import LIFE, Reply, ThreadMemory

PLACE = ("C1", "1.000000")


def an_event(number: int, text: str = "", root: str = "1.000000", **more: Any) -> dict[str, Any]:
    reply = {"ts": f"2.{number:06}", "thread_ts": root, "user": "U1", "text": text or f"reply {number}"}
    return {"type": "message", "channel": "C1", **reply, **more}


def words(memory: ThreadMemory, limit: int = 5) -> list[str]:
    return [each.words for each in memory.newest(PLACE, limit)]


def test_newest_replies_are_given_in_order_however_they_arrive() -> None:
    memory = ThreadMemory()
    for number in (3, 1, 7, 2, 6, 5, 4):
        memory.receive(an_event(number))
    memory.receive(an_event(5))
    assert words(memory) == ["reply 7", "reply 6", "reply 5", "reply 4", "reply 3"]


def test_acknowledgements_take_no_place_from_messages_that_say_something() -> None:
    memory = ThreadMemory()
    memory.receive(an_event(1))
    memory.receive(an_event(2))
    for number, text in enumerate(("ok, danke", "+1", ":eyes:", "on it"), 3):
        memory.receive(an_event(number, text))
    memory.receive({"type": "message", "subtype": "message_changed", "channel": "C1", "message": an_event(2, "thx")})
    assert words(memory) == ["reply 1"]


def test_edited_and_deleted_replies_are_followed() -> None:
    memory = ThreadMemory()
    memory.receive(an_event(1))
    memory.receive(an_event(2))
    changed = an_event(1, "mended")
    memory.receive({"type": "message", "subtype": "message_changed", "channel": "C1", "message": changed})
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": "2.000002"}
    memory.receive({**gone, "previous_message": an_event(2)})
    memory.receive({**gone, "previous_message": an_event(9, root="7.000000")})
    memory.receive(gone)
    assert words(memory) == ["mended"]
    tombstone = {**changed, "subtype": "tombstone", "text": "This message was deleted."}
    memory.receive({"type": "message", "subtype": "message_changed", "channel": "C1", "message": tombstone})
    assert words(memory) == []


def test_reply_that_is_edited_until_only_its_file_is_left_is_forgotten() -> None:
    memory = ThreadMemory()
    memory.receive(an_event(1))
    changed = {**an_event(1), "text": "", "files": [{"id": "F1", "name": "trace.log"}]}
    memory.receive({"type": "message", "subtype": "message_changed", "channel": "C1", "message": changed})
    assert words(memory) == []


def test_lines_of_bots_and_messages_that_begin_a_thread_are_not_kept() -> None:
    memory = ThreadMemory()
    memory.receive(an_event(1, bot_id="B1"))
    memory.receive({"type": "message", "channel": "C1", "ts": "1.000000", "user": "U1", "text": "root"})
    memory.receive({"type": "message", "subtype": "message_changed", "channel": "C1"})
    memory.receive({"type": "message"})
    assert words(memory) == []


def test_reading_replaces_what_it_covers_and_keeps_what_was_heard_later() -> None:
    memory = ThreadMemory()
    for number in range(1, 6):
        memory.receive(an_event(number))
    memory.learn(PLACE, [Reply("2.000002", "U1", "two"), Reply("2.000004", "U1", "four")], since="2.000001")
    assert words(memory) == ["reply 5", "four", "two", "reply 1"]


@pytest.mark.parametrize(
    ("marked_up", "typed"),
    [("&amp;", "&"), ("&lt;550&gt; ", "<550> "), ("<mailto:a@b.example|a@b.example>, ", "a@b.example, ")],
)
def test_reply_that_fits_a_field_is_kept_whole_whatever_its_markup_is(marked_up: str, typed: str) -> None:
    memory, times = ThreadMemory(), LONGEST // len(typed)
    memory.receive(an_event(1, marked_up * times))
    assert as_typed(words(memory)[0], Names()) == (typed * times).strip()


def test_memory_is_bounded_and_short_lived() -> None:
    now = 0.0
    memory = ThreadMemory(clock=lambda: now)
    for number in range(30):
        memory.receive(an_event(number, "x" * 39_000))
    assert [len(each) for each in words(memory, 100)] == [16_000] * 10
    for number in range(500):
        memory.receive(an_event(1, root=f"3.{number:06}"))
    assert words(memory) == []
    memory.receive(an_event(1))
    now = LIFE + 1
    assert words(memory) == []
