"""Live updates: a websocket per page, each with its own queue, so that a slow page delays no other."""

import asyncio
import itertools
import json
from dataclasses import dataclass, field

from aiohttp import web

from localslack.changes import AppsChanged, Change, Reset
from localslack.control.answering import failure, is_foreign, person_named
from localslack.control.frames import Frames
from localslack.errors import Refused
from localslack.mail import Mail
from localslack.records import Json, Person
from localslack.services import Services
from localslack.traffic import Row

_LONGEST_QUEUE = 20_000


@dataclass(eq=False)
class Page:
    """One open page."""

    handle: str
    traffic: bool
    mail: bool
    queue: "asyncio.Queue[str]" = field(default_factory=lambda: asyncio.Queue(_LONGEST_QUEUE))
    seq: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def put(self, frame: str) -> None:
        """Queue a frame; a page that stopped reading gets no more, and notices when it reconnects."""
        if not self.queue.full():
            self.queue.put_nowait(f'{{"seq": {next(self.seq)}, {frame[1:]}')


class Live:
    """`GET /_local/live`."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack
        self._frames = Frames(slack)
        self._pages: set[Page] = set()
        slack.workspace.hub.subscribe(self._on_change)
        slack.traffic.subscribers.append(self._traffic)
        slack.clock.subscribe(self._clock)
        slack.sockets.on_change.append(lambda: slack.workspace.publish(AppsChanged()))
        if slack.mailbox is not None:
            slack.mailbox.subscribe(self._mail)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page until it disconnects."""
        if is_foreign(request):
            return failure(403, "forbidden", "Only pages of the local Slack may listen.")
        try:
            person = person_named(self._slack, request.query.get("person", ""))
        except Refused as refused:
            return failure(refused.status, refused.error, refused.message)
        ws = web.WebSocketResponse(heartbeat=30)
        await ws.prepare(request)
        page = Page(person.handle, "traffic" in request.query, "mail" in request.query)
        page.put(json.dumps({"type": "hello", "person": person.id, "clock": self._time()}))
        self._pages.add(page)
        self._tell_presence(person, changed=self._slack.presence.page_opened(person.id))
        writer = asyncio.create_task(self._write(page, ws))
        try:
            async for _ in ws:  # pages send nothing; this detects that they disconnect
                pass
        finally:
            writer.cancel()
            self._pages.discard(page)
            self._tell_presence(person, changed=self._slack.presence.page_closed(person.id))
        return ws

    async def _write(self, page: Page, ws: web.WebSocketResponse) -> None:
        while True:
            await ws.send_str(await page.queue.get())

    # -- what there is to tell ----------------------------------------------------------------------------------

    def _on_change(self, change: Change) -> None:
        written: dict[int, str] = {}  # frames that are the same for many are written out once
        frames: dict[str, list[Json]] = {}  # kept until the end, so that no two have the same id
        for page in self._pages:
            if page.handle not in frames:
                frames[page.handle] = self._frames_for(page, change)
            for frame in frames[page.handle]:
                if id(frame) not in written:
                    written[id(frame)] = json.dumps(frame)
                page.put(written[id(frame)])

    def _frames_for(self, page: Page, change: Change) -> list[Json]:
        person = self._slack.workspace.person_named(page.handle)
        if isinstance(change, Reset) or person is None:
            return [{"type": "reset"}]
        return list(self._frames.of(change, person))

    def _tell_presence(self, person: Person, *, changed: bool) -> None:
        current = self._slack.workspace.people.get(person.id)
        if changed and current is not None:
            self._broadcast({"type": "person", "person": self._slack.shapes.person(current)})

    def _broadcast(self, frame: Json) -> None:
        written = json.dumps(frame)
        for page in self._pages:
            page.put(written)

    def _time(self) -> Json:
        return {"offset": self._slack.clock.offset, "now": self._slack.clock.now()}

    def _clock(self) -> None:
        self._broadcast({"type": "clock", **self._time()})

    def _traffic(self, row: Row) -> None:
        listening = [page for page in self._pages if page.traffic]
        frame = json.dumps({"type": "traffic", "row": row.to_json()}) if listening else ""
        for page in listening:
            page.put(frame)

    def _mail(self, mail: Mail | None) -> None:
        frame = json.dumps({"type": "mail", "mail": mail.listed() if mail else None})
        for page in self._pages:
            if page.mail:
                page.put(frame)
