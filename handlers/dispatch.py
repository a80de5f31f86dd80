"""Dispatches everything Slack sends to the listener registered for it, and answers errors in one place.

Bolt's own dispatch (`app.command`, `app.action`, `app.view`, `app.event` …) is replaced by `Dispatcher`, the last of
Bolt's middlewares. Bolt asks its listeners one after the other whether they match, with some forty arguments gathered
for each (8 µs a listener, and we have more than a hundred), and polls for the acknowledgement every 10 ms. Looking a
listener up by its id, and awaiting it, took an acknowledgement from 12.4 ms to 0.6-1.0 ms (docs/benchmarks.md).

In place of `@app.command("/x")` a capability writes `dispatcher.commands["/x"] = listener`. What a listener saves is
saved before the acknowledgement; what it shows is shown after it:

- `submissions`, `saving_clicks`, `saving_commands` and `events` save first and are acknowledged then. They return a
  function that shows the result: it runs after the save, and its failure is not reported as a failure to save.
- `clicks`, `commands` and `shortcuts` only open or redraw a view. They are acknowledged at once, as a trigger lives for
  three seconds.
- `searches` return options in the acknowledgement.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TypeVar

from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from blocks import kit
from blocks.form import ANSWER
from blocks.kit import Json, Message
from bot.core.deadline import deadline
from bot.core.errors import Invalid
from bot.core.i18n import Language, speaking, t
from bot.core.saves import noting_saves
from bot.desk import Desk
from bot.model.ticket import Attachment
from bot.tickets.attachments import MissingFile
from handlers import earlier_delivery, error_messages, refused_forms, views
from handlers.payload import (
    Body,
    Click,
    Command,
    OptionsRequest,
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
from handlers.response_url import reply
from handlers.thread_memory import ThreadMemory
from runtime.background_tasks import BackgroundTasks

log = logging.getLogger(__name__)

Show = Callable[[], Coroutine[object, object, None]]
"""Shows what was saved."""
Draw = Callable[[], Awaitable[Json | None]]
"""Draws the view that replaces a submitted modal; None closes it."""
OnClick = Callable[[Click], Awaitable[None]]
OnSavingClick = Callable[[Click], Awaitable[Show | None]]
OnSubmit = Callable[[Submission], Awaitable[Json | Draw | None]]
"""Returns the view that replaces the modal, or a function that draws it once the submission is saved."""
CLEAR: Json = {}
"""Result of a submission that closes the modals below it too."""
OnCommand = Callable[[Command], Awaitable[None]]
OnSavingCommand = Callable[[Command], Awaitable[Show | None]]
OnShortcut = Callable[[Shortcut], Awaitable[None]]
OnEvent = Callable[[SlackEvent], Awaitable[Show | None]]
OnSearch = Callable[[OptionsRequest], Awaitable[list[Json]]]
"""Returns the options that match what was typed so far."""
Fetch = Callable[[Attachment, int], Awaitable[bytes | MissingFile]]
OnRedraw = Callable[[Click], Awaitable[Json | None]]
"""Redraws a modal, by its callback id, from what was typed so far; None when it would look the same."""

Listener = Callable[[AsyncAck, Body], Awaitable[None]]
"""Acknowledges one kind of payload, and handles it."""
Watch = Callable[[Body, AsyncAck], AbstractContextManager[None]]
"""Measures how a payload is handled, and names it in the log."""


async def _no_files(_: Attachment, __: int) -> bytes | MissingFile:
    return MissingFile(t("may not be read by the bot"))


def _unwatched(_: Body, __: AsyncAck) -> AbstractContextManager[None]:
    return nullcontext()


T = TypeVar("T")
_TRIGGERS = 500
"""Cached triggers and clicks: a second delivery follows within minutes."""


class _DispatchMiddleware(AsyncMiddleware):
    """The last of Bolt's middlewares, after signature and authorisation checks: answers every known payload."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        dispatcher = self._dispatcher
        listener = dispatcher.listener(req.body)
        if listener is None:
            await next()
            return resp
        ack = req.context.ack
        with dispatcher.watch(req.body, ack), deadline(dispatcher.in_time), noting_saves():
            await listener(ack, req.body)
        return ack.response or BoltResponse(status=503, body="again, please")


