"""The records a workspace consists of, kept as JSON by the journal and shown through `wire`."""

from dataclasses import dataclass, field, fields
from typing import Any, Self

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Record:
    """A record that the journal keeps."""

    def to_json(self) -> Json:
        """All fields as they are; records hold only what JSON knows."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """The record again; fields a newer version no longer knows are dropped."""
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in known})


@dataclass(slots=True, kw_only=True)
class Team(Record):
    """The workspace itself."""

    id: str
    name: str
    domain: str
    enterprise_id: str = ""  # of an Enterprise Grid
    enterprise_name: str = ""
    secret: str = ""  # what tokens are derived from
    clock_offset: float = 0.0


@dataclass(slots=True, kw_only=True)
class Person(Record):
    """A member of the workspace: a human, an external human of a shared channel, or an app's bot user."""

    id: str
    team_id: str
    handle: str
    name: str
    display_name: str = ""
    email: str = ""
    title: str = ""
    phone: str = ""
    tz: str = "UTC"
    locale: str = "en-US"
    colour: str = "#4a154b"
    is_admin: bool = False
    is_owner: bool = False
    guest: str = ""  # "", "multi" or "single"
    is_external: bool = False
    is_stranger: bool = False  # external, and in no channel shared with this workspace
    workspace: str = ""  # the name of an external person's workspace
    teams: list[str] = field(default_factory=list)  # workspaces of an Enterprise Grid they belong to
    deleted: bool = False
    app_id: str | None = None
    bot_id: str | None = None
    status_text: str = ""
    status_emoji: str = ""
    updated: int = 0

    @property
    def is_bot(self) -> bool:
        """True for the bot user of an app."""
        return self.bot_id is not None

    @property
    def is_guest(self) -> bool:
        """Single- or multi-channel guest."""
        return bool(self.guest)


@dataclass(slots=True, kw_only=True)
class Channel(Record):
    """A conversation of any kind: `public`, `private`, `im` or `mpim`."""

    id: str
    name: str
    kind: str
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_general: bool = False
    is_org_shared: bool = False
    frozen_reason: str = ""  # why it can only be read, such as connection_severed
    shared_team_ids: list[str] = field(default_factory=list)  # teams of other workspaces, if shared
    topic: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    previous_names: list[str] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)
    pins: list[Json] = field(default_factory=list)  # {"ts", "user", "created"}
    last_read: dict[str, str] = field(default_factory=dict)
    updated: int = 0

    @property
    def is_private(self) -> bool:
        """True if only members may know about it."""
        return self.kind != "public"

    @property
    def is_dm(self) -> bool:
        """A direct message, of two or of several."""
        return self.kind in ("im", "mpim")


@dataclass(slots=True, kw_only=True)
class Message(Record):
    """A message, also an ephemeral one (`ephemeral_for`)."""

    channel: str
    ts: str
    text: str
    user: str | None = None
    team_id: str = ""
    subtype: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    icons: Json | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    reactions: list[Json] = field(default_factory=list)  # {"name", "users"}
    edited: Json | None = None
    client_msg_id: str | None = None
    extra: Json = field(default_factory=dict)  # keys only some subtypes have
    ephemeral_for: str | None = None
    names: list[str] = field(default_factory=list)  # who is mentioned: ids, and here, channel, everyone

    @property
    def key(self) -> str:
        """The journal's key."""
        return f"{self.channel}:{self.ts}"

    @property
    def is_reply(self) -> bool:
        """True if it is a reply in a thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def in_channel(self) -> bool:
        """True for roots, and replies also sent to the channel."""
        return not self.is_reply or self.subtype == "thread_broadcast"


@dataclass(slots=True, kw_only=True)
class Group(Record):
    """A user group, mentioned by its handle."""

    id: str
    handle: str
    name: str
    users: list[str]
    creator: str
    created: int
    description: str = ""
    deleted: bool = False
    updated: int = 0


@dataclass(slots=True, kw_only=True)
class App(Record):
    """An installed app. Without a manifest (`scopes` is None) it has every scope."""

    id: str
    name: str
    bot_user: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    colour: str = "#4a154b"
    scopes: list[str] | None = None
    events: list[str] | None = None
    commands: list[Json] = field(
        default_factory=list
    )  # {"command", "description", "usage_hint", "url", "should_escape"}
    shortcuts: list[Json] = field(default_factory=list)  # {"type", "callback_id", "name", "description"}
    socket_mode: bool = True
    interactive: bool = True
    events_url: str = ""
    interactivity_url: str = ""
    options_url: str = ""
    has_home: bool = True
    has_messages: bool = True
    takes_messages: bool = True  # its Messages tab can be written in, not only read
    has_assistant: bool = True
    external_team: str = ""  # of an app that belongs to another workspace
    withheld: list[str] = field(default_factory=list)  # scopes taken away by an administrator

    @property
    def granted(self) -> list[str]:
        """The scopes of the bot token, none where the app has no manifest."""
        return [scope for scope in self.scopes or [] if scope not in self.withheld]

    @property
    def has_manifest(self) -> bool:
        """True if scopes, events, commands and shortcuts are limited to the declared ones."""
        return self.scopes is not None

    def may(self, scope: str) -> bool:
        """True if the bot token has the scope. Posting without membership needs a manifest that asks for it."""
        if scope in self.withheld:
            return False
        if self.scopes is None:
            return scope != "chat:write.public"
        return scope in self.scopes


@dataclass(slots=True, kw_only=True)
class File(Record):
    """An uploaded file; its bytes are in the blob store."""

    id: str
    name: str
    title: str
    mimetype: str
    size: int
    user: str
    created: int
    channels: list[str] = field(default_factory=list)
    shares: Json = field(default_factory=dict)  # channel id -> [ts]
    shown: list[str] = field(default_factory=list)  # channels where a message's block shows it, without sharing it
    alt_text: str = ""
    snippet_type: str = ""
    deleted: bool = False
    complete: bool = True


@dataclass(slots=True, kw_only=True)
class View(Record):
    """A modal or an App Home. `body` is what the app sent; `user` is who sees it."""

    id: str
    app_id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    position: int = 0  # in the stack, root first; Homes stand alone
    open: bool = True

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.body["type"])


@dataclass(slots=True, kw_only=True)
class Scheduled(Record):
    """A message to be posted later."""

    id: str
    app_id: str
    channel: str
    post_at: int
    created: int
    arguments: Json
