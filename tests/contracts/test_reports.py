"""Reports are printed by a child process, contain no active content, and arrive in Slack once."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.kit import Json, Message, header
from bot.adapters.printing import pdf as layout
from bot.adapters.printing.child_process import ChildProcessPrinter
from bot.adapters.printing.csv_sheet import BOM, sheet
from bot.adapters.printing.glyphs import legible
from bot.adapters.slack.client import for_outbox
from bot.adapters.slack.report_carrier import ReportCarrier
from bot.core.errors import Unprinted
from bot.model.notice import Claim, Notice, NoticeKind, Outcome, Progress, Retry, Sent
from bot.reports.document import PrintedReport, ReportDocument, ReportFile, ReportSheet
from bot.reports.ports import ReportPrinter
from localslack import LocalSlack, Seed
from tests.blocks import reported
from tests.doubles.records import START, a_notice
from tests.factories import a_config
from tests.handlers.world import DEMO, DESK
from tests.timeouts import TIMEOUT, long_timeouts

ROOT = Path(__file__).parents[2]
HOSTILE = '<script>alert(1)</script> & "Söhne" $x$ Ω 日本'
PNG = b"\x89PNG\r\n\x1a\n"

# --- printing


async def print_with(printer: ReportPrinter, document: ReportDocument) -> PrintedReport:
    async with printer.opened() as print_report:
        return await print_report(document)


@pytest.fixture(scope="module")
def paper() -> ReportDocument:
    """A report with hostile text in place of a customer's name."""
    text = reported.a_paper(a_config(sla={"P1": {"action_plan": 240}})).model_dump_json()
    wild = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    return ReportDocument.model_validate_json(text.replace("Müller GmbH", wild))


@pytest.fixture(scope="module")
def printed(paper: ReportDocument) -> PrintedReport:
    return asyncio.run(print_with(ChildProcessPrinter(), paper))


def test_every_chart_is_a_picture_wide_enough_to_read(paper: ReportDocument, printed: PrintedReport) -> None:
    assert len(printed.pictures) == len(paper.charts) >= 5
    for picture in printed.pictures:
        assert picture.startswith(PNG)
        assert int.from_bytes(picture[16:20], "big") >= 1000
        assert len(picture) < 200_000


def test_page_is_self_contained_and_has_no_scripts(paper: ReportDocument, printed: PrintedReport) -> None:
    page = printed.page.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)='(?!data:)", page)
    assert page.count("<img") == page.count("alt='") == len(paper.charts)
    for heading in ("prefers-color-scheme: dark", "@page", "Content-Security-Policy", f"lang='{paper.language}'"):
        assert heading in page


def test_pdf_embeds_fonts_and_alternative_texts(paper: ReportDocument, printed: PrintedReport) -> None:
    assert printed.pdf.startswith(b"%PDF")
    assert b"DejaVuSans" in printed.pdf
    assert printed.pdf.count(b"/Alt ") >= len(paper.charts)


@pytest.mark.parametrize("count", [0, 1])
async def test_month_with_hardly_a_ticket_can_be_printed(count: int) -> None:
    done = await print_with(ChildProcessPrinter(), reported.a_paper(a_config(), count=count))
    assert done.pdf.startswith(b"%PDF")


# --- the spreadsheet

FORMULAS = ["=1+1", "@SUM(A1)", "-2+3", "+49 89", "a;=1+1", "a,-1", "\t=1", '"=1', "＝1"]
CELL = st.text(max_size=30) | st.sampled_from(FORMULAS)


def sheet_of(rows: Sequence[Sequence[Any]], separator: str = ",") -> bytes:
    return sheet(ReportSheet(columns=("A", "B"), rows=tuple(tuple(row) for row in rows), separator=separator))


@settings(max_examples=300)
@given(st.lists(st.tuples(CELL, CELL), max_size=4), st.sampled_from(",;"), st.sampled_from(",;\t"))
def test_spreadsheet_cells_never_start_a_formula(rows: list[tuple[str, str]], separator: str, taken: str) -> None:
    written = sheet_of(rows, separator)
    assert written.startswith(BOM)
    for row in csv.reader(io.StringIO(written[len(BOM) :].decode()), delimiter=taken):
        for cell in row:
            assert not re.match(r"""[\s"]*[=+\-@＝＋－＠]""", cell), cell


def test_numbers_and_harmless_texts_are_unchanged_in_the_spreadsheet() -> None:
    written = sheet_of([("Müller & Söhne", -5), ("=1+1", None)]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(written)))[1:] == [["Müller & Söhne", "-5"], ["'=1+1", ""]]


