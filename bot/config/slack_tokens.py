"""Kinds of Slack's tokens and secrets, by prefix: a value in the wrong variable is reported before a call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.config.environment import Environment

_BOT, _APP, _SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
_PLACE: Mapping[str, str] = {
    _BOT: "the bot token (xoxb-…): OAuth & Permissions, Bot User OAuth Token",
    _APP: "the app-level token (xapp-…): Basic Information, App-Level Tokens, with the scope connections:write",
    _SECRET: "the signing secret: Basic Information, App Credentials, Signing Secret",
}
"""The value that belongs in each variable, and where api.slack.com/apps shows it."""


@dataclass(frozen=True)
class _Kind:
    pattern: re.Pattern[str]
    name: str
    home: str = ""
    """The variable it belongs in; empty when the desk has no use for it."""


def _kind(pattern: str, name: str, home: str = "") -> _Kind:
    return _Kind(re.compile(rf"\A(?:{pattern})", re.IGNORECASE), name, home)


_KINDS = (
    _kind(r"xox[abp]-(?:…|\.\.\.|<|your|x+\b|$)|xapp-(?:…|\.\.\.|<|your|x+\b|$)", "the placeholder of a token"),
    _kind(r"xoxb-", "a bot token (xoxb-…)", _BOT),
    _kind(r"xapp-", "an app-level token (xapp-…)", _APP),
    _kind(r"xoxp-", "a user token (xoxp-…), which acts as a person and not as the bot"),
    _kind(r"xoxe\.xoxb-", "a bot token that expires (xoxe.xoxb-…), as token rotation is switched on for the app"),
    _kind(r"xoxe\.xoxp-", "an app configuration token (xoxe.xoxp-…), which only changes manifests"),
    _kind(r"xoxe-|xoxr-", "a refresh token (xoxe-…)"),
    _kind(r"xox[cds]-", "a token of somebody's own Slack (xoxc-…, xoxd-…, xoxs-…), which must never be copied"),
    _kind(r"xox[a-z]-|xwfp-", "a token of a kind that no app from manifest.yml has"),
    _kind(r"https?://", "an address"),
    _kind(r"\d+\.\d+$", "the app's client ID"),
    _kind(r"A[0-9A-Z]{8,}$", "the app's ID"),
)
_SECRETS = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_UNTITLED = "a secret of 32 letters and digits: the signing secret or the client secret"
_WRAPPED = "with quotation marks, blanks or other characters around it"
_AROUND = " \t\r\n\"'`<>“”„‘’"


def wrong_tokens(env: Environment) -> Iterator[tuple[str, str]]:
    """Each variable that holds something else than it should, with a sentence that quotes nothing of it."""
    for name in (_BOT, _APP, _SECRET):
        value = getattr(env, name.lower())
        if value and (wrong := _wrong(name, value)):
            yield name, f"holds {wrong}. It should hold {_PLACE[name]}"


def _wrong(name: str, value: str) -> str:
    """The kind of the value, if another one belongs in this variable."""
    bare = re.sub(r"^bearer\s+", "", value.strip(_AROUND), flags=re.IGNORECASE)
    kind = next((each for each in _KINDS if each.pattern.match(bare)), None)
    if kind is None and name != _SECRET:
        return _UNTITLED if _SECRETS.fullmatch(bare) else "something that is not a Slack token"
    if kind is None:
        return "" if bare == value else f"a secret {_WRAPPED}"
    if kind.home != name:
        return f"{kind.name}, which belongs in {kind.home}" if kind.home else kind.name
    if re.search(r"\s", bare):
        return "more than a token: there are blanks or line breaks in it"
    return "" if bare == value else f"{kind.name} {_WRAPPED}"
