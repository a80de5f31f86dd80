"""The fields of this desk: the guide's table with the custom fields of `desk.toml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from bot.config.custom_fields import CustomField, Matrix
from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.forms import transaction_fields
from bot.forms import validators as checks
from bot.forms.template_fields import (
    ADDITIONAL,
    DESCRIPTION,
    FIELDS,
    Field,
    GuidePart,
    InputType,
    Need,
    Option,
    example_field,
)
from bot.model.ticket import Kind, Level

OWN = "own."
"""Prefix of the keys of `[[fields]]`, so that none can be taken for one of the guide's."""

_HEADINGS = {"DESCRIPTION": DESCRIPTION, "ADDITIONAL INFORMATION": ADDITIONAL}


def table(config: Config) -> tuple[Field, ...]:
    """All fields, in the order in which they are asked."""
    return _table(config.fields, config.matrix)


def fields_of(kind: Kind, config: Config, guide_part: GuidePart | None = None) -> tuple[Field, ...]:
    """The fields a kind asks for, in the guide's order."""
    return of_kind(kind, config.fields, config.matrix, guide_part)


def field(key: str, config: Config) -> Field | None:
    """The field of this key; None for one that is not asked (any more)."""
    return _by_key(config.fields, config.matrix).get(key) or example_field(key)


def fields_in(keys: Iterable[str], kind: Kind, config: Config, needed: Need | None = None) -> tuple[Field, ...]:
    """The fields of these keys that this kind asks for, and those `needed` then, in the guide's order."""
    keys = dict.fromkeys(keys)
    asked = fields_of(kind, config)
    known = {each.key for each in asked}
    more = (example_field(key) for key in keys if key not in known)
    return (*(each for each in asked if each.key in keys or each.need[kind] is needed), *filter(None, more))


@lru_cache(64)
def _table(extras: tuple[CustomField, ...], matrix: Matrix) -> tuple[Field, ...]:
    rows = [row for each in FIELDS for row in (_judged(each, matrix) if matrix.is_set else (each,))]
    for extra in extras:
        heading = _HEADINGS[extra.under]
        last = max(number for number, row in enumerate(rows) if row.heading is heading)
        rows.insert(last + 1, _own(extra))
    return tuple(rows)


@lru_cache(256)
def of_kind(
    kind: Kind, extras: tuple[CustomField, ...], matrix: Matrix, guide_part: GuidePart | None = None
) -> tuple[Field, ...]:
    """`fields_of`, cached by the two settings it depends on."""
    return tuple(
        each for each in _table(extras, matrix) if kind in each.need and guide_part in (None, each.heading.guide_part)
    )


@lru_cache(64)
def _by_key(extras: tuple[CustomField, ...], matrix: Matrix) -> dict[str, Field]:
    return {each.key: each for each in _table(extras, matrix)}


# --- section 4.1.1 of the Global Support Guide, if it is configured


def _own(extra: CustomField) -> Field:
    """A field of `[[fields]]`; printed under its heading with its label."""
    ask = InputType(extra.ask)
    label = extra.label.replace("{", "{{").replace("}", "}}")
    return Field(
        key=OWN + extra.key,
        heading=_HEADINGS[extra.under],
        need=dict.fromkeys(extra.kinds, Need(extra.needed)),
        input_type=ask,
        label=extra.label,
        hint=extra.hint,
        check=checks.moment if ask is InputType.MOMENT else checks.words_or_none,
        options=_picked(extra.options),
        only_if=("services", frozenset(extra.services)) if extra.services else None,
        printed=f"{label.rstrip(':?')}: {{}}",
        level=Level(extra.level),
        max_length=1000 if ask is InputType.LINE else 3000,
    )


def _picked(names: tuple[str, ...]) -> Callable[[Config], tuple[Option, ...]]:
    options = tuple(Option(name, name) for name in names)
    return lambda _: options


# --- the priority that results from impact and urgency

EXTENT, URGENCY = "extent", "urgency"


def _judged(row: Field, matrix: Matrix) -> tuple[Field, ...]:
    """The fields of the priority: the matrix's come first. A person may choose otherwise, with a reason (L1.2)."""
    if row.key == "priority":
        asked = (
            replace(row, key=EXTENT, label=mark("Impact"), options=_picked(matrix.impacts), decides=True),
            replace(row, key=URGENCY, label=mark("Urgency"), options=_picked(matrix.urgencies), decides=True),
        )
        otherwise = mark("Empty: from impact and urgency. A different one needs a reason")
        label = mark("Different priority")
        return (*asked, replace(row, label=label, hint=otherwise, default=proposed))
    if row.key == "priority_reason":
        return (replace(row, default=_because, check=_own_reason),)
    return (row,)


def proposed(answers: Mapping[str, str], config: Config) -> str:
    """The priority of these answers; empty while they are incomplete."""
    return config.matrix.proposed(answers.get(EXTENT, ""), answers.get(URGENCY, ""))


def _because(answers: Mapping[str, str], config: Config) -> str:
    """The reason for the proposed priority; a person must explain another one."""
    if answers.get("priority", "") not in {"", proposed(answers, config)} or not proposed(answers, config):
        return ""
    return checks.BY_MATRIX


def _own_reason(text: str, context: checks.CheckContext) -> str:
    if text == checks.BY_MATRIX and not _because(context.answers, context.config):
        raise ValueError(t("A priority that differs from impact and urgency needs a reason of its own."))
    return checks.reason(text, context)


def priority_reason(answers: Mapping[str, str]) -> str:
    """The reason for the priority, in the reader's language."""
    reason = answers.get("priority_reason", "")
    if reason != checks.BY_MATRIX:
        return reason
    return t("Impact: {impact}, urgency: {urgency}", impact=answers.get(EXTENT, ""), urgency=answers.get(URGENCY, ""))


# --- fields that depend on the answers so far


def fitting(row: Field, answers: Mapping[str, str], config: Config) -> Field:
    """The field with the label that these answers require: a fax has a termination number, an e-mail a recipient."""
    if row.key == "priority" and proposed(answers, config):
        words = t(
            "Impact and urgency give {priority}. A different one needs a reason", priority=proposed(answers, config)
        )
        return replace(row, hint=words)
    found = transaction_fields.called(row.part, answers.get("services", ""), config) if row.group else None
    return replace(row, label=found[0], hint=found[1]) if found else row


def is_asked(row: Field, answers: Mapping[str, str], config: Config) -> bool:
    """True if the other answers make this field apply. A given answer can always be corrected."""
    if row.group and row.part in transaction_fields.DEPENDING:
        direction = answers.get(f"{row.group}.direction", "")
        asked = transaction_fields.parts(answers.get("services", ""), direction, config)
        return row.part in asked or bool(answers.get(row.key))
    if row.only_if is None:
        return True
    key, values = row.only_if
    context = set(filter(None, answers.get(key, "").split("\n")))
    return bool(context - {"none"} if not values else values & context)
