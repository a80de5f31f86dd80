"""Plays one person: takes a step through the local Slack, and compares its answer with the store at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from blocks import escalation as escalation_blocks
from blocks import fill_in, handoff, transitions
from bot.core.errors import StoreDown
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Move, Step
from bot.ports import Store
from bot.tickets.ports import Query
from localslack import Modal, PersonDriver, Refusal
from localslack.visible import text_of
from tests.handlers.world import DESK, Json
from tests.soak.steps import KINDS, MARKER, Answer, Taken, fitting, known, raised

T = TypeVar("T")

_TRIES = 3
"""How often a person presses a form's button again when Slack says that there was trouble connecting."""
_FORM = 4.0
"""Seconds a person waits for a form to open."""
_UNTRUE = ("nothing was changed", "nothing was saved", "Nothing was changed", "Nothing of yours was saved")
"""What must not be said to somebody whose click was carried out. (Said of a form, it may be about its opening.)"""
BUTTONS: dict[Move | Step, str] = {
    Move.HAND_OFF: handoff.ASK,
    Step.FILL_IN: fill_in.ASK,
    Move.ESCALATE: escalation_blocks.ASK,
    Step.RCR: escalation_blocks.RCR,
}


@dataclass
class SoakPerson:
    """One person with a driver; counts words and files, so that each is used once."""

    driver: PersonDriver
    user: str
    store: Store
    dice: random.Random
    now: Callable[[], float]
    steps: list[Taken] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What should never be: sentences for the report."""
    number: int = 0

    def _word(self) -> str:
        self.number += 1
        return f"{MARKER}-{self.user.lower()}-{self.number}-end"

    # --- raising

    async def raise_ticket(self) -> None:
        """Raises a ticket of a random kind, with the form of its command."""
        word, kind = self._word(), self.dice.choice(list(KINDS))
        await self._close_forms()
        await self.driver.command(DESK, KINDS[kind])
        modal = await self._form()
        if modal is None:
            return
        answers = {**known(word, self.now()), **raised(word, self.now(), self.dice)}
        answer = await self._submitted(modal, fitting(modal, answers))
        found = await self._with_word(word)
        self._compare(answer, len(found), f"{word}: raised")
        if found:
            self.steps.append(Taken(self.user, found[0].id, Move.RAISE, answer, word))

    async def _with_word(self, word: str) -> list[Ticket]:
        newest = await self._asked(lambda: self.store.find(Query(limit=40)))
        return [ticket for ticket in newest if word in ticket.answer("happens")]

    # --- steps on a ticket

    async def step(self, ticket: Ticket, what: Move | Step) -> None:
        """Takes one step on a ticket, by a click or by a form."""
        place = await self._asked(lambda: self.store.place(ticket.id, "card"))
        if place is None:
            return
        message = (await self.driver.read(f"channels/{place.channel}/messages/{place.ts}"))["message"]
        since = str(self.now())
        await self._close_forms()
        taken = Taken(self.user, ticket.id, what, Answer.IMPOSSIBLE)
        action = BUTTONS.get(what) or transitions.action_of(what)
        taken.word = self._word() if has_word(what) else ""
        before = await self._done(taken)
        if what in transitions.ONE_CLICK:
            taken.answer = await self._clicked(message, action)
        else:
            taken.answer = await self._by_form(message, action, taken)
        done = await self._done(taken) - before
        told = await self._told(since)
        if taken.answer is Answer.DONE and not done and what in transitions.ONE_CLICK:
            taken.answer = Answer.REFUSED if told else Answer.SILENT
        self._compare(taken.answer, done, f"{what} by {self.user} on {ticket.number} {taken.word} {told[:80]}")
        is_click = what in transitions.ONE_CLICK and taken.answer is Answer.DONE
        if done and is_click and any(words in told for words in _UNTRUE):
            self.faults.append(f"untrue: {what} on {ticket.number} was done, and {self.user} was told: {told[:200]}")
        self.steps.append(taken)

    def _compare(self, answer: Answer, done: int, about: str) -> None:
        if answer is Answer.DONE and done != 1:
            self.faults.append(f"acknowledged, and {done} times in the store: {about}")
        if answer in {Answer.REFUSED, Answer.IMPOSSIBLE} and done:
            self.faults.append(f"{answer}, and {done} times in the store: {about}")

    async def _done(self, taken: Taken) -> int:
        return sum(is_of(event, taken) for event in await self._asked(lambda: self.store.history(taken.ticket)))

    async def _told(self, since: str) -> str:
        """What only this person was told since then."""
        messages = await self.driver.messages(DESK, limit=30)
        return "\n".join(text_of(each) for each in messages if each.get("is_ephemeral") and each["ts"] > since)

    async def _clicked(self, message: Json, action: str) -> Answer:
        try:
            outcome = (await self.driver.click(message, self._menu_entry(message, action)))["outcome"]
        except (LookupError, Refusal):
            return Answer.IMPOSSIBLE
        return Answer.DONE if outcome == "ack" else Answer.UNSURE

    def _menu_entry(self, message: Json, action: str) -> str:
        """The button's action, or the menu entry's label whose value begins with it."""
        for block in message["blocks"]:
            for element in block.get("elements", []):
                for option in element.get("options", []):
                    if option["value"].partition("|")[0] == action:
                        return str(option["text"]["text"])
        return action

    async def _by_form(self, message: Json, action: str, taken: Taken) -> Answer:
        if await self._clicked(message, action) is Answer.IMPOSSIBLE:
            return Answer.IMPOSSIBLE
        modal = await self._form()
        if modal is None:
            return Answer.IMPOSSIBLE
        if taken.what is Move.ESCALATE:
            return await self._escalated(modal)
        answers = known(taken.word or self._word(), self.now())
        if taken.what is Step.FILL_IN and self.dice.random() < 0.3:
            taken.file = f"{taken.word}.log"
            uploaded = await self.driver.upload(taken.file, f"10:04 RCPT rejected {taken.word}\n".encode())
            answers["files"] = [each["id"] for each in uploaded["files"]]
        return await self._submitted(modal, fitting(modal, answers))

    async def _escalated(self, tasks: Modal) -> Answer:
        """The tasks, then what the preview shows."""
        await self.driver.submit(tasks, fitting(tasks, {}))
        modals = await self.driver.modals()
        if not modals or modals[-1].view["callback_id"] != escalation_blocks.SEND or not modals[-1].view.get("submit"):
            return Answer.IMPOSSIBLE
        return await self._submitted(modals[-1], {})

    # --- forms

    async def _form(self) -> Modal | None:
        """The form that opened; None when none did."""
        with suppress(TimeoutError):
            self.driver.patience = _FORM
            modal = await self.driver.modal()
            return modal if modal.view.get("submit") else None
        return None

    async def _submitted(self, modal: Modal, answers: Json) -> Answer:
        answer = Answer.IMPOSSIBLE
        for _ in range(_TRIES):
            try:
                result = await self.driver.submit(modal, answers)
            except Refusal:  # the form is gone
                return Answer.UNSURE if answer is Answer.UNSURE else Answer.IMPOSSIBLE
            if result["outcome"] in {"closed", "cleared"}:
                return Answer.DONE
            if result["outcome"] != "failed":
                return Answer.UNSURE if answer is Answer.UNSURE else Answer.REFUSED
            answer = Answer.UNSURE
            await asyncio.sleep(0.5)
        return answer

    async def _close_forms(self) -> None:
        with suppress(Refusal):
            for modal in await self.driver.modals():
                await self.driver.dismiss(modal, whole=True)
                return

    async def _asked(self, question: Callable[[], Awaitable[T]]) -> T:
        """Asks the store, again when another process holds it."""
        for _ in range(20):
            with suppress(StoreDown):
                return await question()
            await asyncio.sleep(0.25)
        return await question()


def is_of(event: Event, taken: Taken) -> bool:
    """Whether this event is that step: by its word, or by what and by whom."""
    if event.what != taken.what.value or event.by != taken.by:
        return False
    typed = (text for key, text in event.detail.items() if not key.endswith("files"))  # it lists all files so far
    return not has_word(taken.what) or any(taken.word in text for text in typed)


def has_word(what: Move | Step) -> bool:
    """Whether what was typed for this step stands in its event."""
    return what not in {*transitions.ONE_CLICK, Move.ESCALATE, Step.RCR}


LOST = (aiohttp.ClientError, Refusal, LookupError)
"""Why a person may give a step up: what they looked at is gone."""
