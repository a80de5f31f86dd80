"""Validation of answers, and missing answers: pure functions over the table of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from bot.config.custom_fields import CustomField, Matrix
from bot.config.settings import Config
from bot.core.cleaning import clean_text
from bot.core.errors import Invalid, Refused
from bot.core.fillers import is_reasoned_absence
from bot.core.i18n import mark, t
from bot.core.secret_detection import free_of_secrets
from bot.forms.field_table import is_asked, of_kind, proposed
from bot.forms.template_fields import EXAMPLE, EXAMPLE_NEED, TRANSACTIONS, Field, Heading, InputType, Need
from bot.forms.transaction_fields import ADDRESSES
from bot.forms.validators import BY_MATRIX, CheckContext
from bot.model.ticket import Kind, Level, Ticket


class Missing(NamedTuple):
    """One missing answer."""

    key: str
    """A field's key, or a group's: `example`."""
    name: str
    heading: Heading
    level: Level
    need: Need

    @property
    def line(self) -> str:
        """`AFFECTED SERVICE · 1st level · guide section 4`."""
        label_text = self.heading.label_text
        name = label_text if self.name == label_text else f"{label_text}: {self.name.rstrip(':')}"
        several = " and " in self.heading.section
        where = t("guide sections {section}") if several else t("guide section {section}")
        return f"{name} · {level_name(self.level)} · {where.format(section=t(self.heading.section))}"


class Incomplete(Refused):
    """Answers that the guide asks for are missing."""

    def __init__(self, text: str, missing: tuple[Missing, ...]) -> None:
        super().__init__(text)
        self.missing = missing


_LEVEL_NAMES = {Level.FIRST: mark("1st level"), Level.SECOND: mark("2nd level"), Level.THIRD: mark("3rd level")}


def level_name(level: Level) -> str:
    return t(_LEVEL_NAMES[level])


def missing(ticket: Ticket, border: Need, config: Config) -> tuple[Missing, ...]:
    """Every required answer that is missing at this border, in the guide's order."""
    return tuple(_unanswered(ticket.kind, ticket.answers, border, config))


def _unanswered(kind: Kind, answers: Mapping[str, str], border: Need, config: Config) -> Iterable[Missing]:
    for field in _due_fields(kind, border, config.fields, config.matrix):
        if field.key == "example.1.when" and is_due(EXAMPLE_NEED[kind], border) and not has_example(answers):
            yield Missing("example", t(TRANSACTIONS), EXAMPLE, Level.FIRST, Need.ESCALATE)
        if not answers.get(field.key) and is_due(field.need[kind], border) and is_asked(field, answers, config):
            yield Missing(field.key, field.name, field.heading, field.level, field.need[kind])


@lru_cache(64)
def _due_fields(kind: Kind, border: Need, extras: tuple[CustomField, ...], matrix: Matrix) -> tuple[Field, ...]:
    """The fields due at a border, and the first of a transaction, in the guide's order."""
    asked = of_kind(kind, extras, matrix)
    return tuple(each for each in asked if each.key == "example.1.when" or is_due(each.need[kind], border))


def is_due(need: Need, border: Need) -> bool:
    """True if a field with this need is due at this border."""
    return need is not Need.NEVER and need.order <= border.order


def has_example(answers: Mapping[str, str]) -> bool:
    """True if one transaction is complete, or its absence is explained."""
    return any(not _example_faults(parts) for parts in examples(answers).values())


