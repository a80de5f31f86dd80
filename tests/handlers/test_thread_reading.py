"""The newest replies of a thread are read, however long it is and however Slack limits the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from handlers.thread_reading import ThreadReading
from localslack import LocalSlack
from tests.localslack.embedded import seed, web_client

DAY = 86_400.0


@dataclass(frozen=True)
class Spell:
    """Replies of Anna's and then lines of the bot, after a pause."""

    replies: int = 0
    lines: int = 0
    pause: float = 0.0
    apart: float = 0.0
    """Seconds between two messages."""


def posted(slack: LocalSlack, replies: int, *, lines: int = 0, then: Sequence[Spell] = ()) -> tuple[str, str]:
    """A thread of so many replies of Anna's, followed by lines of the bot; posted without the Web API.

    `then`: what is written later.
    """
    channel, anna, bot = slack.admin.channel("desk"), slack.admin.member("anna"), slack.app("Bot")
    post: Any = slack.services.posting.post
    root = post(channel, user=bot.bot_user, bot_id=bot.bot_id, app_id=bot.id, text="card")
    numbers = count()
    for spell in (Spell(replies=replies, lines=lines), *then):
        slack.clock.advance(spell.pause)
        for number in islice(numbers, spell.replies):
            slack.clock.advance(spell.apart)
            post(channel, user=anna.id, text=f"reply {number}", thread_ts=root.ts)
        for line in range(spell.lines):
            slack.clock.advance(spell.apart)
            post(channel, user=bot.bot_user, bot_id=bot.bot_id, app_id=bot.id, text=f"line {line}", thread_ts=root.ts)
    return channel.id, str(root.ts)


@pytest.mark.parametrize(("replies", "lines"), [(0, 0), (3, 0), (199, 0), (200, 0), (450, 60)])
async def test_newest_replies_of_a_thread_are_read_however_long_it_is(replies: int, lines: int) -> None:
    async with LocalSlack(seed()) as slack:
        place = posted(slack, replies, lines=lines)
        reading = ThreadReading(web_client(slack), place)
        found = [each.words for each in await reading.newest(5)]
        assert found[-5:] == [f"reply {number}" for number in range(replies)][-5:]
        calls = [row for row in slack.services.traffic.rows() if row.kind == "conversations.replies"]
        assert len(calls) == 1 or replies >= 200


@pytest.mark.parametrize(
    "then",
    [
        [Spell(900, apart=10), Spell(1, pause=7 * DAY)],
        [Spell(900, apart=10), *(Spell(1, pause=DAY) for _ in range(3))],
        [Spell(3), Spell(1500, pause=7 * DAY, apart=2)],
        [Spell(300, 900, apart=30)],
        [Spell(2, 600, apart=30)],
        [Spell(300, apart=5), Spell(lines=300, pause=3 * DAY, apart=5), Spell(2, 20, pause=3 * DAY, apart=5)],
        [Spell(lines=500, apart=30), Spell(3, 400, apart=30)],
    ],
)
async def test_newest_replies_are_read_however_they_are_spread_over_the_days(then: list[Spell]) -> None:
    async with LocalSlack(seed()) as slack:
        reading = ThreadReading(web_client(slack), posted(slack, 0, then=then))
        found = [each.words for each in await reading.newest(5)]
        assert found[-5:] == [f"reply {number}" for number in range(sum(each.replies for each in then))][-5:]
        calls = [row for row in slack.services.traffic.rows() if row.kind == "conversations.replies"]
        assert len(calls) <= 12


async def test_replies_that_were_read_before_slack_refuses_more_are_given() -> None:
    async with LocalSlack(seed()) as slack:
        place = posted(slack, 0, then=[Spell(900, apart=10), Spell(1, pause=7 * DAY)])
        slack.faults.order("conversations.replies", "ratelimited", retry_after=600, skip=2, times=None)
        found = await ThreadReading(web_client(slack), place).newest(5)
        assert [each.words for each in found] == ["reply 900"]


async def test_many_replies_since_a_known_one_are_read_from_their_end() -> None:
    async with LocalSlack(seed()) as slack:
        channel, root = posted(slack, 5, then=[Spell(1400, pause=DAY, apart=1)])
        known = next(each.ts for each in slack.services.workspace.timeline(channel).replies(root))
        found = await ThreadReading(web_client(slack), (channel, root), known).newest(5)
        assert found[-1].words == "reply 1404"
        assert len(found) >= 5


async def test_replies_since_a_known_one_are_one_call_where_the_history_is_limited() -> None:
    async with LocalSlack(seed()) as slack:
        slack.switches.history_limited = True
        channel, root = posted(slack, 40)
        known = [each.ts for each in slack.services.workspace.timeline(channel).replies(root)][-5]
        found = await ThreadReading(web_client(slack), (channel, root), known).newest(5)
        assert [each.words for each in found] == [f"reply {number}" for number in range(36, 40)]


async def test_reading_goes_on_after_a_rate_limit_from_where_it_was() -> None:
    async with LocalSlack(seed()) as slack:
        place = posted(slack, 240)
        slack.faults.order("conversations.replies", "ratelimited", skip=1)
        found = await ThreadReading(web_client(slack), place).newest(5)
        assert found[-1].words == "reply 239"


async def test_reading_gives_up_at_a_rate_limit_that_outlasts_the_form() -> None:
    async with LocalSlack(seed()) as slack:
        place = posted(slack, 3)
        slack.faults.order("conversations.replies", "ratelimited", retry_after=600)
        with pytest.raises(SlackApiError, match="ratelimited"):
            await ThreadReading(web_client(slack), place).newest(5)
