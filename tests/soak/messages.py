"""Reads the messages of the local Slack."""

from __future__ import annotations

from collections.abc import Iterable

from localslack import PersonDriver
from localslack.visible import text_of
from tests.handlers.world import Json


async def all_messages(person: PersonDriver, channel: str) -> list[Json]:
    """All messages of a channel, or of the direct messages with a user, oldest first."""
    where = (await person.act("open_dm", users=[channel]))["channel"]["id"] if channel[0] == "@" else channel
    name, before = where.replace("#", "%23"), ""
    found: list[Json] = []
    while True:
        query = {"limit": 1000, **({"before": before} if before else {})}
        page = await person.read(f"channels/{name}/messages", **query)
        found = [*page["messages"], *found]
        if not page["has_more"]:
            return found
        before = str(page["messages"][0]["ts"])


def metadata_key(message: Json) -> str:
    """Hash of the key of the notice that posted a message; empty where there is none."""
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))


def words_of(channel: Iterable[Json], direct: Iterable[Json]) -> list[tuple[float, str]]:
    """Time and text of what one person was told: ephemeral messages, and direct messages that no notice posted."""
    single = [each for each in channel if each.get("is_ephemeral")]
    single += [each for each in direct if not metadata_key(each)]
    return [(float(each["ts"]), text_of(each)) for each in single]
