"""Runs a local Slack with its page, a local mailbox and the desk in one process, for `make run`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote

from bot.config.environment import Environment
from bot.config.settings import Config
from bot.config.settings_file import load
from bot.core.clock import Clock
from bot.core.errors import Misconfigured
from bot.core.i18n import Language
from demo.hint import post_hint
from localslack import LocalSlack, Mailbox, Seed
from localslack.mail import ImapServer, MailServer, serve, serve_imap

HERE = Path(__file__).parent

STARTING = "Starting a local Slack, a local mailbox and the desk ..."
WELCOME = """
  Partner Desk is ready:  {url}

  Play the people in the sidebar: Anna raises an incident with /retarus-incident in #partner-desk and hands it off,
  Ben accepts it and escalates it, Rita answers for Retarus. The e-mail is under Mail, the clock can be moved.
  Everything is kept in {state}/ and is there after a restart. Ctrl-C stops. `make run OPEN=1` opens the page by itself.
"""


PASSWORD = "local"  # noqa: S105 (the mailbox is on this machine only)
"""Password of the mailbox on this machine."""


class Program(Protocol):
    """The part of a running desk that the demo uses."""

    @property
    def clock_moved(self) -> Callable[[], None]: ...


P = TypeVar("P", bound=Program)
BuildProgram = Callable[[Environment, Config, Clock], AbstractAsyncContextManager[P]]
"""Type of `app.program`, which builds the desk."""
KeepConnected = Callable[[P, Environment, Awaitable[object]], Awaitable[None]]
"""Type of `app.listening`, which keeps the desk connected until an awaitable is done."""


OpenPage = Callable[[str], str]
"""Type of `demo.browser.open_page`, which opens a URL and returns a sentence where it cannot."""


async def demo(
    program: BuildProgram[P],
    listening: KeepConnected[P],
    port: int,
    state: Path,
    language: Language,
    open_page: OpenPage | None = None,
) -> None:
    """Runs the demo until SIGINT or SIGTERM, with its data in `state`. `language` applies to people, desk and letters;
    each person can change theirs in their profile. `open_page` opens the page once it is served."""
    print(STARTING, flush=True)
    state.mkdir(parents=True, exist_ok=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    mailbox = Mailbox(state / "mail")
    slack = LocalSlack(_seed(language), port=port, state=state / "slack", mailbox=mailbox)
    try:
        await slack.start()
    except OSError as error:
        message = f"Port {port} cannot be used ({error.strerror}). Another one: make run PORT=3001"
        raise Misconfigured(message) from error
    mail = await serve(mailbox, "127.0.0.1", 0)
    inbox = await serve_imap(mailbox, _config(language).retarus.from_address, PASSWORD)
    try:
        await _desk(program, listening, slack, (mail, inbox), state, language, stop, open_page)
    finally:
        await inbox.close()
        await mail.close()
        await slack.stop()


def _seed(language: Language) -> Seed:
    seed = Seed.from_file(HERE / "cast.toml")
    for person in seed.people:
        person.locale = _LOCALES[language]
    return seed


_LOCALES = {Language.ENGLISH: "en-US", Language.GERMAN: "de-DE"}


def _config(language: Language) -> Config:
    config = load(HERE / "desk.toml")
    localised = {"language": language}
    return config.model_copy(
        update={
            "desk": config.desk.model_copy(update=localised),
            "retarus": config.retarus.model_copy(update=localised),
        }
    )


async def _desk(
    program: BuildProgram[P],
    listening: KeepConnected[P],
    slack: LocalSlack,
    mail: tuple[MailServer, ImapServer],
    state: Path,
    language: Language,
    stop: asyncio.Event,
    open_page: OpenPage | None,
) -> None:
    bot, config = slack.app("Partner Desk"), _config(language)
    smtp, inbox = mail
    env = Environment(
        slack_bot_token=bot.bot_token,
        slack_app_token=bot.app_token,
        slack_api_url=slack.api_url,
        slack_posts_per_minute=0,
        port=0,
        database_url=f"sqlite:///{state / 'desk.sqlite3'}",
        smtp_url=f"smtp://127.0.0.1:{smtp.port}",
        imap_url=f"imap://{quote(config.retarus.from_address)}:{PASSWORD}@127.0.0.1:{inbox.port}/INBOX",
    )

    def clock() -> datetime:
        return datetime.fromtimestamp(slack.clock.now(), UTC)

    async with program(env, config, clock) as running:
        unsubscribe = slack.clock.subscribe(running.clock_moved)
        await post_hint(slack, bot.bot_token, config.desk.channel, language)
        print(WELCOME.format(url=slack.page_url, state=state), flush=True)
        if open_page:
            print(await asyncio.to_thread(open_page, slack.page_url), flush=True)
        await listening(running, env, stop.wait())
        unsubscribe()
