"""Basic Block Kit shapes used by the bot, within Slack's limits.

What people typed is only ever put into plain text and rich text, where nothing in it can be taken for markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from string import Formatter

from bot.core import quick_json
from bot.core.cleaning import excerpt, shorten_middle
from bot.core.i18n import t
from bot.model.ticket import NOBODY

Json = dict[str, object]

BUTTON_TEXT, HEADER_TEXT, OPTION_TEXT, TITLE_TEXT = 75, 150, 75, 24
CHUNK = 2900
"""Characters of one rich-text block; below the 3,000 Slack allows a text."""


@dataclass(frozen=True)
class Message:
    """Message to be posted: `text` is the fallback for notifications and screen readers."""

    text: str
    blocks: Sequence[Json]


def serialised(view: Json) -> str:
    """The JSON that Slack also accepts: for a view that is shown again and again."""
    return quick_json.dumps(view)


def plain(text: str, limit: int = 3000) -> Json:
    return {"type": "plain_text", "text": excerpt(text, limit) or "-", "emoji": False}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text, HEADER_TEXT)}


def heading(text: str, below: str = "") -> Json:
    """A heading inside a form, with a plain line `below` it; never typed text."""
    lines = [f"*{escape(text)}*", *([escape(below)] if below not in {"", text} else [])]
    return {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)}}


def note(text: str) -> Json:
    """Small print."""
    return {"type": "context", "elements": [plain(text, 2000)]}


def divider() -> Json:
    return {"type": "divider"}


def button(
    text: str, action: str, value: str, *, style: str = "", confirm: Json | None = None, about: str = ""
) -> Json:
    """A button. `about`: what a screen reader says after its text, where others on the screen have the same text."""
    shape: Json = {"type": "button", "text": plain(text, BUTTON_TEXT), "action_id": action, "value": value}
    if about:
        shape["accessibility_label"] = shorten_middle(f"{text}: {about}", BUTTON_TEXT)
    if style:
        shape["style"] = style
    if confirm:
        shape["confirm"] = confirm
    return shape


def link_button(text: str, action: str, url: str) -> Json:
    return {"type": "button", "text": plain(text, BUTTON_TEXT), "action_id": action, "url": url}


def option(label: str, value: str, about: str = "") -> Json:
    shape: Json = {"text": plain(shorten_middle(label, OPTION_TEXT)), "value": value}
    if about:
        shape["description"] = plain(about, OPTION_TEXT)
    return shape


def overflow(action: str, options: Iterable[Json]) -> Json:
    return {"type": "overflow", "action_id": action, "options": list(options)}


def actions(block_id: str, elements: Iterable[Json]) -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def modal(callback: str, title: str, blocks: Iterable[Json], *, submit: str = "", about: str = "") -> Json:
    """A modal; `about` is the id it is about, the only thing that is kept in it."""
    view: Json = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, TITLE_TEXT),
        "close": plain(t("Cancel") if submit else t("Close"), TITLE_TEXT),
        "private_metadata": about,
        "blocks": list(blocks),
    }
    if submit:
        view["submit"] = plain(submit, TITLE_TEXT)
    return view


# --- rich text ---


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def bold(words: str) -> Json:
    return {"type": "text", "text": words, "style": {"bold": True}}


def quiet(words: str) -> Json:
    return {"type": "text", "text": words, "style": {"italic": True}}


def link(words: str, url: str) -> Json:
    return {"type": "link", "url": url, "text": words} if url else text(words)


def mention(user: str) -> Json:
    """Mentions that person; use only where they must be notified. Somebody whose data was removed has no mention."""
    return {"type": "user", "user_id": user} if user != NOBODY else text(t("somebody"))


def addressed(user: str) -> list[Json]:
    """Mention of a person at the beginning of a line; nothing where there is none, or their data was removed."""
    return [mention(user), text(" ")] if user not in {"", NOBODY} else []


def mention_group(group: str) -> Json:
    return {"type": "usergroup", "usergroup_id": group}


def moment(at: datetime) -> Json:
    """A moment in each reader's own zone."""
    shown = f"{at:%Y-%m-%d %H:%M} UTC"
    return {"type": "date", "timestamp": int(at.timestamp()), "format": "{date_short_pretty} {time}", "fallback": shown}


def ago(at: datetime) -> Json:
    """Age of a moment, kept up to date by each reader's Slack: `22 minutes ago`."""
    return {**moment(at), "format": "{ago}"}


def filled(words: str, /, **holes: Json | str) -> list[Json]:
    """Words as elements, with others in place of their names: `filled(t("{name} took it"), name=bold("Ben"))`.

    So a sentence stays whole, and each language puts the name where it belongs.
    """
    elements: list[Json] = []
    before_hole = ""
    for before, name, _, _ in _PATTERN.parse(words):
        before_hole += before
        hole = holes[name] if name else ""
        if isinstance(hole, str):
            before_hole += hole
        else:
            elements += [text(before_hole), hole] if before_hole else [hole]
            before_hole = ""
    return [*elements, text(before_hole)] if before_hole else elements


_PATTERN = Formatter()


def line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(words: str) -> Json:
    return {"type": "rich_text_quote", "elements": [text(words)]}


def rich(*parts: Json, block_id: str = "") -> Json:
    shape: Json = {"type": "rich_text", "elements": list(parts)}
    if block_id:
        shape["block_id"] = block_id
    return shape


def chunks(words: str, size: int = CHUNK) -> list[str]:
    """The words in pieces of at most `size`, broken at line ends where there are any, else between words."""
    pieces: list[str] = []
    while len(words) > size:
        line, word = words.rfind("\n", 1, size + 1), words.rfind(" ", 1, size + 1)
        cut = line if line > 0 else word if word > 0 else size
        pieces.append(words[:cut])
        words = words[cut + (cut in {line, word}) :]
    return [*pieces, words]


def together(names: Iterable[str]) -> str:
    """`1st level and 2nd level`; empty where there are none."""
    return reduce(lambda some, one: t("{some} and {one}", some=some, one=one) if some else one, names, "")


def escape(words: str) -> str:
    """For mrkdwn and message text: exactly the three characters Slack asks for; mentions lose their power with them."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
