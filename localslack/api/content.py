"""The content of a message: text, blocks, attachments and metadata of arguments, refused as Slack refuses them."""

import json
from typing import Any

from localslack import blockkit
from localslack.api.arguments import Arguments
from localslack.errors import SlackError
from localslack.records import Json

LONGEST_TEXT = 40_000  # longer ones are cut
LONGEST_MARKDOWN = 12_000
MAX_ATTACHMENTS = 100
LARGEST_METADATA = 8000


def blocks(arguments: Arguments) -> list[Json] | None:
    """Valid blocks, None if there are none given."""
    given = arguments.json("blocks", "invalid_blocks_format")
    if given is None:
        return None
    if not isinstance(given, list):
        raise SlackError("invalid_blocks_format")
    if wrong := blockkit.validate_blocks(given, "message"):
        raise _invalid("invalid_blocks", wrong)
    if blockkit.is_too_long(given):
        raise SlackError("msg_blocks_too_long")
    return given


def _invalid(error: str, wrong: list[str]) -> SlackError:
    """Repeat each line without the level, as Slack does."""
    errors = [line.removeprefix("[ERROR] ") for line in wrong]
    return SlackError(error, errors=errors, response_metadata={"messages": wrong})


def attachments(arguments: Arguments) -> list[Json] | None:
    """Valid attachments, numbered from 1, None if there are none given."""
    given = arguments.json("attachments", "invalid_attachments")
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise SlackError("invalid_attachments")
    if len(given) > MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    if wrong := blockkit.validate_attachments(given):
        raise _invalid("invalid_attachments", wrong)
    return [{"id": number, **entry} for number, entry in enumerate(given, 1)]


def metadata(arguments: Arguments) -> Json | None:
    """Message metadata; an empty object (to remove it) stays an empty dict."""
    given = arguments.json("metadata", "invalid_metadata_format")
    if given is None:
        return None
    if given == {}:
        return {}
    if not _is_metadata(given):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    if given.get("event_payload", "") is None:  # as Bolt sends for a thread without a context
        given["event_payload"] = {}
    return {name: given[name] for name in ("event_type", "event_payload", "entities") if name in given}


def _is_metadata(given: Any) -> bool:
    """True if it is an event, or names entities (work objects), or both."""
    if not isinstance(given, dict) or not ({"event_type", "entities"} & set(given)):
        return False
    has_event = "event_type" not in given or (
        isinstance(given["event_type"], str)
        and bool(given["event_type"])
        and isinstance(given.get("event_payload", ""), dict | None)
    )
    entities = given.get("entities", [])
    return has_event and isinstance(entities, list) and all(_is_entity(entity) for entity in entities)


def _is_entity(entity: Any) -> bool:
    return (
        isinstance(entity, dict)
        and all(isinstance(entity.get(name), str) and entity[name] for name in ("entity_type", "url"))
        and all(isinstance(entity.get(name), dict) for name in ("entity_payload", "external_ref"))
    )


def text(arguments: Arguments) -> str | None:
    """The text, cut where Slack cuts it."""
    given = arguments.text("text")
    markdown = arguments.text("markdown_text")
    if markdown is not None:
        if given or "blocks" in arguments:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > LONGEST_MARKDOWN:
            raise SlackError("msg_too_long")
        given = markdown
    return given[:LONGEST_TEXT] if given is not None else None


def content(arguments: Arguments) -> Json:
    """Everything given, by the names of a message's fields; what was not given is left out."""
    found = {
        "text": text(arguments),
        "blocks": blocks(arguments),
        "attachments": attachments(arguments),
        "metadata": metadata(arguments),
        "extra": None if arguments.flag("mrkdwn", default=True) else {"mrkdwn": False},
    }
    return {name: value for name, value in found.items() if value is not None}


def view(arguments: Arguments) -> Json:
    """A valid view."""
    given = arguments.json("view", "invalid_arguments")
    if given is None:
        raise SlackError.invalid_arguments("[ERROR] missing required field: view")
    if isinstance(given, dict) and blockkit.is_too_large(given):
        raise SlackError("view_too_large")
    if wrong := blockkit.validate_view(given):
        raise SlackError.invalid_arguments(*wrong)
    return dict(given)
