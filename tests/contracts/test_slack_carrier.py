"""The carrier to Slack under faults of the local Slack: everything arrives once, without needless history calls."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.slack import client as slack_client
from bot.adapters.slack.directory import SlackDirectory
from bot.adapters.slack.idempotent_posting import key_in_metadata
from bot.adapters.slack.people import HomeWorkspace
from bot.adapters.slack.present_recipients import PresentRecipients
from bot.config.settings import Levels
from bot.core.rate_limiter import RateLimiter, TooSoon
from bot.model.notice import Blocked, Claim, Gone, NoticeKind, Outcome, Place, Progress, Retry, Sent
from bot.model.ticket import Attachment
from bot.tickets.attachments import packed
from tests.contracts.slack_scene import DESK, LEASE, RETARUS, Scene, a_card, a_letter, a_line, scene
from tests.doubles.records import a_notice


@pytest.fixture
async def s() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made


async def test_lost_answer_is_found_again_and_not_posted_twice(s: Scene) -> None:
    s.slack.faults.order("chat.postMessage", "reset", when="after")
    await s.save(a_card())
    (first,) = await s.deliver()
    assert isinstance(first, Retry)
    assert first.progress
    assert first.progress.unsure
    (second,) = await s.deliver()
    assert isinstance(second, Sent)
    assert s.posts() == ["card card 0"]


@pytest.mark.parametrize("fault", ["ratelimited", "channel_not_found"])
async def test_refused_post_is_repeated_without_reading_history(s: Scene, fault: str) -> None:
    s.slack.faults.order("chat.postMessage", fault)
    await s.save(a_card())
    (first,) = await s.deliver()
    assert isinstance(first, Retry | Blocked)
    (second,) = await s.deliver()
    assert isinstance(second, Sent)
    assert s.posts() == ["card card 0"]
    assert s.calls("conversations.history") == 0


async def test_rate_limit_holds_the_channel_and_is_no_failure(s: Scene) -> None:
    s.slack.faults.order("chat.postMessage", "ratelimited", retry_after=30)
    await s.save(a_card())
    for _ in range(2):
        (outcome,) = await s.deliver()
        assert isinstance(outcome, Retry)
        assert not outcome.is_failure
        assert timedelta(seconds=25) < outcome.at - datetime.now(UTC) <= timedelta(seconds=30)
    assert s.calls("chat.postMessage") == 1


async def test_letter_in_pieces_goes_on_after_the_piece_that_arrived(s: Scene) -> None:
    s.slack.faults.order("chat.postMessage", "ratelimited", skip=2, retry_after=1)
    await s.save(a_letter(body={"pieces": 3}))
    (first,) = await s.deliver()
    assert isinstance(first, Retry)
    assert first.progress
    assert list(first.progress.posted) == ["", "#2"]
    (second,) = await s.deliver()
    assert isinstance(second, Sent)
    assert s.calls("conversations.replies") == 0
    root = s.message("letter_post letter 0", RETARUS)
    assert [each.text for each in s.slack.services.workspace.timeline(RETARUS).replies(root.ts)][-2:] == [
        "letter_post letter 1",
        "letter_post letter 2",
    ]


async def test_redrawn_reminders_go_on_after_the_message_at_which_a_rate_limit_stopped_them(s: Scene) -> None:
    names = [f"reminder:{number}" for number in range(3)]
    await s.save(a_card(), *(a_line(name, body={"places": [["t1", name], ["t1", f"{name}:U1"]]}) for name in names))
    while any(not isinstance(each, Sent) for each in await s.deliver()):
        pass
    places = [each for name in names for each in (name, f"{name}:U1")]
    await s.save(
        a_notice("a", kind=NoticeKind.ANSWERED, to=DESK, lane="a", due=datetime.now(UTC), body={"places": places})
    )
    outcomes, updates = list[Outcome](), s.calls("chat.update")
    for _ in names:
        minute_later(s, updates=1)
        outcomes += await s.deliver()
    assert [type(each) for each in outcomes] == [Retry, Retry, Sent]
    assert s.calls("chat.update") - updates == len(names)


async def test_search_in_limited_history_goes_on_where_it_stopped(s: Scene) -> None:
    notice = a_card()
    await s.save(notice)
    s.slack.faults.order("chat.postMessage", "reset", when="after")
    await s.deliver()
    anna = s.slack.person("anna")
    for number in range(40):
        await anna.post("#partner-desk", f"talk {number}")
    s.slack.switches.history_limited = True
    pages = []
    for _ in range(9):
        (claim,) = await s.store.claim(datetime.now(UTC) + timedelta(days=1), LEASE, 1)
        outcome = await s.carrier.deliver(claim, datetime.now(UTC))
        await s.store.settle(claim, outcome, datetime.now(UTC))
        if isinstance(outcome, Sent):
            break
        assert isinstance(outcome, Retry)
        assert outcome.progress
        pages.append(outcome.progress.cursor)
        minute_later(s)
    assert isinstance(outcome, Sent)
    assert len(set(pages)) == len(pages) == 2
    assert s.posts().count("card card 0") == 1


def minute_later(s: Scene, updates: int = 48) -> None:
    """Resets Slack's limits and ours, as after the minute they ask for. `updates`: how many a minute are allowed."""
    s.slack.services.limits._calls.clear()
    client = s.carrier._client
    assert isinstance(client, slack_client._PacedClient)
    client.methods.clear()
    client.methods["chat.update"] = RateLimiter(updates, 60)


