"""Checks of the people that the settings and the register name: known to Slack, active, full members."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from slack_sdk.errors import SlackApiError

from bot.adapters.slack.api_errors import name_of
from bot.adapters.slack.directory import SlackDirectory
from bot.config.settings import Config
from bot.model.contact import Contact, Person


def named_people(config: Config, register: Iterable[Contact]) -> dict[str, list[str]]:
    """Slack user id → where it is named, in the order of the settings."""
    found: dict[str, list[str]] = {}
    first, second = config.levels.first, config.levels.second
    places: tuple[tuple[str, Sequence[str]], ...] = (
        ("[desk] admins", config.desk.admins),
        ("[desk] leads", config.desk.leads),
        ("[levels.first] members", first.members),
        ("[levels.first] second_person", (first.second_person,)),
        ("[levels.first] leads", first.leads),
        ("[levels.second] members", second.members),
        ("[levels.second] second_person", (second.second_person,)),
        ("[levels.second] leads", second.leads),
        ("[reports] people", config.reports.people),
        ("support contacts", [each.slack_user for each in register if each.suspended_on is None]),
    )
    for place, people in places:
        for user in filter(None, people):
            found.setdefault(user, []).append(place)
    return found


async def faults(directory: SlackDirectory, people: dict[str, list[str]]) -> AsyncIterator[str]:
    """A sentence for each person who cannot do what they are named for."""
    for user, places in people.items():
        where = ", ".join(places)
        try:
            person = await directory.person(user)
        except SlackApiError as error:
            yield f"{user} ({where}): Slack says {name_of(error)}"
            continue
        if fault := _fault(person):
            yield f"{person.name} ({where}) {fault}"


def _fault(person: Person) -> str:
    if not person.is_active:
        return "is not known to Slack any more, or deactivated"
    if person.is_bot:
        return "is a bot"
    if person.is_guest:
        return "is a guest; full members only"
    return "belongs to another organisation" if person.is_external else ""
