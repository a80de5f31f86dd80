"""Administrators' actions that concern an app: archived channels, deleted messages, revoked tokens, and the like.

Channels, people, groups and apps are named by id or name. Whatever cannot be done raises `Refused`.
"""

import asyncio
import random
from dataclasses import dataclass

from localslack.changes import AppUninstalled, GroupChanged, PersonChanged, TokensRevoked
from localslack.clock import Clock
from localslack.errors import Refused
from localslack.membership import Membership
from localslack.records import App, Channel, Group, Message, Person
from localslack.sockets import Sockets
from localslack.token_troubles import TokenTroubles
from localslack.workspace import SLACKBOT, Workspace

DISCONNECTS = ("warning", "refresh_requested", "link_disabled", "abrupt", "silent")


@dataclass
class WorkspaceAdmin:
    """The operations of an administrator; pages and apps receive the same events as at Slack."""

    workspace: Workspace
    membership: Membership
    sockets: Sockets
    tokens: TokenTroubles

    # -- finding ------------------------------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """The one clock."""
        return self.workspace.clock

    def app(self, name: str) -> App:
        """An app by id or name."""
        for app in self.workspace.apps.values():
            if name in (app.id, app.name):
                return app
        raise Refused("app_not_found", f"There is no app “{name}”.", 404)

    def channel(self, name: str) -> Channel:
        """A channel by id, name or `#name`."""
        channel = self.workspace.channel_named(name)
        if channel is None:
            raise Refused("channel_not_found", f"There is no channel “{name}”.", 404)
        return channel

    def member(self, name: str) -> Person:
        """A person by id, handle or `@handle`, or an app's bot user by the app's name."""
        apps = [app for app in self.workspace.apps.values() if name in (app.id, app.name)]
        person = self.workspace.person_named(apps[0].bot_user if apps else name)
        if person is None:
            raise Refused("user_not_found", f"There is nobody called “{name}”.", 404)
        return person

    def group(self, name: str) -> Group:
        """A user group by id, handle or `@handle`."""
        for group in self.workspace.groups.values():
            if name.removeprefix("@") in (group.id, group.handle):
                return group
        raise Refused("no_such_subteam", f"There is no user group “{name}”.", 404)

    def _admin(self) -> str:
        humans = list(self.workspace.humans())
        return next((person.id for person in humans if person.is_admin), humans[0].id if humans else SLACKBOT)

    # -- messages and channels ----------------------------------------------------------------------------------

    def delete_message(self, channel: str, ts: str, *, replies: bool = False, quietly: bool = False) -> None:
        """Delete anybody's message, with `replies` its thread, too; `quietly`: as a retention rule, without events."""
        where = self.channel(channel)
        message = self.workspace.message(where.id, ts)
        if message is None:
            raise Refused("message_not_found", "That message does not exist any more.", 404)
        for reply in self.workspace.timeline(where.id).replies(ts) if replies else []:
            self._delete(reply, quietly=quietly)
        self._delete(message, quietly=quietly)

    def _delete(self, message: Message, *, quietly: bool) -> None:
        if quietly:
            self.workspace.drop(message)
        else:
            self.membership.posting.delete(message)

    def archive(self, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or with `archived=False` unarchive it."""
        where = self.channel(channel)
        if where.is_archived is not archived:
            self.membership.archive(where, self._admin(), archived=archived)

    def add_member(self, channel: str, member: str) -> None:
        """Invite a person or an app into a channel."""
        where, person = self.channel(channel), self.member(member)
        if person.id not in where.members:
            self.membership.join(where, person.id, inviter=self._admin())

    def remove_member(self, channel: str, member: str) -> None:
        """Remove a person or an app from a channel; the app's calls are answered `not_in_channel` from then on."""
        where, person = self.channel(channel), self.member(member)
        if person.id in where.members:
            self.membership.leave(where, person.id)

    # -- groups and people --------------------------------------------------------------------------------------

    def delete_group(self, group: str) -> None:
        """Make a user group unknown (`no_such_subteam`)."""
        gone = self.group(group)
        gone.deleted, gone.updated = True, self.workspace.now
        self.workspace.drop(gone)
        self.workspace.publish(GroupChanged(gone, before=tuple(gone.users)))

    def set_group_members(self, group: str, members: list[str]) -> None:
        """Give a user group other members."""
        changed = self.group(group)
        before = tuple(changed.users)
        changed.users = [self.member(name).id for name in members]
        changed.updated = self.workspace.now
        self.workspace.save(changed)
        self.workspace.publish(GroupChanged(changed, before=before))

    async def change_profiles(self, changes: int, *, seconds: float = 0.0, seed: int = 0) -> int:
        """Change the status of random people that often, evenly over the clock's seconds; returns how many."""
        people = [person for person in self.workspace.humans() if not person.deleted]
        if not people:
            return 0
        chosen = random.Random(seed)  # noqa: S311 - no secret: the same storm for the same seed
        for number in range(changes):
            self._change_status(chosen.choice(people), f"In a meeting ({number + 1})")
            await (self.clock.sleep(seconds / changes) if seconds else asyncio.sleep(0))
        return changes

    def _change_status(self, person: Person, status: str) -> None:
        person.status_text, person.status_emoji = status, ":spiral_calendar_pad:"
        person.updated = self.workspace.now
        self.workspace.save(person)
        self.workspace.publish(PersonChanged(person))

    # -- apps ---------------------------------------------------------------------------------------------------

    async def break_token(self, app: str, error: str, *, which: str = "both", seconds: float | None = None) -> None:
        """Let an app's tokens fail with an error; without its app-level token the app loses its sockets, too."""
        broken = self.app(app)
        self.tokens.begin(broken, error, which, seconds)
        if error == "token_revoked" and which != "app":
            self.workspace.publish(TokensRevoked(broken))
        if which != "bot":
            await self.sockets.disconnect(broken.id, "link_disabled")

    def uninstall(self, app: str) -> None:
        """Uninstall an app: it receives app_uninstalled, and its bot token fails until it is installed again."""
        gone = self.app(app)
        self.tokens.begin(gone, "account_inactive", "bot")
        self.workspace.publish(TokensRevoked(gone))
        self.workspace.publish(AppUninstalled(gone))

    def mend_token(self, app: str) -> None:
        """Let an app's tokens work again."""
        self.tokens.end(self.app(app))

    def withhold_scopes(self, app: str, scopes: list[str]) -> None:
        """Take scopes away from an app (`missing_scope`); an empty list gives all of them back."""
        changed = self.app(app)
        changed.withheld = list(scopes)
        self.workspace.save(changed)

    async def disconnect(self, app: str, reason: str) -> None:
        """End an app's sockets for one of Slack's reasons, cut them (`abrupt`), or let them fall `silent`."""
        if reason not in DISCONNECTS:
            raise Refused("invalid_reason", f"A reason is one of {', '.join(DISCONNECTS)}.")
        await self.sockets.disconnect(self.app(app).id, reason)
