"""Errors of Slack's Web API: what a failed call means for a delivery, and in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core.backoff import backoff
from bot.core.i18n import mark, t
from bot.core.rate_limiter import TooSoon
from bot.model.notice import Blocked, Claim, Dead, Gone, Outcome, Progress, Retry

UNSURE = timedelta(seconds=60)
"""Time for which Slack may still process a call that got no answer. Before that, its message is not searched for."""

SLACK_ERRORS = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, TooSoon)
"""Exceptions that a call of the Web API may raise."""

_SLACKS_FAULT = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}

THREAD_GONE = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})
"""The root message of the thread was deleted."""

TOKEN_REFUSED = {
    "invalid_auth": mark("Slack refuses the bot's token. An admin must renew SLACK_BOT_TOKEN and restart the desk."),
    "not_authed": mark("Slack got no token from the bot. An admin must set SLACK_BOT_TOKEN and restart the desk."),
    "token_revoked": mark("The bot's token was revoked. An admin must install the app again."),
    "token_expired": mark("The bot's token has expired. An admin must renew SLACK_BOT_TOKEN and restart the desk."),
    "account_inactive": mark("The bot was removed from the workspace. An admin must install it again."),
    "org_login_required": mark(
        "Slack is moving the workspace to an Enterprise organisation. Afterwards, everything continues automatically."
    ),
    "not_allowed_token_type": mark(
        "The bot's token is of the wrong kind. An admin must run `python app.py check`, which says what belongs where."
    ),
    "ekm_access_denied": mark("An admin of the workspace has suspended access to its messages."),
    "team_access_not_granted": mark("The bot has no access to this workspace. An admin must install the app again."),
}
"""Errors that concern the whole desk, whichever call they come from."""

_MISSING_SCOPE = mark("The bot lacks the permission {needed}. An admin must install the app again from manifest.yml.")

_CHANNEL_CLOSED = {
    "is_archived": mark("The channel is archived. An admin of the workspace can unarchive it."),
    "channel_not_found": mark("The bot cannot see the channel. Invite it there: /invite @Partner Desk."),
    "not_in_channel": mark("The bot is not in the channel. Invite it there: /invite @Partner Desk."),
}
"""Errors that concern everything that goes to one channel."""

_LEFT = frozenset({"user_disabled", "user_not_found"})
"""Errors of a direct message to somebody who has left the workspace."""

_WORDS = {
    "restricted_action": mark(
        "A workspace rule keeps the bot from posting there. An admin can allow it; then try again."
    ),
    "restricted_action_read_only_channel": mark(
        "The channel can only be read: posting is restricted, or it is no longer shared. "
        "An admin of the workspace can see why; then try again."
    ),
    "cannot_dm_bot": mark("This person cannot receive direct messages."),
    "msg_too_long": mark("Slack refuses the message as too long."),
    "msg_blocks_too_long": mark("Slack refuses the message as too long."),
}
"""Errors that concern one message."""


def outcome_of(error: Exception, at: datetime, claim: Claim, progress: Progress | None = None) -> Outcome:
    """Outcome of a delivery after this error. Never quotes what was sent."""
    if isinstance(error, TooSoon):
        return _asked_to_wait(at, error.seconds, progress)
    if isinstance(error, SlackApiError):
        return _refused(error, at, claim, progress)
    wait = _backoff(claim)
    if not is_unknown(error):  # never connected, so it cannot have arrived
        return Retry(at + wait, t("Slack cannot be reached."), progress)
    if isinstance(error, SLACK_ERRORS):
        return Retry(at + max(UNSURE, wait), t("Slack did not answer."), progress)
    raise error


def is_unknown(error: BaseException) -> bool:
    """True if the call may have taken effect all the same. After a refusal or a rate limit it certainly did not."""
    if isinstance(error, SlackApiError):
        return not is_rate_limit(error) and _is_slacks_fault(error)
    return not isinstance(error, TooSoon | aiohttp.ClientConnectorError)


def name_of(error: SlackApiError) -> str:
    """Slack's name of the error; empty when a proxy answered instead of Slack."""
    return str(_answer(error).get("error", ""))


def _answer(error: SlackApiError) -> dict[str, object]:
    data = getattr(error.response, "data", error.response)
    return data if isinstance(data, dict) else {}


def is_rate_limit(error: SlackApiError) -> bool:
    return _status(error) == 429 or name_of(error) == "ratelimited"  # noqa: PLR2004 (Too Many Requests)


def retry_after(error: SlackApiError) -> float:
    """Seconds to wait after a rate limit."""
    headers = getattr(error.response, "headers", {})
    text = str(headers.get("Retry-After", headers.get("retry-after", "1")))
    return max(float(text), 1.0) if text.replace(".", "", 1).isdigit() else 1.0


def closes_slack(error: SlackApiError) -> str:
    """The sentence for an error that concerns the whole desk, whatever was called; else empty."""
    name = name_of(error)
    return t(TOKEN_REFUSED[name]) if name in TOKEN_REFUSED else ""


def lacks_scope(error: SlackApiError) -> str:
    """The sentence where the app was installed without a permission it needs; else nothing."""
    return _scope_words(error) if name_of(error) == "missing_scope" else ""


def _scope_words(error: SlackApiError) -> str:
    return t(_MISSING_SCOPE, needed=_answer(error).get("needed", ""))


def _status(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 0))


def _is_slacks_fault(error: SlackApiError) -> bool:
    """An answer without an error name is no answer of the Web API: a proxy's page, a truncated body."""
    name = name_of(error)
    return _status(error) >= 500 or name in _SLACKS_FAULT or not name  # noqa: PLR2004 (their fault, not ours)


def is_slacks_fault(error: SlackApiError) -> bool:
    """True for a transient error: a rate limit, or an error of Slack's or a proxy's."""
    return is_rate_limit(error) or _is_slacks_fault(error)


def _backoff(claim: Claim) -> timedelta:
    return backoff(claim.progress.failures + 1, claim.notice.key)


def _asked_to_wait(at: datetime, seconds: float, progress: Progress | None) -> Retry:
    return Retry(at + timedelta(seconds=seconds), t("Slack asked to wait."), progress, is_failure=False)


def _refused(error: SlackApiError, at: datetime, claim: Claim, progress: Progress | None) -> Outcome:
    if is_rate_limit(error):
        return _asked_to_wait(at, retry_after(error), progress)
    if _is_slacks_fault(error):
        wait = max(UNSURE, _backoff(claim))
        return Retry(at + wait, t("Slack had an internal error."), progress)
    if name_of(error) in _LEFT and not is_channel(claim.notice.to):
        return Gone()
    return _closed(error, claim, progress) or Dead(_words(name_of(error)), progress)


def _closed(error: SlackApiError, claim: Claim, progress: Progress | None) -> Blocked | None:
    """The scope of an error that concerns more than this one message."""
    name = name_of(error)
    if name in TOKEN_REFUSED:
        return Blocked(t(TOKEN_REFUSED[name]), progress=progress)
    if name == "missing_scope":
        needed = str(_answer(error).get("needed", ""))
        return Blocked(_scope_words(error), needed=needed, progress=progress)
    if name in _CHANNEL_CLOSED and is_channel(claim.notice.to):
        return Blocked(t(_CHANNEL_CLOSED[name]), claim.notice.to, progress=progress)
    return None


def is_channel(recipient: str) -> bool:
    """True if a notice goes to a channel, and not to a person."""
    return not recipient.startswith(("U", "W"))


def _words(name: str) -> str:
    if name in _WORDS:
        return t(_WORDS[name])
    return t("Slack refuses it: {reason}.", reason=name or t("no reason given"))
