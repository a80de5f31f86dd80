"""The composition root: puts everything together and starts it; the command line is runtime/command_line.py."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

gc.disable()  # loading makes next to no garbage; looking for some took a tenth of the time

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.inbound_mail import reception
from bot.adapters.inbound_mail.isolation import MailParser
from bot.adapters.inbound_mail.opening import mailbox_check, receiving
from bot.adapters.mail.oauth import token_source
from bot.adapters.mail.smtp_sender import SmtpSender
from bot.adapters.mail.smtp_url import parse_smtp_url
from bot.adapters.on_duty.roster import CalendarOnDuty, findings, open_calendars, open_roster
from bot.adapters.outgoing import outgoing, sender_domain
from bot.adapters.printing.child_process import ChildProcessPrinter
from bot.adapters.slack import channel_audience
from bot.adapters.slack import client as slack_client
from bot.adapters.slack.api_errors import SLACK_ERRORS
from bot.adapters.slack.channel_members import SlackChannelMembers
from bot.adapters.slack.channels import channel_id, channel_name
from bot.adapters.slack.directory import SlackDirectory
from bot.adapters.slack.files import FilesForForms, SlackFiles
from bot.adapters.slack.on_duty import SlackOnDuty
from bot.adapters.slack.people import HomeWorkspace
from bot.adapters.status import open_status_page
from bot.adapters.store import copy_to, empty_place, hold_back, migrate, open_store, opened, place_from, url_in
from bot.alerts import Alerts
from bot.config.environment import Environment
from bot.config.settings import Config
from bot.config.settings_file import load
from bot.conversation.channel_routes import remember_routes
from bot.core.clock import Clock, now
from bot.core.deadline import deadline
from bot.core.errors import Misconfigured, StoreDown, described
from bot.core.i18n import Language, speaking
from bot.desk import Desk, open_desk
from bot.escalation.status_page import StatusPageWatch
from bot.model.contact import Contact
from bot.outbox import Outbox
from bot.ports import Store
from bot.privacy.erasure import PersonalDataArchive
from bot.register.customer_import import import_customers
from bot.tickets.ports import Drafts, NoRoster
from bot.tickets.routes import Routes
from bot.transports import Transports
from handlers import reports, shared_channel
from handlers.capabilities import listen
from handlers.dispatch import Dispatcher
from runtime import (
    command_line,
    http_server,
    loop_watchdog,
    notification_renderer,
    observed,
    reload,
    scheduler,
    socket_mode,
    starting,
    tracing,
)
from runtime.background_tasks import BackgroundTasks
from runtime.backup import Storage
from runtime.clock_jumps import ClockJumps
from runtime.health import Health, health_of
from runtime.index_worker import IndexWorker
from runtime.metrics import Metrics

gc.freeze()  # what was loaded stays: the collector need not go through it each time
gc.enable()
sys.setswitchinterval(0.0005)  # a thread that computes a report's figures makes a click wait a tenth as long

log = logging.getLogger("desk")

_WARM = 3.0
"""Seconds the start waits for the user groups; then it goes on with their last members."""
_DRAIN = 1.0
"""Seconds for work after an acknowledgement, and the same for deliveries. The next start delivers what is left."""


@dataclass(frozen=True)
class Program:
    """A running desk with its connections."""

    app: AsyncApp
    desk: Desk
    dispatcher: Dispatcher
    store: Store
    health: Health
    clock_moved: Callable[[], None]
    """Call it after the clock was moved by hand: it looks at once for what is due."""
    transports: Transports
    """Closed transports, for readiness checks."""


@asynccontextmanager
async def program(env: Environment, config: Config, clock: Clock = now) -> AsyncIterator[Program]:
    """The whole program, started but not yet listening. Raises `Misconfigured`, `StoreDown`, `SlackApiError`."""
    async with (
        tracing.tracing(env.otel_exporter_otlp_endpoint, env.replica) as spans,
        _program(env, config, clock, Metrics(spans)) as running,
    ):
        yield running


@asynccontextmanager
async def _program(env: Environment, config: Config, clock: Clock, metrics: Metrics) -> AsyncIterator[Program]:
    async with slack_client.open_session(observed.slack_trace(metrics)) as session:
        token = token_source(env)
        out = outgoing(env, config, session, clock, token)
        client = slack_client.for_people(env.slack_bot_token, env.slack_api_url, session, out.on_error)
        identity = await _identity(client, env.slack_bot_token)
        async with opened(env.database_url, clock, metrics.database_operation) as (store, drafts):
            out.share_rate_limit(store.shared_turns)
            directory = _directory(client, config, identity, drafts)
            alerts = Alerts(store, store, config, clock, has_mail=out.sender is not None)
            directory.groups.warn = alerts.warn
            with deadline(_WARM):
                await directory.warm()
            routes = await _routes(client, config, drafts)
            status_page = StatusPageWatch(open_status_page(config.retarus, session), clock)
            duty = _on_duty(env, config, directory, drafts, clock)
            files = SlackFiles(client, session)
            parts = status_page, SlackChannelMembers(client, routes.desk), FilesForForms(files), duty
            desk = open_desk(store, drafts, directory, config, clock, routes, lambda: changed(), *parts)  # noqa: PLW0108 (the two know each other)
            parser, tasks, jumps = MailParser(), BackgroundTasks(), ClockJumps()
            write = notification_renderer.writer(desk)
            make_report = reports.maker(desk, ChildProcessPrinter(), partial(channel_name, client))
            carriers = out.carriers(store, write, make_report, config, parser, directory, routes)
            watched, follow_up = observed.observed_carriers(carriers, metrics), desk.receipts.follow_up
            outbox = Outbox(store, watched, clock, follow_up, None, tasks.calm, out.transports, jumps.since_last_look)
            indexing = IndexWorker(store, tasks)

            def changed() -> None:
                outbox.wake()
                indexing.wake()

            alerts = replace(alerts, wake=outbox.wake)
            directory.groups.warn = alerts.warn
            out.connect(alerts.closed, outbox.wake)
            await _begin(desk, store, config, routes)
            dispatcher = Dispatcher(client, desk, tasks)
            dispatcher.fetch_file, dispatcher.watch = files.fetch, observed.InteractionWatch(metrics)
            health = health_of(metrics, store, out.transports, clock, duty.calendars)
            with observed.counting_log_lines(metrics):
                inbound, warn = observed.ObservedInbound(desk.inbound, metrics), desk.conversation.warn_of_mailbox
                async with (
                    receiving(env, config, clock, store, parser, inbound, warn, token) as mailbox,
                    _working(
                        dispatcher, store, (outbox, indexing, out.transports, duty), identity, env, health
                    ) as running,
                ):
                    health.watch_mailbox(mailbox)
                    yield running


async def _begin(desk: Desk, store: Store, config: Config, routes: Routes) -> None:
    """Reads and saves what the services need before they listen."""
    await desk.register.begin()
    await desk.channel_routes.follow()
    await remember_routes(store, routes)
    await desk.outgoing.begin(sender_domain(config), desk.clock())


def _directory(client: AsyncWebClient, config: Config, identity: AuthorizeResult, drafts: Drafts) -> SlackDirectory:
    home = HomeWorkspace(identity.team_id or "", identity.enterprise_id or "")
    return SlackDirectory(client, config.levels, home, config.desk.timezone, drafts)


def _on_duty(
    env: Environment, config: Config, directory: SlackDirectory, memory: Drafts, clock: Clock
) -> CalendarOnDuty:
    groups = SlackOnDuty(directory.groups, config.levels)
    return open_roster(env, config, directory, groups, memory, clock)


@asynccontextmanager
async def _working(
    dispatcher: Dispatcher,
    store: Store,
    workers: tuple[Outbox, IndexWorker, Transports, CalendarOnDuty],
    identity: AuthorizeResult,
    env: Environment,
    health: Health,
) -> AsyncIterator[Program]:
    """Runs the outbox and the scheduler while the context is open; finishes what was begun at its end."""
    outbox, _, transports, _ = workers
    jobs, clock_moved = scheduler.scheduler(dispatcher.desk, watch=observed.JobWatch(health.metrics, scheduler.SWEEP))
    app = _bolt(dispatcher.client, identity, env, dispatcher)
    dispatcher.tasks.start(_warn_of_audience(dispatcher.client, dispatcher.desk))
    with speaking(dispatcher.desk.config.desk.language):  # the task keeps it
        going_on = [asyncio.create_task(worker.run()) for worker in workers]
        if dispatcher.desk.config.retarus.channel:
            going_on.append(asyncio.create_task(shared_channel.read_again(dispatcher.desk, dispatcher)))
    jobs.start()

    def moved() -> None:
        clock_moved()
        outbox.wake()

    try:
        with loop_watchdog.watched():
            yield Program(app, dispatcher.desk, dispatcher, store, health, moved, transports)
    finally:
        jobs.shutdown(wait=False)
        await dispatcher.tasks.drain(_DRAIN)
        await outbox.drain(_DRAIN)
        for each in going_on:
            each.cancel()
        await asyncio.gather(*going_on, return_exceptions=True)


def _bolt(client: AsyncWebClient, identity: AuthorizeResult, env: Environment, dispatcher: Dispatcher) -> AsyncApp:
    """One workspace, known from the start, so that authorisation costs no call of Slack per request."""

    async def authorize() -> AuthorizeResult:
        return identity

    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
    app = AsyncApp(
        name=Path(__file__).name,  # Bolt would find it by itself, in 0.1 s: it reads the source of every caller
        client=client,
        signing_secret=env.slack_signing_secret or "-",  # Socket Mode needs none
        authorize=authorize,
        request_verification_enabled=not env.slack_app_token,
    )
    listen(dispatcher, app)
    return app


def _is_news(record: logging.LogRecord) -> bool:
    """Drops Bolt's warning about the unused token: `authorize` gives it."""
    return "`token`" not in record.getMessage()


