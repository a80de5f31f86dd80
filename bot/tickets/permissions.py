"""Permissions to act and to read. Checked on the server for every payload, whatever the buttons showed.

The table is in docs/administration.md; tests/handlers/test_permissions.py holds every listener to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.config.settings import Config
from bot.core.errors import NotYours
from bot.core.i18n import t
from bot.forms.validation import level_name
from bot.model.contact import Contact, Person
from bot.model.ticket import Event, Level, Ticket
from bot.model.transitions import MOVES, STANDING, UNTAKEN, Move, Step, require_possible

BREAK_GLASS_REASON = "glass"
"""The key of the reason for which an admin breaks the glass."""


@dataclass(frozen=True)
class Actor:
    """A person, with their rights here."""

    person: Person
    levels: frozenset[Level] = field(default=frozenset())
    is_admin: bool = False
    leads: frozenset[Level] = field(default=frozenset())
    """The levels this person is a lead of: `leads` in desk.toml."""
    is_in_channel: bool = False
    """A member of the desk channel, where tickets are read."""

    @property
    def id(self) -> str:
        return self.person.id


_AT: dict[Move, Level] = {
    Move.TAKE: Level.FIRST,
    Move.HAND_OFF: Level.FIRST,
    Move.COMPRESS: Level.SECOND,
    Move.ACCEPT: Level.SECOND,
    Move.SEND_BACK: Level.SECOND,
    Move.CONFIRM: Level.FIRST,
}
"""The level a move belongs to. Every other move belongs to the level the ticket is at; Retarus's is the 2nd's."""


def level_for(ticket: Ticket, move: Move) -> Level:
    """Level that may make this move (guide, section 3: tasks and roles)."""
    return _AT.get(move, ticket.stage.worked_at)


def require_staff(actor: Actor) -> None:
    """Refuses guests, people of other organisations and deactivated people (guide 2.1, 2.2)."""
    if actor.person.is_staff:
        return
    if actor.person.is_external:
        raise NotYours(t("Only the partner's people can do this. Please write your answer in this thread instead."))
    raise NotYours(t("Guests and deactivated people cannot do this. Ask a colleague who is a full member."))


def require(actor: Actor, ticket: Ticket, move: Move) -> None:
    """Raises `NotYours` when the actor may not make this move. Both levels may reopen.

    To a person of the other level the error says where the ticket is: it may have moved since the button was drawn.
    """
    require_staff(actor)
    level = level_for(ticket, move)
    if actor.is_admin or (move is Move.HAND_ON and level in actor.leads):
        return
    if move is Move.HAND_ON and ticket.stage in UNTAKEN:
        words = t("Only a lead assigns what nobody has taken yet. Take it, or ask a lead of the {level}.")
        raise NotYours(words.format(level=level_name(level)))
    if level in actor.levels:
        return
    if move is Move.REOPEN and actor.levels:
        return
    if actor.levels and (ticket.stage, move) not in MOVES:
        require_possible(ticket, move)
    if actor.levels and move not in _AT:
        raise NotYours(
            t(
                "This ticket is now {standing}, so this is for the {level}. "
                "Ask somebody of the {level}, or an admin to add you.",
                standing=t(STANDING[ticket.stage]),
                level=level_name(level),
            )
        )
    raise NotYours(
        t(
            "This is for the {level}, and you are not on that team here. "
            "Ask somebody of the {level}, or an admin to add you.",
            level=level_name(level),
        )
    )


def may_own(actor: Actor, ticket: Ticket) -> bool:
    """True if the ticket can be assigned to this person: they work at the level it is at."""
    return actor.person.is_staff and (actor.is_admin or ticket.stage.worked_at in actor.levels)


def require_lead(actor: Actor) -> None:
    """Requires a lead of either level, or an admin: for the team's tickets and the load of each person."""
    require_staff(actor)
    if not (actor.leads or actor.is_admin):
        raise NotYours(t("This is for leads: `leads` under [desk] or a level in desk.toml names them."))


def is_on_team(actor: Actor) -> bool:
    """True for people of either level, their leads, and admins."""
    return bool(actor.levels) or bool(actor.leads) or actor.is_admin


def is_reader(actor: Actor) -> bool:
    """True if this person may read tickets: part of the support team, or member of the desk channel."""
    return actor.person.is_staff and (is_on_team(actor) or actor.is_in_channel)


