"""App Home view: first the items that need this person now, then all open tickets, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from blocks import bulk, guides, kit, search, urgency
from blocks.card import asking, party_name, primary, standing
from blocks.create import begins
from blocks.kit import Json
from blocks.urgency import title
from bot.config.settings import Config
from bot.core.cleaning import capital
from bot.core.clock import span
from bot.core.i18n import mark, t
from bot.forms.validation import level_name
from bot.home import FOR_ADMINS, FOR_LEADS, AttentionReason, Overview, Screen, Tab, Urgent, is_late
from bot.model.ticket import Kind, Level, Party, Stage, Ticket
from bot.model.transitions import STANDING
from bot.tickets.reference import kind_name

TAB = "home.tab."
"""Prefix of the buttons that show another part; the value of every button of the Home is a packed screen."""
LEVEL = "home.level."
BALL = "home.ball."
PAGE = "home.page."
RAISE = "home.raise"
TAKE_UP = "home.take_up."
"""Prefix of the buttons that take up a form that was put aside; its kind is the value, and the rest."""

_TABS = {
    Tab.TEAM: mark("Team"),
    Tab.TICKETS: mark("Tickets"),
    Tab.NOTES: mark("Technical notes"),
    Tab.MAIL: mark("Unassigned"),
    Tab.RESOURCES: mark("Resources"),
    Tab.CONTACTS: mark("Contacts"),
    Tab.CUSTOMERS: mark("End-customers"),
    Tab.SETTINGS: mark("Settings"),
    Tab.LETTERS: mark("Not delivered"),
}
PAGES = ("first", "next", "top", "urgent")
"""Pages of the list, and of what needs the reader."""
LEVELS = ("all", *Level, "mine")


def view(blocks: Iterable[Json]) -> Json:
    """The Home, within Slack's limit of 100 blocks."""
    return {"type": "home", "blocks": list(blocks)[:100]}


def closed(words: str, *, raises: bool = False) -> Json:
    """The Home of a person who may not read tickets; they may still raise one."""
    buttons = [kit.actions("home.parts", [kit.button(t("Raise a ticket"), RAISE, "raise", style="primary")])]
    return view([{"type": "section", "text": kit.plain(words)}, *(buttons if raises else [])])


def part(tab: Tab, blocks: Iterable[Json], *, is_admin: bool, is_lead: bool = False, dead: int = 0) -> Json:
    """Any part but those with tickets."""
    return view([navigation(tab, is_admin=is_admin, is_lead=is_lead, dead=dead), kit.header(t(_TABS[tab])), *blocks])


def navigation(chosen: Tab, *, is_admin: bool, is_lead: bool = False, dead: int = 0) -> Json:
    """The parts of the Home, and the button that raises a ticket."""
    hidden = frozenset() if is_admin else FOR_ADMINS if is_lead else FOR_ADMINS | FOR_LEADS
    shown = [tab for tab in Tab if tab not in hidden]
    buttons = [
        kit.button(
            f"{t(_TABS[tab])} ({dead})" if tab is Tab.LETTERS and dead else t(_TABS[tab]),
            TAB + tab,
            Screen(tab).pack(),
            style="primary" if tab is chosen else "",
        )
        for tab in shown
    ]
    return kit.actions(
        "home.parts",
        [*buttons, kit.button(t("Raise a ticket"), RAISE, "raise"), kit.button(t("Search"), search.SEARCH, "search")],
    )


def overview(seen: Overview, config: Config, *, is_admin: bool, is_lead: bool = False) -> Json:
    """Overview tab: items that need this person now, their drafts, and a page of open tickets."""
    return view(
        [
            *_urgent(seen, config),
            *_acknowledge(seen.to_acknowledge),
            *([kit.note(t(_WEBINARS))] if seen.misses_webinars else []),
            *_drafts(seen.drafts),
            kit.divider(),
            navigation(Tab.TICKETS, is_admin=is_admin, is_lead=is_lead, dead=seen.dead),
            kit.header(t("Open tickets: {count}", count=seen.open)),
            *_filters(seen),
            kit.divider(),
            *_page(seen, config),
        ]
    )


# --- what needs me now ---

_WEBINARS = mark("You have not taken part in the onboarding webinars yet (guide 2.6). An admin enters the day.")


def _urgent(seen: Overview, config: Config) -> list[Json]:
    if not seen.urgent:
        return [
            kit.header(t("Nothing for you to do now")),
            kit.note(t("Here you see what you own and what waits for your level.")),
        ]
    blocks = [kit.header(t("For you to do now: {count}", count=seen.urgent_total))]
    for each in seen.urgent:
        blocks += [_call(each, seen, config), kit.actions(f"home.{each.ticket.id}", [_next(each, config)])]
    return [*blocks, *_urgent_pages(seen)]


def _next(each: Urgent, config: Config) -> Json:
    """The next step of the reader: what others must accept, they can ask about."""
    is_theirs = each.reason is AttentionReason.CHASE and each.ticket.stage is Stage.HANDED_OFF
    return asking(each.ticket, config) if is_theirs else primary(each.ticket, config)


