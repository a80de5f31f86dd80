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


def modal(kind: Kind, config: Config, answers: Mapping[str, str], *, more: bool = False) -> Json:
    """The form: what is needed at once; with `more`, every heading of the template and row of the matrix."""
    fields = _fields(kind, more)
    blocks = inputs(fields, kind, config, answers, Need.RAISE)
    blocks.append(
        kit.note("Everything else can be filled in later, by anybody: Retarus gets it once nothing is missing.")
    )
    if not more:
        blocks.append(kit.actions("raising", [kit.button("Answer more now", MORE, kind.value)]))
    name = KIND_NAMES[kind].lower()
    return kit.modal(RAISE, f"Raise {'an' if name[0] == 'i' else 'a'} {name}", blocks, submit="Raise", about=kind.value)


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
