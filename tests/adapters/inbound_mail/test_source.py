"""The IMAP source against real servers: nothing lost, nothing twice, reconnected after a broken line."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from bot.adapters.inbound_mail.after import After, Keep, MarkSeen, MoveToFolder
from bot.adapters.inbound_mail.raw_mail import LIMIT
from bot.adapters.inbound_mail.server import ImapServer
from bot.adapters.inbound_mail.source import Arrived, ImapSource, LineDown, MailboxCursor, PollingPace, Position
from tests.doubles.imap_hosts import SERVERS, ImapHost, dovecot, imap_host
from tests.doubles.mail_servers import client_tls
from tests.doubles.wire import wire
from tests.timeouts import TIMEOUT

QUICK = PollingPace(idle=0.5, poll=0.05, read=TIMEOUT, shortest=0.01, longest=0.05)


def now() -> datetime:
    return datetime.now(UTC)


def a_mail(name: str) -> bytes:
    return f"From: a@b.example\r\nSubject: {name}\r\nMessage-ID: <{name}@b.example>\r\n\r\nHello\r\n".encode()


def name_of(mail: Arrived) -> str:
    return mail.raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode()


async def nothing_known(ids: Sequence[str]) -> Collection[str]:
    return ()


def a_source(server: ImapServer, after: After | None = None, pace: PollingPace = QUICK) -> ImapSource:
    return ImapSource(server, clock=now, after=after, pace=pace)


async def taken(stream: AsyncGenerator[Arrived | Position, None], count: int) -> list[Arrived]:
    """The next mails, without positions."""
    found = list[Arrived]()
    async with asyncio.timeout(TIMEOUT):
        while len(found) < count:
            each = await anext(stream)
            found += [each] if isinstance(each, Arrived) else []
    return found


async def started(stream: AsyncGenerator[Arrived | Position, None]) -> MailboxCursor:
    first = await anext(stream)
    assert isinstance(first, Position)
    return first.cursor


@pytest.fixture(params=SERVERS)
async def host(request: pytest.FixtureRequest) -> AsyncIterator[ImapHost]:
    async with imap_host(request.param) as running:
        yield running


async def test_new_mail_arrives_while_idling(host: ImapHost) -> None:
    async with aclosing(a_source(host.server()).arrivals(None, known=nothing_known)) as stream:
        await started(stream)
        with host.client() as other:
            other.append("INBOX", a_mail("one"))
            other.append("INBOX", a_mail("two"))
        assert [name_of(each) for each in await taken(stream, 2)] == ["one", "two"]


async def test_new_mail_arrives_by_polling_where_there_is_no_idle(host: ImapHost) -> None:
    async with wire(host.port) as line:
        line.hidden = (b"IDLE",)
        source = a_source(host.server(port=line.port))
        assert not (await source.check()).has_idle
        async with aclosing(source.arrivals(None, known=nothing_known)) as stream:
            await started(stream)
            with host.client() as other:
                other.append("INBOX", a_mail("polled"))
            assert name_of((await taken(stream, 1))[0]) == "polled"
            assert line.idles == 0


async def test_arrivals_go_on_behind_the_saved_cursor(host: ImapHost) -> None:
    async with aclosing(a_source(host.server()).arrivals(None, known=nothing_known)) as stream:
        await started(stream)
        with host.client() as other:
            for name in ("one", "two", "three"):
                other.append("INBOX", a_mail(name))
        saved = (await taken(stream, 1))[0].cursor
    async with aclosing(a_source(host.server()).arrivals(saved, known=nothing_known)) as stream:
        assert [name_of(each) for each in await taken(stream, 2)] == ["two", "three"]


@pytest.mark.parametrize("after", [Keep(), MarkSeen()], ids=["keep", "seen"])
async def test_mark_sets_the_seen_flag_only_when_asked(host: ImapHost, after: After) -> None:
    source = a_source(host.server(), after)
    assert (await source.check()).fault is None
    async with aclosing(source.arrivals(None, known=nothing_known)) as stream:
        await started(stream)
        with host.client() as other:
            other.append("INBOX", a_mail("one"))
            mail = (await taken(stream, 1))[0]
            for _ in range(2):
                await source.mark(mail)
            other.select_folder("INBOX", readonly=True)
            flags = other.get_flags([mail.uid])[mail.uid]
    assert (b"\\Seen" in flags) is isinstance(after, MarkSeen)


@pytest.mark.parametrize("hidden", [(), (b"MOVE",)], ids=["MOVE", "COPY"])
async def test_mark_moves_one_mail_into_a_folder_it_makes(hidden: tuple[bytes, ...]) -> None:
    async with dovecot() as host, wire(host.port) as line:
        line.hidden = hidden
        source = a_source(host.server(port=line.port), MoveToFolder("Done"))
        assert (await source.check()).fault is None
        async with aclosing(source.arrivals(None, known=nothing_known)) as stream:
            await started(stream)
            with host.client() as other:
                other.append("INBOX", a_mail("deleted by somebody"), flags=[b"\\Deleted"])
                other.append("INBOX", a_mail("one"))
                await source.mark((await taken(stream, 2))[1])
                left = other.select_folder("INBOX", readonly=True)[b"EXISTS"]
                moved = other.select_folder("Done", readonly=True)[b"EXISTS"]
    assert (left, moved) == (1, 1)


async def test_check_says_that_nothing_can_be_moved() -> None:
    async with dovecot() as host, wire(host.port) as line:
        line.hidden = (b"MOVE", b"UIDPLUS")
        found = await a_source(host.server(port=line.port), MoveToFolder("Done")).check()
    assert "cannot move mails" in str(found.fault)


async def test_check_tells_a_wrong_password_from_a_missing_folder_and_server(host: ImapHost) -> None:
    wrong = await a_source(host.server(password="wrong")).check()
    missing = await a_source(host.server(folder="Nowhere")).check()
    async with wire(host.port) as line:
        gone = host.server(port=line.port)
    unreachable = await a_source(gone).check()
    faults = [str(each.fault) for each in (wrong, missing, unreachable)]
    assert [text.split(". ")[0].removesuffix(".") for text in faults] == [
        "The IMAP server refused our login",
        "The mailbox has no folder Nowhere",
        f"The IMAP server 127.0.0.1:{gone.port} cannot be reached",
    ]


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_connection_is_encrypted_and_the_certificate_checked(tls: Literal["tls", "starttls"]) -> None:
    async with dovecot() as host:
        server = replace(host.server(tls=True, port=host.tls_port if tls == "tls" else host.port), tls=tls)
        trusting = ImapSource(server, clock=now, pace=QUICK, trust=client_tls())
        assert (await trusting.check()).fault is None
        assert "No secure connection" in str((await ImapSource(server, clock=now, pace=QUICK).check()).fault)


async def test_first_start_on_ten_thousand_old_mails_takes_in_none() -> None:
    async with dovecot(mailboxes="maildir") as host:
        box = host.base / "mail" / "cur"
        box.mkdir(mode=0o777)
        box.chmod(0o777)
        for number in range(10_000):
            (box / f"{number}.M1.h:2,").write_bytes(a_mail(f"old{number}"))
        async with aclosing(a_source(host.server()).arrivals(None, known=nothing_known)) as stream:
            cursor = await started(stream)
            with host.client() as other:
                other.append("INBOX", a_mail("new"))
            assert name_of((await taken(stream, 1))[0]) == "new"
    assert cursor.uid == 10_000


async def test_first_start_takes_in_mail_since_the_first_letter(host: ImapHost) -> None:
    letter = now() - timedelta(hours=2)
    with host.client() as other:
        other.append("INBOX", a_mail("before"), msg_time=letter - timedelta(minutes=5))
        other.append("INBOX", a_mail("after"), msg_time=letter + timedelta(minutes=5))
    async with aclosing(a_source(host.server()).arrivals(None, known=nothing_known, since=letter)) as stream:
        found = await anext(stream)
        while isinstance(found, Arrived) and name_of(found) != "after":
            found = await anext(stream)  # pymap brings mails of its own
        assert isinstance(found, Arrived)
        assert found.cursor is None
        assert isinstance(await anext(stream), Position)


async def test_renumbered_folder_brings_only_unknown_mail_of_the_last_month() -> None:
    async def known(ids: Sequence[str]) -> Collection[str]:
        return [each for each in ids if each.startswith("<known")]

    async with dovecot() as host:
        with host.client() as other:
            for name, days in (("old", 40), ("known", 2), ("unknown", 2)):
                other.append("INBOX", a_mail(name), msg_time=now() - timedelta(days=days))
        before = MailboxCursor(uidvalidity=1, uid=77)
        async with aclosing(a_source(host.server()).arrivals(before, known=known)) as stream:
            found = await anext(stream)
            assert isinstance(found, Arrived)
            assert (name_of(found), found.cursor) == ("unknown", None)
            position = await anext(stream)
            assert isinstance(position, Position)
            assert position.cursor.uid == 3


async def test_cut_line_is_noticed_and_mail_of_the_gap_arrives(host: ImapHost) -> None:
    async with wire(host.port) as line:
        source = a_source(
            host.server(port=line.port), pace=PollingPace(idle=300, read=TIMEOUT, shortest=0.01, longest=0.05)
        )
        async with aclosing(source.arrivals(None, known=nothing_known)) as stream:
            await started(stream)
            coming = asyncio.ensure_future(taken(stream, 1))
            await line.idling.wait()
            line.is_down = True
            line.cut()
            with host.client() as other:
                other.append("INBOX", a_mail("in the gap"))
            await line.again.wait()
            assert source.down_since is not None
            assert "IMAP server" in source.fault
            line.is_down = False
            assert name_of((await coming)[0]) == "in the gap"
            assert not source.fault


async def test_silent_line_is_noticed_by_the_read_timeout(host: ImapHost) -> None:
    async with wire(host.port) as line:
        source = a_source(host.server(port=line.port), pace=PollingPace(idle=0.3, read=3, shortest=0.01))
        async with aclosing(source.arrivals(None, known=nothing_known)) as stream:
            await started(stream)
            coming = asyncio.ensure_future(taken(stream, 1))
            await line.idling.wait()
            line.is_silent = True
            await line.again.wait()
            assert source.down_since is not None
            line.is_silent = False
            with host.client() as other:
                other.append("INBOX", a_mail("after the silence"))
            assert name_of((await coming)[0]) == "after the silence"


def test_pace_notices_a_dead_line_within_six_minutes_and_is_back_within_one() -> None:
    assert PollingPace().idle + PollingPace().read < 6 * 60
    assert PollingPace().poll + PollingPace().read < 6 * 60
    assert PollingPace().longest <= 60


async def test_mark_on_a_lost_line_says_so_and_the_mail_comes_again() -> None:
    async with dovecot() as host, wire(host.port) as line:
        source = a_source(host.server(port=line.port), MarkSeen())
        async with aclosing(source.arrivals(None, known=nothing_known)) as stream:
            saved = await started(stream)
            with host.client() as other:
                other.append("INBOX", a_mail("one"))
            mail = (await taken(stream, 1))[0]
            line.cut()
            with pytest.raises(LineDown):
                await source.mark(mail)
        async with aclosing(source.arrivals(saved, known=nothing_known)) as stream:
            again = (await taken(stream, 1))[0]
            await source.mark(again)
    assert (again.uid, again.raw) == (mail.uid, mail.raw)


async def test_mark_after_renumbering_touches_no_other_mail() -> None:
    async with dovecot() as host:
        source = a_source(host.server(), MarkSeen())
        async with aclosing(source.arrivals(None, known=nothing_known)) as stream:
            await started(stream)
            with host.client() as other:
                other.append("INBOX", a_mail("one"))
                mail = (await taken(stream, 1))[0]
                await source.mark(Arrived(mail.uidvalidity - 1, mail.uid, b"", 0, None))
                other.select_folder("INBOX", readonly=True)
                assert b"\\Seen" not in other.get_flags([mail.uid])[mail.uid]


async def test_mail_above_the_limit_is_fetched_in_part_and_the_next_one_goes_on() -> None:
    async with (
        dovecot() as host,
        aclosing(a_source(host.server(), pace=PollingPace(read=TIMEOUT)).arrivals(None, known=nothing_known)) as stream,
    ):
        await started(stream)
        with host.client() as other:
            other.append("INBOX", a_mail("big") + b"x" * (30 * 1024 * 1024))
            other.append("INBOX", a_mail("small"))
        big, small = await taken(stream, 2)
    assert (len(big.raw), big.is_cut, small.is_cut) == (LIMIT, True, False)
    assert big.size > 30 * 1024 * 1024


async def test_big_mail_is_fetched_in_pieces_byte_for_byte(host: ImapHost) -> None:
    raw = a_mail("big") + random.Random(1).randbytes(9_000_000).hex().encode()[:9_000_000]
    async with aclosing(a_source(host.server()).arrivals(None, known=nothing_known)) as stream:
        await started(stream)
        with host.client() as other:
            other.append("INBOX", raw)
        [mail] = await taken(stream, 1)
    assert (mail.raw, mail.is_cut) == (raw, False)


async def test_closing_ends_an_idling_connection_at_once(host: ImapHost) -> None:
    async with wire(host.port) as line:
        stream = a_source(host.server(port=line.port), pace=PollingPace(idle=300)).arrivals(None, known=nothing_known)
        await started(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await line.idling.wait()
        began = time.monotonic()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await stream.aclose()
    assert time.monotonic() - began < TIMEOUT
