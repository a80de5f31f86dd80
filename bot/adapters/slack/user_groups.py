"""Members of user groups. A group that cannot be read keeps its last members, also over a restart.

Trouble with one group affects its level only: it is logged and reported by name, once until the group is read again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import SLACK_ERRORS, name_of
from bot.core.errors import StoreDown
from bot.core.i18n import t
from bot.core.ttl_cache import TtlCache
from bot.forms.validation import level_name
from bot.model.ticket import Level

log = logging.getLogger(__name__)

TTL = 300.0
"""Seconds the members are used without asking again."""
_STALE_TTL = 7 * 24 * 3600.0
"""Seconds the last members are used while Slack does not tell new ones."""
_AGAIN = 30.0
"""Seconds after which a group without any known members is read again."""

Warn = Callable[[str, str], Awaitable[None]]
"""Notifies admins, once for each key: a key and a sentence."""


class Memory(Protocol):
    """A small durable map: `bot.tickets.ports.Drafts`."""

    async def get(self, key: str) -> dict[str, str] | None: ...

    async def put(self, key: str, value: dict[str, str]) -> None: ...


class UserGroups:
    """Reads user groups by usergroups.users.list."""

    def __init__(self, client: AsyncWebClient, memory: Memory | None = None) -> None:
        self._client = client
        self._memory = memory
        self._members = TtlCache(self._ask, TTL, stale_ttl=_STALE_TTL)
        self._in_trouble: dict[str, str] = {}
        """The last reported error of a group."""
        self._failed: dict[str, float] = {}
        self.warn: Warn | None = None
        """Set once admins can be notified."""

    async def members(self, group: str, level: Level) -> frozenset[str]:
        """The user ids in this group, which is the one of that level; its last members while it cannot be read."""
        if self._members.known(group) is None and time.monotonic() - self._failed.get(group, -_AGAIN) < _AGAIN:
            return frozenset()
        try:
            return await self._members.get(group)
        except SLACK_ERRORS:
            return await self._remembered(group)
        finally:
            await self._tell(group, level)

    def is_in_trouble(self, group: str) -> bool:
        """True while the group cannot be read."""
        return group in self._in_trouble

    async def warm(self, group: str, level: Level) -> None:
        """Reads the group, or remembers its last members."""
        await self.members(group, level)

    async def _ask(self, group: str) -> frozenset[str]:
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except SLACK_ERRORS as error:
            self._failed[group] = time.monotonic()
            self._in_trouble.setdefault(group, _reason(error))
            raise
        self._in_trouble.pop(group, None)
        members = frozenset(answer["users"])
        if members != self._members.known(group):
            await self._remember(group, members)
        return members

    async def _remember(self, group: str, members: frozenset[str]) -> None:
        try:
            if self._memory:
                await self._memory.put(_key(group), {"users": " ".join(sorted(members))})
        except StoreDown:
            log.warning("The members of a user group were not saved: the database is down.")

    async def _remembered(self, group: str) -> frozenset[str]:
        try:
            stored = await self._memory.get(_key(group)) if self._memory else None
        except StoreDown:
            stored = None
        if stored is None:
            return frozenset()
        members = frozenset(stored["users"].split())
        self._members.put(group, members, age=TTL + 1)
        return members

    async def _tell(self, group: str, level: Level) -> None:
        reason = self._in_trouble.get(group, "")
        if not reason:
            return
        self._in_trouble[group] = ""  # reported
        known = len(self._members.known(group) or ())
        text = t(
            "The user group {group} of the {level} cannot be read: {reason} It keeps its last {count} members. Correct "
            "[levels] in desk.toml if the group is gone.",
            group=group,
            level=level_name(level),
            reason=reason,
            count=known,
        )
        log.error("%s", text)
        if self.warn:
            await self._warn(group, text)

    async def _warn(self, group: str, text: str) -> None:
        try:
            if self.warn:
                await self.warn(f"group:{group}", text)
        except StoreDown:
            log.warning("Admins could not be told of a user group: the database is down.")


def _reason(error: BaseException) -> str:
    if isinstance(error, SlackApiError) and name_of(error):
        return t("Slack says {name}.", name=name_of(error))
    return t("Slack does not answer.")


def _key(group: str) -> str:
    return f"user-group:{group}"
