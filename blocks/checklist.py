"""Checklist modal of a level, and the modal for a single task."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from blocks import kit, undo
from blocks.form import inputs
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import mark, t
from bot.escalation.letter import shown
from bot.escalation.summaries import drafts
from bot.forms.checklist import Task, TaskState, Trace, in_one_click, progress, tasks
from bot.forms.field import Need
from bot.forms.field_table import is_asked
from bot.forms.validation import level_name
from bot.model.ticket import Level, Ticket

ASK = "checks.ask"
OF_LEVEL = "checks.level."
"""Prefix of the buttons that show another level's: `checks.level.first`."""
ANSWER = "checks.answer"
SUBMIT = "checks.submit"
PICK = "checks.pick."
"""Prefix of the buttons that answer at once: `checks.pick.0`; the value is `<field>=<answer>`."""
SHOWN = "checks.shown"
"""The list's callback id."""

MAX_PICKS = 3

_MARKS = {TaskState.OPEN: "○", TaskState.DONE: "✓", TaskState.OFFERED: "·"}
_TITLES = {
    Level.FIRST: mark("1st-level checks"),
    Level.SECOND: mark("2nd-level checks"),
    Level.THIRD: mark("Retarus's tasks"),
}


def modal(
    ticket: Ticket,
    name: str,
    level: Level,
    config: Config,
    traces: Mapping[str, Trace],
    who: Callable[[str], str],
    undoable: Collection[str] = (),
) -> Json:
    """The tasks of a level, each with its state, who answered it and when, and a button that answers it.

    `undoable`: tasks whose answer is the ticket's newest step.
    """
    done, asked = progress(ticket, level, config)
    how_far = t("{done} of {asked} done", done=done, asked=asked) if asked else t("recorded when it arrives")
    blocks = [kit.note(f"{name} · {level_name(level)} · {how_far}")]
    for each in tasks(ticket, level, config):
        blocks += _task(each, ticket, config, traces.get(each.key), who)
        if each.key in undoable:
            button = undo.button(ticket, undo.UNDO_CHECK, each.fields[0].called(ticket.kind))
            blocks.append(kit.actions(f"checks.undo.{each.key}", [button]))
    blocks += _promised(ticket) if level is Level.THIRD else []
    blocks.append(kit.actions("checks.levels", _other_levels(ticket, level)))
    return kit.modal(SHOWN, t(_TITLES[level]), blocks, about=f"{ticket.id}|{ticket.version}|{level}")


def _task(each: Task, ticket: Ticket, config: Config, trace: Trace | None, who: Callable[[str], str]) -> Iterable[Json]:
    """The question and the guide's words; the answer with its author and time; or the answers of one click."""
    name = each.fields[0].called(ticket.kind)
    head = kit.heading(f"{_MARKS[each.state]} {name}", each.heading.label_text)
    answers = _answers(each, ticket, config)
    if ticket.stage.is_open:
        head["accessory"] = kit.button(t("Edit") if answers else t("Answer"), ANSWER, each.key, about=name)
    yield head
    if answers:
        yield kit.rich(kit.line(kit.text(answers), *_by(trace, who)))
    picks = in_one_click(each, ticket, config)[:MAX_PICKS] if ticket.stage.is_open else ()
    if picks:
        field = each.fields[0].key
        buttons = [
            kit.button(option.label, f"{PICK}{number}", f"{field}={option.value}", about=name)
            for number, option in enumerate(picks)
        ]
        yield kit.actions(f"checks.{each.key}", buttons)


def _answers(each: Task, ticket: Ticket, config: Config) -> str:
    label_text = [
        shown(field, ticket.answer(field.key), ticket.zone, config)
        for field in each.fields
        if ticket.answer(field.key) and is_asked(field, ticket.answers, config)
    ]
    return excerpt(" · ".join(label_text), 300)


def _by(trace: Trace | None, who: Callable[[str], str]) -> list[Json]:
    return [kit.text(f"\n{who(trace.by)} · "), kit.moment(trace.at)] if trace else []


def _promised(ticket: Ticket) -> list[Json]:
    """Announcements by Retarus (guide L3.4, L3.7); a missing one is stated, as a reason to ask for it."""
    label_text = [
        _when(t("Expected duration: solved by {time}"), ticket.times.eta, t("Expected duration: not announced yet")),
        _when(t("Next update: {time}"), ticket.times.update_due, t("Next update: not announced yet")),
    ]
    return [kit.rich(*label_text)] if ticket.sent_at else []


def _when(words: str, at: datetime | None, otherwise: str) -> Json:
    return kit.line(*kit.filled(words, time=kit.moment(at))) if at else kit.line(kit.text(otherwise))


def _other_levels(ticket: Ticket, level: Level) -> list[Json]:
    levels = [Level.FIRST, Level.SECOND, *([Level.THIRD] if ticket.sent_at else [])]
    return [kit.button(t(_TITLES[each]), OF_LEVEL + each, each.value) for each in levels if each is not level]


def one(ticket: Ticket, each: Task, name: str, config: Config, typed: Mapping[str, str] | None = None) -> Json:
    """Modal for one task, prefilled where possible. `typed`: answers so far, when it is redrawn."""
    answers = {**drafts(ticket, config), **ticket.answers, **(typed or {})}
    blocks = [kit.note(f"{name} · {level_name(each.level)}")]
    blocks += inputs(each.fields, ticket.kind, config, answers, Need.ESCALATE)
    about = f"{ticket.id}|{ticket.version}|{each.key}"
    return kit.modal(SUBMIT, t("One check"), blocks, submit=t("Save"), about=about)
