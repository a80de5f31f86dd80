"""The readable text and the buttons of a message or view, as a person sees them."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def blocks_of(thing: Json) -> list[Json]:
    """All blocks of a message (also those in its attachments) or of a view."""
    inside = [block for attachment in thing.get("attachments", []) for block in attachment.get("blocks", [])]
    return [*thing.get("blocks", []), *inside]


def text_of(thing: Json) -> str:
    """Everything written on a message or view, one line per piece, labels of buttons and inputs included."""
    blocks = blocks_of(thing)
    title = [thing["title"]["text"]] if isinstance(thing.get("title"), dict) else []
    plain = [thing["text"]] if thing.get("text") and not blocks else []
    return "\n".join([*title, *plain, *(text for block in blocks for text in _texts(block))])


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for entry in node:
            yield from _texts(entry)
    elif isinstance(node, dict):
        for name in ("title", "caption", "text"):
            if isinstance(node.get(name), str):
                yield node[name]
        if node.get("type") == "rich_text_section":
            yield "".join(_inline(element) for element in node["elements"])
            return
        for key in (
            "text",
            "label",
            "hint",
            "fields",
            "elements",
            "accessory",
            "element",
            "placeholder",
            "title",
            "rows",
            "subtitle",
            "body",
            "subtext",
            "actions",
            "child_blocks",
            "tasks",
            "details",
            "output",
        ):
            if isinstance(node.get(key), dict | list):
                yield from _texts(node[key])


def _inline(element: Json) -> str:
    shown = {
        "user": "<@{user_id}>",
        "channel": "<#{channel_id}>",
        "emoji": ":{name}:",
        "usergroup": "<!subteam^{usergroup_id}>",
    }
    if element["type"] in shown:
        return shown[element["type"]].format(**element)
    return str(element.get("text") or element.get("url") or element.get("range") or "")


def pressable(thing: Json, pressed: str) -> tuple[Json, Json, Any]:
    """The block, the element and the value that `pressed` means: an action id, a button's label, an option's label."""
    for block, element in _elements(blocks_of(thing)):
        if pressed in (element.get("action_id"), _label(element)):
            return block, element, None
    for block, element in _elements(blocks_of(thing)):
        for option in _options(element):
            if pressed == option["text"]["text"] and element["type"] in ("overflow", "static_select", "radio_buttons"):
                return block, element, option.get("value")
    raise LookupError(f"there is no {pressed!r} to press; there is: {', '.join(sorted(labels(thing))) or 'nothing'}")


def labels(thing: Json) -> list[str]:
    """The labels of all buttons and of all entries of overflow menus."""
    found = [_label(element) for _, element in _elements(blocks_of(thing))]
    menus = [element for _, element in _elements(blocks_of(thing)) if element["type"] == "overflow"]
    return [label for label in found if label] + [o["text"]["text"] for menu in menus for o in _options(menu)]


_SEVERAL = {"actions": "elements", "context_actions": "elements", "card": "actions"}


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for nested in ("child_blocks", "elements"):
            inner = [entry for entry in block.get(nested, []) if block["type"] in ("container", "carousel")]
            yield from _elements(inner)
        inside = [block.get("accessory"), block.get("element"), *block.get(_SEVERAL.get(block["type"], ""), [])]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def _label(element: Json) -> str | None:
    text = element.get("text")
    return text["text"] if isinstance(text, dict) else None


def _options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]
