"""What does somebody see who raises a ticket?"""

from __future__ import annotations

from collections.abc import Mapping

from blocks import kit
from blocks.evidence import OFFERED, file_input, offered
from blocks.form import inputs
from blocks.kit import Json
from bot.fields import Field, Need, Sheet, fields_of
from bot.letter import kind_name
from bot.settings import Config
from bot.ticket import Kind

RAISE = "raising.raise"
MORE = "raising.more"
ASIDE = "raising.aside"
AWAY = "raising.away"
KIND = "raising.kind."
"""Prefix of the buttons that choose a kind: `raising.kind.change`."""


_LATER = "Everything else can be filled in later, by anybody: Retarus gets it once nothing is missing."


ABOUT = {
    Kind.INCIDENT: "Something does not work as it should",
    Kind.SERVICE_REQUEST: "Something is wanted: information, a setting, a report",
    Kind.CHANGE: "Something that works is to work differently",
}


def chooser() -> Json:
    """Which kind of ticket is it?"""
    rows: list[Json] = [
        {
            "type": "section",
            "text": kit.plain(ABOUT[kind]),
            "accessory": kit.button(kind_name(kind), KIND + kind, kind.value),
        }
        for kind in Kind
    ]
    return kit.modal(RAISE, "Raise a ticket", rows)


def modal(
    kind: Kind,
    config: Config,
    answers: Mapping[str, str],
    *,
    more: bool = False,
    draft: bool = False,
    source: str | None = None,
) -> Json:
    """The form: what is needed at once; with `more`, every heading of the template and row of the matrix.

    `draft`: these answers were put aside and are taken up again. `source`: the permalink of the message it begins
    with, empty while it is not known; then the kind can still be changed.
    """
    blocks = [kit.note("Taken up again from what you put aside.")] if draft else []
    blocks += inputs(_fields(kind, more), kind, config, answers, Need.RAISE)
    blocks += [offered(answers[OFFERED])] if answers.get(OFFERED) else []
    blocks += [file_input()] if more else []
    blocks += [kit.note(_LATER), kit.actions("raising", _buttons(kind, more, draft))]
    about = kind.value if source is None else f"{kind.value}|{source}"
    if source is not None:
        others = [
            kit.button(f"Rather a {kind_name(each).lower()}", KIND + each, each.value)
            for each in Kind
            if each is not kind
        ]
        blocks.append(kit.actions("raising.kinds", others))
    return kit.modal(RAISE, _title(kind), blocks, submit="Raise", about=about)


def _other_kinds(kind: Kind) -> list[Json]:
    others = [each for each in Kind if each is not kind]
    return [kit.button(f"Rather {a_kind(each)}", KIND + each, each.value) for each in others]


def _buttons(kind: Kind, more: bool, draft: bool) -> list[Json]:
    buttons = [] if more else [kit.button("Answer more now", MORE, kind.value)]
    buttons.append(kit.button("Put aside", ASIDE, kind.value))
    if draft:
        buttons.append(kit.button("Throw draft away", AWAY, kind.value, style="danger"))
    return buttons


def _title(kind: Kind) -> str:
    return f"Raise {a_kind(kind)}"


def a_kind(kind: Kind) -> str:
    """`an incident`."""
    name = kind_name(kind).lower()
    return f"{'an' if name[0] == 'i' else 'a'} {name}"


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
