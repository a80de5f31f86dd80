"""Ticket card in the channel: one message, always rendered again from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from blocks import checklist as checks
from blocks import escalation, fill_in, findings, handoff, kit, letter, notes, reminders, transitions
from blocks.kit import Json, Message
from bot.clocks.timers import plan
from bot.config.settings import Config
from bot.core.cleaning import capital, excerpt, shorten_middle
from bot.core.clock import as_moment
from bot.core.i18n import many, mark, t
from bot.forms.checklist import is_left, progress
from bot.forms.template_fields import OTHER, GuidePart, Need
from bot.forms.validation import Missing, missing
from bot.model.ticket import Level, Party, Stage, Ticket
from bot.model.transitions import STANDING, Move, Step, can
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


def state_of(ticket: Ticket) -> str:
    """Current stage and the party who must act next: `with the 2nd level · waiting on: 2nd level`."""
    return " · ".join(filter(None, (t(STANDING[ticket.stage]), ball_of(ticket))))


def ball_of(ticket: Ticket) -> str:
    """`waiting on: 2nd level`; empty once it is closed."""
    return t("waiting on: {party}", party=party_name(ticket.ball)) if ticket.ball else ""


def title(ticket: Ticket, config: Config) -> str:
    """`PD-1042 · Incident · P1`."""
    bits = (reference(ticket, config), kind_name(ticket.kind), ticket.answer("priority"))
    return " · ".join(bit for bit in bits if bit)


def card(ticket: Ticket, config: Config, who: Who) -> Message:
    """The state of a ticket and the next sensible step."""
    state = [kit.header(title(ticket, config)), _facts(ticket, config, who), *_progress(ticket, config)]
    blocks = [*state, *_agreed(ticket, config), *findings.known(ticket, config)]
    buttons = list(_buttons(ticket, config))
    if buttons:
        blocks.append(kit.actions("card", buttons))
    return Message(kit.escape(f"{title(ticket, config)}: {excerpt(ticket.answer('happens'), 200)}"), blocks)


def _facts(ticket: Ticket, config: Config, who: Who) -> Json:
    whose = " · ".join(filter(None, (t("owner {name}", name=who(ticket.owner)), ball_of(ticket))))
    where = [kit.bold(capital(t(STANDING[ticket.stage]))), kit.text(f" · {whose}\n")]
    what = [kit.text(f"{_services(ticket)} · {shorten_middle(ticket.answer('customer'), 80)}{_tenants(ticket)}")]
    impact = [kit.text("\n" + t("Impact: {impact}", impact=excerpt(ticket.answer("impact"), 200)))]
    source = [kit.text(" · "), kit.link(t("from a message"), ticket.source)] if ticket.source else []
    rcr = kit.filled("\n" + t("{numbers} at Retarus"), numbers=kit.bold(", ".join(ticket.rcr))) if ticket.rcr else []
    quoted = kit.quote(excerpt(ticket.answer("happens"), 300))
    together = _together(ticket, config)
    return kit.rich(kit.line(*where, *what, *_when(ticket), *source, *impact, *together, *rcr), quoted)


def _together(ticket: Ticket, config: Config) -> list[Json]:
    """Other end-customers and tickets affected by the same problem."""
    told = []
    if ticket.affected:
        names = excerpt(", ".join(each.customer for each in ticket.affected), 200)
        told.append(t("Also affected: {customers}", customers=names))
    if ticket.parent:
        told.append(t("Same cause as {name}", name=f"{config.desk.prefix}-{ticket.parent_number}"))
    if ticket.leads:
        told.append(many("{count} more ticket with this cause", "{count} more tickets with this cause", ticket.leads))
    return [kit.text("".join(f"\n{line}" for line in told))] if told else []


def _when(ticket: Ticket) -> list[Json]:
    start, end = as_moment(ticket.answer("start")), as_moment(ticket.answer("end"))
    if not start:
        return []
    if end:
        return kit.filled(" · " + t("since {start} until {end}"), start=kit.moment(start), end=kit.moment(end))
    since = t("since {start}, ongoing") if ticket.stage.is_open else t("since {start}")
    return kit.filled(" · " + since, start=kit.moment(start))


def _services(ticket: Ticket) -> str:
    return ", ".join(t(OTHER) if name == OTHER else name for name in ticket.answer("services").split("\n"))


def _tenants(ticket: Ticket) -> str:
    ids = ticket.answer("tenants")
    return f" ({excerpt(ids.replace(chr(10), ', '), 60)})" if ids else ""


def _progress(ticket: Ticket, config: Config) -> list[Json]:
    """Progress of the checks, and the answers that Retarus would still miss."""
    if not ticket.stage.is_open:
        return []
    open_items = missing(ticket, Need.ESCALATE, config)
    checks = " · ".join(_checked(ticket, level, config) for level in (Level.FIRST, Level.SECOND))
    return [kit.note(f"{checks} · {_missing_words(open_items)}")]


def _agreed(ticket: Ticket, config: Config) -> list[Json]:
    """The moment by which a remedy or an action plan is due; empty where no SLA is set."""
    run = plan(ticket, config) if ticket.stage.is_open else None
    if run is None or run.end:
        return []
    what = kit.bold(t("Remedy or action plan"))
    if run.due:
        return [kit.rich(kit.line(*kit.filled(t("{what} due {time}"), what=what, time=kit.moment(run.due))))]
    return [kit.rich(kit.line(*kit.filled(t("{what} is paused: waiting for the customer"), what=what)))]


def _checked(ticket: Ticket, level: Level, config: Config) -> str:
    done, asked = progress(ticket, level, config)
    words = t("1st-level checks {done}/{asked}") if level is Level.FIRST else t("2nd-level checks {done}/{asked}")
    return words.format(done=done, asked=asked)


def _missing_words(items: Iterable[Missing]) -> str:
    names = [_brief(item) for item in items if item.heading.sheet is GuidePart.TICKET]
    if not names:
        return t("nothing missing for Retarus")
    shown, more = ", ".join(names[:_NAMED]), len(names) - _NAMED
    if more > 0:
        return t("missing for Retarus: {names} and {count} more", names=shown, count=more)
    return t("missing for Retarus: {names}", names=shown)


_NAMED = 4

_BRIEF = {
    "customer": mark("end-customer"),
    "main_id": mark("partners' main customer id"),
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
    "known": mark("is this issue is already known"),
    "known_as": mark("known as"),
}
"""Names of missing answers, as used in the middle of a line."""


def _brief(item: Missing) -> str:
    return t(_BRIEF[item.key]) if item.key in _BRIEF else item.name.rstrip(":?").split(" (")[0]


# --- buttons, the next sensible step first ---

Button = Move | Step | str

_STEPS: dict[Stage, tuple[Button, ...]] = {
    Stage.NEW: (Move.TAKE, checks.ASK, handoff.ASK, fill_in.ASK, KNOWN, Step.NOTE, reminders.SHOW, Move.WITHDRAW),
    Stage.FIRST: (
        handoff.ASK, checks.ASK, fill_in.ASK, Move.RESOLVE,
        KNOWN, Move.ASK_CUSTOMER, Move.TAKE_OVER, Step.NOTE, reminders.SHOW, Move.WITHDRAW,
    ),
    Stage.FIRST_ASKED: (
        Move.CUSTOMER_ANSWERED, checks.ASK, fill_in.ASK,
        Move.GO_ON, Move.TAKE_OVER, Step.NOTE, reminders.SHOW, Move.WITHDRAW,
    ),
    Stage.HANDED_OFF: (Move.ACCEPT, Move.SEND_BACK, checks.ASK, fill_in.ASK, Step.NOTE, reminders.SHOW),
    Stage.SECOND: (
        escalation.ASK, checks.ASK, Move.RESOLVE, fill_in.ASK,
        KNOWN, Move.SEND_BACK, Move.ASK_CUSTOMER, Move.TAKE_OVER, Step.NOTE, reminders.SHOW,
    ),
    Stage.SECOND_ASKED: (
        Move.CUSTOMER_ANSWERED, checks.ASK, fill_in.ASK,
        Move.GO_ON, Move.TAKE_OVER, Step.NOTE, reminders.SHOW, Move.WITHDRAW,
    ),
    Stage.RETARUS: (
        escalation.RCR, Move.RETARUS_ANSWERED, Move.RETARUS_UPDATE, Move.RESOLVE, Move.ASK_CUSTOMER, checks.ASK,
        KNOWN, letter.SHOW, fill_in.ASK, Move.TAKE_OVER, Step.NOTE, reminders.SHOW,
    ),
    Stage.RESOLVED: (Move.CONFIRM, Move.REOPEN, notes.FROM, checks.ASK, Step.NOTE, Move.TAKE_OVER, reminders.SHOW),
    Stage.CLOSED: (notes.FROM, Move.REOPEN, Step.NOTE),
}  # fmt: skip
"""Buttons per stage, the likeliest first: three to five buttons, the rest in the menu.

