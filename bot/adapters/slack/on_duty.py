"""People on duty, from a Slack user group per level that a duty roster keeps up to date."""

from __future__ import annotations

from bot.adapters.slack.user_groups import UserGroups
from bot.config.calendar_url import is_calendar_url
from bot.config.settings import Levels
from bot.model.ticket import Level


class SlackOnDuty:
    """`bot.tickets.ports.OnDuty` by `on_duty` of [levels]; keeps the last members while Slack does not answer."""

    def __init__(self, groups: UserGroups, levels: Levels) -> None:
        self._groups = groups
        self._duties = {Level.FIRST: levels.first.on_duty, Level.SECOND: levels.second.on_duty}

    async def now(self, level: Level) -> tuple[str, ...]:
        group = self._duties.get(level, "")
        if not group or is_calendar_url(group):
            return ()
        return tuple(sorted(await self._groups.members(group, level)))
