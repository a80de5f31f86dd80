"""A restored desk sends nothing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from app import STORAGE
from bot.adapters.store import open_store
from bot.config.environment import Environment
from bot.core.clock import now
from bot.model.notice import Notice, NoticeKind, Retry, Sent
from bot.tickets.ports import Batch
from localslack import LocalSlack, Mailbox
from localslack.mail import serve
from runtime import backup
from tests.doubles.postgres_server import server_url, temporary_database
from tests.doubles.records import START, a_notice, a_ticket, an_event, next_version
from tests.handlers.world import DESK, World, _seed, desk_at, world_of
from tests.runtime.backups import env_of
from tests.soak.audit import is_owed
from tests.timeouts import TIMEOUT, long_timeouts


async def _restored(url: str) -> None:
    await STORAGE.hold_back(url, START + timedelta(hours=1), "held")


async def assert_held_back(url: str) -> None:
    """Messages count as begun, mails wait for a person, and their lane goes on."""
    store = await open_store(url, lambda: START)
    mail = a_notice("mail", kind=NoticeKind.LETTER_MAIL, lane="t1:mail", to="support@retarus.example")
    after = a_notice("after", kind=NoticeKind.THREAD, lane="t1:mail", to="C1")
    tried, later = a_notice("tried"), a_notice("later", due=START + timedelta(minutes=65))
    await store.apply(Batch(tickets=[a_ticket()], notices=[mail, after, a_notice("message"), tried, later]))
    await store.apply(Batch(notices=[a_notice("sent", lane="s")]))
    for claim in await store.claim(START, timedelta(seconds=90), 10):
        if claim.notice.key in {"sent", "tried"}:
            outcome = Sent() if claim.notice.key == "sent" else Retry(START + timedelta(hours=2), "no answer")
            assert await store.settle(claim, outcome, START)
    await store.close()
    await _restored(url)
    store = await open_store(url, lambda: START)
    claims = await store.claim(START + timedelta(hours=1), timedelta(seconds=90), 10)
    assert {claim.notice.key for claim in claims} == {"message", "after", "tried"}
    assert all(claim.attempt > 1 for claim in claims)
    (dead,) = await store.letters(state="dead")
    assert (dead.notice.key, dead.reason) == ("mail", "held")
    ticket = (await store.apply(Batch(tickets=[a_ticket("t2")])))[0]
    assert ticket.number == 1102
    await store.close()


async def test_restored_sqlite_desk_holds_back_what_waited(tmp_path: Path) -> None:
    await assert_held_back(f"sqlite:///{tmp_path / 'desk.sqlite3'}")


async def test_restored_postgres_desk_holds_back_what_waited() -> None:
    with server_url() as server, temporary_database(server) as url:
        await assert_held_back(url)


async def test_message_delivered_after_the_backup_is_not_posted_again_by_the_restored_desk(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        old, new = env_of(tmp_path / "old"), env_of(tmp_path / "new")
        async with desk_at(slack, mail, tmp_path / "old") as running:
            w = world_of(slack, mail, running)
            card = await w.raised()  # the first delivery
            await delivered(w)
        notice = await a_waiting_story(old)
        await backup.back_up(old, tmp_path / "desk.tar.gz", 1, STORAGE, now())
        async with desk_at(slack, mail, tmp_path / "old") as running:
            w = world_of(slack, mail, running)
            await w.anna.reply(card, "took it")  # the second one, after the backup
            await delivered(w)
        before = [each["text"] for each in await w.anna.thread(card)]
        await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
        async with desk_at(slack, mail, tmp_path / "new") as running:
            w = world_of(slack, mail, running)
            await delivered(w)
            letter = await w.running.store.letter(notice.key)
            assert letter
            assert letter.state == "sent"
            assert [each["text"] for each in await w.anna.thread(card)] == before
            assert len([each for each in await w.anna.messages(DESK) if "PD-1001" in each["text"]]) == 1
        await mail.close()


async def test_reminder_sent_after_the_backup_comes_once_more_from_the_restored_desk(tmp_path: Path) -> None:
    """However many were missed: the restored desk cannot know whether they were sent, nor whether somebody acted."""
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        old, new = env_of(tmp_path / "old"), env_of(tmp_path / "new")
        async with desk_at(slack, mail, tmp_path / "old") as running:
            w = world_of(slack, mail, running)
            card = await w.handed_off()
            await delivered(w)
            await backup.back_up(old, tmp_path / "desk.tar.gz", 1, STORAGE, now())
            await w.anna.advance(31 * 60)
            await w.anna.reply(card, "with no activity")
        await w.anna.advance(3 * 3600)  # more of them are missed
        await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
        async with desk_at(slack, mail, tmp_path / "new") as running:
            w = world_of(slack, mail, running)
            await w.anna.advance(1)  # a sweep
            async with asyncio.timeout(TIMEOUT):
                while await lines(w, card) < 2:
                    await w.anna.reply(card, "with no activity")
            await delivered(w)
            assert ((await w.ticket()).reminded, await lines(w, card)) == (1, 2)
        await mail.close()


async def lines(w: World, card: dict[str, object]) -> int:
    return sum("with no activity" in each["text"] for each in await w.anna.thread(card))


async def a_waiting_story(env: Environment) -> Notice:
    """A ticket is taken, and the desk stops before it tells so in the thread."""
    store = await open_store(env.database_url)
    ticket = await store.numbered(1001)
    assert ticket
    later = next_version(ticket, owner="U0ANNA")
    event = an_event(later, "take").model_copy(update={"by": "U0ANNA"})
    notice = a_notice(
        f"{ticket.id}:{later.version}:story:{DESK}", ticket_id=ticket.id, kind=NoticeKind.THREAD, to=DESK,
        version=later.version, lane=ticket.id, due=now(),
    )  # fmt: skip
    await store.apply(Batch(tickets=[later], events=[event], notices=[notice]))
    await store.close()
    return notice


async def delivered(w: World) -> None:
    """Waits until nothing is left in the outbox but what redraws a message later."""
    store = w.running.store
    async with asyncio.timeout(TIMEOUT):
        while any(is_owed(row.notice) for row in await store.letters(state="waiting")):  # noqa: ASYNC110  no event tells of a settled row
            await asyncio.sleep(0)
