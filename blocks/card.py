"""Ticket card in the channel: one message, always rendered again from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from blocks import checklist as checks
from blocks import escalation, fill_in, findings, handoff, kit, letter, notes, reminders, transitions, urgency
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.core.cleaning import clean_line, excerpt, shorten_middle
from bot.core.i18n import many, mark, t
from bot.forms.checklist import is_left, progress
from bot.forms.template_fields import GuidePart, Need
from bot.forms.validation import Missing, missing
from bot.model.ticket import Kind, Party, Stage, Ticket
from bot.model.transitions import STANDING, Move, Step, can
from bot.tickets.attachments import waiting
from bot.tickets.permissions import is_highest
from bot.tickets.reference import kind_name, reference

MORE = "card.more"
"""The overflow menu; the option's value is `<action id>|<ticket id>`."""

KNOWN = "joining.known"
"""Opens the possible duplicates: see `blocks.known_issues`."""

Who = Callable[[str], str]
"""The name of a person, by Slack user id."""

_PARTIES = {
    Party.FIRST: mark("1st level"),
    Party.SECOND: mark("2nd level"),
    Party.RETARUS: mark("Retarus"),
    Party.CUSTOMER: mark("end-customer"),
}


def party_name(party: Party) -> str:
    """The name of a kind, within a line."""
    return t(_PARTIES[party])


def ball_of(ticket: Ticket) -> str:
    """`waiting on: 2nd level`; empty once it is closed."""
    return t("waiting on: {party}", party=party_name(ticket.ball)) if ticket.ball else ""


def card(ticket: Ticket, config: Config, who: Who, on_duty: Sequence[str] = ()) -> Message:
    """The trouble first, then where it stands, and the next sensible step. Closed, it has two lines.

    `on_duty`: names of the people on duty, on a ticket of the highest priority.
    """
    text = kit.escape(urgency.pushed(ticket, config))
    if not ticket.stage.is_open:
        return Message(text, [_closed(ticket, config)])
    blocks = [_facts(ticket, config, who, on_duty), *findings.known(ticket, config)]
    return Message(text, [*blocks, kit.actions("card", _buttons(ticket, config))])


def _closed(ticket: Ticket, config: Config) -> Json:
    """Two lines: the name of the ticket and its end; with the menu."""
    name = urgency.joined(reference(ticket, config), ticket.answer("priority"), *ticket.rcr)
    about = urgency.joined(urgency.customer(ticket), urgency.services(ticket))
    problem, remedy = urgency.trouble(ticket, 80), excerpt(ticket.answer("remedy"), 80)
    ended = " → ".join(filter(None, (problem, remedy)))
    words = f"✅ {urgency.joined(name, about)}\n" + t("Closed: {what}", what=ended or kind_name(ticket.kind))
    menu = kit.overflow(MORE, [_entry(step, ticket, config) for step in steps(ticket, config)])
    two_lines = {"type": "plain_text", "text": words, "emoji": False}
    return {"type": "section", "text": two_lines, "accessory": menu}


def _facts(ticket: Ticket, config: Config, who: Who, on_duty: Sequence[str]) -> Json:
    lines = [urgency.trouble(ticket, 200), excerpt(ticket.answer("impact"), 160)]
    lines += [t("↩️ Sent back: {reason}", reason=excerpt(ticket.sent_back, 200))] if ticket.sent_back else []
    lines += _together(ticket, config)
    lines += [t("On duty: {names}", names=excerpt(", ".join(on_duty), 100))] if on_duty else []
    elements = [kit.text(f"\n{line}") for line in lines if line]
    needed = _missing_words(missing(ticket, Need.ESCALATE, config)) if _is_collected(ticket) else ""
    about = [kit.text("\n"), *_standing(ticket, config, who), *([kit.text(f"\n{needed}")] if needed else [])]
    return kit.rich(kit.line(kit.bold(urgency.heading(ticket, config)), *elements, *about))


