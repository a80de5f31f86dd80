"""Starting while Slack is away or refuses, and stopping in time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError
from slack_sdk.errors import SlackApiError

from localslack import LocalSlack, Seed
from runtime.starting import patiently, until_stopped
from tests.handlers.world import DEMO
from tests.timeouts import TIMEOUT, Pace

ROOT = Path(__file__).parents[2]
UNREACHABLE = "http://127.0.0.1:9/api/"


def refused(name: str) -> SlackApiError:
    return SlackApiError("refused", {"ok": False, "error": name})  # type: ignore[no-untyped-call]


class Attempts:
    """Fails with these errors, one after the other, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.made = 0

    async def __call__(self) -> str:
        self.made += 1
        if self._errors:
            raise self._errors.pop(0)
        return "started"


async def test_start_is_tried_again_while_slack_is_away(caplog: pytest.LogCaptureFixture) -> None:
    attempts = Attempts(ClientConnectionError(), TimeoutError(), refused("ratelimited"), refused("fatal_error"))
    assert await patiently(attempts, wait=0) == "started"
    assert attempts.made == 5
    assert all(record.exc_info is None for record in caplog.records)


@pytest.mark.parametrize("name", ["invalid_auth", "account_inactive", "missing_scope"])
async def test_refused_start_is_not_tried_again(name: str) -> None:
    attempts = Attempts(refused(name))
    with pytest.raises(SlackApiError):
        await patiently(attempts, wait=0)
    assert attempts.made == 1


async def test_stop_while_starting_breaks_the_start_off() -> None:
    stop = asyncio.Event()

    async def serve(until: Awaitable[object]) -> None:
        await asyncio.Event().wait()
        await until

    asyncio.get_running_loop().call_later(0.02, stop.set)
    async with asyncio.timeout(TIMEOUT):
        await until_stopped(serve, stop)


async def test_stop_lets_what_was_begun_finish() -> None:
    stop, ends = asyncio.Event(), list[str]()

    async def serve(until: Awaitable[object]) -> None:
        await until
        await asyncio.sleep(0)
        ends.append("finished")

    asyncio.get_running_loop().call_later(0.02, stop.set)
    await until_stopped(serve, stop)
    assert ends == ["finished"]


async def test_stop_that_takes_too_long_is_broken_off() -> None:
    stop, ends = asyncio.Event(), list[str]()

    async def serve(until: Awaitable[object]) -> None:
        await until
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("broken off")

    stop.set()
    async with asyncio.timeout(TIMEOUT):
        await until_stopped(serve, stop, seconds=0.05)
    assert ends == ["broken off"]


async def test_error_of_what_serves_is_raised() -> None:
    async def serve(until: Awaitable[object]) -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await until_stopped(serve, asyncio.Event())


# --- the program itself


@asynccontextmanager
async def program(folder: Path, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    given = {
        "DESK_CONFIG": str(DEMO / "desk.toml"),
        "DATABASE_URL": f"sqlite:///{folder / 'desk.sqlite3'}",
        "PORT": "0",
        **env,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "app.py"),
        cwd=folder,
        env={**os.environ, **given},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def lines_until(process: asyncio.subprocess.Process, words: str) -> str:
    assert process.stderr
    read = ""
    async with asyncio.timeout(TIMEOUT):
        while words not in read:
            line = await process.stderr.readline()
            assert line, read
            read += line.decode()
    return read


async def rest_until_the_end(process: asyncio.subprocess.Process, pace: Pace) -> bytes:
    """The output of the program from SIGTERM to its end."""
    pace.stop()
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(TIMEOUT):
        return (await process.communicate())[1]


@pytest.mark.parametrize(("which", "words"), [("app", "Slack refuses SLACK_APP_TOKEN"), ("bot", "Slack refuses")])
async def test_refused_token_ends_the_program_with_one_sentence(tmp_path: Path, which: str, words: str) -> None:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        bot = slack.app("Partner Desk")
        tokens = {"SLACK_BOT_TOKEN": bot.bot_token, "SLACK_APP_TOKEN": bot.app_token}
        tokens[f"SLACK_{which.upper()}_TOKEN"] = "xoxb-wrong" if which == "bot" else "xapp-wrong"
        async with program(tmp_path, SLACK_API_URL=slack.api_url, **tokens) as process, asyncio.timeout(TIMEOUT):
            _, errors = await process.communicate()
    output = errors.decode()
    assert process.returncode == 1
    assert words in output
    assert "Traceback" not in output


async def test_program_waits_for_slack_and_stops_within_ten_seconds(tmp_path: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    pace = Pace()
    async with program(tmp_path, SLACK_API_URL=UNREACHABLE, **tokens) as process:
        output = await lines_until(process, "Slack cannot be reached")
        rest = await rest_until_the_end(process, pace)
    assert pace.is_within(10)
    assert "Traceback" not in output + rest.decode()


async def test_program_that_cannot_open_its_socket_stops_within_ten_seconds(tmp_path: Path) -> None:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        bot = slack.app("Partner Desk")
        slack.faults.order("socket", "http_503", times=None)
        tokens = {"SLACK_BOT_TOKEN": bot.bot_token, "SLACK_APP_TOKEN": bot.app_token}
        pace = Pace()
        async with program(tmp_path, SLACK_API_URL=slack.api_url, **tokens) as process:
            output = await lines_until(process, "Socket Mode is connected again as soon as possible")
            rest = await rest_until_the_end(process, pace)
        assert pace.is_within(10)
    assert "Traceback" not in output + rest.decode()
