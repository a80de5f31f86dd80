"""Plays Retarus: answers letters by e-mail and below them in the shared channel, and writes mails of other kinds."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.conversation.ports import ConversationStore
from bot.core.clock import now
from bot.model.conversation import Entry, EntrySource
from localslack import PersonDriver
from tests.handlers.world import RETARUS, Json
from tests.soak.steps import MARKER

SUPPORT, OURS = "support@retarus.example", "desk@nordlicht.example"
_TRIES = 5
"""Number of times a mail is sent again that a mail server did not take."""


@dataclass(frozen=True)
class TheirMessage:
    """A message of Retarus that arrived: in the mailbox, or in the channel."""

    word: str
    way: EntrySource


@dataclass
class RetarusSide:
    """A person at Retarus Support."""

    driver: PersonDriver
    dice: random.Random
    smtp: str
    messages: list[TheirMessage] = field(default_factory=list)
    number: int = 0
    _wrote: asyncio.Event = field(default_factory=asyncio.Event)

    def _word(self) -> str:
        self.number += 1
        return f"{MARKER}-rita-{self.number}-end"

    def ways(self) -> dict[EntrySource, int]:
        """Number of its messages by each way."""
        return {way: sum(each.way is way for each in self.messages) for way in EntrySource}

    async def answer(self) -> None:
        """Answers one letter by one of the two ways; now and then an edit, an automatic reply or a mail of its own."""
        kinds = (self._by_mail, self._in_channel, self._edit, self._automatic, self._of_its_own)
        await self.dice.choices(kinds, (8, 8, 2, 1, 1))[0]()
        self._wrote.set()

    async def wrote(self, minimum: int) -> None:
        """Waits until at least that many messages were written by each way."""
        while any(number < minimum for number in self.ways().values()):
            self._wrote.clear()
            await self._wrote.wait()

    async def _by_mail(self) -> None:
        letter = await self._any_letter()
        if letter:
            word = self._word()
            text = f"We are looking at the policy of DE1 and come back to you. {word}"
            await self.driver.control("POST", f"mail/{letter['id']}/reply", text=text)
            self.messages.append(TheirMessage(word, EntrySource.MAIL))

    async def _any_letter(self) -> Json | None:
        listed = (await self.driver.control("GET", "mail"))["mails"]
        letters = [each for each in listed if SUPPORT in each["to"]]
        return self.dice.choice(letters) if letters else None

    async def _in_channel(self) -> None:
        roots = [each for each in await self.driver.messages(RETARUS, limit=50) if is_letter(each)]
        if roots:
            word = self._word()
            await self.driver.post(RETARUS, f"The trace shows a rule of ours. {word}", thread=self.dice.choice(roots))
            self.messages.append(TheirMessage(word, EntrySource.CHANNEL))

    async def _edit(self) -> None:
        """Adds a word to an answer in the channel; the earlier one stays."""
        roots = [each for each in await self.driver.messages(RETARUS, limit=50) if is_letter(each)]
        replies = (await self.driver.thread(self.dice.choice(roots)))[1:] if roots else []
        own = [each for each in replies if f"{MARKER}-rita-" in each.get("text", "")]
        if own:
            word, message = self._word(), self.dice.choice(own)
            text = f"{message['text']} Corrected: {word}"
            await self.driver.act("edit", channel=message["channel"], ts=message["ts"], text=text)
            self.messages.append(TheirMessage(word, EntrySource.CHANNEL))

    async def _automatic(self) -> None:
        """An automatic reply to a letter."""
        letter = await self._any_letter()
        if letter:
            full = (await self.driver.control("GET", f"mail/{letter['id']}"))["mail"]
            headers = dict(full["headers"])
            answered = {"In-Reply-To": headers["Message-ID"], "References": headers["Message-ID"]}
            await self._send(f"Automatic reply: {full['subject']}", {**answered, "Auto-Submitted": "auto-replied"})

    async def _of_its_own(self) -> None:
        """A mail that answers no letter: it belongs to no ticket until somebody assigns it."""
        await self._send("Maintenance of DE1", {})

    async def _send(self, subject: str, headers: dict[str, str]) -> None:
        word, message = self._word(), EmailMessage()
        message["From"], message["To"], message["Subject"] = SUPPORT, OURS, subject
        message["Date"], message["Message-ID"] = format_datetime(now()), make_msgid(domain="retarus.example")
        for name, value in headers.items():
            message[name] = value
        message.set_content(f"We are working on DE1 until tonight. {word}\n")
        for _ in range(_TRIES):
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._deliver(message)
                self.messages.append(TheirMessage(word, EntrySource.MAIL))
                return

    async def _deliver(self, message: EmailMessage) -> None:
        url = urlsplit(self.smtp)
        user, password = unquote(url.username or ""), unquote(url.password or "")
        await aiosmtplib.send(
            message, hostname=url.hostname, port=url.port, username=user, password=password, start_tls=False
        )

    async def missing(self, store: ConversationStore) -> list[str]:
        """Answers that are missing from the store, or in it more than once."""
        found = await self._found(store)
        ways = {each.word: each.way for each in self.messages}
        return [
            f"{word} by {ways[word]} is there {len(entries)} times"
            for word, entries in found.items()
            if len(entries) != 1
        ]

    async def entries(self, store: ConversationStore) -> list[tuple[str, Entry]]:
        """Each word with the entry that holds it."""
        return [(word, entry) for word, entries in (await self._found(store)).items() for entry in entries]

    async def _found(self, store: ConversationStore) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {each.word: [] for each in self.messages}
        key = ""
        while page := await store.entries_after(key, 500):
            key = page[-1].id
            for entry in page:
                written = _without_quotations(entry.words)
                for word, entries in found.items():
                    if word in written:
                        entries.append(entry)
        return found


def _without_quotations(words: str) -> str:
    """The new part of a mail: a letter may quote an earlier answer of Retarus, and their next one quotes the letter."""
    return "\n".join(line for line in words.splitlines() if not line.startswith(">"))


def is_letter(message: Json) -> bool:
    """True if the desk posted it with a key: answers belong below it."""
    return bool(message.get("metadata", {}).get("event_payload", {}).get("key"))