def _standing(ticket: Ticket, config: Config, who: Who) -> list[Json]:
    """One line: number, kind (if no incident), where it is and whose, its age, the SLA, Retarus's number, and files."""
    kind = kind_name(ticket.kind) if ticket.kind is not Kind.INCIDENT else ""
    name = urgency.joined(reference(ticket, config), kind, standing(ticket, who))
    parts = [[kit.text(name)], urgency.age(ticket), urgency.due(ticket, config)]
    parts += [[kit.bold(", ".join(ticket.rcr))]] if ticket.rcr else []
    parts += [[kit.text(f"📎 {_file_names(ticket)}")]] if waiting(ticket) else []
    parts += [[kit.link(t("from a message"), ticket.source)]] if ticket.source else []
    return urgency.joined_elements(parts)


def _file_names(ticket: Ticket) -> str:
    """Names of the files for the next letter to Retarus."""
    return excerpt(", ".join(shorten_middle(clean_line(each.name), _FILE) for each in waiting(ticket)), 2 * _FILE)


_FILE = 40
"""Characters of a file's name on the card."""


def standing(ticket: Ticket, who: Who) -> str:
    """Place of the ticket, its owner, and who must act where the place does not say it."""
    return urgency.joined(_place(ticket, who), ball_of(ticket) if ticket.ball is not ticket.stage.ball else "")


def _place(ticket: Ticket, who: Who) -> str:
    """Place of the ticket and its owner; for a new ticket, who raised it."""
    if not ticket.stage.is_open:
        return t(STANDING[ticket.stage])
    place, name = t(_WITH[ticket.stage]), who(ticket.owner)
    return urgency.joined(place, t("raised by {name}", name=name)) if ticket.stage is Stage.NEW else f"{place}: {name}"


_WITH = {
    Stage.NEW: mark("not taken yet"),
    Stage.FIRST: mark("1st level"),
    Stage.FIRST_ASKED: mark("waiting for the end-customer"),
    Stage.HANDED_OFF: mark("offered to the 2nd level"),
    Stage.SECOND: mark("2nd level"),
    Stage.SECOND_ASKED: mark("waiting for the end-customer"),
    Stage.RETARUS: mark("with Retarus"),
    Stage.RESOLVED: mark("to be confirmed"),
}
"""Place of an open ticket, before the name of its owner."""


def _together(ticket: Ticket, config: Config) -> list[str]:
    """Other end-customers and tickets affected by the same problem."""
    lines = []
    if ticket.affected:
        names = excerpt(", ".join(each.customer for each in ticket.affected), 200)
        lines.append(t("Also affected: {customers}", customers=names))
    if ticket.parent:
        lines.append(t("Same cause as {name}", name=f"{config.desk.prefix}-{ticket.parent_number}"))
    if ticket.leads:
        lines.append(many("{count} more ticket with this cause", "{count} more tickets with this cause", ticket.leads))
    return lines


def _is_collected(ticket: Ticket) -> bool:
    """True while answers for Retarus are still collected: neither sent nor resolved."""
    return ticket.stage not in {Stage.RETARUS, Stage.RESOLVED} and not ticket.sent_at


def _missing_words(items: Iterable[Missing]) -> str:
    asked = [item for item in items if item.heading.guide_part is GuidePart.TICKET]
    if not asked:
        return t("Nothing missing for Retarus")
    shown, more = ", ".join(map(_brief, asked[:_NAMED])), len(asked) - _NAMED
    if more > 0:
        return t("Missing for Retarus: {names} and {count} more", names=shown, count=more)
    return t("Missing for Retarus: {names}", names=shown)


_NAMED = 2

_BRIEF = {
    "customer": mark("end-customer"),
    "main_id": mark("main customer ID"),
    "tenants": mark("tenants"),
    "services": mark("affected service"),
    "service_other": mark("which other service"),
    "start": mark("start of incident"),
    "happens": mark("what happens"),
    "impact": mark("impact"),
    "interface": mark("interface"),
    "error": mark("error message"),
    "affected": mark("customers affected"),
    "related": mark("related tickets"),
    "contact": mark("contact person"),
    "example": mark("example"),
    "reproduced": mark("reproduced?"),
    "steps": mark("steps"),
    "done": mark("what was done"),
    "test": mark("test transactions?"),
    "known": mark("already known?"),
    "known_as": mark("known as"),
}
"""Names of missing answers, as used in the middle of a line."""