async def _warn_of_audience(client: AsyncWebClient, desk: Desk) -> None:
    """Logs why more people read in the desk channel than should."""
    try:
        found = await channel_audience.warnings(client, desk.directory, desk.routes.desk)
    except SLACK_ERRORS as error:
        log.warning("It is not known who reads in the desk channel: %s. The next start checks again.", described(error))
        return
    for warning in found:
        log.warning(warning)


async def _identity(client: AsyncWebClient, token: str) -> AuthorizeResult:
    who = await client.auth_test()
    return AuthorizeResult(
        enterprise_id=who.get("enterprise_id"),
        team_id=who["team_id"],
        team=who.get("team"),
        url=who.get("url"),
        bot_id=who.get("bot_id"),
        bot_user_id=who["user_id"],
        bot_token=token,
    )


async def _routes(client: AsyncWebClient, config: Config, memory: Drafts) -> Routes:
    """Resolves channel names to ids, once."""

    async def id_of(channel: str, setting: str) -> str:
        return await channel_id(client, channel, setting, memory) if channel else ""

    return Routes(
        desk=await id_of(config.desk.channel, "[desk] channel"),
        retarus=await id_of(config.retarus.channel, "[retarus] channel"),
        email=config.retarus.email,
        reports=await id_of(config.reports.channel, "[reports] channel"),
        fallback=config.retarus.fallback,
    )


