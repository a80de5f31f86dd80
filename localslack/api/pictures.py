"""Uploaded pictures in the blocks of a message, and who may see them then."""

from collections.abc import Iterator
from typing import Any

from localslack.api.registry import Call
from localslack.errors import SlackError
from localslack.records import Channel, File, Json


def check(call: Call, facts: Json) -> None:
    """Refuse files that are no pictures, not uploaded completely, or hidden from the bot."""
    for at, file_id in _shown(facts.get("blocks") or []):
        file = call.slack.workspace.files.get(file_id)
        if file is None or not _is_picture(file) or not may_see(call, file):
            message = f"[ERROR] invalid slack file [json-pointer:{at}]"
            raise SlackError("invalid_blocks", errors=[message[8:]], response_metadata={"messages": [message]})


def show(call: Call, channel: Channel, facts: Json) -> None:
    """Note the channel as one that shows the pictures, although they are shared nowhere."""
    for _, file_id in _shown(facts.get("blocks") or []):
        file = call.slack.workspace.files[file_id]
        if channel.id not in file.shown:
            file.shown.append(channel.id)
            call.slack.workspace.save(file)


def may_see(call: Call, file: File) -> bool:
    """True if the bot made the file, was given it in a modal, or is where it was shared."""
    shared = [call.slack.workspace.channels[channel] for channel in file.channels]
    return file.user == call.bot.id or not shared or any(c.kind == "public" or call.bot.id in c.members for c in shared)


def _is_picture(file: File) -> bool:
    return file.complete and not file.deleted and file.mimetype.startswith("image/")


def _shown(node: Any, at: str = "/blocks") -> Iterator[tuple[str, str]]:
    """The pointer and file id of each picture."""
    if isinstance(node, list):
        for number, entry in enumerate(node):
            yield from _shown(entry, f"{at}/{number}")
    elif isinstance(node, dict):
        found = node.get("slack_file")
        if isinstance(found, dict) and "id" in found:
            yield f"{at}/slack_file", str(found["id"])
        for key, value in node.items():
            yield from _shown(value, f"{at}/{key}")
