"""Form for several tickets at once, and its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from blocks import assignment, kit, urgency
from blocks.card import Who
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from blocks.reminders import WORD, moment_inputs
from bot.bulk import MAX_TICKETS, BulkAction, Outcome
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import many, t
from bot.home import Screen
from bot.known_issues.links import CAUSE
from bot.model.ticket import Ticket
from bot.reminders.snooze import Preset
from bot.tickets.assignment import Assignee
from bot.tickets.reference import reference

OPEN = "bulk.open"
"""Opens the form for the listed tickets; its callback changes the ticked ones."""
PAGE = "bulk.page."
"""Prefix of the buttons that show other tickets of the list in the form."""
PAGES = ("back", "next")
DONE = "bulk.done"
TICKETS, ACTION = "tickets.", "what"
"""Block ids of inputs; that of tickets is followed by the number of their group."""
HOME = "home:"
"""Prefix of a list of the App Home; the rest is its packed screen."""
_GROUP = 10
"""Options of one group of checkboxes in Slack."""


@dataclass(frozen=True)
class Scope:
    """The list whose tickets the form offers, and the number of tickets before its page."""

    of: str
    first: int = 0

    def pack(self) -> str:
        return f"{self.first}@{self.of}"

    @classmethod
    def unpack(cls, packed: str) -> Scope:
        """The scope of a button; one that an earlier release drew names the list only."""
        first, is_packed, of = packed.partition("@")
        return cls(of, int(first)) if is_packed else cls(packed)

    @property
    def screen(self) -> Screen | None:
        """The App Home whose list it is; None for a list of the command."""
        return Screen.unpack(self.of.removeprefix(HOME)) if self.of.startswith(HOME) else None


@dataclass(frozen=True)
class BulkOffer:
    """Offers of the form besides the tickets: moments of a snooze, and people for a lead."""

    presets: Sequence[Preset] = ()
    is_lead: bool = False
    """True to offer the assignment …"""
    candidates: Sequence[Assignee] = ()
    """… to these people."""


def of_home(screen: Screen) -> str:
    """The packed scope of a list in the App Home, from the page that is shown."""
    return Scope(f"{HOME}{replace(screen, first=0, urgent=0).pack()}", screen.first).pack()


def button(scope: str, about: str = "") -> Json:
    return kit.button(t("Several at once"), OPEN, scope, about=about)


def modal(tickets: Sequence[Ticket], scope: Scope, config: Config, offer: BulkOffer, chosen: str) -> Json:
    """The tickets to tick, and the action on them. `chosen`: what was chosen, which may ask for more."""
    if not tickets:
        return kit.modal(OPEN, t("Several at once"), [kit.note(t("None."))])
    first = scope.first if scope.first < len(tickets) else 0
    shown = tickets[first : first + MAX_TICKETS]
    known = [each for each in BulkAction if offer.is_lead or each is not BulkAction.ASSIGN]
    action = BulkAction(chosen) if chosen in known else BulkAction.TAKE
    blocks = [*_groups(shown, first, config), *_pages(replace(scope, first=first), len(shown), len(tickets))]
    blocks += [_action_input(action, known), *_more(action, offer)]
    return kit.modal(OPEN, t("Several at once"), blocks, submit=t("Apply"), about=replace(scope, first=first).pack())


def _more(action: BulkAction, offer: BulkOffer) -> list[Json]:
    """Further inputs of the chosen action."""
    match action:
        case BulkAction.ASSIGN:
            return [assignment.person(t("To whom?"), offer.candidates)]
        case BulkAction.SNOOZE:
            word = text_input(WORD, t("Why can it wait?"), t("In the ticket's thread"), needed=False)
            return [*moment_inputs(offer.presets), word]
        case BulkAction.SAME_CAUSE:
            return [text_input(CAUSE, t("Which ticket leads?"), t("e.g. PD-1001"), multiline=False)]
        case _:
            return []


def _groups(tickets: Sequence[Ticket], first: int, config: Config) -> list[Json]:
    """The tickets as checkboxes, as many as one group can have in each."""
    inputs = []
    for start in range(0, len(tickets), _GROUP):
        some = tickets[start : start + _GROUP]
        numbers = {"first": first + start + 1, "last": first + start + len(some)}
        label = t("Tickets") if len(tickets) <= _GROUP else t("Tickets {first} to {last}", **numbers)
        element: Json = {"type": "checkboxes", "options": [_option(each, config) for each in some]}
        # the page is part of the id: Slack would keep the ticks of another page for the same id
        inputs.append(
            _input(f"{TICKETS}{(first + start) // _GROUP}", label, element, is_optional=len(tickets) > _GROUP)
        )
    return inputs


def _pages(scope: Scope, shown: int, total: int) -> list[Json]:
    """Buttons to the other tickets of a list that is longer than a form."""
    buttons = []
    if scope.first:
        back = replace(scope, first=max(0, scope.first - MAX_TICKETS))
        buttons.append(kit.button(t("Earlier ones"), f"{PAGE}back", back.pack()))
    if scope.first + shown < total:
        following = replace(scope, first=scope.first + shown)
        buttons.append(kit.button(t("Further ones"), f"{PAGE}next", following.pack()))
    note = kit.note(t("Apply first what is ticked here: other tickets of the list replace these."))
    return [note, kit.actions("bulk.pages", buttons)] if buttons else []


def _option(ticket: Ticket, config: Config) -> Json:
    return kit.option(excerpt(urgency.title(ticket, config), 75), ticket.id, urgency.about(ticket, 75))


def _action_input(chosen: BulkAction, known: Sequence[BulkAction]) -> Json:
    options = {each: kit.option(t(each.value), each.value) for each in known}
    element: Json = {"type": "radio_buttons", "options": list(options.values()), "initial_option": options[chosen]}
    return _input(ACTION, t("Action"), element) | {"dispatch_action": True}


def _input(key: str, label: str, element: Json, *, is_optional: bool = False) -> Json:
    element = {**element, "action_id": ANSWER}
    return {"type": "input", "block_id": key, "label": kit.plain(label), "element": element, "optional": is_optional}


def result(outcomes: Sequence[Outcome], config: Config, who: Who) -> Json:
    """`4 changed, 1 not`, and a line for each ticket."""
    done = [each for each in outcomes if not each.refusal]
    left = [each for each in outcomes if each.refusal]
    changed = many("{count} ticket changed", "{count} tickets changed", len(done))
    heading = ", ".join([changed, *([t("{count} not changed", count=len(left))] if left else [])])
    lines = [kit.line(kit.text(_line(each, config, who))) for each in (*left, *done)]
    listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return kit.modal(DONE, t("Several at once"), [kit.rich(kit.line(kit.bold(heading)), listed)])


def _line(each: Outcome, config: Config, who: Who) -> str:
    name = reference(each.ticket, config)
    return f"{name}: {excerpt(each.refusal, 300)}" if each.refusal else f"{name}: ✓ {who(each.ticket.owner)}"
