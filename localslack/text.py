"""Typed text as Slack stores it, and the people, groups and channels that a message names."""

import json
import re
from typing import Any

from localslack.records import Message
from localslack.workspace import Workspace

_BROADCASTS = {"here", "channel", "everyone"}
_WIRE = r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|!(?:here|channel|everyone)|!subteam\^S[A-Z0-9]+)(?:\|[^<>]*)?>"
_TOKEN = re.compile(
    rf"(?P<wire>{_WIRE})|(?P<link>https?://[^\s<>|]+[^\s<>|.,;:!?)\]\"'])|(?P<at>(?<!\w)@[\w.-]*\w)|(?P<channel>(?<!\w)#[\w-]+)"
)
_MENTION = re.compile(
    r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>|<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>|<!(here|channel|everyone)(?:\|[^<>]*)?>"
)


def escape(text: str) -> str:
    """Slack's three escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def from_typed(workspace: Workspace, typed: str, *, named: bool = False) -> str:
    """Wire text of what was typed: names and addresses linked, the rest escaped. `named` adds `|name`."""
    parts, end = [], 0
    for found in _TOKEN.finditer(typed):
        parts += [escape(typed[end : found.start()]), _link(workspace, found, named)]
        end = found.end()
    return "".join([*parts, escape(typed[end:])])


def _link(workspace: Workspace, found: re.Match[str], named: bool) -> str:
    whole = found.group()
    if found["wire"]:
        return whole
    if found["link"]:
        return f"<{escape(whole)}>"
    name = whole[1:]
    if found["channel"]:
        channel = workspace.channel_named(name)
        return f"<#{channel.id}|{channel.name if named else ''}>" if channel else escape(whole)
    return _mention(workspace, name, named) or escape(whole)


def _mention(workspace: Workspace, name: str, named: bool) -> str | None:
    if name in _BROADCASTS:
        return f"<!{name}>"
    for group in workspace.groups.values():
        if group.handle == name and not group.deleted:
            return f"<!subteam^{group.id}|@{name}>" if named else f"<!subteam^{group.id}>"
    person = workspace.person_named(name)
    if person is None:
        return None
    return f"<@{person.id}|{person.handle}>" if named else f"<@{person.id}>"


def mentioned(message: Message) -> set[str]:
    """Ids of the people and groups a message names, and `here`, `channel`, `everyone`."""
    everything = " ".join([message.text, json.dumps(message.blocks), json.dumps(message.attachments)])
    if "<" not in everything and "_id" not in everything and '"broadcast"' not in everything:
        return set()
    found = {name for groups in _MENTION.findall(everything) for name in groups if name}
    return found | set(_named_in_rich_text(message.blocks))


def _named_in_rich_text(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for child in node for name in _named_in_rich_text(child)]
    if not isinstance(node, dict):
        return []
    by_type = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}
    key = by_type.get(node.get("type", ""))
    here = [node[key]] if key and key in node else []
    return here + _named_in_rich_text(node.get("elements", []))
