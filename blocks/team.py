"""The leads' part of the App Home: past the SLA first, then each person, what waits, and what is with Retarus."""

from __future__ import annotations

from dataclasses import replace

from blocks import assignment, bulk, kit, urgency
from blocks.card import party_name
from blocks.kit import Json
from blocks.urgency import title
from bot.config.settings import Config
from bot.core.i18n import many, t
from bot.home import Screen, Tab
from bot.model.ticket import Ticket
from bot.model.transitions import UNTAKEN
from bot.team import HEADINGS, OWN, Load, TeamList, TeamOverview, TeamPage
from bot.tickets.reference import reference

TURN = "team."
"""Prefix of the buttons that show a list by itself, another page, or the first page again."""
TURNS = ("first", "next", "all", "own", *TeamList)


def blocks(seen: TeamOverview, config: Config, navigation: Json) -> list[Json]:
    """The first page: the SLA, before the navigation, and three more lists; or one list by itself, above it."""
    if seen.screen.listed:
        return [*_alone(seen, config), kit.divider(), navigation]
    breached, *others = [*_tickets(TeamList.BREACHED, seen, config)], *_others(seen, config)
    return [*breached, kit.divider(), navigation, *(block for part in others for block in part)]


def _others(seen: TeamOverview, config: Config) -> list[list[Json]]:
    lists = [_tickets(name, seen, config) for name in (TeamList.WAITING, TeamList.RETARUS)]
    return [_people(seen), *lists]


def _alone(seen: TeamOverview, config: Config) -> list[Json]:
    back = kit.button(t("Back to the team"), f"{TURN}all", Screen(Tab.TEAM).pack())
    if seen.screen.listed == TeamList.PEOPLE:
        return [*_people(seen), kit.actions("team.pages", [back, *_turns(seen, seen.people_total, len(seen.people))])]
    name, page = next(iter(seen.lists.items()))
    turns = _turns(seen, page.listed, len(page.tickets))
    several = [bulk.button(bulk.of_home(seen.screen))] if page.listed > 1 else []
    return [*_list(name, page, seen, config), *_where(page, seen), kit.actions("team.pages", [back, *turns, *several])]


def _where(page: TeamPage, seen: TeamOverview) -> list[Json]:
    if page.total <= len(page.tickets):
        return []
    first = seen.screen.first
    numbers = {"first": first + 1, "last": first + len(page.tickets), "total": page.total}
    return [kit.note(t("{first} to {last} of {total}", **numbers))]


def _turns(seen: TeamOverview, total: int, shown: int) -> list[Json]:
    first, buttons = seen.screen.first, list[Json]()
    if first:
        buttons.append(kit.button(t("First page"), f"{TURN}first", replace(seen.screen, first=0).pack()))
    if first + shown < total:
        buttons.append(kit.button(t("Next page"), f"{TURN}next", replace(seen.screen, first=first + shown).pack()))
    return buttons


def _tickets(name: TeamList, seen: TeamOverview, config: Config) -> list[Json]:
    """The beginning of a list, and the button that shows all of it."""
    page = seen.lists[name]
    shown = _list(name, page, seen, config)
    buttons = []
    if page.listed > len(page.tickets):
        words = t("Show all {count}", count=page.listed)
        buttons.append(kit.button(words, TURN + name, Screen(Tab.TEAM, listed=name).pack(), about=_heading(name, page)))
    if page.listed > 1:
        about = _heading(name, page)
        buttons.append(bulk.button(bulk.of_home(Screen(Tab.TEAM, listed=name)), about=about))
    return [*shown, *([kit.actions(f"team.{name}", buttons)] if buttons else [])]


def _heading(name: str, page: TeamPage) -> str:
    return t(HEADINGS[TeamList(name)]).format(count=page.total)


def _list(name: str, page: TeamPage, seen: TeamOverview, config: Config) -> list[Json]:
    if name.startswith(OWN):
        words = many("{count} open ticket", "{count} open tickets", page.total)
        shown = [kit.header(f"{seen.who(name.removeprefix(OWN))}: {words}")]
    else:
        shown = [kit.header(_heading(name, page))]
    for ticket in page.tickets:
        shown += [_row(ticket, seen, config), kit.actions(f"team.{name}.{ticket.id}", [_assign(ticket, config)])]
    return shown if page.tickets else [*shown, kit.note(t("None."))]


def _assign(ticket: Ticket, config: Config) -> Json:
    return assignment.button(ticket, about=reference(ticket, config))


def _row(ticket: Ticket, seen: TeamOverview, config: Config) -> Json:
    """Name, owner (or for whom it waits), since when, what is due, and the trouble."""
    name = kit.link(title(ticket, config), seen.links.get(ticket.id, ""))
    waits = t("for the {party}", party=party_name(ticket.ball)) if ticket.stage in UNTAKEN and ticket.ball else ""
    since = kit.filled(t("there since {time} ({ago})"), time=kit.moment(ticket.since), ago=kit.ago(ticket.since))
    owner = "" if seen.screen.listed.startswith(OWN) else seen.who(ticket.owner)
    who = [kit.text(waits or owner)] if waits or owner else []
    parts = urgency.joined_elements([who, since, urgency.due(ticket, config, seen.at)])
    problem = urgency.about(ticket, 160)
    return kit.rich(kit.line(name, kit.text(" · "), *parts, kit.text(f"\n{problem}")))


def _people(seen: TeamOverview) -> list[Json]:
    shown = [kit.header(t(HEADINGS[TeamList.PEOPLE])), *(_person(each, seen) for each in seen.people)]
    if not seen.people:
        shown.append(kit.note(t("None.")))
    if not seen.screen.listed and seen.people_total > len(seen.people):
        words = t("Show all {count}", count=seen.people_total)
        all_of_them = Screen(Tab.TEAM, listed=TeamList.PEOPLE).pack()
        shown.append(kit.actions("team.people", [kit.button(words, TURN + TeamList.PEOPLE, all_of_them)]))
    return shown


def _person(each: Load, seen: TeamOverview) -> Json:
    """`Ben Brandt: 5 open tickets, 1 overdue`, and the button that lists them."""
    words = many("{count} open ticket", "{count} open tickets", each.open)
    late = t("⚠️ {count} overdue", count=each.overdue) if each.overdue else ""
    name = seen.who(each.user)
    row: Json = {"type": "section", "text": kit.plain(urgency.joined(f"{name}: {words}", late))}
    if each.open:
        own = Screen(Tab.TEAM, listed=OWN + each.user)
        row["accessory"] = kit.button(t("Show"), f"{TURN}own", own.pack(), about=name)
    return row
