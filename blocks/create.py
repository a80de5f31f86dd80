"""The forms in which a ticket is raised."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from blocks import customers, kit
from blocks.evidence import ALL_OFFERED, AT_A_TIME, OFFERED, file_input, offered
from blocks.form import ANSWER, LONGEST, filled_again, inputs
from blocks.form_state import FormState
from blocks.kit import Json
from blocks.transactions import paste_inputs
from bot.config.custom_fields import Template
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import many, mark, t
from bot.forms.field_table import EXTENT, URGENCY, fields_of
from bot.forms.guide_tasks import PRIORITY
from bot.forms.pasted_transactions import PASTED
from bot.forms.start_choice import CHOICES, START_CHOICE
from bot.forms.template_fields import Field, GuidePart, Need
from bot.model.ticket import Kind
from bot.register.customers import CustomerOverview
from bot.tickets.reference import kind_name

RAISE = "raising.raise"
MORE = "raising.more"
SAVE_DRAFT = "raising.aside"
DISCARD_DRAFT = "raising.away"
REPLACE = "raising.replace"
KEEP = "raising.keep"
READ = "raising.read"
READING = "raising.reading"
TEMPLATE = "raising.template"
LEFT = "left_to_others"
"""The checkbox of a ticket that its raiser does not take."""
YES = "yes"
DESCRIPTION = "happens"
"""The input for the description of an incident."""
KIND = "raising.kind."
"""Prefix of the buttons that choose a kind: `raising.kind.change`."""


_FIRST = (
    "customer", "services", "service_other", "happens", "impact",
    EXTENT, URGENCY, "priority", "priority_reason", "start",
)  # fmt: skip
"""The first fields, in the order in which they are asked on the telephone."""

_ABOUT = {
    Kind.INCIDENT: mark("Something does not work as it should"),
    Kind.SERVICE_REQUEST: mark("Somebody needs something: information, a setting, a report"),
    Kind.CHANGE: mark("Something that works should work differently"),
}
_TITLES = {
    Kind.INCIDENT: mark("Raise an incident"),
    Kind.SERVICE_REQUEST: mark("Raise a service request"),
    Kind.CHANGE: mark("Raise a change"),
}
_CHANGE_KIND = {
    Kind.INCIDENT: mark("Change to “incident”"),
    Kind.SERVICE_REQUEST: mark("Change to “service request”"),
    Kind.CHANGE: mark("Change to “change”"),
}


_CUT = mark(
    "The message is {length} characters long: its first {most} are shown here. The ticket links to the whole message."
)
_CUT_FOR_GOOD = mark("The text is {length} characters long: its first {most} are shown here, and the rest is not kept.")
_HIDDEN = mark("The bot is not in the channel of this message, so its link and files are not added.")
"""Warning that neither the link nor the files of the message can be read; its text can be used all the same."""


def chooser(config: Config) -> Json:
    """Modal for choosing the kind of ticket, or a template."""
    rows: list[Json] = [
        {
            "type": "section",
            "text": kit.plain(t(_ABOUT[kind])),
            "accessory": kit.button(kind_name(kind), KIND + kind, kind.value),
        }
        for kind in Kind
    ]
    return kit.modal(RAISE, t("Raise a ticket"), [*rows, *_templates(config.templates)])


def _templates(offered: Sequence[Template]) -> list[Json]:
    """A list of frequent problems; empty without any."""
    if not offered:
        return []
    select: Json = {
        "type": "static_select",
        "action_id": TEMPLATE,
        "placeholder": kit.plain(t("Frequent problems")),
        "options": [kit.option(each.name, each.name) for each in offered],
    }
    return [kit.actions("raising.templates", [select])]


def reading() -> Json:
    """Modal while the files of a message are read."""
    return kit.modal(READING, t("Raise a ticket"), [kit.note(t("The files of the message are being read …"))])


@dataclass(frozen=True)
class FormContext:
    """Parts of a form besides its fields."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    """Answers that stand when nothing is typed: their fields are shown with all the others only."""
    offers: Sequence[Json] = ()
    """Possible duplicates."""
    other: Mapping[str, str] | None = None
    """The draft that would be lost by saving this one: it asks which one to keep."""
    overview: CustomerOverview | None = None
    """Known facts of the chosen end-customer."""
    may_own: bool = True
    """False for a person who is not on the 1st level, and so does not own what they raise."""


NOTHING = FormContext()


def modal(state: FormState, config: Config, answers: Mapping[str, str], context: FormContext = NOTHING) -> Json:
    """The form: what is needed at once; with `state.more`, every heading of the template and row of the matrix.

    Where it begins with a message, its kind can still be changed. A field with an answer is always shown.
    """
    kind = state.kind
    blocks = [kit.note(t("Continued from your draft."))] if state.draft else []
    blocks += [kit.note(t(_HIDDEN))] if state.is_hidden else []
    blocks += [kit.note(_too_long(state))] if state.cut else []
    blocks += [kit.note(_left_out(state.rows))] if state.rows else []
    blocks += [kit.note(_unread(state.unread))] if state.unread else []
    blocks += _templates([each for each in config.templates if each.kind is kind])
    blocks += _questions(state, config, answers, context)
    files = answers.get(ALL_OFFERED) or answers.get(OFFERED, "")
    blocks += offered(files, answers.get(OFFERED, ""), state.left) if files else []
    if state.more or PASTED in answers:
        blocks += paste_inputs({}, answers)
    blocks += [file_input()] if state.more else []
    blocks.append(_whose(answers.get(LEFT, "")) if context.may_own else kit.note(t("The 1st level takes this ticket.")))
    later = t("Anybody can fill in the rest later. The ticket can go to Retarus once nothing is missing.")
    blocks.append(kit.note(later))
    blocks += _which(kind, context.other) if context.other else [kit.actions("raising", _buttons(state))]
    if state.link is not None:
        blocks.append(kit.actions("raising.kinds", _other_kinds(kind)))
    blocks = [filled_again(_marked(block, state.read), state.filled) for block in blocks]
    blocks = [state.prefilled.with_new_id(block) for block in blocks]
    return kit.modal(RAISE, t(_TITLES[kind]), blocks, submit=t("Raise"), about=state.pack())


def _too_long(state: FormState) -> str:
    return t(_CUT if state.keeps_link else _CUT_FOR_GOOD, length=state.cut, most=LONGEST)


def _left_out(count: int) -> str:
    """Transactions of the message that a person must give in another way."""
    return many(
        "{count} transaction of the message is not in the table below: it does not fit, or lacks a time, a status or "
        "an address. Upload all of them as a CSV file instead.",
        "{count} transactions of the message are not in the table below: they do not fit, or lack a time, a status or "
        "an address. Upload all of them as a CSV file instead.",
        count,
    )


def _unread(files: Sequence[str]) -> str:
    """Files of the message that were not read, by name."""
    shown = ", ".join(files[:AT_A_TIME])
    return t("Not read: {files}. Such a file can still be attached; paste the lines that matter.", files=shown)


def again(about: str, config: Config, typed: Mapping[str, str], context: FormContext = NOTHING) -> Json:
    """The same form, redrawn from what was typed so far; `about`: its metadata."""
    return modal(FormState.unpack(about), config, typed, context)


def _questions(state: FormState, config: Config, answers: Mapping[str, str], context: FormContext) -> list[Json]:
    """First what everybody is asked, in plain words; then the other fields under the guide's headings."""
    kind = state.kind
    values = {**context.defaults, **answers}
    if state.more and values.get("priority") and "priority_reason" not in answers:
        values["priority_reason"] = values.get("impact", "")
    first, rest = _fields(state, config, answers, context.defaults)
    blocks = inputs(first, kind, config, values, Need.RAISE, has_headings=False)
    blocks += inputs(rest, kind, config, values, Need.RAISE)
    shown = [each for block in blocks for each in _with_suggestions(block, kind, context.offers)]
    shown = [each for block in shown for each in _with_overview(block, context.overview, config)]
    return [each for block in shown for each in _with_choice(block, state, answers.get(START_CHOICE, ""))]