# --- child process


def test_printing_libraries_are_never_imported_by_the_desk() -> None:
    """Importing the program must not import them."""
    heavy = "{'matplotlib', 'numpy', 'fpdf', 'PIL', 'fontTools'}"
    code = f"import sys, app; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def child(code: str) -> ChildProcessPrinter:
    return ChildProcessPrinter(TIMEOUT, (sys.executable, "-c", code))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(3)", "failed"),
        ("print('nonsense')", "nothing readable"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "failed"),
    ],
)
async def test_failed_child_process_raises_unprinted(paper: ReportDocument, code: str, reason: str) -> None:
    with pytest.raises(Unprinted, match=reason):
        await print_with(child(code), paper)


async def test_slow_child_process_is_killed(paper: ReportDocument, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    limit = 0.1
    while not mark.exists():  # a busy machine may not have started it yet
        limit *= 2
        command = ("/bin/sh", "-c", f"echo $$ > '{mark}.new' && mv '{mark}.new' '{mark}'; exec tail -f /dev/null")
        with pytest.raises(Unprinted, match="longer"):
            await print_with(ChildProcessPrinter(limit, command), paper)
    with pytest.raises(ProcessLookupError):
        os.kill(int(await asyncio.to_thread(mark.read_text)), 0)


async def test_child_process_without_a_document_ends(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    os.mkfifo(started)
    async with ChildProcessPrinter(TIMEOUT, ("/bin/sh", "-c", f"echo $$ > '{started}'; exec cat")).opened():
        pid = int(await asyncio.to_thread(started.read_text))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_child_process_that_computes_without_end_is_killed(paper: ReportDocument) -> None:
    endless = (sys.executable, "-c", "while True: pass")
    with pytest.raises(Unprinted, match="longer than 1 s"):
        await print_with(ChildProcessPrinter(TIMEOUT, endless, cpu=1), paper)


async def test_child_process_that_cannot_start_raises_unprinted(paper: ReportDocument) -> None:
    with pytest.raises(Unprinted, match="could be started"):
        await print_with(ChildProcessPrinter(command=("/nowhere/python",)), paper)


# --- delivery to Slack


@dataclass
class SmallReport:
    """A small report with two pictures and two files."""

    pictures: tuple[ReportFile, ...] = (
        ReportFile("a.png", "Chart", PNG, "A chart"),
        ReportFile("b.png", "Other", PNG, "Another"),
    )
    files: tuple[ReportFile, ...] = (ReportFile("r.pdf", "Report", b"%PDF"), ReportFile("r.csv", "Sheet", b"A,B"))

    def message(self, pictures: Sequence[str]) -> Message:
        shown: list[Json] = [{"type": "image", "slack_file": {"id": each}, "alt_text": "A chart"} for each in pictures]
        return Message("The report", [header("The report"), *shown])


@dataclass
class ReportChannel:
    slack: LocalSlack
    carrier: ReportCarrier
    session: aiohttp.ClientSession
    made: int = 0
    fault_of_printing: Unprinted | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def fault(self, method: str, fault: str) -> None:
        body = {"method": method, "fault": fault, "times": 1}
        async with self.session.post(f"{self.slack.control_url}faults", json=body) as answer:
            assert answer.status == 200

    async def deliver(self, attempt: int, to: str = "C0DESKDESK") -> Outcome:
        notice = a_notice("report", ticket_id="", kind=NoticeKind.REPORT, to=to, body={"month": "2026-10"})
        return await self.carrier.deliver(
            Claim(notice=notice, attempt=attempt, progress=Progress(unsure=attempt > 1)), START
        )

    async def messages(self) -> list[dict[str, Any]]:
        return [each for each in await self.slack.person("anna").messages(DESK) if "The report" in each["text"]]

    async def below(self) -> list[str]:
        (message,) = await self.messages()
        thread = await self.slack.person("anna").thread(message)
        return [file["name"] for each in thread for file in each.get("files", [])]


@asynccontextmanager
async def report_channel() -> AsyncIterator[ReportChannel]:
    async with (
        LocalSlack(Seed.from_file(DEMO / "cast.toml"), switches=long_timeouts()) as slack,
        aiohttp.ClientSession() as session,
    ):
        client = for_outbox(slack.app("Partner Desk").bot_token, slack.api_url, session)

        async def make(_: Notice) -> SmallReport:
            channel.made += 1
            channel.begun.set()
            await channel.may_end.wait()
            if channel.fault_of_printing:
                raise channel.fault_of_printing
            return SmallReport()

        channel = ReportChannel(slack, ReportCarrier(client, make), session)
        channel.may_end.set()
        yield channel


async def test_report_is_one_message_with_pictures_and_one_reply_with_files() -> None:
    async with report_channel() as channel:
        assert await channel.deliver(1) == Sent()
        (message,) = await channel.messages()
        assert [block["type"] for block in message["blocks"]] == ["header", "image", "image"]
        assert await channel.below() == ["r.pdf", "r.csv"]


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("files.getUploadURLExternal", "http_500"),
        ("files.completeUploadExternal", "lost_answer"),
        ("files.info", "http_500"),
        ("chat.postMessage", "lost_answer"),
        ("chat.postMessage", "http_500"),
        ("chat.postMessage", "ratelimited"),
    ],
)
async def test_report_arrives_once_after_any_failure(method: str, fault: str) -> None:
    async with report_channel() as channel:
        await channel.fault(method, fault)
        assert isinstance(await channel.deliver(1), Retry)
        assert await channel.deliver(2) == Sent()
        assert await channel.below() == ["r.pdf", "r.csv"]
        assert await channel.deliver(3) == Sent()
        assert await channel.below() == ["r.pdf", "r.csv"]


