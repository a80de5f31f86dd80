"""Checks how the desk is set up: each line says ok, or what to do. Nothing is changed, and no message is sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import aiohttp
import yaml
from dotenv import dotenv_values
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack import channel_audience
from bot.adapters.slack import client as slack_client
from bot.adapters.slack.api_errors import name_of
from bot.adapters.slack.channels import channel_id
from bot.adapters.slack.directory import SlackDirectory
from bot.adapters.slack.people import HomeWorkspace
from bot.adapters.slack.people_check import faults, named_people
from bot.adapters.slack.post_check import post_fault
from bot.config.environment import ENV_FILE, Environment
from bot.config.settings import NOT_SET, Config, Team
from bot.config.settings_file import load
from bot.config.slack_tokens import wrong_tokens
from bot.core.errors import Misconfigured
from bot.core.release import shipped
from bot.model.contact import Contact
from bot.register.contacts import authorised

MANIFEST = shipped("manifest.yml")

Probe = Callable[[], Awaitable[str]]
"""Something of another technology that can be checked: gives a sentence on what is wrong, or nothing."""


@dataclass(frozen=True)
class CheckLine:
    """One finding. `wrong`: what is wrong and what to do; empty when all is well."""

    subject: str
    wrong: str = ""

    def __str__(self) -> str:
        return f"ok    {self.subject}" if not self.wrong else f"FIX   {self.subject}: {self.wrong}"


StoredContacts = Callable[[], Awaitable[Sequence[Contact]]]
"""Gives the saved register; empty where nothing is saved yet, or it cannot be read."""


MailboxProbe = Callable[[Config], Awaitable[tuple[str, str]]]
"""Gives what was looked at, and a sentence on what is wrong with it, or nothing."""


CalendarProbe = Callable[[Config, SlackDirectory], AsyncIterator[tuple[str, str]]]
"""Gives for each calendar of who is on duty what was looked at, and what is wrong with it, or nothing."""


async def check(
    env: Environment,
    database: Probe,
    mail: Probe,
    mailbox: MailboxProbe,
    stored: StoredContacts,
    calendars: CalendarProbe,
    *,
    post: bool = False,
) -> AsyncIterator[CheckLine]:
    """Checks one thing after the other; what depends on a failed check is left out.

    `post`: also sends one message to an admin, and deletes it: see `post_check`.
    """
    for line in misspelt(dotenv_values(ENV_FILE)):
        yield line
    try:
        config = load(env.desk_config)
    except Misconfigured as error:
        yield CheckLine(f"settings in {env.desk_config}", str(error))
        async for line in _slack(env):
            yield line
        return
    yield CheckLine(f"settings in {env.desk_config}")
    yield CheckLine("database", await database())
    async for line in _mail(env, config, mail):
        yield line
    if env.imap_url:
        yield CheckLine(*await mailbox(config))
        yield _believed(config)
    register = _register(config, await stored())
    yield _contacts(register)
    yield _left_open(config)
    yield CheckLine(f"guides: {config.guides.edition or NOT_SET}")
    async for line in _slack(env, config, register, calendars, post=post):
        yield line


async def _slack(
    env: Environment,
    config: Config | None = None,
    register: Iterable[Contact] = (),
    calendars: CalendarProbe | None = None,
    *,
    post: bool = False,
) -> AsyncIterator[CheckLine]:
    """The tokens; with settings also channels and people. Nothing is asked of Slack with a wrong kind of token."""
    missing = "not set. README, “Install in your workspace”, says where it is"
    lines = [] if env.slack_bot_token else [CheckLine("SLACK_BOT_TOKEN", missing)]
    lines += [CheckLine(name, fault) for name, fault in wrong_tokens(env)]
    for line in lines:
        yield line
    if lines:
        return
    async with slack_client.open_session() as session:
        client = slack_client.for_people(env.slack_bot_token, env.slack_api_url, session)
        who = await _who(env, client)
        if isinstance(who, CheckLine):
            yield who
            return
        yield CheckLine(f"SLACK_BOT_TOKEN: {who.get('user')} in {who.get('team')}")
        yield _scopes(who)
        yield await _way_in(env, client, str(who.get("bot_id")))
        if config:
            home = HomeWorkspace(str(who.get("team_id")), who.get("enterprise_id") or "")
            async for line in _workspace(config, client, home, register):
                yield line
            if calendars:
                directory = SlackDirectory(client, config.levels, home, config.desk.timezone)
                async for subject, wrong in calendars(config, directory):
                    yield CheckLine(subject, wrong)
            if post:
                yield await _post(config, client)


async def _who(env: Environment, client: AsyncWebClient) -> AsyncSlackResponse | CheckLine:
    """The bot, as Slack knows it; or why it does not."""
    try:
        return await client.auth_test()
    except SlackApiError as error:
        return CheckLine("SLACK_BOT_TOKEN", f"Slack says {name_of(error)}. Copy it again: OAuth & Permissions")
    except (aiohttp.ClientError, OSError):
        return CheckLine("Slack", f"cannot be reached at {env.slack_api_url}")


async def _post(config: Config, client: AsyncWebClient) -> CheckLine:
    item = "a message is posted, found again and deleted"
    if not config.desk.admins:
        return CheckLine(item, "[desk] admins names nobody who could get it")
    return CheckLine(item, await post_fault(client, config.desk.admins[0]))


def misspelt(names: Iterable[str]) -> list[CheckLine]:
    """Names in `.env` that are no setting but look like one."""
    known = [name.upper() for name in Environment.model_fields]
    known += [f"{name}_FILE" for name in known]
    found = []
    for name in names:
        near = [] if name.upper() in known else get_close_matches(name.upper(), known, 1, 0.75)
        found += [CheckLine(f".env: {name}", f"is not a setting. Did you mean {near[0]}?")] if near else []
    return found


def _left_open(config: Config) -> CheckLine:
    """Lines for settings that the guide leaves to the contract and that are not set: no fault, and never claimed."""
    undefined = [each.name for each in config.priorities if each.definition in {NOT_SET, "see your contract"}]
    left = [
        *(f"definition of {name}" for name in undefined),
        *([] if config.sla else ["[sla]"]),
        *([] if config.calendars else ["[calendars]"]),
        *([] if config.guides.edition else ["[guides]"]),
        *([] if config.customer.main_id else ["[customer] main_id"]),
    ]
    return CheckLine(f"left open: {', '.join(left) or 'nothing'}")


async def _people(
    config: Config, client: AsyncWebClient, home: HomeWorkspace, register: Iterable[Contact]
) -> AsyncIterator[CheckLine]:
    """All people who are named: admins, leads, members, second persons, contacts."""
    directory = SlackDirectory(client, config.levels, home, config.desk.timezone)
    people = named_people(config, register)
    wrong = [fault async for fault in faults(directory, people)]
    yield CheckLine(f"people named: {len(people)}", "; ".join(wrong))
    if not config.desk.admins:
        yield CheckLine(
            "[desk] admins", "nobody is named, so nobody can keep contacts and end-customers in the App Home"
        )


async def _mail(env: Environment, config: Config, mail: Probe) -> AsyncIterator[CheckLine]:
    if config.retarus.email and not env.smtp_url:
        yield CheckLine("mail", "[retarus] email is set, but SMTP_URL is not: smtp://user:password@host:587")
    elif config.retarus.email:
        yield CheckLine("mail", await mail())
    if not (config.retarus.email or config.retarus.channel):
        yield CheckLine(
            "ways to Retarus", "none: set `channel` or `email` under [retarus], else nothing can be escalated"
        )


def _believed(config: Config) -> CheckLine:
    """Senders whose mails are assigned to a ticket."""
    authserv = config.mail.authserv
    proof = f"where {authserv} proves the sender" if authserv else "never, as [mail] authserv is not set"
    item = f"mails taken in from: {', '.join(config.mail.allowed) or 'nobody'}; by a number in the subject: {proof}"
    fix = "name Retarus's addresses under [mail] allowed, else every mail stays unassigned"
    return CheckLine(item, "" if config.mail.allowed else fix)


def _register(config: Config, stored: Sequence[Contact]) -> list[Contact]:
    """The register as it is once the desk runs: the saved one, with the people of desk.toml."""
    register = {entry.slack_user: entry.record() for entry in config.contacts}
    return list((register | {contact.slack_user: contact for contact in stored}).values())


def _contacts(register: Iterable[Contact]) -> CheckLine:
    today = date.today()  # noqa: DTZ011 (the admin's own day is near enough for a look at the set-up)
    senders = authorised(register, today)
    wrong = "none for the 2nd level is authorised and attested, so nobody can send to Retarus: App Home, Contacts"
    return CheckLine(f"authorised contacts: {len(senders)}", "" if senders else wrong)


async def _workspace(
    config: Config, client: AsyncWebClient, home: HomeWorkspace, register: Iterable[Contact]
) -> AsyncIterator[CheckLine]:
    """The channels, the levels, and all people who are named."""
    yield await _channel(client, config.desk.channel, "[desk] channel")
    yield await _audience(client, config, home)
    if config.retarus.channel:
        yield await _channel(client, config.retarus.channel, "[retarus] channel")
    if config.reports.channel:
        yield await _channel(client, config.reports.channel, "[reports] channel")
    for name, team in (("first", config.levels.first), ("second", config.levels.second)):
        yield await _team(client, f"[levels.{name}]", team, needed=name == "second")
    async for line in _people(config, client, home, register):
        yield line


def _scopes(who: AsyncSlackResponse) -> CheckLine:
    wanted = set(yaml.safe_load(MANIFEST.read_text("utf-8"))["oauth_config"]["scopes"]["bot"])
    granted = {scope.strip() for scope in str(who.headers.get("x-oauth-scopes", "")).split(",")}
    missing = sorted(wanted - granted)
    fix = f"{', '.join(missing)} missing. Paste manifest.yml into App Manifest, save, and install the app again"
    return CheckLine(f"scopes: {len(wanted)}", fix if missing else "")


async def _way_in(env: Environment, client: AsyncWebClient, bot_id: str) -> CheckLine:
    if not env.slack_app_token:
        fix = "neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set"
        return CheckLine("HTTP at /slack/events", "" if env.slack_signing_secret else fix)
    try:
        await client.apps_connections_open(app_token=env.slack_app_token)
    except SlackApiError as error:
        name = name_of(error)
        return CheckLine(
            "SLACK_APP_TOKEN", f"Slack says {name}. Make one under Basic Information, with connections:write"
        )
    return CheckLine("SLACK_APP_TOKEN: Socket Mode", await _other_app(env.slack_app_token, client, bot_id))


async def _other_app(app_token: str, client: AsyncWebClient, bot_id: str) -> str:
    """A sentence when the two tokens are of different apps: then nothing that people click arrives here."""
    named = re.match(r"xapp-\d+-(A[0-9A-Z]+)-", app_token)
    try:
        own = str((await client.bots_info(bot=bot_id))["bot"].get("app_id") or "")
    except SlackApiError:
        return ""  # a missing scope is another line's finding
    if not named or own in {"", named[1]}:
        return ""
    return f"is of the app {named[1]}, and SLACK_BOT_TOKEN of the app {own}. Take both from one app"


async def _channel(client: AsyncWebClient, wanted: str, setting: str) -> CheckLine:
    try:
        found = await client.conversations_info(channel=await channel_id(client, wanted, setting))
    except (Misconfigured, SlackApiError) as error:
        says = str(error) if isinstance(error, Misconfigured) else f"Slack says {name_of(error)}"
        return CheckLine(setting, says)
    channel = found["channel"]
    name = f"{setting}: #{channel.get('name')}"
    if channel.get("is_archived"):
        return CheckLine(name, "archived. Unarchive it, or name another")
    return CheckLine(name, "" if channel.get("is_member") else "the bot is not in it: /invite @Partner Desk there")


async def _audience(client: AsyncWebClient, config: Config, home: HomeWorkspace) -> CheckLine:
    """Readers of the tickets; a channel that cannot be seen at all is another line's finding."""
    item = "who reads in the desk channel"
    directory = SlackDirectory(client, config.levels, home, config.desk.timezone)
    try:
        desk = await channel_id(client, config.desk.channel, "[desk] channel")
        return CheckLine(item, " ".join(await channel_audience.warnings(client, directory, desk)))
    except (Misconfigured, SlackApiError):
        return CheckLine(item, "the channel cannot be seen")


async def _team(client: AsyncWebClient, table: str, team: Team, *, needed: bool) -> CheckLine:
    if not (team.group or team.members):
        return CheckLine(f"{table}: every full member" if not needed else table, "nobody named" if needed else "")
    try:
        people = (await client.usergroups_users_list(usergroup=team.group))["users"] if team.group else team.members
        names = [(await client.users_info(user=user))["user"].get("real_name", user) for user in people]
    except SlackApiError as error:
        return CheckLine(table, f"Slack says {name_of(error)}: is every id right?")
    return CheckLine(f"{table}: {', '.join(names)}", "" if names else "the group is empty")
