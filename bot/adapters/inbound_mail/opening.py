"""Opens the mailbox according to the settings: IMAP_URL, OAuth2, and what happens to a mail afterwards."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.adapters.inbound_mail.after import parse_after
from bot.adapters.inbound_mail.isolation import MailParser
from bot.adapters.inbound_mail.server import ImapServer, parse_imap_url
from bot.adapters.mail.oauth import TokenSource, token_for, token_source
from bot.config.environment import Environment
from bot.config.settings import Config
from bot.core.clock import Clock, now
from bot.core.errors import Misconfigured
from bot.core.i18n import speaking

if TYPE_CHECKING:
    from bot.adapters.inbound_mail.receiver import InboundService, ReceiverStore
    from bot.adapters.inbound_mail.source import ImapSource


def open_mailbox(
    env: Environment,
    config: Config,
    clock: Clock,
    token: TokenSource | None = None,
    trust: ssl.SSLContext | None = None,
) -> ImapSource:
    """The source of inbound mail; IMAP_URL must be set."""
    from bot.adapters.inbound_mail.source import ImapSource  # noqa: PLC0415 (a desk without a mailbox loads no IMAP)

    server = parse_imap_url(env.imap_url)
    token = token_for("IMAP_URL", server.password, token)
    return ImapSource(server, clock=clock, after=parse_after(config.mail.after), token=token, trust=trust)


def mailbox_name(server: ImapServer) -> str:
    """Names the folder, without its password."""
    return f"{server.username}@{server.host}/{server.folder}"


@asynccontextmanager
async def receiving(
    env: Environment,
    config: Config,
    clock: Clock,
    store: ReceiverStore,
    parser: MailParser,
    inbound: InboundService,
    warn: Callable[[str, str], Awaitable[object]],
    token: TokenSource | None = None,
) -> AsyncIterator[ImapSource | None]:
    """Takes in mail while the context is open; does nothing where no mailbox is set up. Closes the parser."""
    tasks, source = list[asyncio.Task[None]](), None
    if env.imap_url:
        from bot.adapters.inbound_mail.receiver import Receiver  # noqa: PLC0415 (a desk without a mailbox loads no IMAP)

        source = open_mailbox(env, config, clock, token)
        receiver = Receiver(
            source, parser, store, inbound, mailbox=mailbox_name(parse_imap_url(env.imap_url)), clock=clock
        )
        with speaking(config.desk.language):  # the tasks keep it
            tasks.append(asyncio.create_task(receiver.run(), name="inbound-mail"))
            tasks.append(asyncio.create_task(receiver.watch(warn), name="inbound-mail-watch"))
    try:
        yield source
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await parser.close()


async def mailbox_check(env: Environment, config: Config) -> tuple[str, str]:
    """Checks login, folder and rights, and whether the server announces new mail at once."""
    try:
        found = await open_mailbox(env, config, now, token_source(env)).check()
    except Misconfigured as error:
        return "mailbox", str(error)
    how = "new mail is told at once" if found.has_idle else "new mail is looked for every minute"
    return (f"mailbox: {how}", "") if found.fault is None else ("mailbox", found.fault)