With the 2nd level and with Retarus both are full: closing without a remedy is offered in the form of `Resolve`, see
    `blocks.transitions`.
"""
_CUSTOMER_IS_ASKED = (
    Move.CUSTOMER_ANSWERED, Move.GO_ON, Move.RETARUS_ANSWERED, Move.RETARUS_UPDATE, Move.RESOLVE, escalation.RCR,
    checks.ASK, letter.SHOW, fill_in.ASK, Move.TAKE_OVER, Step.NOTE, reminders.SHOW,
)  # fmt: skip
"""With Retarus, while the end-customer is asked."""

_NAMES: dict[Button, str] = {
    **dict[Button, str](transitions.NAMES.items()),
    handoff.ASK: mark("Hand off to 2nd level"),
    checks.ASK: mark("Checks"),
    fill_in.ASK: mark("Fill in"),
    escalation.ASK: mark("Escalate to Retarus"),
    escalation.RCR: mark("RCR number"),
    letter.SHOW: mark("Show letter"),
    reminders.SHOW: mark("Clocks and reminders"),
    KNOWN: mark("Known already?"),
    notes.FROM: mark("Keep as a technical note"),
}
_IN_SIGHT, _IN_MENU = 3, 5
"""Slack's menus have at most five entries."""


def steps(ticket: Ticket, config: Config) -> tuple[Button, ...]:
    """Buttons available now, the next sensible step first: the level's checks, as long as some are left."""
    order = _CUSTOMER_IS_ASKED if ticket.times.customer_asked else _STEPS[ticket.stage]
    if ticket.stage in {Stage.FIRST, Stage.SECOND} and not ticket.sent_at and is_left(ticket, config):
        return _first(checks.ASK, order)
    if ticket.stage is Stage.SECOND and ticket.sent_at:
        return _first(Move.RESOLVE, order)
    if ticket.stage is Stage.RETARUS and ticket.rcr and not ticket.times.customer_asked:
        return _first(Move.RETARUS_ANSWERED, order)
    return order