def require_reader(actor: Actor) -> None:
    """Requires the right to read tickets, notes and reports: both levels, admins, and members of the desk channel."""
    require_staff(actor)
    if not is_reader(actor):
        raise NotYours(
            t(
                "Only the support team and members of the desk channel can read tickets. Ask an admin to add you. "
                "You can still raise a ticket."
            )
        )


def require_part(actor: Actor) -> None:
    """Requires the right to write notes and answers: both levels, their leads, and admins."""
    require_staff(actor)
    if not is_on_team(actor):
        raise NotYours(t("This is for the support team, and you are on neither level here. Ask an admin to add you."))


def require_undo(actor: Actor, step: Event, config: Config) -> None:
    """Requires the author of the step, a lead, or an admin. Whoever added an end-customer may be on neither level."""
    if step.kind != Step.JOIN:
        require_part(actor)
    require_staff(actor)
    leads = {user for level in (Level.FIRST, Level.SECOND) for user in config.leads(level)}
    if not (actor.is_admin or actor.id in leads | {step.by}):
        raise NotYours(t("Only the person who made a step, or a lead, can undo it."))


def require_admin(actor: Actor) -> None:
    """Requires an admin: for the register, the end-customers and the settings."""
    require_staff(actor)
    if not actor.is_admin:
        raise NotYours(t("This is for the admins of the desk. `admins` under [desk] in desk.toml names them."))


def declarant(contacts: Iterable[Contact], actor: Actor, on: date) -> Contact:
    """The contact in whose name the ticket goes to Retarus (guide 2.1: only by authorised support contacts).

    Checked when it is sent, not when the button was drawn. `on`: the day, in the desk's zone.
    """
    require_part(actor)
    register = tuple(contacts)
    mine = next((each for each in register if each.slack_user == actor.id), None)
    if mine and mine.is_authorised(Level.SECOND, on):
        return mine
    raise NotYours(f"{_reason_against(mine, on)} {who_can(register, on)} {t('(guide 2.1 and 2.3)')}")


def require_eas(contact: Contact, on: date) -> None:
    """Requires access to the portal: for the partner and its employees, or by an individual contract (guide 2.2)."""
    if not contact.may_use_eas(on):
        raise NotYours(
            t(
                "Your entry in the register gives you no access to the Enterprise Administration Services Portal "
                "(guide 2.2). Send it from here instead, or ask an admin to enter your access in the App Home."
            )
        )


def is_highest(priority: str, config: Config) -> bool:
    """True for the first of the configured priorities: the guide's priority 1."""
    return bool(priority) and priority == config.priorities[0].name


def stand_in(contacts: Iterable[Contact], actor: Actor, priority: str, config: Config, on: date) -> Contact | None:
    """Break-glass permission: an admin whose register entry is not active yet, for the highest priority.

    The guide wants an attestation first (2.3) and remedies of priority 1 in time (2.7): the reason is logged.
    """
    if not (actor.person.is_staff and actor.is_admin and is_highest(priority, config)):
        return None
    mine = next((each for each in contacts if each.slack_user == actor.id and each.suspended_on is None), None)
    return None if mine is None or any(mine.is_authorised(level, on) for level in Level) else mine


def _reason_against(mine: Contact | None, on: date) -> str:
    if mine is None:
        return t("You are not in the register of support contacts, so you cannot send to Retarus.")
    if mine.suspended_on is not None:
        reason = t(mine.suspended_why)
        return t("Your entry in the register is suspended: {why}. So you cannot send to Retarus.", why=reason)
    if Level.SECOND not in mine.levels:
        return t("You are a registered contact, but not for the 2nd level, so you cannot send to Retarus.")
    if mine.authorised_since is None or mine.authorised_since > on:
        return t("Your authorisation has not begun yet, so you cannot send to Retarus.")
    return t("Your attestation that you know Retarus's support processes is missing, so you cannot send to Retarus.")


def who_can(register: Iterable[Contact], on: date) -> str:
    """Sentence with the contacts that can send to Retarus."""
    names = [each.name for each in register if each.is_authorised(Level.SECOND, on)]
    if not names:
        return t("Nobody can yet: an admin adds contacts in the App Home.")
    return t("Who can: {names}.", names=", ".join(names))
