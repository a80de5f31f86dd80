"""Starting and stopping a local Slack: one process, one event loop, one address on this machine."""

import asyncio
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from localslack.api.dispatch import Dispatch
from localslack.api.scheduled import post_now
from localslack.blobs import Blobs
from localslack.clock import Clock
from localslack.connections import Connections
from localslack.control.routes import add_routes
from localslack.driver import PersonDriver
from localslack.faults import Faults
from localslack.http_routes import HttpRoutes, page_headers
from localslack.journal import Journal, SqliteJournal
from localslack.listening import TIMEOUT
from localslack.mail import Mailbox
from localslack.middlewares import error_bodies, own_pages_only
from localslack.records import App
from localslack.seed import Seed
from localslack.seeding import fill_from_seed, update_from_seed
from localslack.services import Services
from localslack.slack_connect import SlackConnect
from localslack.switches import Switches
from localslack.workspace import Workspace
from localslack.workspace_admin import WorkspaceAdmin

HOST = "127.0.0.1"
_LARGEST_BODY = 1024 * 1024 * 1024


class LocalSlack:
    """A Slack on this machine: `async with LocalSlack(seed) as slack: …`.

    `state` is a folder in which everything is kept, and found again by the next one with the same folder; without one
    nothing is. `clock` and `mailbox` can be shared with the program around it. `switches` are Slack's own waiting times
    unless a test gives others.
    """

    def __init__(
        self,
        seed: Seed | None = None,
        *,
        port: int = 0,
        state: Path | None = None,
        clock: Clock | None = None,
        mailbox: Mailbox | None = None,
        switches: Switches | None = None,
    ) -> None:
        self._seed = seed or Seed.default()
        self._port = port
        self._state = state
        self.clock = clock or Clock()
        self.mailbox = mailbox
        self._switches = switches or Switches()
        self._people: list[PersonDriver] = []
        self.connections = Connections()

    # -- addresses ----------------------------------------------------------------------------------------------

    @property
    def page_url(self) -> str:
        """The address of the page."""
        return self.services.base_url

    @property
    def api_url(self) -> str:
        """The base URL for an SDK."""
        return f"{self.services.base_url}api/"

    @property
    def control_url(self) -> str:
        """The address of the control interface."""
        return f"{self.services.base_url}_local/"

    @property
    def apps(self) -> list[App]:
        """The apps, with their tokens."""
        return list(self.services.workspace.apps.values())

    def app(self, name: str) -> App:
        """One app by its name."""
        return next(app for app in self.apps if app.name == name)

    @property
    def faults(self) -> Faults:
        """Ordered faults: `faults.order("chat.postMessage", "reset", when="after")`, `faults.clear()`."""
        return self.services.faults

    @property
    def admin(self) -> WorkspaceAdmin:
        """Actions of administrators: `admin.archive("#desk")`, `await admin.break_token("Bot", "token_revoked")`."""
        return self.services.admin

    @property
    def connect(self) -> SlackConnect:
        """Slack Connect: `connect.share("#desk", "Partner Ltd")`, `connect.unshare("#desk")`."""
        return self.services.connect

    @property
    def switches(self) -> Switches:
        """Slack's waiting times and limits, which can be changed while it runs: `switches.rate_limits = True`."""
        return self.services.switches

    def person(self, name: str, timeout: float = TIMEOUT) -> PersonDriver:
        """A person to act as, over the control interface, with this time-out in seconds."""
        driver = PersonDriver(self.control_url, name, timeout)
        self._people.append(driver)
        return driver

    # -- starting and stopping ----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen. Raises OSError where the port is taken, StateError where the state cannot be used."""
        listening = socket.create_server((HOST, self._port), backlog=512)
        try:
            self.services = self._services()
        except BaseException:
            listening.close()
            raise
        self.services.set_base_url(f"http://{HOST}:{listening.getsockname()[1]}/")
        await self.services.workspace.journal.flush()
        self._forget_clock = self.clock.subscribe(self.services.save_clock)
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        assert self._runner.server is not None  # made by the setup
        await self.connections.start(self._runner.server, listening)
        self._scheduling = asyncio.create_task(
            self.services.scheduling.run(lambda entry: post_now(self.services, entry))
        )

    def _services(self) -> Services:
        """All parts around the kept state, or around the seed where nothing is kept yet."""
        journal = SqliteJournal(self._state / "workspace.sqlite3") if self._state else Journal()
        workspace = Workspace(self.clock, journal)
        if workspace.load():
            self._resume(workspace)
        else:
            fill_from_seed(workspace, self._seed)
        blobs = Blobs(self._state / "files" if self._state else None)
        return Services(workspace, self._seed, blobs, self.mailbox, self._switches)

    def _resume(self, workspace: Workspace) -> None:
        """Continue from the saved state; the clock never runs behind what was written in it."""
        if not self.clock.offset:
            self.clock.set_offset(workspace.team.clock_offset)
        update_from_seed(workspace, self._seed)

    def _application(self) -> web.Application:
        app = web.Application(
            middlewares=[self.connections.middleware, error_bodies, own_pages_only], client_max_size=_LARGEST_BODY
        )
        app.router.add_route("*", "/api/{method:.*}", Dispatch(self.services).handle)
        add_routes(app, self.services)
        HttpRoutes(self.services).add_routes(app)
        app.on_response_prepare.append(_prepare)
        return app

    async def stop(self) -> None:
        """Stop listening; everything answered is on disk then."""
        for person in self._people:
            await person.close()
        self.services.faults.clear()
        self._scheduling.cancel()
        self._forget_clock()
        await self.services.sockets.close()
        await self.services.delivery.close()
        self.connections.close()
        await self._runner.cleanup()
        await self.services.workspace.journal.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def _prepare(request: web.Request, response: web.StreamResponse) -> None:
    page_headers(request, response)