def _first(step: Button, order: tuple[Button, ...]) -> tuple[Button, ...]:
    return (step, *(each for each in order if each != step))


def _buttons(ticket: Ticket, config: Config) -> Iterable[Json]:
    order = steps(ticket, config)
    in_sight = max(_IN_SIGHT, len(order) - _IN_MENU)
    primary = "primary" if ticket.stage.is_open else ""
    for number, step in enumerate(order[:in_sight]):
        yield kit.button(_name(step, ticket, config), action_of(step), ticket.id, style=primary if number == 0 else "")
    if can(ticket, Move.COMPRESS) and is_highest(ticket.answer("priority"), config):
        yield kit.button(t(_NAMES[Move.COMPRESS]), action_of(Move.COMPRESS), ticket.id)
    rest = [kit.option(_name(step, ticket, config), f"{action_of(step)}|{ticket.id}") for step in order[in_sight:]]
    if rest:
        yield kit.overflow(MORE, rest)


def action_of(step: Button) -> str:
    """The action id behind a step."""
    return transitions.action_of(step) if isinstance(step, Move | Step) else step


def _name(step: Button, ticket: Ticket, config: Config) -> str:
    """Label of the button; with checks left, it says that they go on."""
    if step != checks.ASK or ticket.stage not in {Stage.FIRST, Stage.SECOND} or not is_left(ticket, config):
        return t(_NAMES[step])
    done, _ = progress(ticket, ticket.stage.worked_at, config)
    return t("Continue checks") if done else t("Start checks")


def primary(ticket: Ticket, config: Config) -> Json:
    """The next sensible step as a separate button, for a direct message or a reminder."""
    step = steps(ticket, config)[0]
    return kit.button(_name(step, ticket, config), action_of(step), ticket.id, style="primary")
