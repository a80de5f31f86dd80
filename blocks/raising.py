"""What does somebody see who raises a ticket?"""

from __future__ import annotations

from collections.abc import Mapping

from blocks import kit
from blocks.form import inputs
from blocks.kit import Json
from bot.fields import Field, Need, Sheet, fields_of
from bot.letter import KIND_NAMES
from bot.settings import Config
from bot.ticket import Kind

RAISE = "raising.raise"
MORE = "raising.more"
ASIDE = "raising.aside"
AWAY = "raising.away"


_LATER = "Everything else can be filled in later, by anybody: Retarus gets it once nothing is missing."


def modal(kind: Kind, config: Config, answers: Mapping[str, str], *, more: bool = False, draft: bool = False) -> Json:
    """The form: what is needed at once; with `more`, every heading of the template and row of the matrix.

    `draft`: these answers were put aside and are taken up again.
    """
    blocks = [kit.note("Taken up again from what you put aside.")] if draft else []
    blocks += inputs(_fields(kind, more), kind, config, answers, Need.RAISE)
    blocks += [kit.note(_LATER), kit.actions("raising", _buttons(kind, more, draft))]
    return kit.modal(RAISE, _title(kind), blocks, submit="Raise", about=kind.value)


def _buttons(kind: Kind, more: bool, draft: bool) -> list[Json]:
    buttons = [] if more else [kit.button("Answer more now", MORE, kind.value)]
    buttons.append(kit.button("Put aside", ASIDE, kind.value))
    if draft:
        buttons.append(kit.button("Throw draft away", AWAY, kind.value, style="danger"))
    return buttons


def _title(kind: Kind) -> str:
    name = KIND_NAMES[kind].lower()
    return f"Raise {'an' if name[0] == 'i' else 'a'} {name}"


def put_aside(kind: Kind) -> Json:
    """Said in place of the form."""
    return _said(kind, "Put aside. The same command takes it up again.")


def thrown_away(kind: Kind) -> Json:
    """Said in place of the form."""
    return _said(kind, "Thrown away. The same command begins anew.")


def _said(kind: Kind, words: str) -> Json:
    return kit.modal(RAISE, _title(kind), [{"type": "section", "text": kit.plain(words)}], about=kind.value)


def _fields(kind: Kind, more: bool) -> list[Field]:
    """Without `more`: what must be answered, and what only applies because of such an answer."""
    return [
        field
        for field in fields_of(kind, Sheet.TICKET)
        if (field.need[kind] is Need.RAISE or more) and not (field.group and field.group != "example.1")
    ]


def shows_more(typed: Mapping[str, str]) -> bool:
    """Whether the form these answers were typed into shows more than what is needed at once."""
    return "tenants" in typed
