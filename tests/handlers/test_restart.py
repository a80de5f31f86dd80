"""Acknowledged changes survive `kill -9` one instruction later, and are posted once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.adapters.store import open_store
from bot.model.ticket import Stage
from localslack import LocalSlack, Mailbox
from localslack.mail import MailServer, serve
from tests.doubles.forked_process import ForkedProcess, forked
from tests.handlers.world import DEMO, DESK, _seed, picked
from tests.localslack.traffic_watch import until
from tests.timeouts import TIMEOUT, Pace, long_timeouts

ROOT = DEMO.parent
ANSWERS = {
    "customer": picked("Müller GmbH"),
    "services": ["Email Security"],
    "happens": "Outbound mail is rejected",
    "impact": "No outbound mail",
    "left_to_others": ["yes"],
}


def settings_of(
    slack: LocalSlack, mail: MailServer, database: str, config: Path = DEMO / "desk.toml"
) -> dict[str, str]:
    """Environment of a desk in this local Slack, with tokens as in a real workspace."""
    bot = slack.app("Partner Desk")
    return {
        "SLACK_BOT_TOKEN": bot.bot_token,
        "SLACK_APP_TOKEN": bot.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database,
        "SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
        "DESK_CONFIG": str(config),
        "PORT": "0",
    }


async def until_it_listens(lines: AsyncIterable[bytes]) -> None:
    async with asyncio.timeout(TIMEOUT):
        async for line in lines:
            if b"listens by Socket Mode" in line:
                break


@asynccontextmanager
async def process(
    slack: LocalSlack, mail: MailServer, folder: Path, config: Path = DEMO / "desk.toml"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python app.py`, killed with -9 on the way out."""
    settings = settings_of(slack, mail, f"sqlite:///{folder / 'desk.sqlite3'}", config)
    running = await asyncio.create_subprocess_exec(
        sys.executable, "app.py", cwd=ROOT, env={**os.environ, **settings}, stderr=asyncio.subprocess.PIPE
    )
    assert running.stderr
    try:
        await until_it_listens(running.stderr)
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


@asynccontextmanager
async def late_process(slack: LocalSlack, mail: MailServer, database: str, ahead: int) -> AsyncIterator[ForkedProcess]:
    """A desk whose clock is that many seconds ahead, killed with -9 on the way out."""
    async with forked("tests.handlers.late_desk", ahead, **settings_of(slack, mail, database)) as running:
        await until_it_listens(running.stdout)
        yield running


LATE = 120
"""Seconds past the lease of what a killed process had begun."""


async def test_ticket_that_was_acknowledged_is_there_after_a_kill_and_its_card_is_posted_once(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        anna = slack.person("anna", TIMEOUT)
        for number in range(1, 4):
            async with process(slack, mail, tmp_path) as running:
                await anna.command(DESK, "/retarus-incident")
                modal = await anna.modal()
                answers = ANSWERS | {"happens": f"Fault {number}", "start": int(slack.clock.now()) - 600}
                done = await anna.submit(modal, answers)
                assert done["outcome"] == "closed", done
                running.kill()
        async with late_process(slack, mail, f"sqlite:///{tmp_path / 'desk.sqlite3'}", LATE):
            for number in range(1, 4):
                card = await anna.message(DESK, f"Fault {number}")
            await anna.click(card, "Take")
            await anna.reply(card, "took it")
        shown = [each["text"] for each in await anna.messages(DESK) if "Fault" in each["text"]]
        assert sorted(shown) == sorted(set(shown))
        assert len(shown) == 3
        await mail.close()


async def test_stopped_desk_finishes_what_it_began(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        anna = slack.person("anna", TIMEOUT)
        async with process(slack, mail, tmp_path) as running:
            await anna.command(DESK, "/retarus-incident")
            modal = await anna.modal()
            await anna.submit(modal, ANSWERS | {"start": int(slack.clock.now()) - 600})
            running.terminate()
            assert await asyncio.wait_for(running.wait(), TIMEOUT) == 0
        assert len([each for each in await anna.messages(DESK) if "PD-1001" in each["text"]]) == 1
        await mail.close()


async def test_clicks_in_the_moment_of_sigterm_are_answered_and_the_process_ends_within_5_s(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        anna, alex = slack.person("anna", TIMEOUT), slack.person("alex", TIMEOUT)
        pace = Pace()
        async with process(slack, mail, tmp_path) as running:
            for number in range(1, 4):
                await anna.command(DESK, "/retarus-incident")
                answers = ANSWERS | {"happens": f"Fault {number}", "start": int(slack.clock.now()) - 600}
                assert (await anna.submit(await anna.modal(), answers))["outcome"] == "closed"
            cards = [await anna.message(DESK, f"PD-100{number}") for number in range(1, 4)]
            taking = [asyncio.create_task(anna.click(card, "Take")) for card in cards]
            opening = [asyncio.create_task(alex.click(card, "Write a note")) for card in cards]
            await until(slack, lambda: [row.kind for row in slack.services.traffic.rows()].count("block_actions") == 6)
            pace.stop()
            running.terminate()
            assert await asyncio.wait_for(running.wait(), TIMEOUT) == 0
            assert pace.is_within(5)
            outcomes = [each["outcome"] for each in await asyncio.gather(*taking, *opening)]
        assert outcomes == ["ack"] * 6
        store = await open_store(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
        for number in range(1001, 1004):
            ticket = await store.numbered(number)
            assert ticket
            assert ticket.stage is Stage.FIRST
        await store.close()
        await mail.close()
