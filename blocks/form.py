"""Input blocks for the table of fields; block id = field key, so that errors land beside the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blocks.kit import Json, heading, note, option, plain
from bot.config.settings import Config
from bot.core import cleaning
from bot.core.i18n import t
from bot.forms.field_table import fitting, is_asked
from bot.forms.template_fields import Field, Heading, InputType, Need, Option
from bot.forms.validation import default_answer, is_due
from bot.forms.validators import BY_MATRIX, in_readers_language
from bot.model.ticket import Kind

ANSWER = "form.answer"
"""The action id of every input, so that Slack keeps what was typed when a form is redrawn."""

FILLED = "~"
"""Separates an action id from the number of times the desk filled in the form: `form.answer~1`."""

LONGEST = 3000
"""Characters Slack allows an input."""
_OPTION_VALUE = 150


def inputs(
    fields: Iterable[Field],
    kind: Kind,
    config: Config,
    answers: Mapping[str, str],
    border: Need,
    *,
    has_headings: bool = True,
) -> list[Json]:
    """The fields as inputs, with the guide's words as hints; `answers` are those to begin with, canonical or as typed.

    What the border asks for is required. A field that only applies with another's answer comes and goes with it:
    an input that decides on others tells the bot at once, and the form is redrawn.
    """
    fields = tuple(fields)
    deciding = {field.only_if[0] for field in fields if field.only_if} | {each.key for each in fields if each.decides}
    blocks: list[Json] = []
    above: tuple[Heading, str] | None = None
    for field in fields:
        if not is_asked(field, answers, config):
            continue
        is_first = has_headings and (field.heading, field.group) != above
        blocks += [heading(_numbered(field))] if is_first and field.group else []
        above = (field.heading, field.group)
        answer = answers.get(field.key, "")
        answer = "" if answer in {BY_MATRIX, default_answer(field, answers, config)} else answer
        blocks += _defined(field.options(config))
        needed = is_due(field.need[kind], border) and not field.default
        has_guide = has_headings and not field.group and (is_first or field.question)
        guide = field.guide_words if has_guide else ""
        block = _input(fitting(field, answers, config), kind, config, answer, needed, guide)
        blocks.append(block | {"dispatch_action": True} if field.key in deciding else block)
    return blocks


def _numbered(field: Field) -> str:
    """Heading of a transaction: `EXAMPLE 1`."""
    return f"{field.heading.label_text} {field.group.split('.')[1]}"


def _input(field: Field, kind: Kind, config: Config, answer: str, needed: bool, guide: str) -> Json:
    """`guide`: the guide's words, which the hint repeats where the label differs."""
    block: Json = {
        "type": "input",
        "block_id": field.key,
        "label": plain(field.called(kind), 2000),
        "element": _element(field, field.options(config), answer),
        "optional": not needed,
    }
    is_repeated = not guide or guide.casefold() == field.called(kind).casefold()
    hint = " · ".join(filter(None, (t(field.hint), "" if is_repeated else t("Guide: {words}", words=guide))))
    if hint:
        block["hint"] = plain(hint, 2000)
    return block


def _defined(options: Iterable[Option]) -> list[Json]:
    """Definitions of the options, in words: the list itself truncates them."""
    lines = [f"{each.label}: {each.about}" for each in options if each.about]
    return [note(" · ".join(lines))] if lines else []


def _element(field: Field, options: tuple[Option, ...], answer: str) -> Json:
    if field.input_type is InputType.MOMENT:
        return _moment(answer)
    if field.input_type is InputType.SEARCH:
        return _search(answer)
    if options:
        return _pick(field.input_type, options, answer)
    element: Json = {
        "type": "plain_text_input",
        "action_id": ANSWER,
        "multiline": field.input_type is InputType.TEXT,
        "max_length": min(field.max_length, LONGEST),
    }
    if answer:
        element["initial_value"] = text_in(field, answer)
    return element


def text_in(field: Field, answer: str) -> str:
    """An answer as the text input of its field shows it."""
    return offered(_lines(answer, field), field.max_length)


def offered(text: str, limit: int) -> str:
    """Text that an input is filled with. One that does not fit is cut, with an ellipsis for the person who sends it."""
    return cleaning.fitting([text], limit)


def _lines(answer: str, field: Field) -> str:
    """A list of ids is one line to edit."""
    return in_readers_language(", ".join(answer.split("\n")) if field.input_type is InputType.LINE else answer)


def _search(answer: str) -> Json:
    element: Json = {"type": "external_select", "action_id": ANSWER, "min_query_length": 0}
    if answer and len(answer) <= _OPTION_VALUE:
        element["initial_option"] = option(answer, answer)
    return element


def _moment(answer: str) -> Json:
    element: Json = {"type": "datetimepicker", "action_id": ANSWER}
    if answer.isdigit():
        element["initial_date_time"] = int(answer)
    return element


_PICKERS = {
    InputType.CHOICE: "static_select",
    InputType.CHOICES: "multi_static_select",
    InputType.DECISION: "radio_buttons",
}


def _pick(ask: InputType, options: tuple[Option, ...], answer: str) -> Json:
    shapes = {each.value: option(each.label, each.value, each.about) for each in options}
    element: Json = {"type": _PICKERS[ask], "action_id": ANSWER, "options": list(shapes.values())}
    chosen = [shapes[value] for value in answer.split("\n") if value in shapes]
    if ask is InputType.CHOICES and chosen:
        element["initial_options"] = chosen
    elif chosen:
        element["initial_option"] = chosen[0]
    return element


def filled_again(block: Json, times: int | str) -> Json:
    """An input with an action id of its own each time the desk fills it in: Slack keeps what was typed under the same
    id, and would not show the new text.
    """
    element = block.get("element")
    if block["type"] != "input" or not times or not isinstance(element, dict):
        return block
    return {**block, "element": {**element, "action_id": f"{element['action_id']}{FILLED}{times}"}}


def text_input(
    key: str, label: str, hint: str, *, value: str = "", multiline: bool = True, needed: bool = True
) -> Json:
    """A single question that is no field of the guide: a reason, a note."""
    element: Json = {"type": "plain_text_input", "action_id": ANSWER, "multiline": multiline, "max_length": LONGEST}
    if value:
        element["initial_value"] = offered(value, LONGEST)
    shape: Json = {"type": "input", "block_id": key, "label": plain(label), "element": element, "optional": not needed}
    if hint:
        shape["hint"] = plain(hint)
    return shape
