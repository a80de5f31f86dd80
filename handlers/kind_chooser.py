"""Somebody raises a ticket without saying of which kind: by the short command, a shortcut, or from a message."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.errors import SlackApiError

from blocks import create
from blocks.evidence import AT_A_TIME, OFFERED
from blocks.form_state import Begun
from bot.adapters.slack.api_errors import name_of
from bot.desk import Desk
from bot.escalation.attachments import written
from bot.model.ticket import Kind
from handlers.create import begun, known
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Command, Shortcut, as_typed, people_in

COMMAND = "/retarus"
ANY = "raise_ticket"
"""The global shortcut."""
FROM_MESSAGE = "raise_from_message"
"""The shortcut on a message."""

_HIDDEN = {"channel_not_found", "not_in_channel"}
LONGEST = 3000
"""Characters of a message that are taken over."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def choose(asked: Command | Shortcut) -> None:
        await desk.queries.require_staff(asked.user)
        await dispatcher.client.views_open(trigger_id=asked.trigger, view=create.chooser())

    async def from_message(used: Shortcut) -> None:
        """The form at once; where it comes from is looked up after."""
        await desk.queries.require_staff(used.user)
        who = await desk.queries.names(people_in(used.text))
        told = {"happens": as_typed(used.text, who)[:LONGEST], OFFERED: written(used.files)}
        answers = {**await known(desk, used.user), **told}
        form = Begun(Kind.INCIDENT, link="", left=max(0, len(used.files) - AT_A_TIME))
        view = create.modal(form, desk.config, answers)
        opened = (await dispatcher.client.views_open(trigger_id=used.trigger, view=view))["view"]
        view = create.modal(await _linked(dispatcher, used, form), desk.config, answers)
        await dispatcher.client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)

    async def show_kind(click: Click) -> None:
        """The form of another kind, with what was typed so far."""
        kind = Kind(click.value)
        if click.about:
            answers = {**await known(desk, click.user), **click.typed}
            turned = Begun.unpack(click.about).turned(kind)
            view = create.modal(turned, desk.config, answers, more=create.shows_more(click.typed))
        else:
            view = await begun(desk, kind, click.user, await desk.queries.draft(click.user, kind))
        await dispatcher.client.views_update(view_id=click.view, hash=click.view_hash, view=view)

    dispatcher.commands[COMMAND] = choose
    dispatcher.shortcuts[ANY] = choose
    dispatcher.shortcuts[FROM_MESSAGE] = from_message
    for kind in Kind:
        dispatcher.clicks[create.KIND + kind] = show_kind


async def _linked(dispatcher: Dispatcher, used: Shortcut, begun: Begun) -> Begun:
    """With the message's permalink. Slack refuses it where the bot is no member: in a conversation between two, say."""
    try:
        found = await dispatcher.client.chat_getPermalink(channel=used.channel, message_ts=used.ts)
    except SlackApiError as error:
        return replace(begun, is_hidden=name_of(error) in _HIDDEN)
    return replace(begun, link=found["permalink"])
