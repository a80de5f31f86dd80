"""Messages of the shared channel as Slack sends them: their words, without what Slack adds."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.shared_message import MessageChange, in_event

Json = dict[str, Any]
MESSAGE = {
    "user": "U0RITA",
    "user_team": "T0RETARUS",
    "ts": "2.0",
    "thread_ts": "1.0",
    "text": "See <https://x.example/a>.",
}
PREVIEW = {
    "from_url": "https://x.example/a",
    "title": "A page",
    "title_link": "https://x.example/a",
    "text": "Its words",
}


def words(message: Json, **event: Any) -> str:
    body = {"context_team_id": "T0NORD", "event": {"type": "message", "channel": "C0R", **event, **message}}
    found = in_event(body)
    assert found
    return found.text


@pytest.mark.parametrize(
    "preview",
    [
        PREVIEW,
        {**PREVIEW, "original_url": "https://x.example/a", "service_name": "X", "id": 1},
        {**PREVIEW, "is_msg_unfurl": True, "message_blocks": [{"message": {"text": "Another thread"}}]},
        {"app_unfurl_url": "https://x.example/a", "is_app_unfurl": True, "blocks": [], "text": "An app's words"},
    ],
)
def test_preview_of_a_link_is_no_edit(preview: Json) -> None:
    changed: Json = {"message": {**MESSAGE, "attachments": [preview]}, "previous_message": MESSAGE}
    assert words(changed, subtype="message_changed") == words(MESSAGE)


def test_words_of_a_message_that_was_shared_by_its_author_are_theirs() -> None:
    shared = {**PREVIEW, "is_share": True, "is_msg_unfurl": True}
    assert "Its words" in words({**MESSAGE, "attachments": [shared]})
    assert "550 rejected" in words({**MESSAGE, "attachments": [{"title": "Alert", "text": "550 rejected"}]})


def test_edit_of_the_words_is_an_edit() -> None:
    changed = {"message": {**MESSAGE, "text": "See above.", "edited": {"user": "U0RITA", "ts": "3.0"}}}
    body = {
        "context_team_id": "T0NORD",
        "event": {"type": "message", "subtype": "message_changed", "channel": "C", **changed},
    }
    found = in_event(body)
    assert found
    assert (found.became, found.text) == (MessageChange.EDITED, "See above.")