def _with_choice(block: Json, state: FormState, chosen: str) -> list[Json]:
    """The start as a choice, with the picker for any other moment."""
    if block.get("block_id") != "start":
        return [block]
    hint = kit.plain(t("Or pick the moment, in your own time zone"))
    picker = {**block, "optional": True, "hint": hint}
    return [picker] if "start" in state.read else [_choice(chosen), picker]


def _choice(chosen: str) -> Json:
    options = {value: kit.option(t(label), value) for value, label in CHOICES.items()}
    element: Json = {"type": "radio_buttons", "action_id": ANSWER, "options": list(options.values())}
    if chosen in options:
        element["initial_option"] = options[chosen]
    label = kit.plain(t("Since when?"))
    return {"type": "input", "block_id": START_CHOICE, "label": label, "element": element, "optional": True}


def _whose(chosen: str) -> Json:
    """The checkbox by which somebody raises a ticket for others to take."""
    option = kit.option(t("Somebody else takes it"), YES)
    element: Json = {"type": "checkboxes", "action_id": ANSWER, "options": [option]}
    if chosen:
        element["initial_options"] = [option]
    label = kit.plain(t("You own the ticket you raise"))
    return {"type": "input", "block_id": LEFT, "label": label, "element": element, "optional": True}


def _marked(block: Json, read: Container[str]) -> Json:
    """An input whose answer was read from the message says so."""
    if block.get("block_id") not in read:
        return block
    return {**block, "hint": kit.plain(t("Read from the message. Please check."))}


