"""Slack's payloads as typed values: the only place that reads raw payloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from blocks.form import FILLED
from bot.core.cleaning import decode_slack_entities
from bot.forms.pasted_transactions import TABLE_FILE
from bot.model.ticket import Attachment
from handlers.message_text import words_of
from handlers.shared_message import SharedMessage, in_event

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Command:
    """A slash command."""

    name: str
    user: str
    text: str
    trigger: str
    channel: str
    response_url: str


@dataclass(frozen=True)
class Shortcut:
    """A global shortcut, or one on a message."""

    name: str
    user: str
    trigger: str
    channel: str = ""
    ts: str = ""
    """The message it was used on."""
    thread: str = ""
    """The thread that message is in."""
    text: str = ""
    """The words of that message, as Slack marks them up: of its text, blocks, attachments and shared messages."""
    files: tuple[Attachment, ...] = ()
    """The files of that message."""
    response_url: str = ""


@dataclass(frozen=True)
class Click:
    """A button, or an option of a menu."""

    user: str
    action: str
    value: str
    id: str
    """The same for every delivery of this click."""
    trigger: str
    channel: str = ""
    thread: str = ""
    """The thread the clicked message is a reply in; a message that begins one is seen in the channel."""
    view: str = ""
    view_hash: str = ""
    view_callback: str = ""
    about: str = ""
    """The view's `private_metadata`."""
    block: str = ""
    response_url: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    """In a modal: block id → what was typed or picked so far."""
    is_home: bool = False
    """Clicked in the App Home."""
    is_link: bool = False
    """A button that only opens an address."""
    at: str = ""
    """The time Slack gives: Unix seconds with six decimals."""

    @property
    def is_command(self) -> bool:
        """True for the place of a command or a shortcut, which can be answered by its response URL."""
        return bool(self.response_url) and not self.id

    @property
    def ticket(self) -> str:
        """The ticket a clicked modal is about."""
        return ticket_in(self.about)

    @property
    def version(self) -> int:
        """The version of that ticket the person looked at; 0 where the modal does not say."""
        return version_in(self.about)

    @classmethod
    def of(cls, asked: Command | Shortcut) -> Click:
        """Place of a command or a shortcut, to answer there."""
        return cls(asked.user, asked.name, "", "", asked.trigger, asked.channel, response_url=asked.response_url)

    @classmethod
    def below(cls, event: SlackEvent) -> Click:
        """The thread somebody posted in, as a place to answer."""
        return cls(event.user, event.name, "", event.id, "", event.channel, event.thread)


@dataclass(frozen=True)
class Submission:
    """A submitted modal."""

    user: str
    view: str
    callback: str
    about: str
    typed: Mapping[str, str]
    """Block id → typed or picked value, empty without one."""
    parent: str = ""
    """The view below it in the stack, if any."""
    files: tuple[Attachment, ...] = ()
    table: tuple[Attachment, ...] = ()
    """The file uploaded as a table of transactions; it is no attachment."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """Typed answers with the offered files, to redraw the form."""

    @property
    def ticket(self) -> str:
        return ticket_in(self.about)

    @property
    def below(self) -> str:
        """The callback id of the modal it lies on, where that matters."""
        return self.about.partition("|")[2].partition("|")[2]

    @property
    def version(self) -> int:
        """The ticket's version the person looked at; 0 where the modal does not say."""
        return version_in(self.about)


class Emoji(StrEnum):
    """A request made by an emoji on a message."""

    TAKE = "take"
    DONE = "done"
    NOTE = "note"


_EMOJI = {
    "eyes": Emoji.TAKE,
    **dict.fromkeys(("white_check_mark", "heavy_check_mark", "ballot_box_with_check"), Emoji.DONE),
    **dict.fromkeys(("pushpin", "round_pushpin"), Emoji.NOTE),
}
"""Slack's names of the emoji that ask for something."""


@dataclass(frozen=True)
class SlackEvent:
    """An event of Slack's Events API."""

    name: str
    user: str
    """The person the event is about."""
    tab: str = ""
    """`home` or `messages`, when somebody opened the app."""
    id: str = ""
    """The same for every delivery."""
    channel: str = ""
    thread: str = ""
    """The thread a message was posted in."""
    files: tuple[Attachment, ...] = ()
    renamed: tuple[str, str] = ("", "")
    """The old and the new id of a channel."""
    is_still_shared: bool = False
    """True if a channel that a workspace left is still shared with another one."""
    shared: SharedMessage | None = None
    """A message of somebody of another workspace."""
    at: str = ""
    """The time, as in `Click.at`."""
    profile: Mapping[str, Any] = field(default_factory=dict)
    """The user object of an event that brings it along."""
    emoji: Emoji | None = None
    """The request of an emoji that was added to a message; None for any other emoji."""
    ts: str = ""
    """Timestamp of that message."""
    message: Mapping[str, Any] = field(default_factory=dict)
    """The whole event, where it tells of a message."""

    @property
    def is_answered(self) -> bool:
        """True if its sender is shown something, in their language: only then Slack is asked who they are."""
        return bool(self.tab or self.emoji or (self.thread and self.files))


@dataclass(frozen=True)
class OptionsRequest:
    """A request for the options of an external select menu."""

    user: str
    block: str
    text: str


def ticket_in(about: str) -> str:
    """`private_metadata` is `<ticket id>` or `<ticket id>|<version>`."""
    return about.partition("|")[0]


def version_in(about: str) -> int:
    """The version in a `private_metadata`; 0 without one."""
    number = about.partition("|")[2].partition("|")[0]
    return int(number) if number.isdigit() else 0


