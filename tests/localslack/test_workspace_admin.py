"""Actions of administrators: archived channels, removed members, deleted messages and groups, tokens and scopes."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import LocalSlack, Refusal, SeedApp, SeedGroup
from tests.localslack.embedded import Json, bolt_app, error_of, over_socket_mode, seed, web_client
from tests.localslack.traffic_watch import until
from tests.timeouts import long_timeouts


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    groups = [SeedGroup(handle="second-level", members=["anna"])]
    async with LocalSlack(seed(groups=groups), switches=long_timeouts()) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return web_client(slack)


async def test_archived_channel_takes_no_message_until_it_is_back(slack: LocalSlack, client: AsyncWebClient) -> None:
    anna = slack.person("anna")
    await anna.control("POST", "channels/desk/archive")
    assert await error_of(client.chat_postMessage(channel="#desk", text="x")) == "is_archived"
    await anna.control("POST", "channels/desk/archive", archived=False)
    assert (await client.chat_postMessage(channel="#desk", text="x"))["ok"]


async def test_app_without_invitation_gets_an_error(slack: LocalSlack, client: AsyncWebClient) -> None:
    anna = slack.person("anna")
    await anna.control("POST", "channels/desk/members", remove=["Bot"])
    assert await error_of(client.chat_postMessage(channel="#desk", text="x")) == "not_in_channel"
    await anna.control("POST", "channels/desk/members", add=["Bot"])
    assert (await client.chat_postMessage(channel="#desk", text="x"))["ok"]


async def test_deleted_parent_leaves_its_thread_or_takes_it_along(slack: LocalSlack, client: AsyncWebClient) -> None:
    anna, ids = slack.person("anna"), []
    for _ in range(2):
        parent = (await client.chat_postMessage(channel="#desk", text="parent"))["ts"]
        await client.chat_postMessage(channel="#desk", thread_ts=parent, text="reply")
        ids.append(parent)
    await anna.control("DELETE", f"channels/desk/messages/{ids[0]}")
    await anna.control("DELETE", f"channels/desk/messages/{ids[1]}", replies=1, quietly=1)
    assert [message.get("subtype") for message in await anna.messages("#desk")] == ["tombstone"]
    assert await error_of(client.chat_postMessage(channel="#desk", thread_ts=ids[1], text="x")) == "thread_not_found"
    desk = slack.admin.channel("desk").id
    assert await error_of(client.chat_update(channel=desk, ts=ids[0], text="x")) == "message_not_found"


async def test_deleted_message_is_reported_unless_it_goes_quietly(slack: LocalSlack) -> None:
    async with over_socket_mode(slack, bolt_app(slack)):
        anna = slack.person("anna")
        first, second = [await anna.post("#desk", text) for text in ("first", "second")]
        slack.admin.delete_message("#desk", first["ts"], quietly=True)
        slack.admin.delete_message("#desk", second["ts"])
        await until(slack, lambda: bool(deleted(slack)))
    assert [row["deleted_ts"] for row in deleted(slack)] == [second["ts"]]


def deleted(slack: LocalSlack) -> list[Json]:
    events = [row.request["event"] for row in slack.services.traffic.rows() if row.kind == "event:message"]
    return [event for event in events if event.get("subtype") == "message_deleted"]


async def test_deleted_group_is_unknown_and_missing_in_the_list(slack: LocalSlack, client: AsyncWebClient) -> None:
    group = slack.admin.group("second-level").id
    await slack.person("anna").control("POST", "groups/second-level", members=["ben"])
    assert (await client.usergroups_users_list(usergroup=group))["users"] == [slack.admin.member("ben").id]
    await slack.person("anna").control("DELETE", "groups/second-level")
    assert await error_of(client.usergroups_users_list(usergroup=group)) == "no_such_subteam"
    assert (await client.usergroups_list(include_disabled=True))["usergroups"] == []


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "token_expired", "account_inactive"])
async def test_broken_token_fails_with_its_error_until_it_is_mended(
    slack: LocalSlack, client: AsyncWebClient, error: str
) -> None:
    anna = slack.person("anna")
    await anna.control("POST", "apps/Bot/token", error=error)
    assert await error_of(client.auth_test()) == error
    assert (await anna.control("GET", "faults"))["tokens"] == [
        {"app_id": slack.apps[0].id, "error": error, "which": "both"}
    ]
    await anna.control("POST", "apps/Bot/token")
    assert (await client.auth_test())["ok"]


async def test_broken_token_works_again_after_its_time(slack: LocalSlack, client: AsyncWebClient) -> None:
    await slack.admin.break_token("Bot", "invalid_auth", seconds=0)
    assert (await client.auth_test())["ok"]


async def test_broken_app_level_token_takes_the_sockets_and_leaves_the_bot(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    async with over_socket_mode(slack, bolt_app(slack)):
        await slack.admin.break_token("Bot", "invalid_auth", which="app")
        assert not slack.services.sockets.is_connected(slack.apps[0].id)
        assert (await client.auth_test())["ok"]
        app_level = AsyncWebClient(slack.apps[0].app_token, base_url=slack.api_url)
        token = slack.apps[0].app_token
        assert await error_of(app_level.apps_connections_open(app_token=token)) == "invalid_auth"


async def test_broken_bot_token_downloads_no_file(slack: LocalSlack, client: AsyncWebClient) -> None:
    uploaded = await slack.person("anna").upload("a.txt", b"words", "#desk")
    url = uploaded["files"][0]["url_private"]
    await slack.admin.break_token("Bot", "token_revoked")
    session = slack.person("anna")
    response = await (await session._open()).get(url, headers={"Authorization": f"Bearer {client.token}"})
    assert await response.read() != b"words"


async def test_withheld_scope_is_named_as_missing(slack: LocalSlack, client: AsyncWebClient) -> None:
    await slack.person("anna").control("POST", "apps/Bot/token", withheld=["chat:write"])
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="#desk", text="x")
    assert (raised.value.response["error"], raised.value.response["needed"]) == ("missing_scope", "chat:write")
    slack.admin.withhold_scopes("Bot", [])
    assert (await client.chat_postMessage(channel="#desk", text="x"))["ok"]


async def test_withheld_scope_leaves_the_list_of_granted_ones() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "users:read"]}}}
    async with LocalSlack(seed(apps=[SeedApp(name="Bot", manifest=manifest)]), switches=long_timeouts()) as slack:
        slack.admin.withhold_scopes("Bot", ["users:read"])
        answer = await web_client(slack).auth_test()
        assert answer.headers["X-OAuth-Scopes"] == "chat:write"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "channels/none/archive", {}), ("POST", "channels/desk/members", {"add": ["nobody"]}),
        ("POST", "channels/desk/members", {"add": "anna"}), ("DELETE", "channels/desk/messages/1.000000", {}),
        ("DELETE", "groups/none", {}), ("POST", "apps/None/token", {}), ("POST", "apps/Bot/token", {"error": "odd"}),
        ("POST", "apps/Bot/token", {"error": "invalid_auth", "which": "none"}),
        ("POST", "apps/Bot/disconnect", {"reason": "odd"}), ("POST", "storm", {"changes": -1}),
        ("POST", "apps/Bot/token", {"error": "invalid_auth", "seconds": "long"}),
    ],
)  # fmt: skip
async def test_nonsense_is_refused(slack: LocalSlack, method: str, path: str, body: Json) -> None:
    with pytest.raises(Refusal):
        await slack.person("anna").control(method, path, **body)


async def test_uninstalled_app_hears_of_it_and_its_token_fails(slack: LocalSlack, client: AsyncWebClient) -> None:
    received: list[Json] = []
    app = bolt_app(slack)
    for name in ("tokens_revoked", "app_uninstalled"):
        app.event(name)(_keeping(received))
    async with over_socket_mode(slack, app):
        await slack.person("anna").control("POST", "apps/Bot/uninstall")
        await until(slack, lambda: len(received) == 2)
    events_by_type = {event["type"]: event for event in received}
    assert events_by_type["tokens_revoked"]["tokens"] == {"oauth": [], "bot": [slack.app("Bot").bot_user]}
    assert "app_uninstalled" in events_by_type
    assert await error_of(client.auth_test()) == "account_inactive"
    slack.admin.mend_token("Bot")
    assert (await client.auth_test())["ok"]


def _keeping(received: list[Json]) -> Callable[..., Awaitable[None]]:
    async def keep(event: Json) -> None:
        received.append(event)

    return keep


async def test_app_with_too_many_events_is_notified_once_and_gets_no_more(slack: LocalSlack) -> None:
    slack.switches.rate_limits, slack.switches.events_per_hour = True, 2
    anna = slack.person("anna")
    async with over_socket_mode(slack, bolt_app(slack)):
        for number in range(5):
            await anna.post("#desk", f"{number}")
        await until(slack, lambda: len(_sent(slack)) == 3)
    assert _sent(slack) == ["event:message", "event:message", "event:app_rate_limited"]
    (request,) = (row.request for row in slack.services.traffic.rows() if row.kind == "event:app_rate_limited")
    assert set(request) == {"token", "type", "team_id", "minute_rate_limited", "api_app_id"}
    assert request["minute_rate_limited"] % 60 == 0


def _sent(slack: LocalSlack) -> list[str]:
    return [row.kind for row in slack.services.traffic.rows() if row.kind.startswith("event:")]
