"""The shape of a view: a modal or a Home tab."""

import json
from typing import Any, Final

from localslack.blockkit.objects import ID, plain_text
from localslack.blockkit.schema import Boolean, Choice, Problem, Problems, Rule, Shape, String

MAX_BYTES: Final = 250_000


class _Any:
    """Replaces the blocks, which are checked separately."""

    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, list | tuple):
            yield Problem("must provide an array", at)


_FRAME: Final[dict[str, Rule]] = {
    "title": plain_text(24),
    "submit": plain_text(24),
    "close": plain_text(24),
    "private_metadata": String(maximum=3000),
    "callback_id": ID,
    "external_id": ID,
    "clear_on_close": Boolean(),
    "notify_on_close": Boolean(),
}
_TYPE: Final = Choice(("modal", "home"))

VIEWS: Final = {
    "modal": Shape(
        {"type": _TYPE, "title": _FRAME["title"], "blocks": _Any()},
        {name: rule for name, rule in _FRAME.items() if name != "title"},
    ),
    # Slack's own examples give Home tabs a title; it is accepted and not shown.
    "home": Shape({"type": _TYPE, "blocks": _Any()}, _FRAME),
}


def is_too_large(view: object) -> bool:
    """Above 250 kB Slack answers `view_too_large`."""
    return len(json.dumps(view, ensure_ascii=False, default=str).encode("utf-8", "replace")) > MAX_BYTES


def submit_for_inputs(view: dict[str, Any], at: str) -> Problems:
    """The pointer ends in `/input`, as Slack's does, although nothing is there."""
    if view["type"] != "modal" or "submit" in view:
        return
    for index, block in enumerate(view["blocks"]):
        if block["type"] == "input":
            message = "must define `submit` to use an `input` block in modals"
            yield Problem(message, f"{at}/blocks/{index}/input")
            return
