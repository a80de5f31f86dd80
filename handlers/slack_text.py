"""Slack's encoding of text: three escaped characters, and marked-up mentions, channels and links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.cleaning import decode_slack_entities
from bot.core.clock import as_moment

LONGEST = 40_000
"""Characters of one message that are read: Slack truncates messages there."""
_MARKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)")
_CHANNEL = re.compile(r"<#([CDG][A-Z0-9]+)\|?>")
_BARE = re.compile("&(?!(?:amp|lt|gt);)")
_DATE = re.compile(r"!date\^(\d{1,11})\^")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)\|?>")


def encoded(text: str) -> str:
    """The text as Slack escapes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encoded_once(text: str) -> str:
    """The text as Slack escapes it, when it may be escaped already: Slack escapes `plain_text` of its own accord."""
    return _BARE.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True)
class Names:
    """Names of people, channels and user groups, by id."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


def people_in(text: str) -> set[str]:
    """The ids of the people a text mentions."""
    return set(_PERSON.findall(text[:LONGEST]))


def channels_in(text: str) -> set[str]:
    """The ids of the channels a text links without their name."""
    return set(_CHANNEL.findall(text[:LONGEST]))


def groups_in(text: str) -> set[str]:
    """The ids of the user groups a text mentions without their name."""
    return set(_GROUP.findall(text[:LONGEST]))


def as_typed(text: str, names: Names) -> str:
    """The text without Slack's markup, as a person would have typed it."""
    return decode_slack_entities(_MARKED.sub(lambda found: _plain(found[1], found[2] or "", names), text[:LONGEST]))


def _plain(target: str, label: str, names: Names) -> str:
    if target.startswith("@"):
        return f"@{encoded(names.people.get(target[1:], '') or label.lstrip('@') or target[1:])}"
    if target.startswith("#"):
        return f"#{encoded(names.channels.get(target[1:], '')) or label.lstrip('#') or target[1:]}"
    if target.startswith("!subteam^"):
        group = target.removeprefix("!subteam^")
        return f"@{encoded(names.groups.get(group, '')) or label.lstrip('@') or group}"
    if not label and (date := _DATE.match(target)) and (moment := as_moment(date[1])):
        return f"{moment:%Y-%m-%d %H:%M} UTC"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return address if label in {"", address, target} else f"{label} ({address})"
