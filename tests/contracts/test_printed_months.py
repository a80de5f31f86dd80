"""A month's report is worked out by a child process, from tickets that the desk hands over as they are stored."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from bot.adapters.printing.child_process import ChildProcessPrinter
from bot.adapters.printing.csv_sheet import sheet
from bot.config.settings import Config
from bot.config.settings_file import load
from bot.core.errors import StoreDown, Unprinted
from bot.core.i18n import Language, speaking
from bot.model.ticket import Event, Ticket
from bot.model.undoing import before
from bot.reports import ticket_month, wording
from bot.reports.document import ReportDocument
from bot.reports.figures import figures
from bot.reports.month_report import MonthOrder
from tests import months
from tests.bot.reports.counted_by_minutes import OCTOBER, TABLES
from tests.factories import a_config
from tests.timeouts import TIMEOUT

ROOT = Path(__file__).parents[2]
SECRET = "https://calendar.example/on-duty?token=s3cr3t"
BEGAN, NOW = datetime(2026, 8, 20, tzinfo=UTC), datetime(2026, 10, 28, 11, 37, tzinfo=UTC)
Lives = list[tuple[Ticket, list[Event]]]


def an_order(config: Config, customer: str = "", language: Language = Language.ENGLISH) -> MonthOrder:
    return MonthOrder(month=OCTOBER, customer=customer, language=language, at=NOW, config=config)


async def stored(lives: Lives, together: int = 7) -> AsyncIterator[str]:
    """Lines as a store gives them, each event with the values before it."""
    for first in range(0, len(lives), together):
        some = lives[first : first + together]
        tickets = ",".join(ticket.model_dump_json() for ticket, _ in reversed(some))
        past = [event.model_copy(update={"before": before(life[0], life[0])}) for life in some for event in life[1]]
        events = ",".join(event.model_dump_json() for event in past)
        yield f'{{"tickets":[{tickets}],"events":[{events}]}}'


def worked_out(order: MonthOrder, lives: Lives) -> ReportDocument:
    """The same report from the records, in this process."""
    each = [ticket_month.line(*life, order.period, order.config, order.customer) for life in lives]
    with speaking(order.language):
        found = figures(filter(None, each), order.period, order.config, order.customer)
        return wording.paper(found, order.config, order.at)


# --- the same figures


@pytest.mark.parametrize("customer", ["", "ADLER & söhne kg"])
@pytest.mark.parametrize("language", Language)
async def test_report_of_the_child_equals_the_one_worked_out_here(customer: str, language: Language) -> None:
    order = an_order(a_config(**TABLES, reports={"name": "Nordlicht IT"}), customer, language)
    lives = list(months.lives(Random(4), 80, BEGAN, 70))
    printed = await ChildProcessPrinter().print_month(order, stored(lives))
    expected = worked_out(order, lives)
    assert len(expected.sheet.rows) > 5
    assert printed.document == expected.model_copy(update={"sheet": printed.document.sheet})
    assert printed.files.sheet == sheet(expected.sheet)
    assert len(printed.files.pictures) == len(expected.charts)
    assert printed.files.pdf.startswith(b"%PDF")


async def test_month_without_a_ticket_can_be_printed() -> None:
    printed = await ChildProcessPrinter().print_month(an_order(a_config()), stored([]))
    assert printed.document.parts[0].text == ("Nothing in this month.",)


@pytest.mark.parametrize("name", ["desk.example.toml", "demo/desk.toml"])
def test_settings_arrive_as_they_were_without_contacts(name: str) -> None:
    config = load(ROOT / name)
    arrived = MonthOrder.model_validate_json(an_order(config).as_line()).config
    assert arrived == config.model_copy(update={"contacts": ()})


def test_order_holds_no_secret_and_no_contact() -> None:
    contact = {"slack_user": "U1", "name": "Jo", "email": "jo@nordlicht.example", "phone": "+49 89 5528-0"}
    both = {name: {"on_duty": SECRET, "calendar": "office"} for name in ("first", "second")}
    config = a_config(levels=both, calendars=TABLES["calendars"], contacts=[contact])
    line = an_order(config).as_line()
    assert not [each for each in ("s3cr3t", "jo@", "5528") if each in line]
    assert "\n" not in line


# --- a child or a source that fails


def child(code: str, *, timeout: float = TIMEOUT) -> ChildProcessPrinter:
    return ChildProcessPrinter(timeout, month=(sys.executable, "-c", code))


def tells_its_id(fifo: Path) -> str:
    """A child that writes its process id and then reads until the end of its input."""
    return f"import os, sys; open({str(fifo)!r}, 'w').write(str(os.getpid())); sys.stdin.read()"


async def endless() -> AsyncIterator[str]:
    while True:
        yield "x" * 100_000


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(3)", "failed"),
        ("import os; os.close(0); print('nonsense')", "nothing readable"),
        ("import os, sys; sys.stdin.readline(); os.kill(os.getpid(), 9)", "failed"),
    ],
)
async def test_child_that_ends_before_it_has_read_the_tickets_raises_unprinted(code: str, reason: str) -> None:
    with pytest.raises(Unprinted, match=reason):
        await child(code).print_month(an_order(a_config()), endless())


async def test_tickets_the_child_cannot_read_raise_unprinted_without_quoting_them() -> None:
    async def unreadable() -> AsyncIterator[str]:
        yield '{"tickets":[{"id":"Müller GmbH"}],"events":[]}'

    with pytest.raises(Unprinted) as raised:
        await ChildProcessPrinter().print_month(an_order(a_config()), unreadable())
    assert "Müller" not in str(raised.value)


async def test_child_that_reads_nothing_is_handed_no_more_and_killed_in_time() -> None:
    handed_over = 0

    async def counted() -> AsyncIterator[str]:
        nonlocal handed_over
        async for line in endless():
            handed_over += 1
            yield line

    with pytest.raises(Unprinted, match="longer"):
        await child("import time; time.sleep(1000)", timeout=1.0).print_month(an_order(a_config()), counted())
    assert handed_over <= 5


async def test_store_that_fails_meanwhile_ends_the_child(tmp_path: Path) -> None:
    started, pids = tmp_path / "pid", list[int]()
    os.mkfifo(started)

    async def failing() -> AsyncIterator[str]:
        yield "{}"
        pids.append(int(await asyncio.to_thread(started.read_text)))
        raise StoreDown("The database is gone.")

    with pytest.raises(StoreDown):
        await child(tells_its_id(started)).print_month(an_order(a_config()), failing())
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


async def test_cancelled_report_ends_the_child(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    os.mkfifo(started)
    task = asyncio.create_task(child(tells_its_id(started)).print_month(an_order(a_config()), endless()))
    pid = int(await asyncio.to_thread(started.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
