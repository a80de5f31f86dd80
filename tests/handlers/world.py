"""The whole desk with everything around it: the local Slack, the cast of the demo, a mailbox, a clock to be moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import Program, program
from blocks.form import ANSWER
from bot.adapters.store.database import DatabaseStore
from bot.config.environment import Environment
from bot.config.settings import Config
from bot.config.settings_file import load
from bot.model.ticket import Ticket
from localslack import LocalSlack, Mailbox, Modal, PersonDriver, Seed, SeedApp, SeedPerson
from localslack.mail import MailServer, serve
from runtime import socket_mode
from tests.timeouts import TIMEOUT, long_timeouts

DEMO = Path(__file__).parents[2] / "demo"
DESK, RETARUS = "#partner-desk", "#retarus-escalation"

Json = dict[str, Any]


@dataclass(repr=False)  # asyncio takes the representation of every test's world, and it has thousands of objects
class World:
    """The desk with its people and servers."""

    slack: LocalSlack
    mail: MailServer
    running: Program
    anna: PersonDriver
    alex: PersonDriver
    ben: PersonDriver
    bea: PersonDriver
    carla: PersonDriver
    rita: PersonDriver
    gus: PersonDriver
    """A guest in the desk channel."""
    nia: PersonDriver
    """A full member on neither level, outside the desk channel."""

    def now(self) -> float:
        return self.slack.clock.now()

    def answers(self, **more: Any) -> Json:
        """Answers Anna knows on the phone, for a ticket that she leaves to others to take."""
        known: Json = {
            "customer": picked("Müller GmbH"),
            "services": ["Email Security"],
            "start": int(self.now()) - 1200,
            "happens": "Outbound mail is rejected with 550 since the connector update.",
            "impact": "No outbound mail for three customers",
            "left_to_others": ["yes"],
        }
        if isinstance(more.get("customer"), str):
            more["customer"] = picked(more["customer"])
        return known | more

    async def raised(self, **more: Any) -> Json:
        """The card of a ticket Anna has just raised."""
        await self.anna.command(DESK, "/retarus-incident")
        modal = await self.anna.modal("Raise an incident")
        answers = self.answers(**more)
        done = await self.anna.submit(modal, answers)
        assert done["outcome"] == "closed", done
        card = await self.anna.message(DESK, "PD-1001")
        await self.until_placed(card)
        return card

    async def until_placed(self, message: Json) -> None:
        """Waits until the desk has saved where its message is: it is in the channel a moment before."""
        async with asyncio.timeout(TIMEOUT):
            while not await self.running.store.placed(message["channel"], message["ts"]):  # noqa: ASYNC110  nobody is told
                await asyncio.sleep(0.005)

    async def decide(self, person: PersonDriver, modal: Modal, block: str, value: object) -> None:
        """Answers an input on which others depend; the form is redrawn."""
        where = {"type": "view", "view_id": modal.id}
        typed = person._typed.get(modal.id, {})
        await person.act("action", container=where, block_id=block, action_id=ANSWER, value=value, values=typed)

    async def handed_off(self) -> Json:
        """The card after it was handed to the 2nd level."""
        card = await self.raised()
        await self.anna.click(card, "Take")
        await self.anna.reply(card, "took it")
        await self.anna.click(await self.anna.again(card), "Hand off to 2nd level")
        modal = await self.anna.modal("Hand off to 2nd level")
        done = await self.anna.submit(modal, FIRST_TASKS)
        assert done["outcome"] == "closed", done
        await self.anna.reply(card, "please accept")
        return await self.anna.again(card)

    async def accepted(self) -> Json:
        """The card after Ben accepted it."""
        card = await self.handed_off()
        await self.ben.click(card, "Accept")
        await self.ben.reply(card, "accepted it")
        return await self.ben.again(card)

    async def filled(self) -> Json:
        """The card with all answers of the 1st level."""
        card = await self.accepted()
        await self.ben.click(card, "Fill in")
        done = await self.ben.submit(await self.ben.modal("Fill in"), self.details())
        assert done["outcome"] == "closed", done
        return card

    def details(self) -> Json:
        """All answers of the template and the matrix beyond the phone call."""
        return (
            {
                "tenants": "12345RS, 23456rs",
                "interface": "smtp-de1.example.com, DE1",
                "error": "550 5.7.1 rejected by policy",
                "affected": "3",
                "example.1.when": int(self.now()) - 1000,
                "example.1.sender": "a@mueller.example",
                "example.1.recipient": "b@target.example",
                "example.1.status": "550 5.7.1 rejected",
                "related": "none",
            }
            | MATRIX_SECOND
            | SECOND_TASKS
        )

    async def escalated(self) -> Json:
        """The card after it was sent to Retarus."""
        card = await self.filled()
        await self.ben.click(await self.ben.again(card), "Escalate to Retarus")
        await self.ben.submit(await self.ben.modal("Escalate to Retarus"))
        preview = await self.ben.modal("Preview", containing="This is what Retarus reads")
        done = await self.ben.submit(preview)
        assert done["outcome"] == "closed", done
        await self.ben.reply(card, "Delivered to Retarus by e-mail")
        await self.ben.reply(card, "Delivered to Retarus in ")
        return await self.ben.again(card)

    async def recorded(self, entry: Json) -> None:
        """Waits until the message of Retarus says what it was recorded as."""

        async def is_marked() -> bool:
            return "Recorded as" in str((await self.ben.again(entry))["blocks"])

        assert await self.ben.wait_for(is_marked, "the mark")

    async def further(self, person: PersonDriver, card: Json, button: str) -> None:
        """Clicks what the card has no room for, in the modal with the clocks."""
        await person.click(card, "Clocks and more")
        await person.click(await person.modal("Clocks"), button)

    async def ticket(self, number: int = 1001) -> Ticket:
        """The record itself."""
        found = await self.running.store.numbered(number)
        assert found
        return found


def picked(text: str) -> Json:
    """The option for typed text in a list that is searched, picked from what is offered there."""
    return {"text": {"type": "plain_text", "text": text[:75]}, "value": text}


FIRST_TASKS: Json = {
    "info": "correct",
    "priority": "P1",
    "priority_reason": "No outbound mail for three customers",
    "triage": "Restarted the connector, no change",
    "remote": "ok",
    "known": "no",
    "searched": "Technical notes for “connector”: nothing",
    "summary_first": "Connector 4.2 was updated at 10:55; all tenants on DE1 are affected.",
}
MATRIX_SECOND: Json = {
    "reproduced": "yes",
    "steps": "Sent a mail by the connector: rejected each time",
    "done": "Restart, rollback to 4.1: no change",
    "test": "yes",
    "test_terms": "to test@mueller.example, weekdays 09–17",
}
SECOND_TASKS: Json = {
    "system": "Connector 4.2, no custom rules",
    "why_retarus": "Only Retarus sees why DE1 rejects",
    "summary_second": "Rejected at DE1 by policy since 10:55. Please look at the trace.",
}


@asynccontextmanager
async def world(
    folder: Path,
    *,
    database: str = "",
    imap: str = "",
    their_app: str = "",
    environment: Json | None = None,
    **changes: Any,
) -> AsyncIterator[World]:
    """The whole desk, listening. `changes`: settings other than the demo's, by table (`retarus={…}`).

    `their_app`: name of an app of Retarus in the shared channel.
    """
    async with AsyncExitStack() as stack:
        mailbox = Mailbox()
        slack = await stack.enter_async_context(LocalSlack(_seed(their_app), mailbox=mailbox, switches=long_timeouts()))
        mail = await serve(mailbox)
        stack.push_async_callback(mail.close)
        at_it = desk_at(slack, mail, folder, database=database, imap=imap, environment=environment, **changes)
        running = await stack.enter_async_context(at_it)
        yield world_of(slack, mail, running)


def world_of(slack: LocalSlack, mail: MailServer, running: Program) -> World:
    """The people of this Slack at this running desk."""
    return World(slack, mail, running, *(slack.person(name, TIMEOUT) for name in NAMES))


NAMES = ("anna", "alex", "ben", "bea", "carla", "rita", "gus", "nia")


@asynccontextmanager
async def desk_at(
    slack: LocalSlack,
    mail: MailServer,
    folder: Path,
    /,
    *,
    database: str = "",
    imap: str = "",
    environment: Json | None = None,
    **changes: Any,
) -> AsyncIterator[Program]:
    """The desk, connected to this Slack by Socket Mode."""
    bot = slack.app("Partner Desk")
    defaults: Json = {
        "slack_bot_token": bot.bot_token,
        "slack_app_token": bot.app_token,
        "slack_api_url": slack.api_url,
        "slack_posts_per_minute": 0,
        "database_url": database or f"sqlite:///{folder / 'desk.sqlite3'}",
        "smtp_url": f"smtp://127.0.0.1:{mail.port}",
        "imap_url": imap,
    }
    env = Environment(**(defaults | (environment or {})))

    def clock() -> datetime:
        return datetime.fromtimestamp(slack.clock.now(), UTC)

    async with program(env, settings(**changes), clock) as running:
        forget = slack.clock.subscribe(running.clock_moved)
        running.dispatcher.in_time = TIMEOUT  # as long as this Slack's triggers live
        if isinstance(running.store, DatabaseStore):
            running.store.indexing_timeout = TIMEOUT
        for transport in running.transports.all:
            transport.first_check = 0.2
        async with socket_mode.connected(running.app, bot.app_token):
            yield running
        forget()


def settings(**changes: Any) -> Config:
    """The demo's settings, with some tables changed."""
    config = load(DEMO / "desk.toml")
    return config.model_copy(
        update={
            name: getattr(config, name).model_copy(update=table) if isinstance(table, dict) else table
            for name, table in changes.items()
        }
    )


def _seed(their_app: str = "") -> Seed:
    """The demo's cast, a guest, and a member who is not of the desk."""
    seed = Seed.from_file(DEMO / "cast.toml")
    seed.people.append(SeedPerson(handle="nia", name="Nia Noack", id="U0NIA"))
    seed.people.append(SeedPerson(handle="gus", name="Gus Gast", guest="multi", id="U0GUS"))
    joined = {"partner-desk": ["gus"], "general": ["nia"], "retarus-escalation": [their_app] if their_app else []}
    seed.channels = [
        replace(channel, members=[*channel.members, *joined.get(channel.name, ())]) for channel in seed.channels
    ]
    if their_app:
        seed.apps.append(SeedApp(name=their_app, external="Retarus"))
    return seed
