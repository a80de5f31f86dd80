"""Counts what people do with their hands, and estimates the time by the keystroke-level model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.async_api import Locator, expect

from bot.core.i18n import t
from tests.browser.demo_session import BrowserUser, UserGetter

CLICK, KEY, FIELD = 1.3, 0.2, 1.35
"""Seconds of a click, of a key, and of turning to a field."""
_PASTE = 2
"""Keys of pasting a text."""


@dataclass
class Count:
    """Clicks, keys and fields of one job."""

    clicks: int = 0
    keys: int = 0
    fields: int = 0

    @property
    def seconds(self) -> float:
        return self.clicks * CLICK + self.keys * KEY + self.fields * FIELD


@dataclass
class CountedUser(BrowserUser):
    """A person whose clicks, keys and fields are counted."""

    count: Count | None = None

    def counted(self, *, clicks: int = 0, keys: int = 0, fields: int = 0) -> None:
        """Adds to the job that is being counted."""
        if self.count is not None:
            self.count.clicks += clicks
            self.count.keys += keys
            self.count.fields += fields

    async def press(self, where: Locator, button: str) -> None:
        self.counted(clicks=1)
        await super().press(where, button)

    async def press_for(self, where: Locator, button: str, title: str) -> Locator:
        self.counted(clicks=1)
        return await super().press_for(where, button, title)

    async def choose_from_menu(self, where: Locator, entry: str) -> None:
        self.counted(clicks=2)
        await super().choose_from_menu(where, entry)

    async def run_command(self, text: str) -> None:
        """Types the command and pastes the words behind it."""
        command, _, pasted = text.partition(" ")
        self.counted(clicks=2, keys=len(command) + 1 + (_PASTE if pasted else 0))
        await self.page.get_by_role("textbox", name="Message").first.fill(f"{text} ")
        await self.page.get_by_role("button", name="Send now").first.click()

    async def insert(self, dialog: Locator, label: str, message: str) -> None:
        """Takes a message of the thread into the first field that offers it."""
        self.counted(clicks=1)
        await dialog.get_by_role("button", name=f"{t('Insert')}: {message}").first.click()
        await expect(dialog.get_by_label(label, exact=True)).to_have_value(re.compile(re.escape(message)))

    async def paste(self, dialog: Locator, label: str, words: str) -> None:
        """Turns to a field, and pastes a text."""
        self.counted(clicks=1, keys=_PASTE, fields=1)
        await super().fill(dialog, {label: words})

    async def fill(self, dialog: Locator, answers: dict[str, str]) -> None:
        for label, answer in answers.items():
            radio = dialog.get_by_role("group", name=label).or_(dialog.get_by_role("radiogroup", name=label))
            select = dialog.get_by_role("combobox", name=label)
            if await radio.count():
                self.counted(clicks=1, fields=1)
            elif await select.count():
                self.counted(clicks=2, keys=len(answer), fields=1)
            else:
                self.counted(clicks=1, keys=len(answer), fields=1)
            await super().fill(dialog, {label: answer})


class Counting:
    """Gives people whose hands are counted, and counts job by job."""

    def __init__(self, user: UserGetter) -> None:
        self._user = user
        self._people: dict[str, CountedUser] = {}
        self._count: Count | None = None

    async def user(self, name: str) -> CountedUser:
        """The person; what they do is counted while a job is."""
        if name not in self._people:
            plain = await self._user(name)
            self._people[name] = CountedUser(plain.page, plain.name, plain.console_errors)
        self._people[name].count = self._count
        return self._people[name]

    @contextmanager
    def job(self) -> Iterator[Count]:
        """Counts what is done while the context is open."""
        self._count = Count()
        for person in self._people.values():
            person.count = self._count
        try:
            yield self._count
        finally:
            self._count = None
            for person in self._people.values():
                person.count = None
