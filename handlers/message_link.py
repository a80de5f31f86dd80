"""The permalink of the message a form began with."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.form_state import FormState
from bot.adapters.slack.api_errors import SLACK_ERRORS, name_of

_HIDDEN = {"channel_not_found", "not_in_channel"}


async def linked(client: AsyncWebClient, state: FormState) -> FormState:
    """The form's state with the permalink, looked up while it is unknown.

    Slack refuses it where the bot is no member: in a conversation between two people, for example.
    """
    channel, _, ts = state.place.partition("/")
    if state.link or state.is_hidden or not ts:
        return state
    try:
        found = await client.chat_getPermalink(channel=channel, message_ts=ts)
    except SlackApiError as error:
        return replace(state, is_hidden=name_of(error) in _HIDDEN)
    except SLACK_ERRORS:  # looked up again when the form is submitted
        return state
    return replace(state, link=found["permalink"])
