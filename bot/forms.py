"""Are the answers good, and what is still missing? Pure functions over the table of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.answers import Given, is_reasoned_absence
from bot.errors import Invalid
from bot.fields import EXAMPLE, EXAMPLE_NEED, FIELDS, TRANSACTIONS, Ask, Field, Heading, Need, fields_of
from bot.secrets_in_text import free_of_secrets
from bot.text import clean
from bot.ticket import Kind, Level, Ticket


@dataclass(frozen=True)
class Missing:
    """One thing that is not answered yet."""

    key: str
    """A field's key, or a group's: `example`."""
    name: str
    heading: Heading
    level: Level
    need: Need

    @property
    def line(self) -> str:
        """`AFFECTED SERVICE · 1st level · guide section 4`."""
        name = self.heading.text if self.name == self.heading.text else f"{self.heading.text}: {self.name.rstrip(':')}"
        sections = "sections" if " and " in self.heading.section else "section"
        return f"{name} · {LEVEL_NAMES[self.level]} · guide {sections} {self.heading.section}"


LEVEL_NAMES = {Level.FIRST: "1st level", Level.SECOND: "2nd level", Level.THIRD: "3rd level"}


def missing(ticket: Ticket, border: Need) -> tuple[Missing, ...]:
    """Everything that must be answered at this border and is not, in the guide's order."""
    return tuple(_unanswered(ticket.kind, ticket.answers, border))


def _unanswered(kind: Kind, answers: Mapping[str, str], border: Need) -> Iterable[Missing]:
    for field in fields_of(kind):
        if field.key == "example.1.when" and is_due(EXAMPLE_NEED[kind], border) and not has_example(answers):
            yield Missing("example", TRANSACTIONS, EXAMPLE, Level.FIRST, Need.ESCALATE)
        if is_due(field.need[kind], border) and is_asked(field, answers) and not answers.get(field.key):
            yield Missing(field.key, field.name, field.heading, field.level, field.need[kind])


def is_due(need: Need, border: Need) -> bool:
    """Whether what is needed by then is needed at this border."""
    return need is not Need.NEVER and need.order <= border.order


def is_asked(field: Field, answers: Mapping[str, str]) -> bool:
    """Whether the other answers make this field apply at all."""
    if field.only_if is None:
        return True
    key, values = field.only_if
    return bool(values & set(answers.get(key, "").split("\n")))


def has_example(answers: Mapping[str, str]) -> bool:
    """Whether one transaction is whole, or its absence is explained."""
    return any(not _example_faults(parts) for parts in examples(answers).values())


def examples(answers: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """Number → part → answer, of every transaction that was begun."""
    found: dict[int, dict[str, str]] = {}
    for field in FIELDS:
        if field.group and answers.get(field.key):
            found.setdefault(int(field.group.split(".")[1]), {})[field.key.split(".")[2]] = answers[field.key]
    return found


def checked(
    fields: Iterable[Field], typed: Mapping[str, str], kind: Kind, given: Given, border: Need
) -> dict[str, str]:
    """The canonical answers of these fields; an empty text means: not answered, or answer taken away.

    Raises `Invalid` with one sentence for every field that is wrong, or that this border asks for and is empty.
    """
    fields = tuple(fields)
    known = {**given.answers, **typed}
    given = Given(given.now, given.config, known)
    found: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            found[field.key] = _checked(field, typed.get(field.key, ""), kind, given, border)
        except ValueError as error:
            errors[field.key] = str(error)
    errors |= _group_errors({**given.answers, **found}, {field.key for field in fields})
    if errors:
        raise Invalid(errors)
    return found


def _checked(field: Field, text: str, kind: Kind, given: Given, border: Need) -> str:
    text = clean(text)
    if len(text) > field.most:
        raise ValueError(f"This is {len(text)} characters long; at most {field.most} fit.")
    if text:
        return _picked(field, text, given) if field.options(given.config) else field.check(free_of_secrets(text), given)
    if is_due(field.need[kind], border) and is_asked(field, given.answers):
        raise ValueError("This is needed now." if field.ask in _TYPED else "Pick one.")
    return ""


_TYPED = {Ask.LINE, Ask.TEXT, Ask.SEARCH}


def _picked(field: Field, text: str, given: Given) -> str:
    allowed = {option.value for option in field.options(given.config)}
    if not set(text.split("\n")) <= allowed:
        raise ValueError("This is not one of the answers offered any more. Pick again.")
    return text


def _group_errors(answers: Mapping[str, str], asked: set[str]) -> dict[str, str]:
    """A transaction that was begun is finished: its faults, beside the fields that were asked."""
    return {
        f"example.{number}.{part}": fault
        for number, parts in examples(answers).items()
        for part, fault in _example_faults(parts).items()
        if f"example.{number}.{part}" in asked
    }


def _example_faults(parts: Mapping[str, str]) -> dict[str, str]:
    if is_reasoned_absence(parts.get("status", "")):
        return {}
    faults = {}
    if "when" not in parts:
        faults["when"] = "When did it happen?"
    if "status" not in parts:
        faults["status"] = "What was its status or error message?"
    if not parts.keys() & {"sender", "recipient", "inbound"}:
        faults["sender"] = "Name at least one: sending account, termination address or inbound number."
    return faults


def present(answers: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in answers.items() if text}


def merged(ticket: Ticket, answers: Mapping[str, str]) -> dict[str, str]:
    """What was there, what is new, and without what was emptied."""
    return present({**ticket.answers, **answers})


def changed(ticket: Ticket, answers: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in answers.items() if text != ticket.answer(key)}
