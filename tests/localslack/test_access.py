"""Access: tokens cannot be guessed, pages of other sites are refused, connections without a request are closed."""

import asyncio
import stat
from pathlib import Path

import aiohttp
import pytest

from localslack import LocalSlack
from localslack.connections import Connections
from tests.localslack.embedded import error_of, seed, web_client
from tests.timeouts import TIMEOUT


async def tokens(state: Path | None) -> tuple[str, str, str]:
    async with LocalSlack(seed(), state=state) as slack:
        app = slack.apps[0]
        assert (await web_client(slack).auth_test())["ok"]
        return app.bot_token, app.app_token, app.signing_secret


async def test_tokens_are_kept_with_the_state_and_differ_elsewhere(tmp_path: Path) -> None:
    first, again, other = await tokens(tmp_path / "a"), await tokens(tmp_path / "a"), await tokens(tmp_path / "b")
    unkept = await tokens(None)
    assert first == again
    assert all(len({one, two, three}) == 3 for one, two, three in zip(first, other, unkept, strict=True))


async def test_state_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    await tokens(tmp_path)
    assert stat.S_IMODE((tmp_path / "workspace.sqlite3").stat().st_mode) == 0o600


async def test_reset_and_another_seed_keep_the_secret_of_the_tokens() -> None:
    async with LocalSlack(seed()) as slack:
        before = slack.apps[0].bot_token
        await slack.person("anna").control("POST", "reset")
        assert slack.apps[0].bot_token == before


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Origin": "http://127.0.0.1:1"},
    {"Host": "slack.example.com"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["api/auth.test", "_local/info", "_local/faults"])
async def test_page_of_another_site_reaches_no_interface(path: str, headers: dict[str, str]) -> None:
    async with LocalSlack(seed()) as slack, aiohttp.ClientSession() as session:
        bearer = {"Authorization": f"Bearer {slack.apps[0].bot_token}"}
        async with session.get(f"{slack.page_url}{path}", headers={**bearer, **headers}) as answer:
            assert answer.status == 403
        async with session.get(
            f"{slack.page_url}{path}", headers={**bearer, "Sec-Fetch-Site": "same-origin"}
        ) as answer:
            assert answer.status == 200


async def test_link_from_another_site_opens_the_page() -> None:
    async with LocalSlack(seed()) as slack, aiohttp.ClientSession() as session:
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        async with session.get(slack.page_url, headers=headers) as answer:
            assert answer.status == 200


async def test_guessed_token_is_invalid() -> None:
    async with LocalSlack(seed()) as slack:
        client = web_client(slack)
        client.token = client.token[:-1] + ("0" if client.token[-1] != "0" else "1")  # type: ignore[index]
        assert await error_of(client.auth_test()) == "invalid_auth"


@pytest.mark.parametrize("sent", [b"", b"GET /", b"POST /api/auth.test HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: b\r\n"])
async def test_connection_without_a_whole_request_is_closed(sent: bytes) -> None:
    slack = LocalSlack(seed())
    slack.connections = Connections(first_request_seconds=0.2)
    async with slack:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(slack.page_url.rsplit(":", 1)[1].strip("/")))
        writer.write(sent)
        assert await asyncio.wait_for(reader.read(), TIMEOUT) == b""
        writer.close()


async def test_socket_that_is_quiet_for_longer_stays_open() -> None:
    slack = LocalSlack(seed())
    slack.connections = Connections(first_request_seconds=0.2)
    async with slack, aiohttp.ClientSession() as session:
        live = await session.ws_connect(f"{slack.control_url}live?person=anna")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_closed(live), 1.2)
        await slack.person("ben").post("#desk", "still there?")
        while (await asyncio.wait_for(live.receive_json(), TIMEOUT))["type"] != "message":
            pass
        await live.close()


async def _closed(live: aiohttp.ClientWebSocketResponse) -> None:
    while (await live.receive()).type is not aiohttp.WSMsgType.CLOSED:
        pass
