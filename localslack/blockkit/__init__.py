"""Validation of blocks, views and attachments, with the sentences of Slack's own errors.

Pure functions over tables. Each returns Slack's own lines
(`[ERROR] must be less than 25 characters [json-pointer:/view/title/text]`); an empty list means accepted.
As at Slack, all shapes are checked first, and the rules between parts only if the shapes are valid.
"""

from collections.abc import Iterable
from typing import Any, Final, Literal

from localslack.blockkit import surfaces, views
from localslack.blockkit.blocks import BLOCKS
from localslack.blockkit.objects import SUGGESTIONS
from localslack.blockkit.schema import Items, Problem, Problems, Shape
from localslack.blockkit.surfaces import Surface
from localslack.blockkit.views import is_too_large

__all__ = [
    "Kind",
    "Surface",
    "explain",
    "is_too_large",
    "is_too_long",
    "validate_attachments",
    "validate_blocks",
    "validate_options",
    "validate_view",
]

Kind = Literal["blocks", "message", "view"]

MESSAGE_CHARACTERS: Final = 13_200  # not documented; measured by others at 13.2k


def validate_blocks(blocks: object, surface: Surface, at: str = "/blocks") -> list[str]:
    """The lines for `invalid_blocks`. `at` is the pointer of the list itself."""
    return _lines(_blocks(blocks, surface, at))


def validate_view(view: object, at: str = "/view") -> list[str]:
    """The lines for `invalid_arguments` of the views.* methods. `is_too_large` checks the limit of 250 kB."""
    return _lines(_view(view, at))


def validate_attachments(attachments: object, at: str = "/attachments") -> list[str]:
    """The lines for `invalid_attachments`. Legacy fields are not checked; blocks inside are."""
    return _lines(_attachments(attachments, at))


def validate_options(answer: object) -> list[str]:
    """Errors of an app's answer to `block_suggestion`. Slack shows the person only that it failed."""
    return _lines(SUGGESTIONS.check(answer, ""))


def explain(given: object, kind: Kind) -> list[dict[str, Any]]:
    """The `errors` of `blocks.validate`: code, message, pointer within what was given, field or constraint."""
    if kind == "blocks":
        problems = _blocks(given, "message", "")
    elif kind == "view":
        problems = _view(given, "")
    else:
        problems = _message(given)
    return [problem.details() for problem in problems]


def is_too_long(blocks: object) -> bool:
    """True if the blocks of a message have more than about 13,200 characters: Slack returns `msg_blocks_too_long`."""
    return surfaces.characters(blocks) > MESSAGE_CHARACTERS


def _lines(problems: Iterable[Problem]) -> list[str]:
    return list(dict.fromkeys(str(problem) for problem in problems))


def _blocks(blocks: object, surface: Surface, at: str) -> Problems:
    shape = Items(BLOCKS, maximum=surfaces.MAX_BLOCKS[surface])
    wrong = list(shape.check(blocks, at))
    if isinstance(blocks, list | tuple):
        wrong = [*surfaces.placement(blocks, surface, at), *wrong]
        if not wrong:
            wrong = list(surfaces.across(blocks, surface, at))
    yield from wrong


def _view(view: object, at: str) -> Problems:
    kind = view.get("type") if isinstance(view, dict) else None
    shape = views.VIEWS.get(kind if isinstance(kind, str) else "", views.VIEWS["modal"])
    wrong = list(shape.check(view, at))
    if isinstance(view, dict) and isinstance(view.get("blocks"), list | tuple):
        surface: Surface = "home" if kind == "home" else "modal"
        wrong += _blocks(view["blocks"], surface, f"{at}/blocks")
    if isinstance(view, dict) and not wrong:
        wrong = list(views.submit_for_inputs(view, at))
    yield from wrong


def _message(message: object) -> Problems:
    parts = message if isinstance(message, dict) else {}
    yield from Shape(open=True).check(message, "")
    yield from _blocks(parts.get("blocks", []), "message", "/blocks")
    yield from _attachments(parts.get("attachments", []), "/attachments")


def _attachments(attachments: object, at: str) -> Problems:
    wrong = list(Items(Shape(open=True), maximum=100).check(attachments, at))
    yield from wrong
    for index, attachment in enumerate(attachments if isinstance(attachments, list | tuple) else ()):
        if isinstance(attachment, dict) and "blocks" in attachment:
            yield from _blocks(attachment["blocks"], "message", f"{at}/{index}/blocks")
