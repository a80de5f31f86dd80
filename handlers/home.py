"""The App Home: navigated by its buttons, and redrawn after everything its reader does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from blocks import contacts, conversation, create, customers, home, notes, pages, resources, settings, team, undelivered
from blocks.kit import Json
from bot.conversation.service import PAGE as UNASSIGNED
from bot.core.errors import NotYours
from bot.core.i18n import speaking
from bot.desk import Desk
from bot.home import Screen, Tab
from bot.model.contact import Contact
from bot.model.notice import Letter
from bot.model.ticket import Kind, Party
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.error_messages import kind_of, may_pass
from handlers.mention_names import MentionNames
from handlers.payload import Click, SlackEvent
from handlers.raise_form import RaiseForm

log = logging.getLogger(__name__)


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    drawing, forms = HomeRenderer(desk, MentionNames(desk, dispatcher)), RaiseForm(desk)
    keep_up = _keeper(dispatcher, lambda user: publish(dispatcher.client, drawing, user))

    async def opened(event: SlackEvent) -> None:
        """Shows the first part: what needs this person now, and to a lead the team."""
        if event.tab != "messages":
            first = Screen(Tab.TEAM) if await desk.team.leads(event.user) else Screen()
            await drawing.home.remember_screen(event.user, first, event.at)
            keep_up(event.user)

    async def look(click: Click) -> None:
        """Saves the selected part, list or page, which the redraw after each action then shows."""
        screen = Screen.unpack(click.value)
        await drawing.home.allowed(click.user, screen.tab)
        await drawing.home.remember_screen(click.user, screen, click.at)

    async def choose(click: Click) -> None:
        await desk.queries.require_staff(click.user)
        await dispatcher.open_for(click, create.chooser(desk.config))

    async def take_up(click: Click) -> None:
        await desk.queries.require_staff(click.user)
        kind = Kind(click.value)
        view = await forms.from_draft(kind, click.user, await desk.queries.draft(click.user, kind))
        await dispatcher.open_for(click, view)

    dispatcher.events["app_home_opened"] = opened
    dispatcher.acted = keep_up
    for action in LOOKS:
        dispatcher.saving_clicks[action] = look
    dispatcher.clicks[home.RAISE] = choose
    for kind in Kind:
        dispatcher.clicks[home.TAKE_UP + kind] = take_up


_AGAIN = (0.5, 5.0, 30.0)
"""Seconds until a Home that could not be drawn is drawn again, unless its reader does something before."""
LOOKS = (
    *(home.TAB + tab for tab in Tab),
    *(home.LEVEL + key for key in home.LEVELS),
    *(home.BALL + ball for ball in Party),
    *(home.PAGE + page for page in home.PAGES),
    *(team.TURN + turn for turn in team.TURNS),
    *(customers.TURN + turn for turn in customers.TURNS),
    *(notes.TURN + turn for turn in notes.TURNS),
    *(pages.TURN + turn for turn in pages.TURNS),
)
"""Navigation clicks, which change nothing but the view."""


async def publish(client: AsyncWebClient, drawing: HomeRenderer, user: str) -> None:
    """Publishes the Home of a person who has opened it before, through whichever replica.

    Another replica may publish what it read earlier, but later than this one. So whoever has published reads once more,
    and publishes again when something has changed: the last one to publish shows what is true.
    """
    at, shown = drawing.home.clock(), None
    with speaking(await drawing.desk.queries.language_of(user)):  # it may have been another one when this was asked for
        while (view := await drawing.last_viewed(user, at)) and view != shown:
            await client.views_publish(user_id=user, view=view)
            shown = view


def _keeper(dispatcher: Dispatcher, publish: Callable[[str], Coroutine[object, object, None]]) -> Callable[[str], None]:
    """Redraws a Home in the background; several actions in a row cause one redraw, of the final state."""
    wanted: dict[str, asyncio.Event] = {}

    async def work(user: str) -> None:
        waits = iter(_AGAIN)
        try:
            while wanted[user].is_set():
                wanted[user].clear()
                try:
                    await publish(user)
                except Exception as error:
                    wait = next(waits, None)
                    if wait is None or not may_pass(error):
                        raise
                    log.warning("a Home is drawn again in %.1f s: %s", wait, kind_of(error))
                    await _first(wanted[user], wait)
                    wanted[user].set()
        finally:
            del wanted[user]

    def keep_up(user: str) -> None:
        is_busy = user in wanted
        wanted.setdefault(user, asyncio.Event()).set()
        if not is_busy:
            dispatcher.tasks.start(work(user))

    return keep_up


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Waits for the event, or that many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class HomeRenderer:
    """Gives a person's Home as they may see it."""

    def __init__(self, desk: Desk, names: MentionNames | None = None) -> None:
        """`names`: looks up the channels of undelivered messages."""
        self.desk = desk
        self.names = names
        self.home = desk.home
        self.register = desk.register
        self.customers = desk.customers
        self.notes = desk.notes

    async def last_viewed(self, user: str, at: datetime) -> Json | None:
        """The part this person looked at last; None for a person who has never opened the Home."""
        screen = await self.home.screen_of(user)
        return await self.of(user, screen, at) if screen else None

    async def of(self, user: str, screen: Screen, at: datetime | None = None) -> Json:
        """This part of the Home; the reason, for a person who may not see any."""
        try:
            actor = await self.home.allowed(user, screen.tab)
        except NotYours as refusal:
            return home.closed(str(refusal), raises=(await self.desk.queries.actor(user)).person.is_staff)
        rights = {"is_admin": actor.is_admin, "is_lead": bool(actor.leads)}
        if screen.tab is Tab.TICKETS:
            return home.overview(await self.home.overview(user, screen, at), self.desk.config, **rights)
        dead = await self.home.count_dead() if actor.is_admin else 0
        if screen.tab is Tab.TEAM:
            seen = await self.desk.team.overview(user, screen, at)
            return home.view(team.blocks(seen, self.desk.config, home.navigation(Tab.TEAM, dead=dead, **rights)))
        return home.part(screen.tab, await self._part(user, screen, dead), dead=dead, **rights)

    async def _part(self, user: str, screen: Screen, dead: int) -> list[Json]:
        """`dead`: number of undelivered messages."""
        match screen.tab:
            case Tab.CONTACTS:
                found: list[Contact] = await self.register.all(user)
                return contacts.register(found, self.register.edition, self.desk.queries.today(), screen.first)
            case Tab.CUSTOMERS:
                return customers.listing(await self.customers.page(screen.first, user))
            case Tab.NOTES | Tab.MAIL:
                return await self._of_staff(user, screen)
            case Tab.SETTINGS:
                return settings.listing(self.desk.config)
            case Tab.LETTERS:
                letters = await self.home.dead()
                return undelivered.listing(letters, await self._called(letters), dead, await self._channels(letters))
            case _:
                return resources.resources(self.desk.config)

    async def _of_staff(self, user: str, screen: Screen) -> list[Json]:
        if screen.tab is Tab.NOTES:
            return notes.listing(await self.notes.page(screen.first, user))
        total = await self.desk.conversation.count_unassigned()
        first = pages.beginning(screen.first, total, UNASSIGNED)
        entries = await self.desk.conversation.unassigned(user, first)
        return conversation.listing(entries, total, await self.desk.conversation.called(entries), first)

    async def _channels(self, dead: list[Letter]) -> Mapping[str, str]:
        """Names of the channels that they were for."""
        asked = " ".join(f"<#{each.notice.to}>" for each in dead)
        return (await self.names.of(asked)).channels if self.names else {}

    async def _called(self, dead: list[Letter]) -> dict[str, str]:
        """The tickets' own names."""
        found = [await self.desk.queries.find(key) for key in {each.notice.ticket_id for each in dead}]
        return {ticket.id: reference(ticket, self.desk.config) for ticket in found if ticket}
