"""How does a ticket look in the channel? One card, always drawn anew from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from blocks import escalate, filling, handoff, kit, letter, moving, reminders
from blocks.kit import Json, Message
from bot.answers import as_moment
from bot.clocks import plan
from bot.fields import Need, Sheet, fields_of
from bot.forms import Missing, is_asked, is_due, missing
from bot.letter import kind_name, reference
from bot.moves import STANDING, Move, Step, can
from bot.rights import is_highest
from bot.settings import Config
from bot.text import one_line
from bot.ticket import Party, Stage, Ticket

MORE = "card.more"
"""The overflow menu; the option's value is `<action id>|<ticket id>`."""

Who = Callable[[str], str]
"""The name of a person, by Slack user id."""

PARTIES = {
    Party.FIRST: "1st level",
    Party.SECOND: "2nd level",
    Party.RETARUS: "Retarus",
    Party.CUSTOMER: "end-customer",
}


def title(ticket: Ticket, config: Config) -> str:
    """`PD-1042 · Incident · P1`."""
    bits = (reference(ticket, config), kind_name(ticket.kind), ticket.answer("priority"))
    return " · ".join(bit for bit in bits if bit)


def card(ticket: Ticket, config: Config, who: Who) -> Message:
    """The state of a ticket and the next sensible step."""
    blocks = [kit.header(title(ticket, config)), _facts(ticket, who), *_progress(ticket), *_agreed(ticket, config)]
    buttons = list(_buttons(ticket, config))
    if buttons:
        blocks.append(kit.actions("card", buttons))
    return Message(kit.escape(f"{title(ticket, config)}: {one_line(ticket.answer('happens'), 200)}"), blocks)


def _facts(ticket: Ticket, who: Who) -> Json:
    where = [kit.bold(_standing(ticket)), kit.text(f" · owner {who(ticket.owner)}{_ball(ticket)}\n")]
    since = as_moment(ticket.answer("start"))
    what = [kit.text(f"{_services(ticket)} · {one_line(ticket.answer('customer'), 80)}{_tenants(ticket)}")]
    ended = as_moment(ticket.answer("end"))
    ongoing = [kit.text(", ongoing")] if ticket.stage.is_open else []
    until = [kit.text(" until "), kit.moment(ended)] if ended else ongoing
    when = [kit.text(" · since "), kit.moment(since), *until] if since else []
    impact = [kit.text(f"\nImpact: {one_line(ticket.answer('impact'), 200)}")]
    source = [kit.text(" · "), kit.link("from a message", ticket.source)] if ticket.source else []
    rcr = [kit.text("\n"), kit.bold(f"{', '.join(ticket.rcr)}"), kit.text(" at Retarus")] if ticket.rcr else []
    quoted = kit.quote(one_line(ticket.answer("happens"), 300))
    return kit.rich(kit.line(*where, *what, *when, *source, *impact, *rcr), quoted)


def _standing(ticket: Ticket) -> str:
    standing = STANDING[ticket.stage]
    return f"{standing[0].upper()}{standing[1:]}"


def _ball(ticket: Ticket) -> str:
    return f" · ball: {PARTIES[ticket.ball]}" if ticket.ball else ""


def _services(ticket: Ticket) -> str:
    return ", ".join(ticket.answer("services").split("\n"))


def _tenants(ticket: Ticket) -> str:
    ids = ticket.answer("tenants")
    return f" ({one_line(ids.replace(chr(10), ', '), 60)})" if ids else ""


def _progress(ticket: Ticket) -> list[Json]:
    """How far the checks are, and what Retarus would still miss."""
    if not ticket.stage.is_open:
        return []
    open_items = missing(ticket, Need.ESCALATE)
    checks = " · ".join(_checked(ticket, sheet) for sheet in (Sheet.FIRST, Sheet.SECOND))
    return [kit.note(f"{checks} · {_missing_words(open_items)}")]


def _agreed(ticket: Ticket, config: Config) -> list[Json]:
    """By when there must be a remedy or an action plan; nothing where no SLA is set."""
    run = plan(ticket, config) if ticket.stage.is_open else None
    if run is None or run.end:
        return []
    when = [kit.text(" due "), kit.moment(run.due)] if run.due else [kit.text(" stands still: the customer is asked")]
    return [kit.rich(kit.line(kit.bold("Remedy or action plan"), *when))]


def _checked(ticket: Ticket, sheet: Sheet) -> str:
    asked = [
        field
        for field in fields_of(ticket.kind, sheet)
        if is_due(field.need[ticket.kind], Need.ESCALATE) and is_asked(field, ticket.answers)
    ]
    done = sum(1 for field in asked if ticket.answer(field.key))
    return f"{'1st' if sheet is Sheet.FIRST else '2nd'}-level tasks {done}/{len(asked)}"


