"""Changes of a workspace. Each is published once; pages and the Events API subscribe to them."""

from collections.abc import Callable
from dataclasses import dataclass

from localslack.assistant_threads import AssistantThread
from localslack.records import App, Channel, File, Group, Json, Message, Person, View


class Change:
    """The base class of everything that is published."""


@dataclass(frozen=True, slots=True)
class MessagePosted(Change):
    """A message appeared, also an ephemeral one."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageChanged(Change):
    """A message looks different. `previous` is its old wire form when its content was edited, else None."""

    message: Message
    previous: Json | None = None


@dataclass(frozen=True, slots=True)
class MessageDeleted(Change):
    """A message is gone (or became a tombstone, which is then published as changed, too)."""

    message: Message
    previous: Json


@dataclass(frozen=True, slots=True)
class Reacted(Change):
    """A reaction was added or taken back."""

    message: Message
    user: str
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class Pinned(Change):
    """A message was pinned or unpinned."""

    channel: Channel
    message: Message
    user: str
    added: bool


@dataclass(frozen=True, slots=True)
class MembershipChanged(Change):
    """A person joined or left a channel."""

    channel: Channel
    user: str
    joined: bool
    inviter: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelChanged(Change):
    """A channel is new or different.

    `kind`: created, renamed, archived, unarchived, shared, unshared, or empty for the rest.
    """

    channel: Channel
    kind: str = ""
    actor: str = ""
    team: str = ""  # the other workspace, of shared and unshared


@dataclass(frozen=True, slots=True)
class ChannelMoved(Change):
    """A channel has another id; `is_announced` says whether apps get the event."""

    channel: Channel
    old_id: str
    is_announced: bool = True


@dataclass(frozen=True, slots=True)
class PersonChanged(Change):
    """A member is new or different."""

    person: Person
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class GroupChanged(Change):
    """A user group is new or different."""

    group: Group
    is_new: bool = False
    before: tuple[str, ...] | None = None  # its members, where they are others now


@dataclass(frozen=True, slots=True)
class FileChanged(Change):
    """`kind`: created, shared, deleted."""

    file: File
    kind: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class StackChanged(Change):
    """A person's modals changed. `cause`: opened, pushed, updated, closed, submitted."""

    user: str
    cause: str
    view_id: str


@dataclass(frozen=True, slots=True)
class HomePublished(Change):
    """An app published a person's Home."""

    view: View


@dataclass(frozen=True, slots=True)
class HomeOpened(Change):
    """A person looked at an app's Home."""

    user: str
    app_id: str
    channel: str
    tab: str


@dataclass(frozen=True, slots=True)
class AssistantChanged(Change):
    """A thread with an assistant has another title, status or other prompts."""

    thread: AssistantThread


@dataclass(frozen=True, slots=True)
class AssistantContext(Change):
    """A person opened a thread with an assistant (`started`), or looks at another channel meanwhile."""

    thread: AssistantThread
    app_id: str
    context: str | None
    started: bool


@dataclass(frozen=True, slots=True)
class Read(Change):
    """A person's unread count of a channel changed."""

    user: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class AppsChanged(Change):
    """An app connected, disconnected or was set up differently."""


@dataclass(frozen=True, slots=True)
class TokensRevoked(Change):
    """The bot token of an app was revoked."""

    app: App


@dataclass(frozen=True, slots=True)
class AppUninstalled(Change):
    """An app was removed from the workspace."""

    app: App


@dataclass(frozen=True, slots=True)
class Reset(Change):
    """The whole workspace was replaced."""


class Hub:
    """Publishes every change to every subscriber, in order, synchronously."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Change], None]] = []

    def subscribe(self, callback: Callable[[Change], None]) -> None:
        """Call `callback` with every change; it must not block, and does slow work in a task of its own."""
        self._subscribers.append(callback)

    def publish(self, change: Change) -> None:
        """Call every subscriber."""
        for callback in self._subscribers:
            callback(change)