async def test_report_that_takes_longer_than_a_delivery_is_printed_once() -> None:
    async with report_channel() as channel:
        channel.may_end.clear()
        first = asyncio.create_task(channel.deliver(1))
        await asyncio.wait_for(channel.begun.wait(), TIMEOUT)
        first.cancel()
        await asyncio.wait({first})
        channel.may_end.set()
        assert await channel.deliver(2) == Sent()
        assert channel.made == 1
        assert await channel.below() == ["r.pdf", "r.csv"]


async def test_report_that_fails_after_the_end_of_its_delivery_is_retried() -> None:
    async with report_channel() as channel:
        channel.may_end.clear()
        channel.fault_of_printing = Unprinted("no paper")
        first = asyncio.create_task(channel.deliver(1))
        await asyncio.wait_for(channel.begun.wait(), TIMEOUT)
        first.cancel()
        await asyncio.wait({first})
        channel.may_end.set()
        assert isinstance(await channel.deliver(2), Retry)
        channel.fault_of_printing = None
        assert await channel.deliver(3) == Sent()
        assert channel.made == 2


async def test_pictures_that_slack_does_not_show_are_put_into_the_thread() -> None:
    async with report_channel() as channel:
        await channel.fault("chat.postMessage", "invalid_blocks")
        assert await channel.deliver(1) == Sent()
        (message,) = await channel.messages()
        assert [block["type"] for block in message["blocks"]] == ["header"]
        assert await channel.below() == ["r.pdf", "r.csv", "a.png", "b.png"]


async def test_delivered_report_is_not_created_again() -> None:
    async with report_channel() as channel:
        await channel.deliver(1)
        await channel.deliver(2)
        assert channel.made == 1


async def test_printing_failure_is_retried_with_its_reason() -> None:
    async def make(_: Notice) -> SmallReport:
        raise Unprinted("Printing it took longer than 60 s.")

    async with report_channel() as channel:
        channel.carrier._make = make
        outcome = await channel.deliver(1)
        assert isinstance(outcome, Retry)
        assert "longer than 60 s" in outcome.reason


def test_characters_missing_in_the_font_are_replaced_by_a_sign() -> None:
    printed = reported.a_paper(a_config(reports={"name": "東京 Müller 🚀 Ромашка"}))
    assert legible(printed).footer.startswith("□□ Müller □ Ромашка")


def test_pdf_heading_is_on_the_page_of_its_picture(paper: ReportDocument, printed: PrintedReport) -> None:
    part = next(part for part in paper.parts if part.chart)
    ends = set[int]()
    for down in range(120, 280, 10):
        document = layout._Document(paper)
        document.add_page()
        document.set_y(down)
        layout._part(document, part, iter(printed.pictures))
        ends.add(document.page)
        wide, high = (int.from_bytes(printed.pictures[0][at : at + 4], "big") for at in (16, 20))
        its_own = document.epw * layout._WIDE * high / wide
        if document.page == 2:  # the heading moved to the new page with its picture
            assert document.get_y() > document.t_margin + its_own + 8
    assert ends == {1, 2}
