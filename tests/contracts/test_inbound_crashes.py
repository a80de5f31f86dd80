"""Each mail is in its thread once, at whichever step the process dies."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from bot.adapters.inbound_mail.parser import parse
from bot.adapters.store import open_store
from bot.conversation.inbound import Inbound
from tests.contracts.inbound_desk import an_answer, desk_on, save_escalated
from tests.contracts.inbound_worker import STEPS
from tests.contracts.processes import ROOT, read_lines
from tests.doubles.imap_hosts import ImapHost, pymap
from tests.factories import NOW
from tests.timeouts import TIMEOUT


async def start(url: str, host: ImapHost, step: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.contracts.inbound_worker", url, str(host.port), step or "-", cwd=ROOT, stdout=-1
    )


async def begin(url: str, host: ImapHost) -> None:
    """Starts first without taking in the mail that is there; then two answers arrive."""
    store = await open_store(url, lambda: NOW, busy=TIMEOUT)
    await save_escalated(store)
    with host.client() as client:
        status = client.select_folder("INBOX")
    cursor = {"uidvalidity": status[b"UIDVALIDITY"], "uid": int(status[b"UIDNEXT"]) - 1}
    await store.keep("cursor:box", json.dumps(cursor))
    with host.client() as client:
        for number in (1, 2):
            client.append("INBOX", an_answer(number))
    await store.close()


@pytest.mark.parametrize("step", STEPS)
async def test_mail_is_taken_in_once_after_a_crash_at_any_step(database_url: str, step: str) -> None:
    async with pymap() as host:
        await begin(database_url, host)
        dying = await start(database_url, host, step)
        assert await dying.wait() == -9
        process = await start(database_url, host, "")
        try:
            await read_lines(process, 2 - (step == "kept"))
        finally:
            process.kill()
            await process.wait()
    store = await open_store(database_url, lambda: NOW, busy=TIMEOUT)
    entries = await store.entries_of("t1")
    assert sorted(each.words for each in entries) == ["Answer 1.", "Answer 2."]
    assert all([await store.original(each.id) == an_answer(int(each.words[7])) for each in entries])
    history = await store.history("t1")
    assert [each.what for each in history] == ["raise", "heard", "heard"]
    keys = [row.notice.key for row in await store.letters(limit=100) if row.notice.say == "heard"]
    assert len(keys) == len(set(keys)) == 2
    await store.close()


async def test_concurrent_processes_show_a_mail_once(database_url: str) -> None:
    store = await open_store(database_url, lambda: NOW, busy=TIMEOUT)
    await save_escalated(store)
    both: list[Inbound] = [desk_on(store), desk_on(store)]
    raw = an_answer(1)
    taken = await asyncio.gather(*(each.take(parse(raw), raw) for each in both))
    assert len([each for each in taken if each]) == 1
    assert len(await store.entries_of("t1")) == 1
    await store.close()


async def test_processes_on_one_mailbox_take_in_each_mail_once_and_take_over(database_url: str) -> None:
    async with pymap() as host:
        await begin(database_url, host)
        store = await open_store(database_url, lambda: NOW, busy=TIMEOUT)
        both = [await start(database_url, host, "") for _ in range(2)]
        reading = {asyncio.ensure_future(read_lines(each, 2)): each for each in both}
        try:
            done, _ = await asyncio.wait(reading, timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
            [first] = done
            reading.pop(first).kill()
            with host.client() as client:
                for number in (3, 4):
                    client.append("INBOX", an_answer(number))
            [(second, survivor)] = reading.items()
            await asyncio.wait_for(second, TIMEOUT)
            async with asyncio.timeout(TIMEOUT):
                while len(await store.entries_of("t1")) < 4:
                    assert await read_lines(survivor, 1)
        finally:
            for each in both:
                if each.returncode is None:
                    each.kill()
                await each.wait()
    assert sorted(each.words for each in await store.entries_of("t1")) == [f"Answer {n}." for n in range(1, 5)]
    assert len([row for row in await store.letters(limit=100) if row.notice.say == "heard"]) == 4
    await store.close()
