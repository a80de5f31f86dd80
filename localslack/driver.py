"""Acting as a person in a test: over the control interface, waiting for what happens instead of sleeping."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from localslack.listening import TIMEOUT, ControlClient, Json
from localslack.visible import labels, pressable, text_of


@dataclass
class Modal:
    """A modal as it was when it was read."""

    view: Json
    typed: Json = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The view's id."""
        return str(self.view["id"])

    @property
    def title(self) -> str:
        """The title."""
        return str(self.view["title"]["text"])

    @property
    def text(self) -> str:
        """All text in it."""
        return text_of(self.view)

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons."""
        return labels(self.view)


Target = Json | Modal  # a message, a Home (a view), a modal


class PersonDriver(ControlClient):
    """One person. Channels are named `#desk`, direct messages `@handle`, anything by its id.

    What is refused raises `Refusal`; what never happens raises TimeoutError.
    """

    def __init__(self, control_url: str, name: str, timeout: float = TIMEOUT) -> None:
        super().__init__(control_url, name, timeout)
        self._typed: dict[str, Json] = {}
        self._dms: dict[str, str] = {}

    async def read(self, path: str, /, **query: Any) -> Json:
        """GET what is below this person's address."""
        return await self._request("GET", f"people/{self.name}/{path}", params=query)

    async def act(self, verb: str, /, **arguments: Any) -> Json:
        """Any verb of the control interface that has no method here."""
        return await self._request("POST", f"people/{self.name}/{verb}", json=arguments)

    # -- reading ------------------------------------------------------------------------------------------------

    async def state(self) -> Json:
        """The state the page begins with."""
        return await self.read("state")

    async def _channel(self, name: str) -> str:
        if not name.startswith("@"):
            return name
        if name not in self._dms:
            opened = await self.act("open_dm", users=[name])
            self._dms[name] = opened["channel"]["id"]
        return self._dms[name]

    async def messages(self, channel: str, limit: int = 200) -> list[Json]:
        """The channel's messages, oldest first."""
        where = _quoted(await self._channel(channel))
        answer = await self.read(f"channels/{where}/messages", limit=limit)
        return list(answer["messages"])

    async def thread(self, message: Json) -> list[Json]:
        """The message and its replies, oldest first."""
        ts = message.get("thread_ts") or message["ts"]
        answer = await self.read(f"channels/{message['channel']}/messages/{ts}/replies")
        return list(answer["messages"])

    async def message(self, channel: str, containing: str = "", *, after: Json | None = None) -> Json:
        """The newest message that shows some words, waited for; `after`: later than this other one."""

        async def newest() -> Json | None:
            since = after["ts"] if after else ""
            found = [m for m in await self.messages(channel) if containing in text_of(m) and m["ts"] > since]
            return found[-1] if found else None

        async def instead() -> list[str]:
            return [text_of(message) for message in (await self.messages(channel))[-5:]]

        wanted = f"a message with {containing!r} in {channel}"
        return await self.wait_for(newest, wanted, instead)  # type: ignore[no-any-return]

    async def reply(self, parent: Json, containing: str = "") -> Json:
        """The newest reply in a thread that shows some words, waited for."""

        async def newest() -> Json | None:
            found = [m for m in (await self.thread(parent))[1:] if containing in text_of(m)]
            return found[-1] if found else None

        async def instead() -> list[str]:
            return [text_of(message) for message in (await self.thread(parent))[-5:]]

        wanted = f"a reply with {containing!r}"
        return await self.wait_for(newest, wanted, instead)  # type: ignore[no-any-return]

    async def again(self, message: Json) -> Json:
        """The same message as it is now."""
        return (await self.read(f"channels/{message['channel']}/messages/{message['ts']}"))["message"]  # type: ignore[no-any-return]

    # -- writing ------------------------------------------------------------------------------------------------

    async def post(
        self, channel: str, text: str, *, thread: Json | None = None, files: list[str] | None = None
    ) -> Json:
        """Write in a channel, or with `thread` below a message."""
        arguments: Json = {"channel": await self._channel(channel), "text": text, "files": files or []}
        if thread:
            arguments["thread_ts"] = thread.get("thread_ts") or thread["ts"]
        return (await self.act("post", **arguments))["message"]  # type: ignore[no-any-return]

    async def upload(self, name: str, content: bytes, channel: str | None = None, text: str = "") -> Json:
        """Upload a file; without a channel its id can be given to a file input."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        if channel:
            form.add_field("channel", await self._channel(channel))
            form.add_field("text", text)
        return await self._request("POST", f"people/{self.name}/upload", data=form)

    async def react(self, message: Json, name: str) -> None:
        """Add a reaction."""
        await self.act("react", channel=message["channel"], ts=message["ts"], name=name)

    # -- apps ---------------------------------------------------------------------------------------------------

    async def command(self, channel: str, command: str, text: str = "") -> Json:
        """Type a slash command, its text after a blank or separately; `outcome` says how the app took it."""
        command, _, rest = command.partition(" ")
        return await self.act("command", channel=await self._channel(channel), command=command, text=text or rest)

    async def shortcut(self, callback_id: str, message: Json | None = None) -> Json:
        """Use a global shortcut, or one on a message."""
        if message is None:
            return await self.act("shortcut", callback_id=callback_id)
        return await self.act("message_shortcut", callback_id=callback_id, channel=message["channel"], ts=message["ts"])

    async def home(self, app: str, containing: str = "") -> Json:
        """Open an app's Home and wait until something is published there (that shows some words)."""
        apps = (await self.state())["apps"]
        app_id = next(entry["id"] for entry in apps if app in (entry["name"], entry["id"]))
        await self.act("open_home", app_id=app_id)

        async def published() -> Json | None:
            view = (await self.read("views"))["homes"].get(app_id)
            return view if view and containing in text_of(view) else None

        return await self.wait_for(published, f"a Home of {app} with {containing!r}")  # type: ignore[no-any-return]

    async def modals(self) -> list[Modal]:
        """The open stack, bottom first."""
        return [Modal(view, self._typed.setdefault(view["id"], {})) for view in (await self.read("views"))["modals"]]

    async def modal(self, title: str | None = None, *, containing: str = "") -> Modal:
        """The modal on top, waited for until it has this title and shows these words."""

        async def top() -> Modal | None:
            stack = await self.modals()
            right = stack and title in (None, stack[-1].title) and containing in stack[-1].text
            return stack[-1] if right else None

        async def instead() -> list[str]:
            return [modal.text for modal in await self.modals()]

        wanted = f"a modal {title or ''!r} with {containing!r}"
        return await self.wait_for(top, wanted, instead)  # type: ignore[no-any-return]

    async def no_modal(self) -> None:
        """Wait until no modal is open."""

        async def none_open() -> bool:
            return not await self.modals()

        await self.wait_for(none_open, "all modals to be closed")

    def fill(self, modal: Modal, values: Json) -> None:
        """Type into inputs without sending anything; what is typed stays until the modal is gone."""
        self._typed.setdefault(modal.id, {}).update(values)

    async def submit(self, modal: Modal, values: Json | None = None) -> Json:
        """Submit with these values, by block id (and those filled in before); `outcome` says what became of it."""
        self.fill(modal, values or {})
        return await self.act("submit", view_id=modal.id, values=self._typed[modal.id])

    async def dismiss(self, modal: Modal, *, whole: bool = False) -> None:
        """Close a modal, or the whole stack."""
        await self.act("close", view_id=modal.id, all=whole)

    async def click(self, target: Target, pressed: str, value: Any = None) -> Json:
        """Press a button or menu entry, by its label or action id; for other elements `value` is what was chosen."""
        thing = target.view if isinstance(target, Modal) else target
        block, element, implied = pressable(thing, pressed)
        arguments = {
            "container": _container(target, block),
            "block_id": block["block_id"],
            "action_id": element["action_id"],
        }
        typed = self._typed.get(thing.get("id", ""), {})
        return await self.act("action", **arguments, value=implied if value is None else value, values=typed)

    async def choose(self, target: Target, action_id: str, value: Any) -> Json:
        """Choose in a select, date picker or the like that tells its app at once."""
        return await self.click(target, action_id, value)

    async def suggestions(self, target: Target, action_id: str, query: str = "") -> list[Json]:
        """The options an external select offers for a query."""
        thing = target.view if isinstance(target, Modal) else target
        block, element, _ = pressable(thing, action_id)
        answer = await self.act(
            "options",
            container=_container(target, block),
            block_id=block["block_id"],
            action_id=element["action_id"],
            query=query,
        )
        groups = itertools.chain.from_iterable(group["options"] for group in answer.get("option_groups", []))
        return [*answer.get("options", []), *groups]

    # -- mail, clock and control --------------------------------------------------------------------------------

    async def mails(self) -> list[Json]:
        """All mails with everything in them, newest first."""
        listed = (await self._request("GET", "mail"))["mails"]
        return [(await self._request("GET", f"mail/{entry['id']}"))["mail"] for entry in listed]

    async def mail(self, containing: str = "") -> Json:
        """The newest mail with some words in its subject or text, waited for."""

        async def newest() -> Json | None:
            found = [mail for mail in await self.mails() if containing in f"{mail['subject']}\n{mail['text']}"]
            return found[0] if found else None

        return await self.wait_for(newest, f"a mail with {containing!r}")  # type: ignore[no-any-return]

    async def advance(self, seconds: float) -> None:
        """Move the clock on."""
        await self._request("POST", "clock", json={"advance": seconds})

    async def control(self, method: str, path: str, /, **body: Any) -> Json:
        """Any other request of the control interface, such as `("POST", "faults", method=…, fault=…)`."""
        options = {"json": body} if method == "POST" else {"params": {key: str(value) for key, value in body.items()}}
        return await self._request(method, path, **options)


def _quoted(channel: str) -> str:
    return channel.replace("#", "%23")


def _container(target: Target, block: Json) -> Json:
    if isinstance(target, Modal):
        return {"type": "view", "view_id": target.id}
    if "ts" not in target:
        return {"type": "view", "view_id": target["id"]}
    container: Json = {"type": "message", "channel": target["channel"], "ts": target["ts"]}
    for index, attachment in enumerate(target.get("attachments", [])):
        if block in attachment.get("blocks", []):
            container["attachment"] = index
    return container