def _urgent_pages(seen: Overview) -> list[Json]:
    """Buttons to the others that need this person, where not all of them are shown."""
    before, shown = seen.screen.urgent, len(seen.urgent)
    rest = seen.urgent_total - before - shown
    buttons = []
    if before:
        buttons.append(kit.button(t("Most urgent"), PAGE + "top", replace(seen.screen, urgent=0).pack()))
    if rest > 0:
        others = replace(seen.screen, urgent=before + shown)
        buttons.append(kit.button(t("Show {count} more", count=rest), PAGE + "urgent", others.pack()))
    return [kit.actions("home.urgent", buttons)] if buttons else []


def _call(each: Urgent, seen: Overview, config: Config) -> Json:
    ticket = each.ticket
    late = is_late(ticket, seen.now) and each.reason is not AttentionReason.CHASE
    reason = t(each.reason.value)
    rest = span((seen.now - ticket.since).total_seconds())
    state = t("{standing} for {time}", standing=t(STANDING[ticket.stage]), time=rest)
    return kit.rich(
        kit.line(
            _name(ticket, seen, config),
            kit.text(" · "),
            kit.bold(t("{reason}, overdue", reason=reason) if late else reason),
            kit.text(f" · {state}\n{_about(ticket)}"),
        )
    )


def _acknowledge(edition: str) -> list[Json]:
    if not edition:
        return []
    button = kit.button(t("I have read both"), guides.KNOWN, edition, style="primary")
    words = kit.filled(t("{both} you got them and have not acknowledged them yet."), both=kit.bold(t("Both guides:")))
    return [
        kit.rich(kit.line(*words)),
        kit.actions("home.guides", [button]),
    ]


def _drafts(drafts: Mapping[Kind, Mapping[str, str]]) -> list[Json]:
    blocks = [kit.header(t("My drafts"))] if drafts else []
    for kind, answers in drafts.items():
        again = kit.button(t("Continue"), TAKE_UP + kind, kind.value, about=kind_name(kind))
        blocks += [
            kit.rich(kit.line(kit.bold(kind_name(kind)), kit.text(f" · {begins(answers)}"))),
            kit.actions(f"home.draft.{kind}", [again]),
        ]
    return blocks


# --- open tickets ---


def _filters(seen: Overview) -> list[Json]:
    """Filters by level, and by the party that must act; pressed again, a filter is off."""
    screen = seen.screen
    return [
        kit.actions("home.levels", [_by_level(key, seen) for key in LEVELS]),
        kit.note(t("Who has to act")),
        kit.actions(
            "home.balls",
            [
                _filter(
                    f"{capital(party_name(ball))} {_sum(seen, ball=ball)}",
                    BALL + ball,
                    screen.narrowed(ball=None if screen.ball is ball else ball),
                    chosen=screen.ball is ball,
                    about=t("Who has to act"),
                )
                for ball in Party
            ],
        ),
    ]


def _by_level(key: str, seen: Overview) -> Json:
    screen = seen.screen
    if key == "all":
        chosen = screen.level is None and not screen.mine
        return _filter(f"{t('All')} {seen.open}", LEVEL + key, screen.narrowed(level=None, mine=False), chosen=chosen)
    if key == "mine":
        return _filter(
            f"{t('Mine')} {seen.mine}", LEVEL + key, screen.narrowed(level=None, mine=True), chosen=screen.mine
        )
    level = Level(key)
    narrowed = screen.narrowed(level=level, mine=False)
    return _filter(f"{level_name(level)} {_sum(seen, level)}", LEVEL + key, narrowed, chosen=screen.level is level)


def _filter(label: str, action: str, screen: Screen, *, chosen: bool, about: str = "") -> Json:
    return kit.button(label, action, screen.pack(), style="primary" if chosen else "", about=about)


def _sum(seen: Overview, level: Level | None = None, ball: Party | None = None) -> int:
    return sum(
        tickets
        for (stage, has_ball), tickets in seen.standing.items()
        if level in {None, stage.level} and ball in {None, has_ball}
    )


def _page(seen: Overview, config: Config) -> list[Json]:
    if not seen.page:
        return [kit.note(t("None."))]
    first = seen.screen.first
    buttons = []
    if first:
        buttons.append(kit.button(t("First page"), PAGE + "first", seen.screen.narrowed().pack()))
    if seen.next:
        buttons.append(kit.button(t("Next page"), PAGE + "next", seen.next.pack()))
    if seen.may_change and seen.compared > 1:
        buttons.append(bulk.button(bulk.of_home(seen.screen)))
    numbers = {"first": first + 1, "last": first + len(seen.page), "total": seen.total}
    where = t("{first} to {last} of {total}, most urgent first", **numbers)
    if seen.compared < seen.total:
        words = t("only the {count} most urgent are listed; choose who has to act to see others", count=seen.compared)
        where = f"{where} · {words}"
    rows = [_row(ticket, seen, config) for ticket in seen.page]
    return [*rows, kit.note(where), *([kit.actions("home.pages", buttons)] if buttons else [])]


def _row(ticket: Ticket, seen: Overview, config: Config) -> Json:
    place = f" · {standing(ticket, seen.who)} · "
    urgent = urgency.joined_elements([urgency.age(ticket), urgency.due(ticket, config, seen.now)])
    name = _name(ticket, seen, config)
    return kit.rich(kit.line(name, kit.text(place), *urgent, kit.text(f"\n{_about(ticket)}")))


def _name(ticket: Ticket, seen: Overview, config: Config) -> Json:
    return kit.link(title(ticket, config), seen.links.get(ticket.id, ""))


def _about(ticket: Ticket) -> str:
    return urgency.about(ticket, 160)
