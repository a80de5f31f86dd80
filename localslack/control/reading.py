"""The reading half of the control interface: everything as one person sees it."""

from itertools import islice

from aiohttp import web

from localslack.control.answering import channel_of, failure, number, person_of
from localslack.errors import Refused
from localslack.records import Channel, Json, Message, Person
from localslack.services import Services

_SAFE_INLINE = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "audio/",
    "video/",
)


class Reading:
    """One method per request."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack

    async def people(self, request: web.Request) -> Json:
        """All people and bots."""
        return {**self._everybody(), "team": self._team(), "clock": self.clock()}

    def _everybody(self) -> Json:
        people = [self._slack.shapes.person(person) for person in self._slack.workspace.people.values()]
        return {
            "people": [person for person in people if not person["is_bot"] and person["id"] != "USLACKBOT"],
            "bots": [person for person in people if person["is_bot"] or person["id"] == "USLACKBOT"],
        }

    def _team(self) -> Json:
        team = self._slack.workspace.team
        return {"id": team.id, "name": team.name, "domain": team.domain, "url": self._slack.base_url}

    def clock(self) -> Json:
        """The time."""
        return {"offset": self._slack.clock.offset, "now": self._slack.clock.now()}

    async def state(self, request: web.Request) -> Json:
        """The whole state of one person's page."""
        person = person_of(self._slack, request)
        shapes = self._slack.shapes
        visible = [c for c in self._slack.workspace.channels.values() if self._slack.membership.can_see(person, c)]
        return {
            "me": shapes.person(person),
            "team": self._team(),
            "clock": self.clock(),
            **self._everybody(),
            "groups": shapes.groups(),
            "channels": [shapes.channel(channel, person) for channel in visible if not channel.is_dm],
            "dms": [shapes.channel(channel, person) for channel in visible if channel.is_dm],
            "apps": shapes.apps(),
            "commands": shapes.commands(),
            **self._views(person),
        }

    async def views(self, request: web.Request) -> Json:
        """The open modals and published Homes, without the rest of the state."""
        return self._views(person_of(self._slack, request))

    def _views(self, person: Person) -> Json:
        views, wire = self._slack.views, self._slack.wire
        homes = {app: views.home(person.id, app) for app in self._slack.workspace.apps}
        return {
            "modals": [wire.view(view) for view in views.stack(person.id)],
            "homes": {app: wire.view(view) for app, view in homes.items() if view},
            "assistants": [thread.to_json() for thread in self._slack.assistants.of(person.id)],
        }

    # -- messages -----------------------------------------------------------------------------------------------

    async def messages(self, request: web.Request) -> Json:
        """A page of a channel, oldest first."""
        person = person_of(self._slack, request)
        channel = channel_of(self._slack, request, person)
        limit, before = number(request, "limit", 50, 1000), request.query.get("before") or None
        timeline = self._slack.workspace.timeline(channel.id)
        roots = (message for message in timeline.newest_first(before) if message.in_channel)
        found = list(islice(roots, limit + 1))
        more, shown = len(found) > limit, found[:limit]
        since = shown[-1].ts if more and shown else ""
        own = [m for m in timeline.ephemeral_of(person.id) if not m.is_reply and since <= m.ts < (before or "9")]
        return {"messages": self._shown([*shown, *own]), "has_more": more}

    def _shown(self, messages: list[Message]) -> list[Json]:
        return [self._slack.shapes.message(message) for message in sorted(messages, key=lambda entry: entry.ts)]

    async def message(self, request: web.Request) -> Json:
        """One message."""
        person = person_of(self._slack, request)
        channel = channel_of(self._slack, request, person)
        return {"message": self._slack.shapes.message(self._message(request, channel, person))}

    def _message(self, request: web.Request, channel: Channel, person: Person) -> Message:
        ts, timeline = request.match_info["ts"], self._slack.workspace.timeline(channel.id)
        found = timeline.get(ts) or timeline.ephemeral.get(ts)
        if found is None or found.ephemeral_for not in (None, person.id):
            raise Refused("message_not_found", "That message does not exist any more.", 404)
        return found

    async def replies(self, request: web.Request) -> Json:
        """A thread."""
        person = person_of(self._slack, request)
        channel = channel_of(self._slack, request, person)
        parent = self._message(request, channel, person)
        timeline = self._slack.workspace.timeline(channel.id)
        own = [m for m in timeline.ephemeral_of(person.id) if m.is_reply and m.thread_ts == parent.ts]
        return {"messages": self._shown([parent, *timeline.replies(parent.ts), *own])}

    async def search(self, request: web.Request) -> Json:
        """Messages with all the words, newest first."""
        person = person_of(self._slack, request)
        words = request.query.get("q", "").casefold().split()
        if not words:
            return {"messages": []}
        found = [
            message
            for channel in self._slack.workspace.channels.values()
            if self._slack.membership.can_see(person, channel)
            for message in self._slack.workspace.timeline(channel.id).newest_first()
            if all(word in message.text.casefold() for word in words)
        ]
        return {"messages": list(reversed(self._shown(found)))[:50]}

    # -- files --------------------------------------------------------------------------------------------------

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes; active content is only served as a download."""
        try:
            person = person_of(self._slack, request)
        except Refused as refused:
            return failure(refused.status, refused.error, refused.message)
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None or file.deleted or not self._may_see(person, file.user, [*file.channels, *file.shown]):
            return failure(404, "file_not_found", "There is no such file.")
        content = await self._slack.blobs.get(file.id)
        return file_response(file.name, file.mimetype, content or b"", download="download" in request.query)

    def _may_see(self, person: Person, owner: str, channels: list[str]) -> bool:
        shared = [self._slack.workspace.channels[channel] for channel in channels]
        return owner == person.id or any(self._slack.membership.can_see(person, channel) for channel in shared)


def file_response(name: str, mimetype: str, content: bytes, *, download: bool) -> web.Response:
    """Bytes with headers that keep a browser from running them."""
    inline = mimetype.startswith(_SAFE_INLINE) and not download
    plain = name.replace("\\", "_").replace('"', "_").encode("ascii", "replace").decode()
    disposition = "inline" if inline else "attachment"
    headers = {
        "Content-Type": mimetype if inline or "/" in mimetype else "application/octet-stream",
        "Content-Disposition": f'{disposition}; filename="{plain}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=content, headers=headers)