def _brief(item: Missing) -> str:
    return t(_BRIEF[item.key]) if item.key in _BRIEF else item.name.rstrip(":?").split(" (")[0]


# --- buttons, the next sensible step first ---

Button = Move | Step | str

_STEPS: dict[Stage, tuple[Button, ...]] = {
    Stage.NEW: (Move.TAKE, checks.ASK, handoff.ASK, fill_in.ASK, KNOWN, Step.NOTE, Move.WITHDRAW, reminders.SHOW),
    Stage.FIRST: (
        handoff.ASK, checks.ASK, fill_in.ASK, Move.RESOLVE,
        Move.ASK_CUSTOMER, Move.TAKE_OVER, Step.NOTE, KNOWN, Move.WITHDRAW, reminders.SHOW,
    ),
    Stage.FIRST_ASKED: (
        Move.CUSTOMER_ANSWERED, checks.ASK, fill_in.ASK,
        Move.GO_ON, Move.TAKE_OVER, Step.NOTE, Move.WITHDRAW, reminders.SHOW,
    ),
    Stage.HANDED_OFF: (Move.ACCEPT, Move.SEND_BACK, checks.ASK, fill_in.ASK, Step.NOTE, reminders.SHOW),
    Stage.SECOND: (
        escalation.ASK, checks.ASK, Move.RESOLVE, fill_in.ASK,
        Move.SEND_BACK, Move.ASK_CUSTOMER, Move.TAKE_OVER, Step.NOTE, KNOWN, reminders.SHOW,
    ),
    Stage.SECOND_ASKED: (
        Move.CUSTOMER_ANSWERED, checks.ASK, fill_in.ASK,
        Move.GO_ON, Move.TAKE_OVER, Step.NOTE, Move.WITHDRAW, reminders.SHOW,
    ),
    Stage.RETARUS: (
        escalation.RCR, Move.RETARUS_ANSWERED, Move.RETARUS_UPDATE, Move.RESOLVE,
        Move.ASK_CUSTOMER, fill_in.ASK, Move.TAKE_OVER, Step.NOTE, checks.ASK, KNOWN, letter.SHOW, reminders.SHOW,
    ),
    Stage.RESOLVED: (Move.CONFIRM, Move.REOPEN, notes.FROM, checks.ASK, Step.NOTE, Move.TAKE_OVER, reminders.SHOW),
    Stage.CLOSED: (notes.FROM, Move.REOPEN, Step.NOTE),
}  # fmt: skip
"""Buttons per stage, the likeliest first: three buttons, four in the menu, the rest in the modal with the clocks.

With the 2nd level and with Retarus closing without a remedy is offered in the form of `Resolve`, see
    `blocks.transitions`.
"""
_CUSTOMER_IS_ASKED = (
    Move.CUSTOMER_ANSWERED, Move.RETARUS_ANSWERED, Move.RETARUS_UPDATE, Move.GO_ON, Move.RESOLVE, fill_in.ASK,
    Move.TAKE_OVER, Step.NOTE, escalation.RCR, checks.ASK, letter.SHOW, reminders.SHOW,
)  # fmt: skip
"""With Retarus, while the end-customer is asked."""

_WITH_NUMBER = (Move.RETARUS_ANSWERED, Move.RETARUS_UPDATE, Move.RESOLVE)
"""The first buttons with Retarus, once their number is recorded."""

_NAMES: dict[Button, str] = {
    **dict[Button, str](transitions.NAMES.items()),
    handoff.ASK: mark("Hand off to 2nd level"),
    checks.ASK: mark("Checks"),
    fill_in.ASK: mark("Fill in"),
    escalation.ASK: mark("Escalate to Retarus"),
    escalation.RCR: mark("RCR number"),
    letter.SHOW: mark("Show letter"),
    reminders.SHOW: mark("Clocks and more"),
    KNOWN: mark("Known already?"),
    notes.FROM: mark("Keep as a technical note"),
}
_IN_SIGHT, _IN_MENU = 3, 5
"""A phone shows three buttons in one glance; Slack's menus have at most five entries."""
_MENU_ALONE = range(20, 32)
"""Characters of three labels that fill a phone's row, so that the menu would stand alone in the next one."""