def _missing_words(items: Iterable[Missing]) -> str:
    names = [_brief(item) for item in items if item.heading.sheet is Sheet.TICKET]
    if not names:
        return "nothing missing for Retarus"
    shown = ", ".join(names[:4])
    return f"missing for Retarus: {shown}" + (f" and {len(names) - 4} more" if len(names) > 4 else "")  # noqa: PLR2004


_BRIEF = {
    "tenants": "tenants",
    "interface": "interface",
    "error": "error message",
    "affected": "customers affected",
    "related": "related tickets",
    "example": "example",
    "reproduced": "reproduced?",
    "steps": "steps",
    "done": "what was done",
    "test": "test transactions?",
}


def _brief(item: Missing) -> str:
    return _BRIEF.get(item.key, item.name.rstrip(":?").split(" (")[0].lower())


# --- buttons: the first is the next sensible step ---

Button = Move | Step | str

_STEPS: dict[Stage, tuple[Button, ...]] = {
    Stage.NEW: (Move.TAKE, handoff.ASK, filling.ASK, Step.NOTE, reminders.SHOW, Move.WITHDRAW),
    Stage.FIRST: (
        handoff.ASK, filling.ASK, Move.RESOLVE, Move.ASK_CUSTOMER, Move.TAKE_OVER, Step.NOTE, reminders.SHOW,
        Move.WITHDRAW,
    ),
    Stage.FIRST_ASKED: (Move.CUSTOMER_ANSWERED, filling.ASK, Step.NOTE, reminders.SHOW, Move.WITHDRAW),
    Stage.HANDED_OFF: (Move.ACCEPT, Move.SEND_BACK, filling.ASK, Step.NOTE, reminders.SHOW),
    Stage.SECOND: (
        escalate.ASK, Move.RESOLVE, filling.ASK, Move.SEND_BACK, Move.ASK_CUSTOMER, Move.TAKE_OVER, Step.NOTE,
        reminders.SHOW,
    ),
    Stage.SECOND_ASKED: (Move.CUSTOMER_ANSWERED, filling.ASK, Step.NOTE, reminders.SHOW),
    Stage.RETARUS: (
        escalate.RCR, Move.RETARUS_ANSWERED, Move.RETARUS_UPDATE, letter.SHOW, filling.ASK, Move.TAKE_OVER, Step.NOTE,
        reminders.SHOW,
    ),
    Stage.RESOLVED: (Move.CONFIRM, Move.REOPEN, Step.NOTE, Move.TAKE_OVER, reminders.SHOW),
    Stage.CLOSED: (Move.REOPEN, Step.NOTE),
}  # fmt: skip
"""What can be done at each stage, the likeliest first: three buttons, the rest in the menu."""

_NAMES: dict[Button, str] = {
    **dict[Button, str](moving.NAMES.items()),
    handoff.ASK: "Hand off to 2nd level",
    filling.ASK: "Fill in",
    escalate.ASK: "Escalate to Retarus",
    escalate.RCR: "RCR number",
    letter.SHOW: "Show letter",
    reminders.SHOW: "Clocks and reminders",
}
_IN_SIGHT = 3


def steps(ticket: Ticket) -> tuple[Button, ...]:
    """What can be done now, the next sensible step first."""
    order = _STEPS[ticket.stage]
    if ticket.stage is Stage.SECOND and ticket.sent_at:
        return _first(Move.RESOLVE, order)
    if ticket.stage is Stage.RETARUS and ticket.rcr:
        return _first(Move.RETARUS_ANSWERED, order)
    return order


def _first(step: Button, order: tuple[Button, ...]) -> tuple[Button, ...]:
    return (step, *(each for each in order if each != step))


def _buttons(ticket: Ticket, config: Config) -> Iterable[Json]:
    order = steps(ticket)
    primary = "primary" if ticket.stage.is_open else ""
    for number, step in enumerate(order[:_IN_SIGHT]):
        yield kit.button(_NAMES[step], action_of(step), ticket.id, style=primary if number == 0 else "")
    if can(ticket, Move.COMPRESS) and is_highest(ticket.answer("priority"), config):
        yield kit.button(_NAMES[Move.COMPRESS], action_of(Move.COMPRESS), ticket.id)
    rest = [kit.option(_NAMES[step], f"{action_of(step)}|{ticket.id}") for step in order[_IN_SIGHT:]]
    if rest:
        yield kit.overflow(MORE, rest)


def action_of(step: Button) -> str:
    """The action id behind a step."""
    return moving.action_of(step) if isinstance(step, Move | Step) else step


def primary(ticket: Ticket) -> Json:
    """The next sensible step as a button of its own, for a direct message or a reminder."""
    step = steps(ticket)[0]
    return kit.button(_NAMES[step], action_of(step), ticket.id, style="primary")
