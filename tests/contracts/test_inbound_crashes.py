"""Each mail is in its thread once, at whichever step the process dies."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.adapters.inbound_mail.isolation import MailParser
from bot.adapters.inbound_mail.parser import parse
from bot.adapters.inbound_mail.receiver import Receiver
from bot.adapters.inbound_mail.server import ImapServer
from bot.adapters.inbound_mail.source import ImapSource
from bot.adapters.store import open_store
from bot.conversation.inbound import Inbound
from bot.conversation.mail import InboundMail, UnreadableMail
from bot.model.conversation import Entry, EntryState
from tests.contracts.inbound_desk import an_answer, desk_on, save_escalated
from tests.contracts.inbound_worker import STEPS
from tests.contracts.processes import read_lines
from tests.doubles.forked_process import ForkedProcess, forked
from tests.doubles.imap_hosts import PASSWORD, USER, ImapHost, pymap
from tests.factories import NOW
from tests.timeouts import TIMEOUT


def worker(url: str, host: ImapHost, step: str) -> AbstractAsyncContextManager[ForkedProcess]:
    """Takes in mail in a process that dies at this step, if one is given."""
    return forked("tests.contracts.inbound_worker", url, host.port, step)


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
        async with worker(database_url, host, step) as dying:
            assert await dying.wait() == -9
        async with worker(database_url, host, "") as process:
            await read_lines(process, 2 - (step == "kept"))
    store = await open_store(database_url, lambda: NOW, busy=TIMEOUT)
    entries = await store.entries_of("t1")
    assert sorted(each.words for each in entries) == ["Answer 1.", "Answer 2."]
    assert all([await store.original(each.id) == an_answer(int(each.words[7])) for each in entries])
    history = await store.history("t1")
    assert [each.kind for each in history] == ["raise", "heard", "heard"]
    keys = [row.notice.key for row in await store.letters(limit=100) if row.notice.kind == "heard"]
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
        async with worker(database_url, host, "") as one, worker(database_url, host, "") as two:
            reading = {asyncio.ensure_future(read_lines(each, 2)): each for each in (one, two)}
            done, _ = await asyncio.wait(reading, timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
            reading.pop(done.pop()).kill()  # both may have finished at the same moment
            with host.client() as client:
                for number in (3, 4):
                    client.append("INBOX", an_answer(number))
            [(second, survivor)] = reading.items()
            await asyncio.wait_for(second, TIMEOUT)
            async with asyncio.timeout(TIMEOUT):
                while len(await store.entries_of("t1")) < 4:
                    assert await read_lines(survivor, 1)
    assert sorted(each.words for each in await store.entries_of("t1")) == [f"Answer {n}." for n in range(1, 5)]
    assert len([row for row in await store.letters(limit=100) if row.notice.kind == "heard"]) == 4
    await store.close()


async def test_mail_with_control_characters_in_its_message_ids_is_taken_in(database_url: str) -> None:
    store = await open_store(database_url, lambda: NOW, busy=TIMEOUT)
    await save_escalated(store)
    raw = (
        an_answer(1).replace(b"Message-ID: <", b"Message-ID: <\0\x1b").replace(b"References: ", b"References: <a\0@b> ")
    )
    entry = await desk_on(store).take(parse(raw), raw)
    assert entry
    assert (entry.words, entry.state) == ("Answer 1.", EntryState.SHOWN)
    await store.close()


class Refusing:
    """Takes everything in but the first answer as it was parsed."""

    def __init__(self, inner: Inbound) -> None:
        self._inner = inner
        self.has_second = asyncio.Event()

    async def take(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry | None:
        if isinstance(mail, InboundMail) and mail.text == "Answer 1.":
            raise ValueError
        entry = await self._inner.take(mail, raw)
        if isinstance(mail, InboundMail):
            self.has_second.set()
        return entry


async def test_mail_that_can_never_be_saved_is_kept_as_unreadable_and_holds_up_no_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    async with pymap() as host:
        await begin(url, host)
        store = await open_store(url, lambda: NOW, busy=TIMEOUT)
        refusing, parser = Refusing(desk_on(store)), MailParser()
        source = ImapSource(ImapServer("127.0.0.1", host.port, "none", USER, PASSWORD), clock=lambda: NOW)
        receiver = Receiver(source, parser, store, refusing, mailbox="box", clock=lambda: NOW, pause=0.01)
        receiving = asyncio.create_task(receiver.run())
        async with asyncio.timeout(TIMEOUT):
            await refusing.has_second.wait()
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
        await parser.close()
    [entry] = await store.unassigned(limit=10)
    assert (entry.reason, await store.original(entry.id)) == ("unreadable", an_answer(1))
    await store.close()