def steps(ticket: Ticket, config: Config) -> tuple[Button, ...]:
    """Buttons available now, the next sensible step first: the level's checks, as long as some are left."""
    order = _CUSTOMER_IS_ASKED if ticket.times.customer_asked else _STEPS[ticket.stage]
    if ticket.stage in {Stage.FIRST, Stage.SECOND} and not ticket.sent_at and is_left(ticket, config):
        return _first(checks.ASK, order)
    if ticket.stage is Stage.SECOND and ticket.sent_at:
        return _first(Move.RESOLVE, order)
    if ticket.stage is Stage.RETARUS and ticket.rcr and not ticket.times.customer_asked:
        return (*_WITH_NUMBER, *(each for each in order if each not in _WITH_NUMBER))
    return order


def _first(step: Button, order: tuple[Button, ...]) -> tuple[Button, ...]:
    return (step, *(each for each in order if each != step))


def _offered(ticket: Ticket, config: Config) -> tuple[Button, ...]:
    """The steps, and for the highest priority the one that skips the handoff."""
    order = steps(ticket, config)
    if can(ticket, Move.COMPRESS) and is_highest(ticket.answer("priority"), config):
        place = 1 if ticket.stage is Stage.NEW else _IN_SIGHT - 1
        return (*order[:place], Move.COMPRESS, *order[place:])
    return order


def _divided(ticket: Ticket, config: Config) -> tuple[Sequence[Button], Sequence[Button], Sequence[Button]]:
    """The buttons in sight, those in the menu, and those in the modal that the last entry of the menu opens."""
    order = _offered(ticket, config)
    length = sum(len(_name(step, ticket, config)) for step in order[:_IN_SIGHT])
    in_sight = _IN_SIGHT - (length in _MENU_ALONE)
    if len(order) <= in_sight + _IN_MENU:
        return order[:in_sight], order[in_sight:], ()
    last = in_sight + _IN_MENU - 1
    return order[:in_sight], (*order[in_sight:last], order[-1]), order[last:-1]


def _buttons(ticket: Ticket, config: Config) -> Iterable[Json]:
    in_sight, in_menu, _ = _divided(ticket, config)
    for number, step in enumerate(in_sight):
        yield _button(step, ticket, config, style="" if number else "primary")
    if in_menu:
        yield kit.overflow(MORE, [_entry(step, ticket, config) for step in in_menu])


def further(ticket: Ticket, config: Config) -> list[Json]:
    """Buttons for which the card has no room."""
    return [_button(step, ticket, config) for step in _divided(ticket, config)[2]]


def _button(step: Button, ticket: Ticket, config: Config, style: str = "") -> Json:
    name = _name(step, ticket, config)
    return kit.button(name, action_of(step), ticket.id, style=style, about=reference(ticket, config))


def _entry(step: Button, ticket: Ticket, config: Config) -> Json:
    return kit.option(_name(step, ticket, config), f"{action_of(step)}|{ticket.id}")


def action_of(step: Button) -> str:
    """The action id behind a step."""
    return transitions.action_of(step) if isinstance(step, Move | Step) else step


def _name(step: Button, ticket: Ticket, config: Config) -> str:
    """Label of the button; with checks left, it says how they stand."""
    if step != checks.ASK or ticket.stage not in {Stage.FIRST, Stage.SECOND} or not is_left(ticket, config):
        return t(_NAMES[step])
    done, asked = progress(ticket, ticket.stage.worked_at, config)
    return t("Continue checks ({done}/{asked})", done=done, asked=asked) if done else t("Start checks")


def next_step(ticket: Ticket, config: Config) -> str:
    """Name of the next sensible step."""
    return _name(steps(ticket, config)[0], ticket, config)


def asking(ticket: Ticket, config: Config) -> Json:
    """The button by which somebody asks again about a ticket that others must move."""
    return _button(Step.NOTE, ticket, config, style="primary")


def primary(ticket: Ticket, config: Config) -> Json:
    """The next sensible step as a button of its own, for a direct message or a reminder."""
    return _button(steps(ticket, config)[0], ticket, config, style="primary")