# --- running ---


async def run(env: Environment, config: Config) -> None:
    """Waits for Slack, then listens until SIGINT or SIGTERM, by Socket Mode or HTTP. SIGHUP: re-reads desk.toml."""

    async def serve(config: Config, over: asyncio.Event) -> None:
        async def serving(until: Awaitable[object]) -> None:
            async with AsyncExitStack() as stack:
                running = await starting.patiently(lambda: stack.enter_async_context(program(env, config)))
                await listening(running, env, until)

        await starting.until_stopped(serving, over)

    stop = starting.stop_signal()
    await reload.Reloading(serve, lambda: load(env.desk_config), stop, reload.hangup_signal()).run(config)


async def listening(running: Program, env: Environment, until: Awaitable[object]) -> None:
    """Listens while it waits; the health pages are served in both modes."""
    health = running.health
    if env.slack_app_token:
        async with (
            socket_mode.connected(running.app, env.slack_app_token) as probe,
            http_server.serving(http_server.health_app(health), env.host, env.port) as port,
        ):
            health.probes["slack"] = probe
            log.info("Partner Desk listens by Socket Mode; health pages at http://%s:%d/readyz", env.host, port)
            await until
    else:
        async with http_server.serving(http_server.web_app(running.app, health), env.host, env.port) as port:
            log.info("Partner Desk listens at http://%s:%d%s", env.host, port, http_server.PATH)
            await until


