"""Modals of reminders: snooze, announcements of Retarus, action plan, cadence, chaser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from blocks import assignment, canned_answers, kit
from blocks.evidence import along
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from blocks.outbound import WRITE
from bot.config.canned_answers import AnswerPlace
from bot.config.settings import Config
from bot.core.i18n import t
from bot.model.ticket import Stage, Ticket
from bot.reminders.snooze import Preset
from bot.tickets.attachments import waiting

SHOW = "reminders.show"
"""Opens the modal with the timers: see `blocks.clocks`."""
SNOOZE = "reminders.snooze"
EXPECT = "reminders.expect"
CHASE = "reminders.chase"
PLAN = "reminders.plan"
PACE = "reminders.pace"

UNTIL, PRESET, WORD = "until", "preset", "word"
"""Block ids of inputs."""


def choices(ticket: Ticket, *, by_lead: bool = False) -> Iterable[tuple[str, str]]:
    """Further actions on a reminder, by action id and name. `by_lead`: with those of a lead."""
    if ticket.stage is Stage.RETARUS:
        yield CHASE, t("Chase Retarus")
        yield EXPECT, t("Set next update")
    if ticket.sent_at:
        yield WRITE, t("Send to Retarus")
    if ticket.stage.is_open and ticket.times.planned is None:
        yield PLAN, t("Action plan")
    if assignment.is_assignable(ticket, by_lead=by_lead):
        yield assignment.ASK, t("Assign to somebody")
    if ticket.stage.is_open:
        yield SNOOZE, t("Snooze")


def buttons(ticket: Ticket, *, by_lead: bool = False) -> list[Json]:
    return [kit.button(name, action, ticket.id) for action, name in choices(ticket, by_lead=by_lead)]


# --- the modals


def snooze(ticket: Ticket, name: str, offered: Sequence[Preset]) -> Json:
    """The form of a snooze, with the moments that are offered, the first one chosen, and any other."""
    return kit.modal(SNOOZE, t("Snooze"), snooze_inputs(name, offered), submit=t("Snooze"), about=ticket.id)


def snooze_inputs(name: str, offered: Sequence[Preset]) -> list[Json]:
    """Form of a snooze: its end, and its reason."""
    note = kit.note(f"{name} · {t('any activity ends the snooze; the SLA keeps running')}")
    word = text_input(WORD, t("Why can it wait?"), t("In the ticket's thread"), needed=False)
    return [note, *moment_inputs(offered), word]


def moment_inputs(offered: Sequence[Preset]) -> list[Json]:
    """The moments that are offered, and any other."""
    other = _moment(UNTIL, t("Or until another time"), 0, needed=not offered)
    return [*([_presets(offered)] if offered else []), other]


def chosen_until(typed: Mapping[str, str]) -> str:
    """The chosen moment in Unix seconds: a typed time counts before one that is offered. Empty where there is none."""
    return typed.get(UNTIL) or typed.get(PRESET, "")


def _presets(offered: Sequence[Preset]) -> Json:
    options = [kit.option(_named(each), str(int(each.at.timestamp()))) for each in offered]
    picker: Json = {"type": "radio_buttons", "action_id": ANSWER, "options": options, "initial_option": options[0]}
    return {"type": "input", "block_id": PRESET, "label": kit.plain(t("Until when?")), "element": picker}


def _named(preset: Preset) -> str:
    return t(preset.when.value).format(day=f"{preset.local:%d.%m.}", time=f"{preset.local:%H:%M}")


def expect(ticket: Ticket, name: str, question: str = "") -> Json:
    """Modal for a promise or a question by Retarus. `question`: text prefilled for their question."""
    due, eta = ticket.times.update_due, ticket.times.eta
    blocks = [
        kit.note(f"{name} · {t('with Retarus')}"),
        _moment("update_due", t("Next update, as promised"), int(due.timestamp()) if due else 0, needed=False),
        _moment("eta", t("When they expect it to be solved"), int(eta.timestamp()) if eta else 0, needed=False),
        text_input(
            "question",
            t("What they ask us"),
            t("Then it is our turn until Retarus has an answer"),
            value=question,
            needed=False,
        ),
    ]
    return kit.modal(EXPECT, t("What Retarus said"), blocks, submit=t("Record"), about=ticket.id)


def promises() -> list[Json]:
    """The same two moments within the form of an update; what is left empty stays as announced."""
    return [
        _moment("update_due", t("Next update, as promised"), 0, needed=False),
        _moment("eta", t("When they expect it to be solved"), 0, needed=False),
    ]


def chase(ticket: Ticket, name: str, draft: str, ways: Sequence[str], config: Config) -> Json:
    """The draft, sent as it stands there, with its files."""
    goes = t("goes {ways}, in your name, in the thread about this ticket", ways=kit.together(ways))
    blocks = [kit.note(f"{name} · {goes}"), *along(waiting(ticket), config)]
    blocks += canned_answers.menu(AnswerPlace.RETARUS, config)
    blocks.append(text_input(WORD, t("What Retarus reads"), "", value=draft))
    about = f"{ticket.id}|{ticket.version}"
    return kit.modal(CHASE, t("Chase Retarus"), blocks, submit=t("Send to Retarus"), about=about)


def plan(ticket: Ticket, name: str) -> Json:
    blocks = [kit.note(name), text_input(WORD, t("Action plan"), t("Steps, who does them, and by when"))]
    return kit.modal(PLAN, t("Action plan"), blocks, submit=t("Record"), about=ticket.id)


def pace(ticket: Ticket, name: str) -> Json:
    """Asks for the ticket's own cadence."""
    own = str(ticket.times.pace or "")
    asked = text_input(WORD, t("Minutes"), t("Empty: as the policy says"), value=own, multiline=False, needed=False)
    about = t("until the first reminder and between reminders, in working time")
    return kit.modal(PACE, t("Cadence"), [kit.note(f"{name} · {about}"), asked], submit=t("Set"), about=ticket.id)


def _moment(key: str, label: str, initial: int, *, needed: bool = True) -> Json:
    element: Json = {"type": "datetimepicker", "action_id": ANSWER}
    if initial:
        element["initial_date_time"] = initial
    return {"type": "input", "block_id": key, "label": kit.plain(label), "element": element, "optional": not needed}