def _with_overview(block: Json, overview: CustomerOverview | None, config: Config) -> list[Json]:
    """The end-customer's input, with what is known of them below it."""
    if block.get("block_id") != "customer":
        return [block]
    asked = {**block, "dispatch_action": True}
    return [asked, *(customers.overview(overview, config) if overview else ())]


def _with_suggestions(block: Json, kind: Kind, offers: Sequence[Json]) -> Iterable[Json]:
    """Form blocks with the possible duplicates below the field they were found by."""
    if kind is not Kind.INCIDENT or block.get("block_id") != DESCRIPTION:
        return [block]
    return [_dispatching(block), *offers]


def _dispatching(block: Json) -> Json:
    """Input block that dispatches an action while text is typed."""
    element = block["element"]
    assert isinstance(element, dict)
    at_once = {"trigger_actions_on": ["on_character_entered"]}
    return {**block, "dispatch_action": True, "element": {**element, "dispatch_action_config": at_once}}


def _other_kinds(kind: Kind) -> list[Json]:
    return [kit.button(t(_CHANGE_KIND[each]), KIND + each, each.value) for each in Kind if each is not kind]


def _buttons(state: FormState) -> list[Json]:
    kind = state.kind.value
    buttons = [] if state.more else [kit.button(t("More fields"), MORE, kind)]
    buttons.append(kit.button(t("Read the pasted text"), READ, kind))
    buttons.append(kit.button(t("Save as draft"), SAVE_DRAFT, kind))
    if state.draft:
        buttons.append(kit.button(t("Discard draft"), DISCARD_DRAFT, state.draft.value, style="danger"))
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


def draft_saved(kind: Kind) -> Json:
    """Modal after a draft was saved."""
    return _sentence(kind, t("Saved as a draft. The same command opens it again."))


def draft_discarded(kind: Kind) -> Json:
    """Modal after a draft was discarded."""
    return _sentence(kind, t("Discarded. The same command starts a new one."))


def _sentence(kind: Kind, words: str) -> Json:
    return kit.modal(RAISE, t(_TITLES[kind]), [{"type": "section", "text": kit.plain(words)}], about=kind.value)


def _fields(
    state: FormState, config: Config, answers: Mapping[str, str], defaults: Mapping[str, str]
) -> tuple[list[Field], list[Field]]:
    """The first fields, in the order of a telephone call, and the others.

    Without `state.more`: those that are required and have no default, those with an answer, and the priority, which
    starts the SLA's clock when it is given now (guide 2.7).
    """
    kind = state.kind
    judged = [each for each in fields_of(kind, config, GuidePart.FIRST) if each.heading is PRIORITY]
    every = (*fields_of(kind, config, GuidePart.TICKET), *judged)

    def is_shown(each: Field) -> bool:
        if each.group:
            return each.key in answers or (state.more and each.group == "example.1")
        is_needed = each.need[kind] is Need.RAISE and not defaults.get(each.key)
        return is_needed or state.more or each.key in answers or (each in judged and each.key != "priority_reason")

    shown = {each.key: each for each in every if is_shown(each)}
    first = [shown[key] for key in _FIRST if key in shown]
    return first, [each for each in shown.values() if each not in first]
