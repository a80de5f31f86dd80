"""A Bolt app that uses every block, input and event the page supports."""

import asyncio
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import LocalSlack, Seed, SeedApp, SeedChannel, SeedGroup, SeedPerson
from tests.timeouts import TIMEOUT

Json = dict[str, Any]

SCOPES = [
    "app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write",
    "chat:write.customize", "commands", "files:read", "files:write", "groups:history", "im:history", "im:write",
    "pins:write", "reactions:read", "reactions:write", "users:read",
]  # fmt: skip
MANIFEST: Json = {
    "features": {
        "bot_user": {"display_name": "Kiosk"},
        "slash_commands": [
            {"command": "/form", "description": "Open the form", "usage_hint": "[title]"},
            {"command": "/form-long", "description": "Another one"},
            {"command": "/whisper", "description": "Say something only to you"},
        ],
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "shortcuts": [
            {"type": "global", "callback_id": "new", "name": "New form", "description": "Open the form"},
            {"type": "message", "callback_id": "note", "name": "Note it", "description": "Keep this message"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.channels", "message.im"]},
        "interactivity": {"is_enabled": True, "message_menu_options_url": ""},
        "socket_mode_enabled": True,
    },
}


def kiosk_seed() -> Seed:
    """A seed with three people in different time zones, an external person and the app."""
    return Seed(
        team="Harbour",
        people=[
            SeedPerson(handle="anna", name="Anna Albrecht", title="Harbour master", tz="Europe/Berlin", admin=True),
            SeedPerson(handle="ben", name="Ben Brandt", title="Pilot", tz="America/New_York"),
            SeedPerson(handle="carla", name="Carla Costa", title="Crane", tz="Asia/Tokyo"),
            SeedPerson(handle="otto", name="Otto Ohm", external="Shipyard"),
        ],
        channels=[
            SeedChannel(name="quay", members=["anna", "ben", "carla", "Kiosk"], topic="Ships that come and go"),
            SeedChannel(name="crew", members=["anna", "ben"], private=True),
            SeedChannel(name="canteen", members=["carla"]),
        ],
        groups=[SeedGroup(handle="pilots", name="Pilots", members=["ben"])],
        apps=[SeedApp(name="Kiosk", manifest=MANIFEST)],
    )


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str = "", **more: Any) -> Json:
    return {"text": plain(text or value), "value": value, **more}


def input_block(block_id: str, label: str, element: Json, *, optional: bool = False, **more: Any) -> Json:
    """An input block; the action_id of its element is always "it"."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "it", **element},
        "optional": optional,
        **more,
    }


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": action_id, **more}


SHIPS = ["Aurora", "Bounty", "Calypso", "Argo"]
INPUTS = [
    input_block("ship", "Ship", {"type": "external_select", "min_query_length": 1}),
    input_block("berth", "Berth", {"type": "static_select", "options": [option("n", "North"), option("s", "South")]}),
    input_block(
        "why", "Why", {"type": "plain_text_input", "multiline": True, "max_length": 60}, hint=plain("In a few words.")
    ),
    input_block("eta", "Arrives", {"type": "datetimepicker", "initial_date_time": 1_800_000_000}),
    input_block("day", "Day", {"type": "datepicker"}, optional=True),
    input_block("hour", "Hour", {"type": "timepicker"}, optional=True),
    input_block(
        "kind", "Kind", {"type": "radio_buttons", "options": [option("cargo"), option("ferry")]}, optional=True
    ),
    input_block("needs", "Needs", {"type": "checkboxes", "options": [option("water"), option("fuel")]}, optional=True),
    input_block("crew", "Crew", {"type": "multi_users_select", "max_selected_items": 2}, optional=True),
    input_block(
        "flags",
        "Flags",
        {"type": "multi_static_select", "options": [option("q", "Quarantine"), option("h", "Harbour")]},
        optional=True,
    ),
    input_block("room", "Tell", {"type": "conversations_select"}, optional=True),
    input_block("mail", "Mail", {"type": "email_text_input"}, optional=True),
    input_block("site", "Site", {"type": "url_text_input"}, optional=True),
    input_block("draught", "Draught", {"type": "number_input", "is_decimal_allowed": True}, optional=True),
    input_block("notes", "Notes", {"type": "rich_text_input"}, optional=True),
    input_block("papers", "Papers", {"type": "file_input", "max_files": 2, "filetypes": ["txt"]}, optional=True),
    {"type": "actions", "block_id": "moves", "elements": [button("grow", "One more"), button("another", "On top")]},
]


def form(title: str = "Arrival", blocks: list[Json] | None = None) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Announce"),
        "close": plain("Not now"),
        "notify_on_close": True,
        "blocks": blocks or INPUTS,
    }


LONG: list[Json] = [
    {"type": "section", "block_id": f"line{number}", "text": plain(f"Line {number}")} for number in range(40)
]
CARD: list[Json] = [
    {"type": "header", "block_id": "head", "text": plain("Aurora :ship:")},
    {
        "type": "section",
        "block_id": "facts",
        "text": mrkdwn("*Berth* North\n> fragile cargo"),
        "accessory": {
            "type": "overflow",
            "action_id": "rest",
            "options": [option("leave", "Leave"), option("stay", "Stay")],
        },
    },
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            button("moor", "Moor", style="primary"),
            button(
                "sink",
                "Sink",
                style="danger",
                confirm={
                    "title": plain("Sink it?"),
                    "text": mrkdwn("There is *no way back*."),
                    "confirm": plain("Sink it"),
                    "deny": plain("Keep it"),
                },
            ),
            button("deaf", "Deaf"),
            {
                "type": "static_select",
                "action_id": "tug",
                "placeholder": plain("Tug"),
                "options": [option("t1", "Tug one"), option("t2", "Tug two")],
            },
        ],
    },
]


class Kiosk:
    """The app, connected to a local Slack; `interactions` records what people did with it, in order."""

    def __init__(self, slack: LocalSlack) -> None:
        me = slack.app("Kiosk")
        self.interactions: list[tuple[str, Any]] = []
        self._changed = asyncio.Event()
        self.web = AsyncWebClient(me.bot_token, base_url=slack.api_url)
        self.bolt = AsyncApp(client=self.web, signing_secret=me.signing_secret)
        self._socket = AsyncSocketModeHandler(self.bolt, me.app_token)
        self._forms()
        self._cards()
        self._homes()

    async def connect(self) -> None:
        await self._socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt does not type it

    async def close(self) -> None:
        await self._socket.close_async()  # type: ignore[no-untyped-call]

    def _record(self, interaction: tuple[str, Any]) -> None:
        self.interactions.append(interaction)
        self._changed.set()

    async def wait_for_interaction(self, kind: str) -> Any:
        """Waits for an interaction of this kind and gives the latest one."""
        async with asyncio.timeout(TIMEOUT):
            while not self.count(kind):
                self._changed.clear()
                await self._changed.wait()
        return next(payload for each, payload in reversed(self.interactions) if each == kind)

    def count(self, kind: str) -> int:
        return sum(each == kind for each, _ in self.interactions)

    def _forms(self) -> None:
        @self.bolt.command("/form")
        async def open_form(ack: Any, command: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=form(command["text"] or "Arrival"))

        @self.bolt.shortcut("new")
        async def open_by_shortcut(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=shortcut["trigger_id"], view=form())

        @self.bolt.options("it")
        async def ships(ack: Any, payload: Json) -> None:
            await ack(options=[option(name) for name in SHIPS if payload["value"].lower() in name.lower()])

        @self.bolt.action("grow")
        async def grow(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            more = {"type": "section", "block_id": "more", "text": plain("One more thing")}
            view = form("Longer", [more, *INPUTS])
            await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

        @self.bolt.action("another")
        async def another(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            name = input_block("name", "Name", {"type": "plain_text_input"})
            await client.views_push(trigger_id=body["trigger_id"], view=form("On top", [name]))

        self.bolt.view("form")(self._submitted)

        @self.bolt.view_closed("form")
        async def closed(ack: Any, body: Json) -> None:
            await ack()
            self._record(("closed", body["is_cleared"]))

    async def _submitted(self, ack: Any, view: Json) -> None:
        values = view["state"]["values"]
        reason = values.get("why", {}).get("it", {}).get("value")
        if reason == "deaf":
            self._record(("deaf", values))
            return
        if reason == "bad":
            await ack(response_action="errors", errors={"why": "Say more.", "berth": "That berth is taken."})
            return
        self._record(("submitted", values))
        if reason == "show":
            await ack(response_action="update", view=form("Preview", [*LONG, *INPUTS[:1]]))
            return
        await ack()

    def _cards(self) -> None:
        @self.bolt.command("/whisper")
        async def whisper(ack: Any, respond: Any) -> None:
            await ack()
            await respond("Psst, *only* you")

        @self.bolt.shortcut("note")
        async def note(ack: Any, shortcut: Json) -> None:
            await ack()
            self._record(("noted", shortcut["message"]["text"]))

        for action in ("moor", "sink", "rest", "tug"):
            self.bolt.action(action)(self._pressed)

    async def _pressed(self, ack: Any, body: Json, payload: Json, client: AsyncWebClient) -> None:
        await ack()
        self._record((payload["action_id"], payload))
        if payload["action_id"] == "moor":
            done = [CARD[0], {"type": "section", "text": mrkdwn(f"Moored by <@{body['user']['id']}>")}]
            place = body["container"]
            await client.chat_update(channel=place["channel_id"], ts=place["message_ts"], text="moored", blocks=done)

    def _homes(self) -> None:
        @self.bolt.event("message")
        async def message() -> None:
            pass

        @self.bolt.event("app_home_opened")
        async def home(event: Json, client: AsyncWebClient) -> None:
            if event["tab"] == "home":
                blocks = [{"type": "header", "text": plain("Good morning")}, CARD[2]]
                await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})
