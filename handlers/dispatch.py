"""Through which door does everything come in? Clicks and submissions, each to what listens to it, inside one boundary.

Clicks are acknowledged first and done after. Submissions are done first and acknowledged after, so that an error
lands beside its field and a failed save keeps the form open.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks import kit
from blocks.form import ANSWER
from blocks.kit import Json
from bot.adapters.slack.api_errors import name_of
from bot.core.errors import Invalid, NotNow
from bot.core.i18n import Language, speaking, t
from bot.desk import Desk
from bot.tickets.reference import reference
from handlers import error_messages
from handlers.payload import (
    Body,
    Click,
    Command,
    Search,
    Shortcut,
    SlackEvent,
    Submission,
    click,
    command,
    search,
    shortcut,
    slack_event,
    submission,
)
from runtime.background_tasks import BackgroundTasks

log = logging.getLogger(__name__)

OnClick = Callable[[Click], Awaitable[None]]
OnSubmit = Callable[[Submission], Awaitable[Json | None]]
CLEAR: Json = {}
"""What a submission gives to close the modals below it too."""
OnCommand = Callable[[Command], Awaitable[None]]
OnShortcut = Callable[[Shortcut], Awaitable[None]]
OnEvent = Callable[[SlackEvent], Awaitable[None]]
OnSearch = Callable[[Search], Awaitable[list[Json]]]
"""Gives the options that fit what was typed so far."""
OnRedraw = Callable[[Click], Awaitable[Json | None]]
"""Draws a modal anew, by its callback id, from what was typed so far; nothing when it would look the same."""


Listener = Callable[[AsyncAck, Body], Awaitable[None]]
"""Acknowledges, sooner or later."""


class _DispatchMiddleware(AsyncMiddleware):
    """The last of Bolt's middlewares, behind its checks of who is calling. It answers everything somebody listens to.

    Bolt's own listeners are asked one after the other whether they are meant, each with some forty arguments gathered
    anew: for a submission that is more work than everything else Bolt does.
    """

    def __init__(self, listener: Callable[[Body], Listener | None]) -> None:
        self._listener = listener

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        listener = self._listener(req.body)
        if listener is None:
            await next()
            return resp
        ack = req.context.ack
        await listener(ack, req.body)
        return ack.response


class Dispatcher:
    """Listeners by id, so that finding one costs the same however many there are."""

    def __init__(self, client: AsyncWebClient, desk: Desk, tasks: BackgroundTasks) -> None:
        self.client = client
        self.desk = desk
        self.tasks = tasks
        self.clicks: dict[str, OnClick] = {}
        self.submissions: dict[str, OnSubmit] = {}
        self.commands: dict[str, OnCommand] = {}
        self.shortcuts: dict[str, OnShortcut] = {}
        self.redraws: dict[str, OnRedraw] = {}
        self.events: dict[str, OnEvent] = {}
        self.searches: dict[str, OnSearch] = {}
        """By the id of the block that is typed into."""
        self.acted: Callable[[str], None] = lambda _user: None
        """Called when somebody has done something, with their id."""
        self.clicks[ANSWER] = self._redraw
        self._listeners: dict[str, Listener] = {
            "shortcut": self._used,
            "message_action": self._used,
            "block_suggestion": self._searched,
            "block_actions": self._clicked,
            "view_submission": self._submitted,
            "event_callback": self._told,
        }

    def connect(self, app: AsyncApp) -> None:
        """Listens, from now on, to everything that was registered here; last, so that nothing is missed."""
        app.error(_unreadable)
        app.use(_DispatchMiddleware(self._listener))

    def _listener(self, body: Body) -> Listener | None:
        """What listens to this kind of payload; nothing where nobody does."""
        return self._commanded if "command" in body else self._listeners.get(str(body.get("type")))

    async def _commanded(self, ack: AsyncAck, body: Body) -> None:
        asked = command(body)
        listener = self.commands[asked.name]
        await ack()
        self.tasks.start(self._guard(listener(asked), Click.of(asked)))

    async def _used(self, ack: AsyncAck, body: Body) -> None:
        used = shortcut(body)
        listener = self.shortcuts[used.name]
        await ack()
        self.tasks.start(self._guard(listener(used), Click.of(used)))

    async def _clicked(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        done = click(body)
        listener = self.clicks.get(done.action, self._orphan)
        self.tasks.start(self._guard(listener(done), done))

    async def _told(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        event = slack_event(body)
        if event.name in self.events:
            self.tasks.start(self._follow(event))

    async def _follow(self, event: SlackEvent) -> None:
        """Whoever posted in a thread is told there when it cannot be done. Else nobody asked, and nobody is told."""
        with speaking(await self._language(event.user)):
            try:
                await self.events[event.name](event)
            except Exception as error:  # noqa: BLE001 (the boundary)
                words = error_messages.words_for(error)
                if event.thread:
                    await self.tell(Click.below(event), words)

    async def _searched(self, ack: AsyncAck, body: Body) -> None:
        """What cannot be looked up now offers nothing: Slack has no place there for a sentence."""
        asked = search(body)
        with speaking(await self._language(asked.user)):
            try:
                options = await self.searches[asked.block](asked)
            except Exception as error:  # noqa: BLE001 (the boundary)
                error_messages.words_for(error)
                options = []
        await ack(options=options)

    async def _redraw(self, done: Click) -> None:
        """An answer decides which other fields apply. Slack keeps what was typed, as inputs keep their ids."""
        view = await self.redraws[done.view_callback](done)
        if view is None:
            return
        view["private_metadata"] = done.about
        try:
            await self.client.views_update(view_id=done.view, hash=done.view_hash, view=view)
        except SlackApiError as error:
            if name_of(error) not in {"hash_conflict", "not_found"}:
                raise  # else a later click has drawn it already, or it was closed

    async def _orphan(self, done: Click) -> None:
        if not done.is_link:
            await self.tell(done, t(error_messages.OLD))

    async def _guard(self, work: Awaitable[None], where: Click) -> None:
        with speaking(await self._language(where.user)):
            try:
                await work
            except Exception as error:  # noqa: BLE001 (the boundary)
                await self.tell(where, error_messages.words_for(error))
            else:
                self.acted(where.user)

    async def _language(self, user: str) -> Language:
        """What to speak to this person; while nobody can tell, the desk's own language."""
        try:
            return await self.desk.queries.language_of(user)
        except Exception as error:  # noqa: BLE001 (the boundary: a word in another language beats none)
            log.warning("the language of a person is not known: %s", type(error).__name__)
            return self.desk.config.desk.language

    async def tell(self, where: Click, words: str) -> None:
        """In a modal or the Home: as a modal on top. In a channel: to this person only, in that thread.

        Where that cannot be: as a direct message.
        """
        try:
            await self._tell(where, words)
        except SlackApiError as error:
            log.warning("could not tell a person in place: %s", name_of(error))
            await self.client.chat_postMessage(channel=where.user, text=kit.escape(words))

    async def _tell(self, where: Click, words: str) -> None:
        if where.is_home:
            await self.client.views_open(trigger_id=where.trigger, view=error_messages.on_top(words))
        elif where.view:
            await self.client.views_push(trigger_id=where.trigger, view=error_messages.on_top(words))
        else:
            await self.client.chat_postEphemeral(
                channel=where.channel, user=where.user, thread_ts=where.thread or None, text=kit.escape(words)
            )

    async def _submitted(self, ack: AsyncAck, body: Body) -> None:
        form = submission(body)
        with self.tasks.answering(), speaking(await self._language(form.user)):
            try:
                view = await self._answer(form)
            except Invalid as error:
                await ack(response_action="errors", errors=error_messages.beside(error, form, self.desk.config))
            except Exception as error:  # noqa: BLE001 (the boundary)
                await self._refuse(ack, form, error)
            else:
                await self._shown(ack, view)
                self.acted(form.user)

    async def _shown(self, ack: AsyncAck, view: Json | None) -> None:
        if view is CLEAR:
            await ack(response_action="clear")
        else:
            await (ack(response_action="update", view=view) if view else ack())

    async def _answer(self, form: Submission) -> Json | None:
        """What is shown in place of the modal; nothing closes it."""
        listener = self.submissions.get(form.callback)
        return await listener(form) if listener else error_messages.on_top(t(error_messages.OLD))

    async def _refuse(self, ack: AsyncAck, form: Submission, error: Exception) -> None:
        """What may be tried again stays in the form; what has become pointless is offered as a note."""
        words = error_messages.words_for(error)
        kept = await self._rescued(form, words) if isinstance(error, NotNow) else None
        if kept is None and form.typed:
            await ack(response_action="errors", errors=error_messages.beside_first(words, form))
        else:
            await ack(response_action="update", view=kept or error_messages.on_top(words))

    async def _rescued(self, form: Submission, words: str) -> Json | None:
        ticket = await self.desk.queries.ticket(form.ticket)
        return error_messages.rescued(ticket, reference(ticket, self.desk.config), words, form, self.desk.config)


async def _unreadable(error: Exception) -> BoltResponse:
    """Listeners answer for themselves, so what arrives here never was a payload of Slack's. It is not quoted."""
    log.warning("a request could not be read: %s", type(error).__name__)
    return BoltResponse(status=400, body="not readable")
