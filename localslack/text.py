"""What did a person type, and whom does a message name? Typed text becomes Slack's wire text and a rich text block."""

import json
import re
from typing import Any

from localslack.ids import random_secret
from localslack.records import Json, Message
from localslack.workspace import Workspace

_BROADCASTS = {"here", "channel", "everyone"}
_WIRE = r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|!(?:here|channel|everyone)|!subteam\^S[A-Z0-9]+)(?:\|[^<>]*)?>"
_TOKEN = re.compile(
    rf"(?P<wire>{_WIRE})|(?P<link>https?://[^\s<>|]+[^\s<>|.,;:!?)\]\"'])|(?P<at>(?<!\w)@[\w.-]*\w)|(?P<channel>(?<!\w)#[\w-]+)"
)
_MENTION = re.compile(
    r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>|<!(here|channel|everyone)(?:\|[^>]*)?>"
)
_STYLED = re.compile(
    r"(?P<pre>```\n?(?P<code_block>.+?)\n?```)|(?P<code>`(?P<code_text>[^`\n]+)`)"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)|(?<!\w)~(?P<strike>[^~\n]+)~(?!\w)"
    r"|<(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>|:(?P<emoji>[a-z0-9_+'-]+):",
    re.DOTALL,
)


def escape(text: str) -> str:
    """Slack's three escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The reverse."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


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


def rich_text(wire: str) -> Json:
    """The block Slack's composer would have made of this wire text."""
    elements: list[Json] = []
    section: list[Json] = []
    for element in _elements(wire):
        if element["type"] == "rich_text_preformatted":
            elements += [{"type": "rich_text_section", "elements": section}] if section else []
            elements.append(element)
            section = []
        else:
            section.append(element)
    if section or not elements:
        elements.append({"type": "rich_text_section", "elements": section})
    return {"type": "rich_text", "block_id": random_secret(5), "elements": elements}


def _elements(wire: str, style: str | None = None) -> list[Json]:
    parts: list[Json] = []
    end = 0
    for found in _STYLED.finditer(wire):
        parts += _plain(wire[end : found.start()], style)
        parts += _styled(found, style)
        end = found.end()
    return parts + _plain(wire[end:], style)


def _plain(text: str, style: str | None) -> list[Json]:
    if not text:
        return []
    element: Json = {"type": "text", "text": unescape(text)}
    return [element | {"style": {style: True}} if style else element]


def _styled(found: re.Match[str], style: str | None) -> list[Json]:
    if found["pre"]:
        code = {"type": "text", "text": unescape(found["code_block"])}
        return [{"type": "rich_text_preformatted", "elements": [code], "border": 0}]
    if found["code"]:
        return _plain(found["code_text"], "code")
    for name in ("bold", "italic", "strike"):
        if found[name]:
            return _elements(found[name], name)
    if found["emoji"]:
        return [{"type": "emoji", "name": found["emoji"]}]
    return [_target(found["target"], found["label"])]


def _target(target: str, label: str | None) -> Json:
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    link: Json = {"type": "link", "url": unescape(target)}
    return link | {"text": unescape(label)} if label else link
