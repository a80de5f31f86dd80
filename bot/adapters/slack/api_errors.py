"""How did a call to Slack end, and what follows from it?"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.backoff import backoff
from bot.core.i18n import mark, t
from bot.model.notice import Dead, Outcome, Retry

UNSURE = timedelta(seconds=60)
"""How long Slack may still be at work on a call whose answer never came. Before that it is not looked for again."""

_SLACKS_FAULT = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}

_WORDS = {
    "is_archived": mark(
        "The channel is archived. Unarchive it, or have an admin name another in desk.toml; then try again."
    ),
    "channel_not_found": mark(
        "The bot cannot see the channel. Invite it there (/invite @Partner Desk), then try again."
    ),
    "not_in_channel": mark("The bot is not in the channel. Invite it there (/invite @Partner Desk), then try again."),
    "restricted_action": mark(
        "A workspace rule keeps the bot from posting there. An admin can allow it; then try again."
    ),
    "invalid_auth": mark("Slack refuses the bot's token. An admin renews SLACK_BOT_TOKEN; then try again."),
    "token_revoked": mark("The bot's token was revoked. An admin installs the app again; then try again."),
    "account_inactive": mark("The bot was removed from the workspace. An admin installs it again; then try again."),
    "missing_scope": mark(
        "The bot lacks a permission. An admin installs the app again from manifest.yml; then try again."
    ),
    "user_not_found": mark("This person is not in the workspace any more."),
    "cannot_dm_bot": mark("This person cannot be written to directly."),
    "msg_too_long": mark("Slack refuses the message as too long."),
    "msg_blocks_too_long": mark("Slack refuses the message as too long."),
}


def outcome_of(error: Exception, at: datetime, key: str, attempt: int) -> Outcome:
    """What to do after this error. Never quotes what was sent."""
    if isinstance(error, SlackApiError):
        return _refused(error, at)
    if isinstance(error, aiohttp.ClientConnectorError):  # never connected, so it cannot have arrived
        return Retry(at + backoff(attempt, key), t("Slack cannot be reached."))
    if isinstance(error, aiohttp.ClientError | asyncio.TimeoutError | OSError):
        return Retry(at + max(UNSURE, backoff(attempt, key)), t("Slack did not answer."))
    raise error


def name_of(error: SlackApiError) -> str:
    """What Slack calls it; empty when it was not Slack that answered, but some proxy's page."""
    said = getattr(error.response, "data", error.response)
    return str(said.get("error", "")) if isinstance(said, dict) else ""


def is_slacks_fault(error: SlackApiError) -> bool:
    """Whether the call failed for a reason that passes by itself: a rate limit, or an error of Slack's or a proxy's."""
    name, status = name_of(error), int(getattr(error.response, "status_code", 0))
    return name in {"", "ratelimited", *_SLACKS_FAULT} or status == 429 or status >= 500  # noqa: PLR2004


def _refused(error: SlackApiError, at: datetime) -> Outcome:
    name = name_of(error)
    status = int(getattr(error.response, "status_code", 0))
    if status == 429 or name == "ratelimited":  # noqa: PLR2004 (Too Many Requests)
        wait = int(error.response.headers.get("Retry-After", 1))
        return Retry(at + timedelta(seconds=wait), t("Slack asked to wait."))
    if status >= 500 or name in _SLACKS_FAULT:  # noqa: PLR2004 (their fault, not ours)
        return Retry(at + UNSURE, t("Slack had an error of its own."))
    if name in _WORDS:
        return Dead(t(_WORDS[name]))
    return Dead(t("Slack refuses it: {reason}.", reason=name or t("no reason given")))