def examples(answers: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """Number → part → answer, of every transaction that was begun."""
    found: dict[int, dict[str, str]] = {}
    for key, text in answers.items():
        if text and key.startswith("example."):
            _, number, part = key.split(".", 2)
            found.setdefault(int(number), {})[part] = text
    return dict(sorted(found.items()))


def checked(
    fields: Iterable[Field],
    typed: Mapping[str, str],
    kind: Kind,
    context: CheckContext,
    border: Need,
    passed: Need = Need.RAISE,
) -> dict[str, str]:
    """The canonical answers of these fields; an empty text means: not answered, or answer taken away.

    Raises `Invalid` with one sentence for every field that is wrong, or that this border asks for and is empty, or that
    is emptied although a border that was `passed` asked for it. What was never answered there can wait.
    """
    fields = tuple(fields)
    answered = {key for key, text in context.answers.items() if text}
    known = {**context.answers, **typed}
    context = replace(context, answers=known)
    found: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            asked = max(border, passed, key=lambda need: need.order) if field.key in answered else border
            found[field.key] = _checked(field, typed.get(field.key, ""), kind, context, asked)
        except ValueError as error:
            errors[field.key] = str(error)
    shown = {field.key for field in fields}
    errors |= _group_errors({**context.answers, **found}, shown)
    if _FIRST_STATUS in shown and is_due(EXAMPLE_NEED[kind], border) and not has_example({**context.answers, **found}):
        errors.setdefault(_FIRST_STATUS, t(_NO_EXAMPLE))
    if errors:
        raise Invalid(errors)
    return found


_FIRST_STATUS = "example.1.status"
_NO_EXAMPLE = mark("At least one transaction is needed. If there is none, write here: not available because …")


def _checked(field: Field, text: str, kind: Kind, context: CheckContext, border: Need) -> str:
    text = clean_text(text) or default_answer(field, context.answers, context.config)
    if len(text) > field.max_length:
        raise ValueError(
            t("This is {length} characters long; at most {most} fit.", length=len(text), most=field.max_length)
        )
    if text:
        return (
            _picked(field, text, context)
            if field.options(context.config)
            else field.check(free_of_secrets(text), context)
        )
    if is_due(field.need[kind], border) and is_asked(field, context.answers, context.config):
        raise ValueError(t("This is needed now.") if field.input_type in _TYPED else t("Pick one."))
    return ""


_TYPED = {InputType.LINE, InputType.TEXT, InputType.SEARCH}


def default_answer(field: Field, answers: Mapping[str, str], config: Config) -> str:
    """Default answer of this field when no text is typed; mostly empty."""
    return field.default(answers, config) if field.default else ""


def _picked(field: Field, text: str, context: CheckContext) -> str:
    allowed = {option.value for option in field.options(context.config)}
    if not set(text.split("\n")) <= allowed:
        raise ValueError(t("This is not one of the answers offered any more. Pick again."))
    return text


def _group_errors(answers: Mapping[str, str], asked: set[str]) -> dict[str, str]:
    """Faults of a transaction that was begun but not finished, beside the fields that were asked."""
    errors: dict[str, str] = {}
    for number, parts in examples(answers).items():
        group = {key.split(".")[2] for key in asked if key.startswith(f"example.{number}.")}
        for part, fault in _example_faults(parts).items():
            place = part or next((each for each in ADDRESSES if each in group), "")
            errors |= {f"example.{number}.{place}": fault} if place in group else {}
    return errors


def _example_faults(parts: Mapping[str, str]) -> dict[str, str]:
    """Faults by part; the empty one's: that no address is there."""
    if is_reasoned_absence(parts.get("status", "")):
        return {}
    faults = {}
    if "when" not in parts:
        faults["when"] = t("When did it happen?")
    if "status" not in parts:
        faults["status"] = t("What was its status or error message?")
    if not parts.keys() & set(ADDRESSES):
        faults[""] = t("Name at least one: sending account, termination address or inbound number.")
    return faults


def require_new_reason(ticket: Ticket, answers: Mapping[str, str], config: Config) -> None:
    """Removes the reason of the old priority from a changed one (guide L1.2).

    What impact and urgency say is a reason for every priority they say.
    """
    now = answers.get("priority", "")
    before, reason = ticket.answer("priority"), ticket.answer("priority_reason")
    if reason == BY_MATRIX and now == proposed({**ticket.answers, **answers}, config):
        return
    if before and now not in {"", before} and answers.get("priority_reason", reason) in {"", reason}:
        words = t("The reason is still the one for {before}. Why is it {now} now?", before=before, now=now)
        raise Invalid({"priority_reason": words})


def present(answers: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in answers.items() if text}


def merged(ticket: Ticket, answers: Mapping[str, str]) -> dict[str, str]:
    """Existing answers with the new ones, without those that were emptied."""
    return present({**ticket.answers, **answers})


def changed(ticket: Ticket, answers: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in answers.items() if text != ticket.answer(key)}
