"""The whole state of a workspace in memory, looked up by id and name, saved by the journal."""

from collections.abc import Iterator

from localslack.changes import Change, Hub
from localslack.clock import Clock
from localslack.ids import random_secret
from localslack.journal import Journal
from localslack.records import App, Channel, File, Group, Message, Person, Record, Scheduled, Team, View
from localslack.timeline import Timeline

SLACKBOT = "USLACKBOT"
_KINDS: dict[str, type[Record]] = {
    kind.__name__.lower(): kind for kind in (Team, Person, Channel, Group, App, File, View, Scheduled, Message)
}


class Workspace:
    """Records by id. `save` saves a changed record, `publish` announces the change."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self.clock = clock
        self.journal = journal
        self.hub = Hub()
        self.secret = random_secret(64)  # tokens are derived from it; a saved state has its own
        self._empty()

    def clear(self) -> None:
        """Delete all records, the saved ones included."""
        self._empty()
        self.journal.clear()

    def _empty(self) -> None:
        self.team = Team(id="", name="", domain="")
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.apps: dict[str, App] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.scheduled: dict[str, Scheduled] = {}
        self._timelines: dict[str, Timeline] = {}
        self._apps_by_token: dict[str, App] = {}
        self._people_by_handle: dict[str, str] = {}
        self._last_micros = 0

    # -- keeping ------------------------------------------------------------------------------------------------

    def load(self) -> bool:
        """Load the records of the journal; False if it is empty."""
        for kind, body in self.journal.load():
            self._admit(_KINDS[kind].from_json(body))
        return bool(self.team.id)

    def _admit(self, record: Record) -> None:
        if isinstance(record, Team):
            self.team = record
            self.secret = record.secret or self.secret
        elif isinstance(record, Message):
            self.timeline(record.channel).add(record)
        else:
            self._table(record)[record.id] = record  # type: ignore[attr-defined]
        if isinstance(record, App):
            self._apps_by_token |= {record.bot_token: record, record.app_token: record}
        if isinstance(record, Person):
            self._people_by_handle.setdefault(record.handle, record.id)

    def _table(self, record: Record) -> dict[str, Record]:
        tables = {
            Person: self.people,
            Channel: self.channels,
            Group: self.groups,
            App: self.apps,
            File: self.files,
            View: self.views,
            Scheduled: self.scheduled,
        }
        return tables[type(record)]  # type: ignore[return-value]

    def add(self, record: Record) -> None:
        """Add a new record and save it."""
        self._admit(record)
        self.save(record)

    def save(self, record: Record) -> None:
        """Save a changed record."""
        self.journal.mark(type(record).__name__.lower(), _key(record), record)

    def drop(self, record: Record) -> None:
        """Delete a record."""
        if isinstance(record, Message):
            self.timeline(record.channel).remove(record)
        else:
            self._table(record).pop(_key(record), None)
        self.journal.mark(type(record).__name__.lower(), _key(record), None)

    def publish(self, change: Change) -> None:
        """Publish a change to pages and apps."""
        self.hub.publish(change)

    # -- time ---------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Unix seconds by the workspace's clock."""
        return int(self.clock.now())

    def new_ts(self, channel: str) -> str:
        """A message timestamp no message of the channel has."""
        micros = int(self.clock.now() * 1_000_000)
        if micros <= self._last_micros < micros + 1_000_000:  # a burst within one tick keeps its order
            micros = self._last_micros + 1
        timeline = self.timeline(channel)
        while (ts := f"{micros // 1_000_000}.{micros % 1_000_000:06d}") in timeline:
            micros += 1
        self._last_micros = micros
        return ts

    # -- finding ------------------------------------------------------------------------------------------------

    def timeline(self, channel: str) -> Timeline:
        """The messages of a channel."""
        return self._timelines.setdefault(channel, Timeline())

    def app_by_token(self, token: str) -> App | None:
        """The app a bot or app-level token belongs to."""
        app = self._apps_by_token.get(token)
        return app if app is not None and self.apps.get(app.id) is app else None

    def message(self, channel: str, ts: str) -> Message | None:
        """A message everybody sees."""
        return self.timeline(channel).get(ts)

    def person_named(self, name: str) -> Person | None:
        """A person by id, handle or `@handle`."""
        bare = name.removeprefix("@")
        return self.people.get(bare) or self.people.get(self._people_by_handle.get(bare, ""))

    def channel_named(self, name: str) -> Channel | None:
        """A channel by id, name or `#name`."""
        bare = name.removeprefix("#")
        found = self.channels.get(bare)
        return found or next((c for c in self.channels.values() if c.name == bare and not c.is_dm), None)

    def dm(self, members: set[str]) -> Channel | None:
        """The direct message conversation between exactly these users."""
        return next((c for c in self.channels.values() if c.is_dm and set(c.members) == members), None)

    def own_apps(self) -> Iterator[App]:
        """The apps installed in this workspace, without those of other workspaces in shared channels."""
        return (app for app in self.apps.values() if not app.external_team)

    def other_workspaces(self) -> dict[str, str]:
        """The names of other workspaces by id, as far as somebody from there is known."""
        return {person.team_id: person.workspace for person in self.people.values() if person.workspace}

    def humans(self) -> Iterator[Person]:
        """Everybody but the bot users."""
        return (person for person in self.people.values() if not person.is_bot and person.id != SLACKBOT)

    def app_of_bot(self, user: str) -> App | None:
        """The app whose bot user this is."""
        person = self.people.get(user)
        return self.apps.get(person.app_id) if person and person.app_id else None


def _key(record: Record) -> str:
    if isinstance(record, Message):
        return record.key
    return str(record.id)  # type: ignore[attr-defined]
