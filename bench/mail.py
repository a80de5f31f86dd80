"""Measures inbound mail: python -m bench.mail [--mails 20] [--burst 100]

The whole desk with the local Slack, and Dovecot with IDLE, all on this machine. Prints a table for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import tempfile
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

from bot.adapters.inbound_mail.isolation import MailParser
from bot.model.conversation import Heard, MessageId
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch
from tests.adapters.inbound_mail.mails import LETTER, mail, multipart, part
from tests.doubles.imap_hosts import PASSWORD, USER, ImapHost, dovecot
from tests.handlers.world import DESK, World, world

RITA = "Rita Retarus <rita@retarus.example>"
BIG = 24 * 1024 * 1024


def percentile(found: list[float], share: float) -> float:
    return sorted(found)[min(len(found) - 1, int(len(found) * share))]


def append(host: ImapHost, numbers: range) -> None:
    with host.client() as client:
        for number in numbers:
            client.append("INBOX", mail("Re: letter", f"Answer {number}.", answers=LETTER, sender=RITA, number=number))


async def taken_in(w: World, ticket: Ticket, count: int) -> None:
    """Waits until that many mails are in the store."""
    while len(await w.running.store.entries_of(ticket.id)) < count:  # noqa: ASYNC110 (the store tells nobody)
        await asyncio.sleep(0.05)


async def latencies(w: World, host: ImapHost, card: dict[str, object], count: int) -> list[float]:
    """Times from the server to the thread, one mail after the other."""
    found = []
    for number in range(count):
        begun = perf_counter()
        await asyncio.to_thread(append, host, range(number, number + 1))
        await w.ben.reply(card, f"Answer {number}.")
        found.append(perf_counter() - begun)
    return found


async def commands(w: World, until: asyncio.Task[None]) -> list[float]:
    """Time of a command in the meantime."""
    found = []
    while not until.done():
        begun = perf_counter()
        await w.anna.command(DESK, "/retarus-ticket", "all")
        found.append(perf_counter() - begun)
        await asyncio.sleep(0.2)
    return found


async def big_mail() -> tuple[float, float]:
    """Seconds for a mail of 24 MB, and megabytes of the process that parses it."""
    raw = multipart("mixed", part("text/plain", "See the file."), part("application/zip", b"x" * BIG))
    parser, begun = MailParser(), perf_counter()
    await parser.read(raw)
    seconds = perf_counter() - begun
    await parser.close()
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


async def measured(mails: int, burst: int) -> list[str]:
    seconds, memory = await big_mail()
    async with dovecot() as host:
        url = f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{host.port}/INBOX"
        with tempfile.TemporaryDirectory() as folder:
            async with world(Path(folder), imap=url, mail={"allowed": ("@retarus.example",)}) as w:
                card, ticket = await w.escalated(), await w.ticket()
                sent = MessageId(message_id=LETTER, ticket_id=ticket.id, is_sent=True, at=ticket.raised_at)
                await w.running.store.apply(Batch(heard=Heard(message_ids=(sent,))))
                found = await latencies(w, host, card, mails)
                begun = perf_counter()
                await asyncio.to_thread(append, host, range(mails, mails + burst))
                all_in = asyncio.create_task(taken_in(w, ticket, mails + burst))
                asked = await commands(w, all_in)
                took = perf_counter() - begun
    one_by_one = f"{statistics.median(found):.2f} s, {percentile(found, 0.95):.2f} s"
    meanwhile = f"{statistics.median(asked):.2f} s, {max(asked):.2f} s"
    return [
        "| inbound mail | |",
        "|---|---|",
        f"| server to thread, {mails} mails one by one: median, p95 | {one_by_one} |",
        f"| {burst} mails at once: all taken in | {took:.1f} s |",
        f"| a command meanwhile, acknowledged: median, slowest | {meanwhile} |",
        f"| a mail of 24 MB: parsed in; largest child process | {seconds:.1f} s; {memory:.0f} MB |",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=20)
    parser.add_argument("--burst", type=int, default=100)
    chosen = parser.parse_args()
    for line in asyncio.run(measured(chosen.mails, chosen.burst)):
        print(line)


if __name__ == "__main__":
    main()
