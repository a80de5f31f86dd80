"""The forms in which a ticket is raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from blocks import kit
from blocks.evidence import ALL_OFFERED, OFFERED, file_input, offered
from blocks.form import inputs
from blocks.form_state import FormState
from blocks.kit import Json
from blocks.transactions import paste_inputs
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import mark, t
from bot.forms.field_table import fields_of
from bot.forms.guide_tasks import PRIORITY
from bot.forms.template_fields import Field, GuidePart, Need
from bot.model.ticket import Kind
from bot.tickets.reference import kind_name

RAISE = "raising.raise"
MORE = "raising.more"
ASIDE = "raising.aside"
AWAY = "raising.away"
REPLACE = "raising.replace"
KEEP = "raising.keep"
TOLD = "happens"
"""The input for the description of an incident."""
KIND = "raising.kind."
"""Prefix of the buttons that choose a kind: `raising.kind.change`."""


_ABOUT = {
    Kind.INCIDENT: mark("Something does not work as it should"),
    Kind.SERVICE_REQUEST: mark("Something is wanted: information, a setting, a report"),
    Kind.CHANGE: mark("Something that works is to work differently"),
}
_TITLES = {
    Kind.INCIDENT: mark("Raise an incident"),
    Kind.SERVICE_REQUEST: mark("Raise a service request"),
    Kind.CHANGE: mark("Raise a change"),
}
_RATHER = {
    Kind.INCIDENT: mark("Change to “incident”"),
    Kind.SERVICE_REQUEST: mark("Change to “service request”"),
    Kind.CHANGE: mark("Change to “change”"),
}


_HIDDEN = mark("The bot is not in the channel of this message, so its link and files are not taken over.")
"""Warning that neither the link nor the files of the message can be read; its text can be used all the same."""


def chooser() -> Json:
    """Modal for choosing the kind of ticket."""
    rows: list[Json] = [
        {
            "type": "section",
            "text": kit.plain(t(_ABOUT[kind])),
            "accessory": kit.button(kind_name(kind), KIND + kind, kind.value),
        }
        for kind in Kind
    ]
    return kit.modal(RAISE, t("Raise a ticket"), rows)


def modal(
    begun: FormState,
    config: Config,
    answers: Mapping[str, str],
    *,
    more: bool = False,
    offers: Sequence[Json] = (),
    other: Mapping[str, str] | None = None,
) -> Json:
    """The form: what is needed at once; with `more`, every heading of the template and row of the matrix.

    Where it begins with a message, its kind can still be changed. `offers`: what may be the same problem. `other`: the
    draft that would be lost by putting this one aside; it asks what is to become of it.
    """
    kind = begun.kind
    blocks = [kit.note(t("Continued from your draft."))] if begun.draft else []
    blocks += [kit.note(t(_HIDDEN))] if begun.is_hidden else []
    blocks += inputs(_fields(kind, config, more), kind, config, answers, Need.RAISE)
    blocks = [shown for block in blocks for shown in _told(block, kind, offers)]
    files = answers.get(ALL_OFFERED) or answers.get(OFFERED, "")
    blocks += offered(files, answers.get(OFFERED, ""), begun.left) if files else []
    blocks += [*paste_inputs({}, answers), file_input()] if more else []
    later = t("Everything else can be filled in later, by anybody: Retarus gets it once nothing is missing.")
    blocks.append(kit.note(later))
    blocks += _which(kind, other) if other else [kit.actions("raising", _buttons(begun, more))]
    if begun.link is not None:
        blocks.append(kit.actions("raising.kinds", _other_kinds(kind)))
    return kit.modal(RAISE, t(_TITLES[kind]), blocks, submit=t("Raise"), about=begun.pack())


def again(
    about: str,
    config: Config,
    typed: Mapping[str, str],
    offers: Sequence[Json],
    other: Mapping[str, str] | None = None,
) -> Json:
    """The same form, redrawn from what was typed so far; `about`: its metadata."""
    return modal(FormState.unpack(about), config, typed, more=shows_more(typed), offers=offers, other=other)


def _told(block: Json, kind: Kind, offers: Sequence[Json]) -> Iterable[Json]:
    """Form blocks with the possible duplicates below the field they were found by."""
    if kind is not Kind.INCIDENT or block.get("block_id") != TOLD:
        return [block]
    return [_telling(block), *offers]


def _telling(block: Json) -> Json:
    """Input block that dispatches an action while text is typed."""
    element = block["element"]
    assert isinstance(element, dict)
    at_once = {"trigger_actions_on": ["on_character_entered"]}
    return {**block, "dispatch_action": True, "element": {**element, "dispatch_action_config": at_once}}


def _other_kinds(kind: Kind) -> list[Json]:
    return [kit.button(t(_RATHER[each]), KIND + each, each.value) for each in Kind if each is not kind]


def _buttons(begun: FormState, more: bool) -> list[Json]:
    kind = begun.kind.value
    buttons = [] if more else [kit.button(t("More fields"), MORE, kind)]
    buttons.append(kit.button(t("Save as draft"), ASIDE, kind))
    if begun.draft:
        buttons.append(kit.button(t("Discard draft"), AWAY, begun.draft.value, style="danger"))
    return buttons


def _which(kind: Kind, other: Mapping[str, str]) -> list[Json]:
    """Asks which draft to keep: there is one per kind, and this form did not begin with the existing one."""
    asked = t("You already have a draft: “{draft}”. Which one do you want to keep?", draft=begins(other))
    buttons = [
        kit.button(t("Keep the old draft"), KEEP, kind.value, style="primary"),
        kit.button(t("Replace it"), REPLACE, kind.value, style="danger"),
    ]
    return [{"type": "section", "text": kit.plain(asked)}, kit.actions("raising.which", buttons)]


def begins(draft: Mapping[str, str]) -> str:
    """A draft by its first words."""
    words = ": ".join(filter(None, (draft.get("customer", ""), draft.get("happens", ""))))
    return excerpt(words, 150) or t("nothing typed yet")


def put_aside(kind: Kind) -> Json:
    """Modal after a draft was saved."""
    return _said(kind, t("Saved as a draft. The same command opens it again."))


def thrown_away(kind: Kind) -> Json:
    """Modal after a draft was discarded."""
    return _said(kind, t("Discarded. The same command starts a new one."))


def _said(kind: Kind, words: str) -> Json:
    return kit.modal(RAISE, t(_TITLES[kind]), [{"type": "section", "text": kit.plain(words)}], about=kind.value)


def _fields(kind: Kind, config: Config, more: bool) -> list[Field]:
    """Fields without `more`: those required, those that apply because of such an answer, and the priority."""
    ticket = [
        field
        for field in fields_of(kind, config, GuidePart.TICKET)
        if (field.need[kind] is Need.RAISE or more) and not (field.group and field.group != "example.1")
    ]
    return [*ticket, *_priority(kind, config, more)]


def _priority(kind: Kind, config: Config, more: bool) -> list[Field]:
    """The priority, or the impact and urgency it results from: given now, it starts the SLA's clock (guide 2.7)."""
    judged = [field for field in fields_of(kind, config, GuidePart.FIRST) if field.heading is PRIORITY]
    return [field for field in judged if more or field.key != "priority_reason"]


def shows_more(typed: Mapping[str, str]) -> bool:
    """True if the form of these answers shows more than the fields needed at once."""
    return "tenants" in typed