async def test_files_are_not_doubled_in_a_long_thread(s: Scene) -> None:
    ben = s.slack.person("ben")
    file = (await ben.upload("trace.log", b"trace"))["files"][0]
    await s.save(a_letter(body=packed([Attachment(id=file["id"], name="trace.log", size=5)])))
    s.slack.faults.order("files.completeUploadExternal", "reset", when="after")
    (first,) = await s.deliver()
    assert isinstance(first, Retry)
    rita, root = s.slack.person("rita"), s.message("letter_post letter 0", RETARUS).ts
    parent = await rita.message("#retarus-escalation", "letter_post")
    for number in range(220):
        await rita.post("#retarus-escalation", f"answer {number}", thread=parent)
    (second,) = await s.deliver()
    assert isinstance(second, Sent)
    thread = s.slack.services.workspace.timeline(RETARUS).replies(root)
    assert sum(bool(each.files) for each in thread) == 1


async def test_line_of_a_deleted_card_posts_the_card_again(s: Scene) -> None:
    await s.save(a_card())
    (posted,) = await s.deliver()
    assert isinstance(posted, Sent)
    assert posted.place
    s.slack.admin.delete_message("#partner-desk", posted.place.ts, replies=True)
    await s.save(a_line("one"), a_line("two"))
    outcomes = await s.deliver()
    assert all(isinstance(each, Sent) for each in outcomes), outcomes
    place = await s.store.place("t1", "card")
    assert place
    assert place.ts != posted.place.ts
    assert place.link
    thread = s.slack.services.workspace.timeline(DESK).replies(place.ts)
    assert {each.text for each in thread} >= {"story one 0", "story two 0"}
    assert s.posts().count("card one 0") == 1


async def test_chaser_of_a_deleted_letter_begins_a_thread_with_its_reference(s: Scene) -> None:
    await s.save(a_letter())
    await s.deliver()
    s.slack.admin.delete_message("#retarus-escalation", s.message("letter_post letter 0", RETARUS).ts, replies=True)
    body = {"subject": "Re: PD-1001 mail is rejected", "text": "Any news?"}
    await s.save(a_notice("chaser", kind=NoticeKind.CHASE_POST, to=RETARUS, due=datetime.now(UTC), body=body))
    (outcome,) = await s.deliver()
    assert isinstance(outcome, Sent)
    posted = s.message("chase_post Any news? 0", RETARUS)
    assert "'text': 'PD-1001 mail is rejected'" in str(posted.blocks)
    place = await s.store.place("t1", "retarus")
    assert (place and place.ts) == posted.ts


