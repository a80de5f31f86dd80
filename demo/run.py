"""What does `make run` start? A local Slack with its page, a local mailbox, and the desk, in one process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from bot.config.settings import Config, Environment, load
from bot.core.clock import Clock
from bot.core.errors import Misconfigured
from bot.core.i18n import Language
from localslack import LocalSlack, Mailbox, Seed
from localslack.mail import MailServer, serve

HERE = Path(__file__).parent

WELCOME = """
  Partner Desk is ready:  {url}

  Play the people in the sidebar: Anna raises an incident with /retarus-incident in #partner-desk and hands it off,
  Ben accepts it and escalates it, Rita answers for Retarus. The e-mail is under Mail, the clock can be moved.
  Everything is kept in {state}/ and is there after a restart. Ctrl-C stops.
"""


class Program(Protocol):
    """What of a running desk is needed here."""

    @property
    def clock_moved(self) -> Callable[[], None]: ...


P = TypeVar("P", bound=Program)
Starts = Callable[[Environment, Config, Clock], AbstractAsyncContextManager[P]]
"""Puts the desk together: `app.program`."""
Listens = Callable[[P, Environment, Awaitable[object]], Awaitable[None]]
"""Connects it until something happens: `app.listening`."""


async def demo(program: Starts[P], listening: Listens[P], port: int, state: Path, language: Language) -> None:
    """Runs until it is stopped. Everything it keeps is in `state`. In another language the cast, the desk and its
    letters speak that; each person can change theirs in their card."""
    state.mkdir(parents=True, exist_ok=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    mailbox = Mailbox(state / "mail")
    slack = LocalSlack(_cast(language), port=port, state=state / "slack", mailbox=mailbox)
    try:
        await slack.start()
    except OSError as error:
        taken = f"Port {port} cannot be used ({error.strerror}). Another one: make run PORT=3001"
        raise Misconfigured(taken) from error
    mail = await serve(mailbox, "127.0.0.1", 0)
    try:
        await _desk(program, listening, slack, mail, state, language, stop)
    finally:
        await mail.close()
        await slack.stop()


def _cast(language: Language) -> Seed:
    seed = Seed.from_file(HERE / "cast.toml")
    for person in seed.people:
        person.locale = _LOCALES[language]
    return seed


_LOCALES = {Language.ENGLISH: "en-US", Language.GERMAN: "de-DE"}


def _config(language: Language) -> Config:
    config = load(HERE / "desk.toml")
    spoken = {"language": language}
    return config.model_copy(
        update={
            "desk": config.desk.model_copy(update=spoken),
            "retarus": config.retarus.model_copy(update=spoken),
        }
    )


async def _desk(
    program: Starts[P],
    listening: Listens[P],
    slack: LocalSlack,
    mail: MailServer,
    state: Path,
    language: Language,
    stop: asyncio.Event,
) -> None:
    bot = slack.app("Partner Desk")
    env = Environment(
        slack_bot_token=bot.bot_token,
        slack_app_token=bot.app_token,
        slack_api_url=slack.api_url,
        database_url=f"sqlite:///{state / 'desk.sqlite3'}",
        smtp_url=f"smtp://127.0.0.1:{mail.port}",
    )
    config = _config(language)

    def clock() -> datetime:
        return datetime.fromtimestamp(slack.clock.now(), UTC)

    async with program(env, config, clock) as running:
        forget = slack.clock.subscribe(running.clock_moved)
        print(WELCOME.format(url=slack.page_url, state=state), flush=True)
        await listening(running, env, stop.wait())
        forget()
