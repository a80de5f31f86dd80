"""Message that calls for a ticket of the highest priority: in the channel, and to those who lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from blocks import kit, urgency
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.core.i18n import t
from bot.model.notice import Notice
from bot.model.ticket import Ticket
from bot.tickets.priority_call import CALL, OPEN_TO_ALL

TAKE_NOW = "moving.now"
"""Takes the ticket by the quickest move that this person may make."""


def is_call(notice: Notice) -> bool:
    return bool(notice.body.get(CALL))


def lines(ticket: Ticket, config: Config, at: datetime, called: Sequence[Json] = (), link: str = "") -> list[Json]:
    """Lines of the call: the trouble, the time that is left at this moment, and the people who are called."""
    problem = kit.text(f"\n{urgency.trouble(ticket, 200)}\n")
    parts = urgency.joined_elements([urgency.countdown(ticket, config, at), called])
    return [_heading(ticket, config, link), problem, *([*parts, kit.text("\n")] if parts else [])]


def _heading(ticket: Ticket, config: Config, link: str) -> Json:
    """First line; outside the ticket's thread with its number, and the link to its card."""
    return kit.link(urgency.push(ticket, config), link) if link else kit.bold(urgency.heading(ticket, config))


def over(ticket: Ticket, config: Config, ended: str, link: str = "") -> Message:
    """The call after it has ended: what ended it, without countdown and button."""
    problem = kit.text(f"\n{urgency.trouble(ticket, 200)}\n")
    done = t("This call is over: {ended}", ended=ended)
    line = kit.line(_heading(ticket, config, link), problem, kit.text(done))
    return Message(kit.escape(f"{urgency.push(ticket, config)}: {done}"), [kit.rich(line)])


def still(ticket: Ticket, config: Config, last: str, at: datetime, link: str = "") -> Message:
    """The call redrawn while it stands: the time that is left, and what happened last. `link`: to the ticket's card."""
    line = kit.line(*lines(ticket, config, at, link=link), kit.text(last))
    return Message(words(ticket, config), [kit.rich(line), *buttons(ticket)])


def words(ticket: Ticket, config: Config) -> str:
    """Text of the notification."""
    return kit.escape(urgency.pushed(ticket, config))


def buttons(ticket: Ticket) -> list[Json]:
    """One click takes it, as long as nobody at the 2nd level has it."""
    if ticket.stage not in OPEN_TO_ALL:
        return []
    return [kit.actions("call", [kit.button(t("Take now"), TAKE_NOW, ticket.id, style="primary")])]
