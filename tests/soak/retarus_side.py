"""Plays Retarus: answers letters by e-mail and below them in the shared channel."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from bot.conversation.ports import ConversationStore
from bot.model.conversation import EntrySource
from localslack import PersonDriver
from tests.handlers.world import RETARUS, Json
from tests.soak.steps import MARKER

SUPPORT = "support@retarus.example"


@dataclass(frozen=True)
class ChannelMessage:
    """One answer that arrived: in the mailbox, or in the channel."""

    word: str
    way: EntrySource


@dataclass
class RetarusSide:
    """A person at Retarus Support."""

    driver: PersonDriver
    dice: random.Random
    messages: list[ChannelMessage] = field(default_factory=list)
    number: int = 0

    def _word(self) -> str:
        self.number += 1
        return f"{MARKER}-rita-{self.number}-end"

    async def answer(self) -> None:
        """Answers one letter, by one of the two ways."""
        await (self._by_mail() if self.dice.random() < 0.5 else self._in_channel())

    async def _by_mail(self) -> None:
        listed = (await self.driver.control("GET", "mail"))["mails"]
        letters = [each for each in listed if SUPPORT in each["to"]]
        if letters:
            word, letter = self._word(), self.dice.choice(letters)
            text = f"We are looking at the policy of DE1 and come back to you. {word}"
            await self.driver.control("POST", f"mail/{letter['id']}/reply", text=text)
            self.messages.append(ChannelMessage(word, EntrySource.MAIL))

    async def _in_channel(self) -> None:
        roots = [each for each in await self.driver.messages(RETARUS, limit=50) if is_letter(each)]
        if roots:
            word = self._word()
            await self.driver.post(RETARUS, f"The trace shows a rule of ours. {word}", thread=self.dice.choice(roots))
            self.messages.append(ChannelMessage(word, EntrySource.CHANNEL))

    async def missing(self, store: ConversationStore) -> list[str]:
        """Answers that are missing from the store, or in it more than once."""
        counted = dict.fromkeys((each.word for each in self.messages), 0)
        key = ""
        while page := await store.entries_after(key, 500):
            key = page[-1].id
            for entry in page:
                for word in counted:
                    counted[word] += word in entry.words
        ways = {each.word: each.way for each in self.messages}
        return [f"{word} by {ways[word]} is there {times} times" for word, times in counted.items() if times != 1]


def is_letter(message: Json) -> bool:
    """True if the desk posted it with a key: answers belong below it."""
    return bool(message.get("metadata", {}).get("event_payload", {}).get("key"))