# --- for the command line


async def _demo(env: Environment, state: Path, language: Language, is_opened: bool) -> None:
    from demo.browser import open_page  # noqa: PLC0415 (the same)
    from demo.run import demo  # noqa: PLC0415 (the real desk needs no local Slack)

    await demo(program, listening, env.port, state, language, open_page if is_opened else None)


@asynccontextmanager
async def _archive(env: Environment, by: str) -> AsyncIterator[PersonalDataArchive]:
    async with opened(env.database_url) as (store, drafts):
        yield PersonalDataArchive(store, drafts, now, by)


STORAGE = Storage(copy_to, empty_place, url_in, place_from, hold_back)


def _check(env: Environment, post: bool) -> AsyncIterator[command_line.CheckFinding]:
    from bot.adapters.slack.installation_check import check  # noqa: PLC0415 (it reads the manifest, and nobody else does)

    async def database() -> str:
        try:
            await (await open_store(env.database_url)).close()
        except (Misconfigured, StoreDown) as error:
            return str(error)
        return ""

    async def stored_contacts() -> Sequence[Contact]:
        try:
            async with opened(env.database_url) as (store, _):
                return await store.contacts()
        except (Misconfigured, StoreDown):
            return ()  # was reported before

    def calendars(config: Config, directory: SlackDirectory) -> AsyncIterator[tuple[str, str]]:
        return findings(CalendarOnDuty(open_calendars(env, config), directory, NoRoster()))

    async def mail() -> str:
        try:
            sender = SmtpSender(parse_smtp_url(env.smtp_url), name="localhost", token=token_source(env))
            return await sender.check() or ""
        except Misconfigured as error:
            return str(error)

    return check(env, database, mail, partial(mailbox_check, env), stored_contacts, calendars, post=post)


async def _repair(env: Environment, config: Config) -> AsyncIterator[command_line.CheckFinding]:
    """Opens everything as for a run, so that the outbox delivers; nothing is listened to."""
    from bot.adapters.slack.posted_messages import repair  # noqa: PLC0415 (it imports more than a run needs)

    async with program(env, config) as running:
        async for line in repair(running.store, running.dispatcher.client, running.desk, running.clock_moved):
            yield line


async def _receive(env: Environment, config: Config, raws: Iterable[bytes]) -> tuple[int, int]:
    async with opened(env.database_url) as (store, drafts):
        return await reception.receive(store, drafts, config, now, raws)


async def _import_customers(env: Environment, config: Config, text: str) -> tuple[int, int]:
    async with opened(env.database_url) as (store, _):
        return await import_customers(store, config, text, now())


def main() -> None:
    """Runs the command line `python app.py`, or `partner-desk` where it is installed."""
    parts = command_line.Parts(run, _demo, _archive, _check, _repair, STORAGE, _receive, migrate, _import_customers)
    command_line.main(parts)


if __name__ == "__main__":
    main()