class Dispatcher:
    """The registry of all listeners, by id: a look-up costs the same however many there are."""

    def __init__(self, client: AsyncWebClient, desk: Desk, tasks: BackgroundTasks) -> None:
        self.client = client
        self.desk = desk
        self.tasks = tasks
        self.threads = ThreadMemory()
        self.clicks: dict[str, OnClick] = {}
        self.saving_clicks: dict[str, OnSavingClick] = {}
        self.submissions: dict[str, OnSubmit] = {}
        self.commands: dict[str, OnCommand] = {}
        self.saving_commands: dict[str, OnSavingCommand] = {}
        """Commands that save what is typed behind them."""
        self.saving_texts: dict[str, Callable[[str], bool]] = {}
        """Check by command: true for a text that is to be saved; without an entry every text is."""
        self.shortcuts: dict[str, OnShortcut] = {}
        self.redraws: dict[str, OnRedraw] = {}
        self.events: dict[str, OnEvent] = {}
        self.searches: dict[str, OnSearch] = {}
        """Listeners by the id of the block with the input."""
        self.acted: Callable[[str], None] = lambda _user: None
        """Called with the id of a person whose action was handled."""
        self.fetch_file: Fetch = _no_files
        """Reads a file that is uploaded in a form."""
        self.watch: Watch = _unwatched
        """Context that is open while a payload is handled, until it is acknowledged."""
        self.in_time = 2.4
        """Seconds a person's look-ups may take: there is still time for a form, or for a word instead."""
        self.clicks[ANSWER] = self._redraw
        self._triggers: dict[str, None] = {}
        self._saves: dict[str, asyncio.Event] = {}
        """Event by the id of a click or the trigger of a command that saves: set once its first delivery is done."""
        self._listeners: dict[str, Listener] = {
            "shortcut": self._on_shortcut,
            "message_action": self._on_shortcut,
            "block_suggestion": self._on_search,
            "block_actions": self._on_click,
            "view_submission": self._on_submission,
            "event_callback": self._on_event,
        }

    def connect(self, app: AsyncApp) -> None:
        """Becomes Bolt's last middleware, after all listeners are registered."""
        app.error(_unreadable)
        app.use(_DispatchMiddleware(self))

    def listener(self, body: Body) -> Listener | None:
        return self._on_command if "command" in body else self._listeners.get(str(body.get("type")))

    # --- acknowledged first: opens or redraws a view ---

    async def _on_command(self, ack: AsyncAck, body: Body) -> None:
        asked = command(body)
        saving = self.saving_commands.get(asked.name)
        if saving and asked.text and self.saving_texts.get(asked.name, bool)(asked.text):
            await self._save_once(ack, partial(saving, asked), Click.of(asked), asked.trigger)
            return
        listener = self.commands[asked.name]
        await ack()
        self._open(listener, asked, Click.of(asked))

    async def _on_shortcut(self, ack: AsyncAck, body: Body) -> None:
        used = shortcut(body)
        listener = self.shortcuts[used.name]
        await ack()
        self._open(listener, used, Click.of(used))

    async def _on_click(self, ack: AsyncAck, body: Body) -> None:
        done = click(body)
        if saving := self.saving_clicks.get(done.action):
            await self._save_once(ack, partial(saving, done), done, done.id if done.at else "")
            return
        await ack()
        self._open(self.clicks.get(done.action, self._unknown), done, done)

    def _open(self, listener: Callable[[T], Awaitable[None]], asked: T, where: Click) -> None:
        """Runs a listener that opens or redraws a view, once for each trigger: Slack may deliver a payload twice."""
        if where.trigger and where.trigger in self._triggers:
            return
        self._triggers[where.trigger] = None
        if len(self._triggers) > _TRIGGERS:
            del self._triggers[next(iter(self._triggers))]
        self.tasks.start(self._guard(listener(asked), where), is_awaited=True)

    async def _redraw(self, done: Click) -> None:
        """Redraws a form whose fields depend on an answer. Slack keeps what was typed, as inputs keep their ids."""
        listener = self.redraws.get(done.view_callback)
        if listener is None:
            await self._unknown(done)
        elif (view := await listener(done)) is not None:
            await views.update(self.client, done.view, views.redrawn(view, done.about), seen=done.view_hash)

    async def _unknown(self, done: Click) -> None:
        if not done.is_link:
            await self.tell(done, t(error_messages.OLD))

    async def _guard(self, work: Awaitable[None], where: Click) -> None:
        with speaking(await self._language(where.user)):
            try:
                await work
            except Exception as error:  # noqa: BLE001 (everything unexpected is handled here)
                await self.tell(where, error_messages.words_for_opening(error))
            else:
                self.acted(where.user)

    async def _on_search(self, ack: AsyncAck, body: Body) -> None:
        """Offers no options when the look-up fails: Slack cannot show a sentence there."""
        asked = search(body)
        with speaking(await self._language(asked.user)):
            try:
                options = await self.searches[asked.block](asked)
            except Exception as error:  # noqa: BLE001 (everything unexpected is handled here)
                error_messages.words_for(error)
                options = []
        await ack(options=options)

    # --- saved first ---

    async def _save_once(
        self, ack: AsyncAck, saving: Callable[[], Awaitable[Show | None]], where: Click, key: str
    ) -> None:
        """Saves on the first delivery; a repeated delivery with this key is acknowledged after it, without saving."""
        if key and (earlier := self._saves.get(key)):
            await earlier.wait()
            await ack()
            return
        ended = self._saves[key] = asyncio.Event()
        if len(self._saves) > _TRIGGERS:
            del self._saves[next(iter(self._saves))]
        try:
            await self._save(ack, saving(), where)
        finally:
            ended.set()

    async def _save(self, ack: AsyncAck, work: Awaitable[Show | None], where: Click) -> None:
        """Saves, acknowledges, then shows."""
        with self.tasks.answering(), speaking(await self._language(where.user)):
            try:
                show = await work
            except Exception as error:  # noqa: BLE001 (everything unexpected is handled here)
                words = await earlier_delivery.words_for(self.desk, where.id or where.trigger, error)
                after: Show = partial(self.tell, where, words)
            else:
                after = partial(self._show, show, where)
            await ack()
            self.tasks.start(after())

    async def _show(self, show: Show | None, where: Click) -> None:
        self.acted(where.user)
        try:
            await (show or _nothing)()
        except Exception as error:  # noqa: BLE001 (everything unexpected is handled here)
            await self.tell(where, error_messages.words_after_saving(error))

    async def _on_event(self, ack: AsyncAck, body: Body) -> None:
        """Reports a failure to who posted in a thread or added an emoji; other events have no recipient.

        An event without a recipient, or a message of another organisation, is not acknowledged when the failure passes:
        Slack delivers it again.
        """
        event = slack_event(body)
        if (listener := self.events.get(event.name)) is None:
            await ack()
            return
        language = await self._language(event.user) if event.is_answered else self.desk.config.desk.language
        with self.tasks.answering(), speaking(language):
            try:
                after = await listener(event) or _nothing
            except Exception as error:  # noqa: BLE001 (everything unexpected is handled here)
                if (event.shared or not event.is_answered) and error_messages.may_pass(error):
                    log.warning("an event is left for its next delivery: %s", type(error).__name__)
                    return
                words = await earlier_delivery.words_for(self.desk, event.id, error)
                after = partial(self.tell, Click.below(event), words) if event.thread or event.emoji else _nothing
            await ack()
            self.tasks.start(after())

    async def _on_submission(self, ack: AsyncAck, body: Body) -> None:
        form = submission(body)
        with self.tasks.answering(), speaking(await self._language(form.user)):
            try:
                listener = self.submissions.get(form.callback)
                answer = await listener(form) if listener else error_messages.on_top(t(error_messages.OLD))
            except Invalid as error:
                await refused_forms.mark(ack, form, error, self.redraws.get(form.callback), self.desk.config)
            except Exception as error:  # noqa: BLE001 (everything unexpected is handled here)
                await refused_forms.refuse(ack, form, error, self.redraws.get(form.callback), self.desk)
            else:
                await _acknowledge(ack, await _drawn(answer) if callable(answer) else answer)
                self.acted(form.user)

    # --- error messages ---

    async def _language(self, user: str) -> Language:
        """The person's language; the desk's own while it cannot be looked up."""
        try:
            with deadline(self.in_time / 2):
                return await self.desk.queries.language_of(user)
        except Exception as error:  # noqa: BLE001 (a word in another language is better than none)
            log.warning("the language of a person is not known: %s", type(error).__name__)
            return self.desk.config.desk.language

    async def tell(self, where: Click, words: str) -> None:
        """Sends a sentence to one person: in a modal on top of theirs, an ephemeral message, or a direct message."""
        try:
            await self._tell(where, words)
        except (SlackClientError, ClientError, TimeoutError) as error:
            log.warning("could not tell a person in place: %s", error_messages.kind_of(error))
            try:
                await self.client.chat_postMessage(channel=where.user, text=kit.escape(words))
            except (SlackClientError, ClientError, TimeoutError) as again:
                log.warning("could not tell a person at all: %s", error_messages.kind_of(again))

    async def _tell(self, where: Click, words: str) -> None:
        if where.is_home or where.view:
            await views.open_for(self.client, where, error_messages.on_top(words))
        elif where.is_command:  # its channel may be one the bot is not in
            await reply(self.client, where.response_url, Message(kit.escape(words), [kit.note(words)]))
        else:
            await self.client.chat_postEphemeral(
                channel=where.channel, user=where.user, thread_ts=where.thread or None, text=kit.escape(words)
            )

    # --- views, for listeners ---

    async def open_modal(self, trigger: str, view: Json | str) -> Json:
        """Opens a modal."""
        return await views.open_modal(self.client, trigger, view)

    async def open_for(self, done: Click, view: Json) -> None:
        """Opens a modal, on top of the one that was clicked in."""
        await views.open_for(self.client, done, view)

    async def update_view(self, view_id: str, view: Json, *, seen: str = "") -> None:
        """Updates a modal, unless it was closed, submitted or redrawn meanwhile."""
        await views.update(self.client, view_id, view, seen=seen)

    def shows(self, view_id: str, draw: Callable[[], Awaitable[Json]]) -> Show:
        """A function that updates this modal with what is drawn, after a save."""

        async def show() -> None:
            await self.update_view(view_id, await draw())

        return show


async def _drawn(draw: Draw) -> Json | None:
    """Draws what was saved; if that fails, says that it was saved nevertheless."""
    try:
        return await draw()
    except Exception as error:  # noqa: BLE001 (everything unexpected is handled here)
        return error_messages.saved(error)


async def _acknowledge(ack: AsyncAck, view: Json | None) -> None:
    if view is CLEAR:
        await ack(response_action="clear")
    else:
        await (ack(response_action="update", view=view) if view else ack())


async def _nothing() -> None:
    """Shows nothing."""


async def _unreadable(error: Exception) -> BoltResponse:
    """Answers 400 to a request that no listener could read, without quoting it: listeners handle their own errors."""
    log.warning("a request could not be read: %s", type(error).__name__)
    return BoltResponse(status=400, body="not readable")
