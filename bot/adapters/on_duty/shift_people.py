"""Matches the people of shifts with those of a level: by e-mail address, or by their name in the summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.adapters.on_duty.shifts import Shift
from bot.core.identifiers import EMAIL_ADDRESS, fold
from bot.model.contact import Person

_SHORTEST = 3
"""Characters of a name that is looked for in a summary."""


@dataclass(frozen=True)
class Match:
    """`unknown`: addresses and summaries that match no person."""

    users: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def match(shifts: Iterable[Shift], people: Sequence[Person]) -> Match:
    """The people of these shifts, by Slack user id."""
    able = [each for each in people if each.is_staff]
    found = [_of_shift(each, able) for each in shifts]
    users = dict.fromkeys(user for each in found for user in each.users)
    unknown = dict.fromkeys(name for each in found for name in each.unknown)
    return Match(tuple(users), tuple(unknown))


def _of_shift(shift: Shift, people: Sequence[Person]) -> Match:
    """The attendees; without a known one the people in the summary, and else the organizer."""
    by_attendees = _by_address(shift.attendees, people)
    if by_attendees.users:
        return by_attendees
    addresses = EMAIL_ADDRESS.findall(shift.summary.lower())
    in_summary = _by_address(addresses, people)
    users = (*in_summary.users, *_by_name(shift.summary, people))
    if users:
        return Match(tuple(dict.fromkeys(users)), in_summary.unknown)
    by_organizer = _by_address([shift.organizer] if shift.organizer else [], people)
    if by_organizer.users:
        return by_organizer
    named = by_attendees.unknown or in_summary.unknown or tuple(filter(None, [shift.summary or shift.organizer]))
    return Match((), named)


def _by_address(addresses: Iterable[str], people: Sequence[Person]) -> Match:
    known = {each.email.lower(): each.id for each in people if each.email}
    wanted = tuple(addresses)
    users = tuple(known[each] for each in wanted if each in known)
    return Match(users, tuple(each for each in wanted if each not in known))


def _by_name(summary: str, people: Sequence[Person]) -> list[str]:
    """People whose whole name stands in the summary; a name that two of them share matches neither."""
    names = [fold(each.name) for each in people]
    text = fold(summary)
    return [
        each.id
        for each, name in zip(people, names, strict=True)
        if len(name) >= _SHORTEST
        and names.count(name) == 1
        and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]
