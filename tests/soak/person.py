"""Plays one person: takes steps through the local Slack, and compares each answer with the store at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from blocks import card, checklist, fill_in, handoff, outbound, reminders, transitions, undo
from blocks import escalation as escalation_blocks
from bot.core.errors import StoreDown
from bot.known_issues.links import CAUSE
from bot.model.ticket import Ticket
from bot.model.transitions import Move, Step
from bot.ports import Store
from bot.tickets.ports import Query
from handlers.outbound import FROM_MESSAGE
from localslack import Modal, PersonDriver, Refusal
from localslack.visible import text_of
from tests.handlers.world import DESK, Json
from tests.soak.messages import all_messages, words_of
from tests.soak.steps import (
    CHECK,
    KINDS,
    MARKER,
    Act,
    Answer,
    SoakStep,
    Taken,
    fitting,
    has_word,
    is_of,
    known,
    raised,
    unanswered,
)
from tests.soak.thread_buttons import below_an_entry, menu_entry, newest_with, sort_mail, try_again, value_of

T = TypeVar("T")

_TRIES = 3
"""Number of times a person presses a form's button again when Slack reports trouble connecting."""
_FORM = 3.0
"""Seconds a person waits for a form to open."""
_BELOW = 0.7
"""Probability that a person uses the button below an answer of Retarus, where there is one."""
_WORD = 3.0
"""Seconds a person waits to be told why a click was not carried out."""
ERROR = "errors.said"
"""Callback id of a modal with nothing but a sentence."""
SAVED = "It was saved"
CLICKS = frozenset({*transitions.ONE_CLICK, Step.UNDO, CHECK})
"""Steps that one click saves."""
FROM_TIMERS = frozenset({Step.CHASE, Step.PLAN, Step.SNOOZE})
"""Steps whose button is in the modal with the timers."""
BUTTONS: dict[SoakStep, str] = {
    Move.HAND_OFF: handoff.ASK,
    Step.FILL_IN: fill_in.ASK,
    Move.ESCALATE: escalation_blocks.ASK,
    Step.RCR: escalation_blocks.RCR,
    Step.LINK: card.KNOWN,
    Step.CHASE: reminders.CHASE,
    Step.PLAN: reminders.PLAN,
    Step.SNOOZE: reminders.SNOOZE,
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
    """Faults: sentences for the report."""
    words: list[tuple[float, str]] = field(default_factory=list)
    """Messages that only this person got, with their times."""
    number: int = 0
    _top: str = ""

    def _word(self) -> str:
        self.number += 1
        return f"{MARKER}-{self.user.lower()}-{self.number}-end"

    # --- raising

    async def raise_ticket(self) -> None:
        """Raises a ticket of a random kind, with the form of its command."""
        word, kind = self._word(), self.dice.choice(list(KINDS))
        await self._close_forms()
        taken = Taken(self.user, "", Move.RAISE, Answer.IMPOSSIBLE, word, began=self.now())
        self.steps.append(taken)
        await self.driver.command(DESK, KINDS[kind])
        modal = await self._form()
        if modal is None:
            return
        answers = {**known(word, self.now()), **raised(word, self.now(), self.dice)}
        taken.answer = await self._submitted(modal, fitting(modal, answers), taken)
        found = await self._with_word(word)
        taken.done, taken.ended = len(found), self.now()
        self._compare(taken, f"{word}: raised")
        if found:
            taken.ticket = found[0].id

    async def _with_word(self, word: str) -> list[Ticket]:
        newest = await self._asked(lambda: self.store.find(Query(limit=40)))
        return [ticket for ticket in newest if word in ticket.answer("happens")]

    # --- steps on a ticket

    async def step(self, ticket: Ticket, step: SoakStep, other: Ticket | None = None) -> None:
        """Takes one step on a ticket, by a click or by a form. `other`: the ticket it is linked to."""
        place = await self._asked(lambda: self.store.place(ticket.id, "card"))
        if place is None:
            return
        message = (await self.driver.read(f"channels/{place.channel}/messages/{place.ts}"))["message"]
        await self._close_forms()
        taken = Taken(self.user, ticket.id, step, Answer.IMPOSSIBLE)
        taken.word = self._word() if has_word(step) else ""
        taken.began = self.now()
        self.steps.append(taken)
        before = await self._done(taken) if step is not CHECK else 0
        if step in transitions.ONE_CLICK:
            taken.answer = Answer.UNSURE
            taken.answer = await self._clicked(message, transitions.action_of(Move(step)))
        elif step is Step.UNDO:
            await self._undone(message, taken)
        elif step is CHECK:
            before = await self._checked(message, taken)
        else:
            taken.answer = await self._by_form(await self._opened(message, step), taken, other)
        taken.done = await self._done(taken) - before
        if step in CLICKS and taken.answer is Answer.DONE and not taken.done:
            await self._wait_for_message(message, taken.began)
        taken.ended = self.now()
        self._compare(taken, f"{step} by {self.user} on {ticket.number} {taken.word}{taken.answer_key}")

    async def uncounted(self, act: Act, ticket_id: str = "") -> None:
        """Tries a letter again that was not delivered, or sorts an unassigned mail."""
        await self._close_forms()
        taken = Taken(self.user, ticket_id, act, Answer.IMPOSSIBLE, began=self.now())
        self.steps.append(taken)
        if act is Act.SORT:
            is_done = await sort_mail(self.driver, self.dice, await self.store.find(Query(limit=60)))
        else:
            place = await self._asked(lambda: self.store.place(ticket_id, "card"))
            is_done = await try_again(self.driver, {"channel": place.channel, "ts": place.ts}) if place else False
        taken.answer, taken.ended = Answer.UNSURE if is_done else Answer.IMPOSSIBLE, self.now()

    def _compare(self, taken: Taken, about: str) -> None:
        """Compares an answer with the store: a click may be refused, an accepted form is saved."""
        is_form = taken.step not in CLICKS
        if taken.answer is Answer.DONE and (taken.done > 1 or (is_form and not taken.done)):
            self.faults.append(f"acknowledged, and {taken.done} times in the store: {about}")
        if taken.answer in {Answer.REFUSED, Answer.IMPOSSIBLE} and taken.done:
            self.faults.append(f"{taken.answer}, and {taken.done} times in the store: {about}")

    async def _done(self, taken: Taken) -> int:
        return sum(is_of(event, taken) for event in await self._asked(lambda: self.store.history(taken.ticket)))

    async def _undone(self, card: Json, taken: Taken) -> None:
        """Presses the newest button `Undo` below a card."""
        line = await newest_with(self.driver, card, undo.UNDO)
        if line:
            taken.pressed, taken.answer = value_of(line, undo.UNDO).partition("|")[2], Answer.UNSURE
            taken.answer = await self._clicked(line, undo.UNDO)

    async def _clicked(self, target: Json | Modal, action: str) -> Answer:
        try:
            entry = action if isinstance(target, Modal) else menu_entry(target, action)
            outcome = (await self.driver.click(target, entry))["outcome"]
        except (LookupError, Refusal):
            return Answer.IMPOSSIBLE
        return Answer.DONE if outcome == "ack" else Answer.UNSURE

    async def _checked(self, message: Json, taken: Taken) -> int:
        """Answers an open check by one click; gives how often that stood in the store before."""
        modal = None
        if await self._clicked(message, checklist.ASK) is not Answer.IMPOSSIBLE:
            modal = await self._form(needs_submit=False)
        picks = open_picks(modal) if modal else []
        if not modal or not picks:
            return 0
        block, element = self.dice.choice(picks)
        taken.answer_key = element["value"].partition("=")[0]
        before = await self._done(taken)
        taken.began = self.now()
        where = {"type": "view", "view_id": modal.id}
        action = {"block_id": block, "action_id": element["action_id"], "value": element["value"]}
        taken.answer = Answer.UNSURE
        try:
            outcome = (await self.driver.act("action", container=where, **action, values={}))["outcome"]
        except (LookupError, Refusal):
            taken.answer = Answer.IMPOSSIBLE
            return before
        taken.answer = Answer.DONE if outcome == "ack" else Answer.UNSURE
        return before

    async def _opened(self, message: Json, step: SoakStep) -> Modal | None:
        """The form of this step: below an answer of Retarus, from the card, or from the modal with the timers."""
        if (button := below_an_entry(step)) and self.dice.random() < _BELOW:
            entry = await newest_with(self.driver, message, button)
            if entry and await self._clicked(entry, button) is not Answer.IMPOSSIBLE:
                return await self._form()
        if step is Step.TELL:
            await self.driver.shortcut(FROM_MESSAGE, message)
            return await self._form()
        action = BUTTONS.get(step) or transitions.action_of(Move(step) if step in list(Move) else Step(step))
        if step not in FROM_TIMERS and await self._clicked(message, action) is not Answer.IMPOSSIBLE:
            return await self._form()
        opener = transitions.action_of(Move.RESOLVE) if step is Move.WITHDRAW else reminders.SHOW
        if await self._clicked(message, opener) is Answer.IMPOSSIBLE:
            return None
        timers = await self._form(needs_submit=False)
        if timers is None or await self._clicked(timers, action) is Answer.IMPOSSIBLE:
            return None
        return await self._form(after=timers)

    async def _by_form(self, modal: Modal | None, taken: Taken, other: Ticket | None) -> Answer:
        if modal is None:
            return Answer.IMPOSSIBLE
        if taken.step is Move.ESCALATE:
            return await self._previewed(modal, taken, escalation_blocks.SEND)
        if taken.step is Step.TELL:
            return await self._previewed(modal, taken, outbound.SEND)
        if taken.step is Step.LINK:
            return await self._submitted(modal, {CAUSE: f"PD-{other.number}" if other else ""}, taken)
        answers = fitting(modal, known(taken.word or self._word(), self.now()))
        if has_word(taken.step) and not any(taken.word in str(text) for text in answers.values()):
            return Answer.IMPOSSIBLE  # nothing that can be told apart later is asked
        if taken.step is Step.FILL_IN and self.dice.random() < 0.3:
            taken.file = f"{taken.word}.log"
            uploaded = await self.driver.upload(taken.file, f"10:04 RCPT rejected {taken.word}\n".encode())
            answers["files"] = [each["id"] for each in uploaded["files"]]
        return await self._submitted(modal, answers, taken)

    async def _previewed(self, form: Modal, taken: Taken, preview: str) -> Answer:
        """Fills in what is not answered yet, then the questions of the preview, and sends it."""
        answers = known(taken.word or self._word(), self.now())
        fill = fitting if taken.step is Step.TELL else unanswered
        await self.driver.submit(form, fill(form, answers))
        modals = await self.driver.modals()
        if not modals or modals[-1].view["callback_id"] != preview or not modals[-1].view.get("submit"):
            return Answer.IMPOSSIBLE
        return await self._submitted(modals[-1], fitting(modals[-1], answers), taken)

    # --- forms

    async def _form(self, *, needs_submit: bool = True, after: Modal | None = None) -> Modal | None:
        """The form that opened, on top of the modal `after` or in its place; None when none did."""
        self.driver.timeout = _FORM
        before = (after.id, after.view["callback_id"]) if after else None

        async def top() -> Modal | None:
            modals = await self.driver.modals()
            return modals[-1] if modals and (modals[-1].id, modals[-1].view["callback_id"]) != before else None

        with suppress(TimeoutError):
            modal: Modal = await self.driver.wait_for(top, "a form")
            return modal if modal.view.get("submit") or not needs_submit else None
        return None

    async def _submitted(self, modal: Modal, answers: Json, taken: Taken) -> Answer:
        """Submits a form; the step is unsure from then on, as the connection may break before the response is read."""
        answer = Answer.IMPOSSIBLE
        taken.began, taken.answer = self.now(), Answer.UNSURE
        for _ in range(_TRIES):
            try:
                result = await self.driver.submit(modal, answers)
            except Refusal:  # the form is gone
                return Answer.UNSURE if answer is Answer.UNSURE else Answer.IMPOSSIBLE
            if result["outcome"] in {"closed", "cleared"}:
                return Answer.DONE
            if result["outcome"] != "failed":
                self.words.append((self.now(), await self._words(result)))
                is_done = taken.step is Step.LINK and result["outcome"] == "updated" and "errors.said" not in self._top
                refused = Answer.DONE if is_done or SAVED in self.words[-1][1] else Answer.REFUSED
                return Answer.UNSURE if answer is Answer.UNSURE else refused
            answer = Answer.UNSURE
            await asyncio.sleep(0.5)
        return answer

    async def _words(self, result: Json) -> str:
        """The response to a form: errors beside its inputs, or the modal in its place."""
        if result["outcome"] == "errors":
            return " ".join(map(str, result["errors"].values()))
        modals = await self.driver.modals()
        self._top = str(modals[-1].view["callback_id"]) if modals else ""
        return modals[-1].text if modals else ""

    async def _close_forms(self) -> None:
        """Closes all modals, and records the sentences in them."""
        with suppress(Refusal):
            modals = await self.driver.modals()
            for modal in modals:
                if modal.view["callback_id"] == ERROR:
                    self.words.append((self.steps[-1].ended if self.steps else 0.0, modal.text))
            if modals:
                await self.driver.dismiss(modals[0], whole=True)

    async def messages(self) -> list[tuple[float, str]]:
        """Ephemeral messages to this person, also in threads, and direct messages without a key: failures."""
        found = []
        for root in await all_messages(self.driver, DESK):
            found += await self.driver.thread(root) if root.get("reply_count") else [root]
        return words_of(found, await all_messages(self.driver, "@partner-desk"))

    async def _wait_for_message(self, card: Json, began: float) -> None:
        """Waits until a person is told something about a click that was not carried out, or would have been told."""
        self.driver.timeout = _WORD

        async def has_message() -> bool:
            here = [*await self.driver.messages(DESK, limit=20), *await self.driver.thread(card)]
            words = words_of(here, await self.driver.messages("@partner-desk", limit=20))
            return any(at >= began for at, _ in words) or bool(await self.driver.modals())

        with suppress(TimeoutError):
            await self.driver.wait_for(has_message, "a message")

    async def _asked(self, question: Callable[[], Awaitable[T]]) -> T:
        """Asks the store, again when another process holds it."""
        for _ in range(20):
            with suppress(StoreDown):
                return await question()
            await asyncio.sleep(0.25)
        return await question()


def open_picks(modal: Modal) -> list[tuple[str, Json]]:
    """Block and button of each answer that an open check of this modal offers."""
    found, is_open = [], False
    for block in modal.view["blocks"]:
        if block["type"] == "section":
            is_open = text_of({"blocks": [block]}).startswith("○")
        elif block["type"] == "actions" and is_open:
            picks = (each for each in block["elements"] if each["action_id"].startswith(checklist.PICK))
            found += [(block["block_id"], each) for each in picks]
    return found


LOST = (aiohttp.ClientError, Refusal, LookupError)
"""Reason why a person may give a step up: the form or button is gone."""