def command(body: Body) -> Command:
    return Command(
        name=_text(body, "command"),
        user=_text(body, "user_id"),
        text=decode_slack_entities(_text(body, "text")).strip(),
        trigger=_text(body, "trigger_id"),
        channel=_text(body, "channel_id"),
        response_url=_text(body, "response_url"),
    )


def shortcut(body: Body) -> Shortcut:
    message = body.get("message") or {}
    return Shortcut(
        name=_text(body, "callback_id"),
        user=_text(body.get("user") or {}, "id"),
        trigger=_text(body, "trigger_id"),
        channel=_text(body.get("channel") or {}, "id"),
        ts=_text(message, "ts"),
        thread=_text(message, "thread_ts"),
        text=words_of(message),
        files=_files(message),
        response_url=_text(body, "response_url"),
    )


def click(body: Body) -> Click:
    """An option of a menu carries `<action id>|<value>` and counts as a click on that action."""
    action = (body.get("actions") or [{}])[0]
    name, value = _text(action, "action_id"), _text(action, "value")
    if action.get("type") == "overflow":
        name, _, value = _text(action.get("selected_option") or {}, "value").partition("|")
    if action.get("type") == "static_select":
        value = _text(action.get("selected_option") or {}, "value")
    name = name.partition(FILLED)[0]
    view, message = body.get("view") or {}, body.get("message") or {}
    user = _text(body.get("user") or {}, "id")
    return Click(
        user=user,
        action=name,
        value=value,
        id=f"{user}:{_text(action, 'action_ts')}:{name}",
        trigger=_text(body, "trigger_id"),
        channel=_text(body.get("channel") or {}, "id"),
        thread="" if message.get("thread_ts") == message.get("ts") else _text(message, "thread_ts"),
        view=_text(view, "id"),
        view_hash=_text(view, "hash"),
        view_callback=_text(view, "callback_id"),
        about=_text(view, "private_metadata"),
        block=_text(action, "block_id"),
        response_url=_text(body, "response_url"),
        typed=typed(view) | _offered(view),
        is_home=view.get("type") == "home",
        is_link=bool(action.get("url")),
        at=_text(action, "action_ts"),
    )


def slack_event(body: Body) -> SlackEvent:
    event = body.get("event") or {}
    user = event.get("user")
    about = user if isinstance(user, str) else _text(user or {}, "id")
    item = event.get("item") or {}
    return SlackEvent(
        name=_text(event, "type"),
        user=about,
        tab=_text(event, "tab"),
        id=_text(body, "event_id"),
        channel=_text(event, "channel") or _text(item, "channel"),
        thread=_text(event, "thread_ts"),
        files=_files(event),
        renamed=(_text(event, "old_channel_id"), _text(event, "new_channel_id")),
        is_still_shared=event.get("is_ext_shared") is True,
        shared=in_event(body),
        at=_text(event, "event_ts"),
        profile=user if isinstance(user, dict) else {},
        emoji=_EMOJI.get(_text(event, "reaction").partition("::")[0]),
        ts=_text(item, "ts"),
        message=event if event.get("type") == "message" else {},
    )


def _files(holder: Body) -> tuple[Attachment, ...]:
    """Files of a message or a file input. In a shared channel Slack tells their id only."""
    return tuple(
        Attachment(
            id=_text(file, "id"),
            name=_text(file, "name") or _text(file, "title"),
            size=int(file.get("size") or 0),
            type=_text(file, "mimetype"),
        )
        for file in holder.get("files") or ()
        if file.get("id") and file.get("mode") != "tombstone"
    )


def files_in(view: Body, *, table: bool = False) -> tuple[Attachment, ...]:
    """Files in the file inputs of a view: the attachments, or with `table` the table of transactions."""
    values = (view.get("state") or {}).get("values") or {}
    inputs = (elements for block_id, elements in values.items() if (block_id == TABLE_FILE) is table)
    return tuple(file for elements in inputs for element in elements.values() for file in _files(element))


def search(body: Body) -> OptionsRequest:
    typed_so_far = decode_slack_entities(_text(body, "value"))
    return OptionsRequest(_text(body.get("user") or {}, "id"), _text(body, "block_id"), typed_so_far)


def submission(body: Body) -> Submission:
    view = body.get("view") or {}
    answers = typed(view)
    return Submission(
        user=_text(body.get("user") or {}, "id"),
        view=_text(view, "id"),
        callback=_text(view, "callback_id"),
        about=_text(view, "private_metadata"),
        typed=answers,
        parent=_text(view, "previous_view_id"),
        files=files_in(view),
        table=files_in(view, table=True),
        shown=answers | _offered(view),
    )


def typed(view: Body) -> dict[str, str]:
    """Every input of a view; lists are joined by line, moments are Unix seconds. Unanswered inputs are empty."""
    values = (view.get("state") or {}).get("values") or {}
    answers = {block["block_id"]: "" for block in view.get("blocks") or [] if block.get("type") == "input"}
    for block_id, elements in values.items():
        for element in elements.values():
            answers[block_id] = _answer(element)
    return answers


def _offered(view: Body) -> dict[str, str]:
    """Checkboxes by block id and “.all”: what is offered there, chosen or not, so that it can be offered again."""
    inputs = (
        (block["block_id"], block.get("element") or {}) for block in view.get("blocks") or () if "element" in block
    )
    return {
        f"{block_id}.all": "\n".join(_text(option, "value") for option in element.get("options") or ())
        for block_id, element in inputs
        if element.get("type") == "checkboxes"
    }


def _answer(element: Body) -> str:
    if element.get("selected_options") is not None:
        return "\n".join(str(option["value"]) for option in element["selected_options"])
    if element.get("selected_option"):
        return str(element["selected_option"]["value"])
    simple = ("selected_date_time", "selected_date", "selected_user", "value")
    return str(next((element[key] for key in simple if element.get(key)), ""))


def _text(body: Body, key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""
