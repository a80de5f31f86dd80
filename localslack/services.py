"""All parts of the local Slack, put together once."""

from dataclasses import dataclass, field

from localslack.assistant_threads import AssistantThreads
from localslack.blobs import Blobs
from localslack.changes import AssistantChanged, Change, MessagePosted
from localslack.clock import Clock
from localslack.delivery import Delivery
from localslack.events import Events
from localslack.faults import Faults
from localslack.journal import Journal
from localslack.mail import Mailbox
from localslack.membership import Membership
from localslack.payloads import Payloads
from localslack.posting import Posting
from localslack.presence import Presence
from localslack.ratelimits import RateLimits
from localslack.records import App, Json
from localslack.response_urls import ResponseUrls
from localslack.scheduling import Scheduling
from localslack.seed import Seed
from localslack.seeding import fill_from_seed
from localslack.shapes import Shapes
from localslack.slack_connect import SlackConnect
from localslack.sockets import Sockets
from localslack.streams import Streams
from localslack.switches import Switches
from localslack.token_troubles import TokenTroubles
from localslack.traffic import Traffic
from localslack.triggers import Triggers
from localslack.unread import Unread
from localslack.views import Views
from localslack.webhooks import Webhooks
from localslack.wire import Wire
from localslack.workspace import Workspace
from localslack.workspace_admin import WorkspaceAdmin


@dataclass
class Services:
    """Every part, for the API, the control interface and the server."""

    workspace: Workspace
    seed: Seed
    blobs: Blobs
    mailbox: Mailbox | None = None
    switches: Switches = field(default_factory=Switches)

    def __post_init__(self) -> None:
        clock = self.workspace.clock
        self.wire = Wire(self.workspace)
        self.posting = Posting(self.workspace, self.wire)
        self.membership = Membership(self.workspace, self.posting)
        self.views = Views(self.workspace)
        self.unread = Unread(self.workspace)
        self.presence = Presence()
        self.traffic = Traffic(clock)
        self.triggers = Triggers(clock, self.switches)
        self.urls = ResponseUrls(clock)
        self.payloads = Payloads(self.workspace, self.wire, self.triggers, self.urls)
        self.sockets = Sockets(clock, self.switches)
        self.shapes = Shapes(self.workspace, self.wire, self.unread, self.presence, self.sockets)
        self.faults = Faults()
        self.tokens = TokenTroubles()
        self.delivery = Delivery(clock, self.switches, self.sockets, self.traffic, self.faults, self.channel_names)
        self.limits = RateLimits(self.switches)
        self.events = Events(self.workspace, self.wire, self.payloads, self.delivery, self.limits)
        self.scheduling = Scheduling(self.workspace)
        self.admin = WorkspaceAdmin(self.workspace, self.membership, self.sockets, self.tokens)
        self.connect = SlackConnect(self.workspace, self.admin)
        self.streams = Streams()
        self.assistants = AssistantThreads()
        self.workspace.hub.subscribe(self._end_status)
        self.webhooks = Webhooks(self.workspace, self.posting)
        self.uploads: dict[str, str] = {}  # secret part of an upload URL -> file id

    def _end_status(self, change: Change) -> None:
        """Remove the status of an assistant once it has answered."""
        thread = self.assistants.answered(change.message) if isinstance(change, MessagePosted) else None
        if thread is not None:
            self.workspace.publish(AssistantChanged(thread))

    @property
    def clock(self) -> Clock:
        """The one clock."""
        return self.workspace.clock

    @property
    def base_url(self) -> str:
        """The address of the local Slack, with a final slash."""
        return self.wire.base_url

    @staticmethod
    def names(app: App | None) -> tuple[str, ...]:
        """All names of an app in a fault."""
        return (app.id, app.name) if app else ()

    def channel_names(self, named: object) -> tuple[str, ...]:
        """All names of a channel in a fault: its id first, then its name; of a direct message the person's, too."""
        if not isinstance(named, str) or not named:
            return ()
        person = self.workspace.people.get(named)
        if person is not None:
            return (person.id, f"@{person.handle}")
        channel = self.workspace.channel_named(named)
        if channel is None:
            return (named,)
        others = [self.workspace.people[user] for user in channel.members if channel.kind == "im"]
        return (channel.id, channel.name, *(f"@{person.handle}" for person in others if not person.is_bot))

    def set_base_url(self, base_url: str) -> None:
        """Set the address that URLs given out from now on lead to."""
        self.wire.base_url = self.urls.base_url = base_url

    def reset_to(self, seed: Seed) -> None:
        """Replace the whole workspace by a seed. It is tried first, so that a bad one changes nothing."""
        fill_from_seed(Workspace(self.clock, Journal()), seed)  # raises before anything is changed
        self.seed = seed
        self.delivery.forget()
        self.faults.clear()
        self.tokens.clear()
        if self.mailbox:
            self.mailbox.faults.clear()
        self.workspace.clear()
        fill_from_seed(self.workspace, seed)
        self.save_clock()

    def save_clock(self) -> None:
        """Save the offset of the clock."""
        self.workspace.team.clock_offset = self.clock.offset
        self.workspace.save(self.workspace.team)

    def info(self) -> Json:
        """All addresses, with the apps' tokens."""
        shown = ("name", "id", "bot_token", "app_token", "signing_secret", "bot_user", "bot_id")
        apps = [{key: getattr(app, key) for key in shown} for app in self.workspace.apps.values()]
        return {
            "api_url": f"{self.base_url}api/",
            "page_url": self.base_url,
            "control_url": f"{self.base_url}_local/",
            "apps": apps,
        }
