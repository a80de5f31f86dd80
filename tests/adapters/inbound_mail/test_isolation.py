"""The worker process: a poison mail is tried three times, called unreadable, and delays no other mail."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from bot.adapters.inbound_mail.isolation import COMMAND, CPU_LIMIT, MailParser, ParserDown
from bot.adapters.inbound_mail.parser import parse
from bot.adapters.inbound_mail.raw_mail import LIMIT, raw_identity
from bot.conversation.mail import InboundMail, UnreadableMail
from tests.adapters.inbound_mail.mails import head, mail, multipart, part
from tests.adapters.inbound_mail.malformed import BIG, MALFORMED, big
from tests.timeouts import TIMEOUT

POISONED = (sys.executable, "-m", "tests.doubles.poisoned_worker")


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parser() -> AsyncIterator[MailParser]:
    """One process for all mails: its peak of memory is that of the worst."""
    running = MailParser(time_limit=TIMEOUT)
    yield running
    await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def poisoned() -> AsyncIterator[MailParser]:
    running = MailParser(time_limit=TIMEOUT, command=POISONED)
    yield running
    await running.close()


@contextmanager
def limits(parser: MailParser, *, cpu: float = CPU_LIMIT, time: float = TIMEOUT) -> Iterator[None]:
    """Limits for a mail that never ends. Other mails have as long as a busy machine needs."""
    before = parser._cpu_limit, parser._time_limit
    parser._cpu_limit, parser._time_limit = cpu, time
    yield
    parser._cpu_limit, parser._time_limit = before


def poison(word: str) -> bytes:
    return mail("Poison", "x", f"X-Poison: {word}")


async def test_mail_is_read_as_in_the_same_process(parser: MailParser) -> None:
    raw = mail("Grüße", "Läuft wieder. 🎉")
    assert await parser.read(raw) == parse(raw)


@pytest.mark.parametrize(
    ("word", "limit", "reason"),
    [
        ("stall", {"time": 0.2}, "time limit"),
        ("spin", {"cpu": 0.2}, "time limit"),
        ("crash", {}, "crash"),
        ("fault", {}, "RuntimeError"),
        ("memory", {}, "memory"),
    ],
)
async def test_poison_mail_is_unreadable_after_three_attempts(
    poisoned: MailParser, word: str, limit: dict[str, float], reason: str
) -> None:
    with limits(poisoned, **limit):
        found = await poisoned.read(poison(word))
    assert found == UnreadableMail(
        identity=raw_identity(poison(word)), size=len(poison(word)), attempts=3, reason=reason
    )
    assert isinstance(await poisoned.read(mail("next", "x")), InboundMail)


async def test_mail_that_fails_once_is_read(poisoned: MailParser, tmp_path: Path) -> None:
    found = await poisoned.read(poison(f"once {tmp_path / 'tried'}"))
    assert isinstance(found, InboundMail)


async def test_mails_at_once_wait_for_each_other(poisoned: MailParser) -> None:
    with limits(poisoned, time=0.2):
        stalled = asyncio.create_task(poisoned.read(poison("stall")))
        others = [asyncio.create_task(poisoned.read(mail(f"number {each}", "x"))) for each in range(5)]
        assert isinstance(await stalled, UnreadableMail)
        assert not any(each.done() for each in others)
    found = await asyncio.gather(*others)
    subjects = [each.subject for each in found if isinstance(each, InboundMail)]
    assert subjects == [f"number {each}" for each in range(5)]


async def test_cancelled_mail_leaves_no_answer_for_the_next(poisoned: MailParser) -> None:
    waiting = asyncio.ensure_future(poisoned.read(poison("stall")))
    assert isinstance(await poisoned.read(mail("first", "x")), InboundMail | UnreadableMail)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    found = await poisoned.read(mail("second", "x"))
    assert isinstance(found, InboundMail)
    assert found.subject == "second"


async def test_worker_that_does_not_start_makes_no_mail_unreadable() -> None:
    for command in (("/no/such/python",), (sys.executable, "-c", "raise SystemExit(1)")):
        with pytest.raises(ParserDown):
            await MailParser(command=command).read(mail("x", "y"))


async def test_worker_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    running = MailParser(command=COMMAND)
    await running.read(mail("x", "y"))
    environment = reported_by_system(running, "environ")
    await running.close()
    assert environment.startswith("PYTHONPATH=")
    assert "xoxb-secret" not in environment


async def test_files_are_read_by_number(parser: MailParser) -> None:
    content = bytes(range(256)) * 1000
    raw = multipart(
        "mixed",
        part("text/plain", "x"),
        part("application/pdf", "JVBERi0=", "Content-Transfer-Encoding: base64", "Content-Disposition: attachment"),
        part("application/octet-stream", content, "Content-Transfer-Encoding: binary"),
        head=head("x"),
    )
    found = await parser.read(raw)
    assert isinstance(found, InboundMail)
    assert [await parser.file(raw, each.number) for each in found.files] == [b"%PDF-", content]
    assert await parser.file(raw, 2) is None


@pytest.mark.parametrize("name", MALFORMED)
async def test_malformed_mail_is_read_within_two_seconds(parser: MailParser, name: str) -> None:
    before = await cpu(parser)
    assert isinstance(await parser.read(MALFORMED[name]), InboundMail)
    assert await cpu(parser) - before < 2


@pytest.mark.parametrize("name", BIG)
async def test_mail_of_25_megabytes_is_read_in_bounded_time_and_memory(parser: MailParser, name: str) -> None:
    raw = big(name)
    before = await cpu(parser)
    found = await parser.read(raw)
    assert isinstance(found, InboundMail)
    assert await cpu(parser) - before < 2
    assert peak(parser) < 200
    assert found.is_cut is (len(raw) > LIMIT)


async def cpu(parser: MailParser) -> float:
    """Seconds of CPU time of the running process; a busy machine is no failure of the parser."""
    assert isinstance(await parser.read(b""), InboundMail)
    times = reported_by_system(parser, "stat").rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def reported_by_system(parser: MailParser, file: str) -> str:
    assert parser._process
    return Path(f"/proc/{parser._process.pid}/{file}").read_text("ascii")


def peak(parser: MailParser) -> float:
    """Megabytes of memory the process had at most."""
    status = reported_by_system(parser, "status")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1024


async def test_memory_limit_is_set_in_the_worker_only() -> None:
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
