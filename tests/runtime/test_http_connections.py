"""Limits of HTTP connections, and a shutdown that answers everything accepted."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from localslack import LocalSlack
from runtime.http_connections import Connections
from runtime.http_server import PATH, serving
from tests.handlers.world import DEMO, _seed
from tests.runtime.test_http_server import COMMAND, SECRET, signed
from tests.timeouts import TIMEOUT, Pace, long_timeouts

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def an_app() -> web.Application:
    async def ok(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    app = web.Application()
    app.add_routes([web.get("/health", ok)])
    return app


async def closed(reader: asyncio.StreamReader) -> bytes:
    """Everything received until the other side closed."""
    return await asyncio.wait_for(reader.read(), TIMEOUT)


@pytest.mark.parametrize("sent", [b"", b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_connection_without_whole_headers_is_closed_in_time(sent: bytes) -> None:
    async with serving(an_app(), "127.0.0.1", 0, Connections(arrival=0.05)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        assert await closed(reader) == b""
        writer.close()


async def test_slow_second_request_on_a_kept_connection_is_closed_in_time() -> None:
    async with serving(an_app(), "127.0.0.1", 0, Connections(arrival=0.2)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in await reader.readuntil(b"ok\n")
        writer.write(b"GET /hea")
        assert await closed(reader) == b""
        writer.close()


async def test_connections_beyond_the_limit_are_closed_and_others_go_on() -> None:
    async with serving(an_app(), "127.0.0.1", 0, Connections(limit=2)) as port:
        pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        assert await closed(pairs[2][0]) == b""
        pairs[0][1].write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in await pairs[0][0].readuntil(b"ok\n")
        for _, writer in pairs:
            writer.close()


async def test_new_connection_replaces_the_one_that_is_idle_longest() -> None:
    """Kept connections that nobody uses keep neither Slack nor a health check out."""
    ask = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    async with serving(an_app(), "127.0.0.1", 0, Connections(limit=2)) as port:
        pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for reader, writer in (pairs[1], pairs[0]):
            writer.write(ask)
            await reader.readuntil(b"ok\n")
        pairs.append(await asyncio.open_connection("127.0.0.1", port))
        for reader, writer in (pairs[2], pairs[0]):
            writer.write(ask)
            assert b"200 OK" in await reader.readuntil(b"ok\n")
        assert await closed(pairs[1][0]) == b""
        for _, writer in pairs:
            writer.close()


@asynccontextmanager
async def process(slack: LocalSlack, folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The desk by HTTP."""
    settings = {
        "SLACK_BOT_TOKEN": slack.app("Partner Desk").bot_token,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{folder / 'desk.sqlite3'}",
        "DESK_CONFIG": str(DEMO / "desk.toml"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    env = {**{key: text for key, text in os.environ.items() if not key.startswith("SLACK_")}, **settings}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "app.py", cwd=DEMO.parent, env=env, stderr=asyncio.subprocess.PIPE
    )
    assert running.stderr
    try:
        async with asyncio.timeout(TIMEOUT):
            async for line in running.stderr:
                if b"listens at http" in line:
                    break
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


def raw(body: bytes) -> bytes:
    headers = signed(body) | {"host": "x", "content-length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {PATH} HTTP/1.1\r\n{lines}\r\n".encode() + body


async def asked(port: int, body: bytes) -> Streams:
    """A connection, on which the request was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw(body))
    await writer.drain()
    return reader, writer


async def answer(streams: Streams) -> bytes:
    reader, writer = streams
    line = await reader.readline()
    writer.close()
    return line


async def late_answer(port: int, body: bytes) -> bytes:
    """The answer; nothing where nobody listens any more."""
    try:
        return await answer(await asked(port, body))
    except OSError:
        return b""


async def test_requests_in_the_moment_of_sigterm_are_answered_and_the_process_ends_within_5_s(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    pace = Pace()
    async with (
        LocalSlack(_seed(), switches=long_timeouts()) as slack,
        process(slack, tmp_path, unused_tcp_port) as running,
    ):
        sent = [await asked(unused_tcp_port, COMMAND) for _ in range(10)]
        pace.stop()
        running.send_signal(signal.SIGTERM)
        late = [asyncio.create_task(late_answer(unused_tcp_port, COMMAND)) for _ in range(10)]
        answers = await asyncio.gather(*map(answer, sent))
        late_answers = await asyncio.gather(*late)
        assert await asyncio.wait_for(running.wait(), TIMEOUT) == 0
        assert pace.is_within(5)
        assert answers == [b"HTTP/1.1 200 OK\r\n"] * 10
        assert set(late_answers) <= {b"HTTP/1.1 200 OK\r\n", b""}
