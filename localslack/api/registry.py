"""The table of Web API methods, and the call that is handed to each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from localslack.api.arguments import Arguments
from localslack.errors import SlackError
from localslack.records import App, Json, Person
from localslack.services import Services


@dataclass
class Call:
    """One call of a method by an app."""

    method: str
    app: App
    arguments: Arguments
    slack: Services

    @cached_property
    def bot(self) -> Person:
        """The app's bot user."""
        return self.slack.workspace.people[self.app.bot_user]

    def need_scope(self, *any_of: str) -> None:
        """Require one of these scopes of the bot token."""
        if not any(self.app.may(scope) for scope in any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=",".join(self.app.granted))


Run = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True)
class Method:
    """A method before it runs. `bearer`: whose token it takes: bot, app (app-level), or none."""

    name: str
    run: Run
    scopes: tuple[str, ...] = ()
    tier: int = 3
    bearer: str = "bot"


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 3, bearer: str = "bot") -> Callable[[Run], Run]:
    """Register a method; a token with any of the `scopes` will do."""

    def register(run: Run) -> Run:
        METHODS[name] = Method(name, run, scopes, tier, bearer)
        return run

    return register
