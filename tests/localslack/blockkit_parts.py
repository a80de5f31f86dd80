"""Small valid parts of Block Kit, for tests to vary."""

from typing import Any

from localslack.blockkit import Surface

Json = dict[str, Any]


def plain(text: str = "words") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*words*") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "a", **more: Any) -> Json:
    return {"text": plain(value), "value": value, **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def input_block(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": [option("a"), option("b")], **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Save"), "blocks": list(blocks), **more}


def rich_text(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def paragraph(*inline: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(inline or [{"type": "text", "text": "hi"}])}


def table(rows: int = 2, columns: int = 2, **more: Any) -> Json:
    row = [{"type": "raw_text", "text": "cell"}] * columns
    return {"type": "table", "rows": [row] * rows, **more}


IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No"), "style": "danger"}
VIDEO = {
    "type": "video",
    "alt_text": "a",
    "title": plain(),
    "thumbnail_url": "https://example.com/a.png",
    "video_url": "https://example.com/a",
}
TASK = {"type": "task_card", "task_id": "1", "title": "Look", "status": "in_progress"}
CARD = {"type": "card", "title": mrkdwn(), "actions": [button()]}
ANYWHERE: tuple[Surface, ...] = ("message", "modal", "home")