async def test_permalink_is_made_as_slack_makes_it(s: Scene) -> None:
    await s.save(a_card())
    await s.deliver()
    place = await s.store.place("t1", "card")
    assert place
    of_slack = await s.carrier._client.chat_getPermalink(channel=place.channel, message_ts=place.ts)
    assert place.link == of_slack["permalink"]


async def test_permalink_that_failed_is_made_later(s: Scene) -> None:
    s.slack.faults.order("auth.test", "http_500")
    await s.save(a_card())
    await s.deliver()
    place = await s.store.place("t1", "card")
    assert place
    assert place.link == ""
    await s.save(a_line())
    await s.deliver()
    again = await s.store.place("t1", "card")
    assert isinstance(again, Place)
    assert again.link.startswith("http")


async def test_metadata_of_a_message_contains_no_names(s: Scene) -> None:
    await s.save(a_letter())
    await s.deliver()
    metadata = str(s.message("letter_post letter 0", RETARUS).metadata)
    assert key_in_metadata("letter") in metadata
    assert "'letter'" not in metadata


async def test_message_of_an_older_release_is_found_by_its_plain_key(s: Scene) -> None:
    client = s.carrier._client
    metadata = {"event_type": "desk_notice", "event_payload": {"key": "card"}}
    old = await client.chat_postMessage(channel=DESK, text="the card", metadata=metadata)
    claim = Claim(notice=a_card(version=2), attempt=2, progress=Progress(unsure=True))
    outcome = await s.carrier.deliver(claim, datetime.now(UTC))
    assert isinstance(outcome, Sent)
    assert outcome.place
    assert outcome.place.ts == old["ts"]


async def test_posts_keep_to_the_rate_limit_of_a_channel(s: Scene) -> None:
    client = s.carrier._client
    assert isinstance(client, slack_client._PacedClient)
    client.posts = RateLimiter(5, 1.0)
    s.slack.switches.rate_limits, s.slack.switches.post_burst = True, 5
    began = time.monotonic()
    for number in range(6):
        await client.chat_postMessage(channel=DESK, text=f"{number}") if number < 5 else None
    assert client.posts.seconds_until(DESK) > 0.5 - (time.monotonic() - began)
    assert client.posts.seconds_until(RETARUS) == 0


async def test_direct_message_to_a_deactivated_person_is_gone_whether_or_not_it_was_opened_before(s: Scene) -> None:
    directory = SlackDirectory(s.carrier._client, Levels(), HomeWorkspace("T0"), "Europe/Berlin")
    carrier = PresentRecipients(s.carrier, directory)
    direct = a_notice("direct", kind=NoticeKind.DIRECT, to="U0ANNA", lane="direct:U0ANNA", due=datetime.now(UTC))
    first = Claim(notice=direct, attempt=1)
    assert isinstance(await carrier.deliver(first, datetime.now(UTC)), Sent)
    await s.slack.person("carla").control("POST", "people/anna", deactivated=True)
    directory.forget("U0ANNA")
    again = Claim(notice=direct.model_copy(update={"key": "again"}), attempt=1)
    assert await carrier.deliver(again, datetime.now(UTC)) == Gone()
    other = Claim(notice=direct.model_copy(update={"key": "nobody", "to": "U0NOBODY"}), attempt=1)
    assert await s.carrier.deliver(other, datetime.now(UTC)) == Gone()


@pytest.mark.parametrize(("per_minute", "is_paced"), [(60, True), (0, False)])
async def test_redrawing_is_paced_unless_this_slack_has_no_rate_limits(
    s: Scene, per_minute: int, *, is_paced: bool
) -> None:
    client = s.carrier._client
    assert isinstance(client, slack_client._PacedClient)
    client.posts = slack_client.post_limiter(per_minute)
    ts = (await client.chat_postMessage(channel=DESK, text="0"))["ts"]
    try:
        for number in range(50):
            await client.chat_update(channel=DESK, ts=ts, text=f"{number}")
    except TooSoon:
        assert is_paced
    else:
        assert not is_paced
