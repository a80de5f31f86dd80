"""Desk and outbox behave like a simple model of tickets, answers and messages, in any sequence of steps."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.adapters.store import open_store
from bot.core.errors import DeskError
from bot.model.notice import NoticeKind
from bot.model.ticket import Kind, Stage, Ticket
from bot.model.transitions import Move
from bot.outbox import Limits, Outbox
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.bot.desk_model import (
    ANYBODY,
    BOTH,
    CLICKS,
    DETAIL_KEYS,
    FIRST,
    MODEL,
    OUTCOMES,
    STAFF,
    WORDS,
    Courier,
    Model,
)
from tests.doubles.memory_store import MemoryStore
from tests.factories import (
    BEN,
    HANDED_OFF,
    MAIL,
    RAISED,
    RETARUS,
    SECOND,
    TEMPLATE,
    World,
    a_contact,
    a_world,
)


class DeskComparison(RuleBasedStateMachine):
    """Takes the same steps at the desk and in the model, and compares both."""

    def __init__(self, new_store: Callable[[Callable[[], datetime]], Awaitable[Store]]) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.new_store = new_store
        self.models: list[Model] = []
        self.last: Callable[[], Awaitable[Ticket]] | None = None
        self.courier = Courier()

    @initialize()
    def open(self) -> None:
        self.world = self.loop.run(self._opened())

    async def _opened(self) -> World:
        world = await a_world(a_contact(BEN))
        self.store = await self.new_store(world.clock)
        await self.store.apply(Batch(contacts=(a_contact(BEN),)))
        world = world.at(store=self.store)
        self.outbox = Outbox(
            self.store,
            dict.fromkeys(NoticeKind, self.courier),
            world.clock,
            world.desk.receipts.follow_up,
            Limits(pause=0.01),
        )
        return world

    # --- steps

    def attempt(self, step: Callable[[], Awaitable[Ticket]]) -> Ticket | None:
        """Takes a step; None when the desk refused it."""
        try:
            ticket = self.loop.run(_awaited(step))
        except DeskError:
            return None
        self.last = step
        return ticket

    @precondition(lambda self: len(self.models) < 2)
    @rule(by=STAFF, customer=st.sampled_from(["Müller GmbH", "Ærø A/S"]))
    def raise_ticket(self, by: str, customer: str) -> None:
        answers, form = RAISED | {"customer": customer}, self.world.form()
        ticket = self.attempt(lambda: self.world.desk.tickets.create(by, Kind.INCIDENT, answers, form))
        assert ticket
        self.models.append(Model(ticket.id, Stage.NEW, by, by, answers={"customer": customer}))

    @precondition(lambda self: self.models)
    @rule(number=st.integers(0, 1), move=CLICKS, by=ANYBODY)
    def click(self, number: int, move: Move, by: str) -> None:
        model, form = self.models[number % len(self.models)], self.world.form()
        done = self.attempt(lambda: self.world.desk.tickets.act(model.id, move, by, form))
        is_theirs_already = move is Move.TAKE_OVER and model.owner == by
        self.expect(model, move, by, done is not None, possible=not is_theirs_already)

    @precondition(lambda self: self.models)
    @rule(number=st.integers(0, 1), move=st.sampled_from(sorted(DETAIL_KEYS)), by=ANYBODY, word=WORDS)
    def kind(self, number: int, move: Move, by: str, word: str) -> None:
        model, form = self.models[number % len(self.models)], self.world.form()
        desk = self.world.desk
        if move is Move.RESOLVE:
            done = self.attempt(lambda: desk.tickets.resolve(model.id, by, form, word, {}))
        else:
            done = self.attempt(lambda: desk.tickets.act_with_text(model.id, move, by, form, DETAIL_KEYS[move], word))
        self.expect(model, move, by, done is not None)
        if done and move is Move.RESOLVE:
            model.answers["remedy"] = word
        if done and move is Move.REOPEN:
            model.answers.pop("remedy", None)

    @precondition(lambda self: self.models)
    @rule(number=st.integers(0, 1), choices=st.lists(st.integers(0, 99), min_size=1, max_size=5), word=WORDS)
    def go_on(self, number: int, choices: list[int], word: str) -> None:
        """Several useful steps of a ticket, each by a person of either level, so that all stages are reached."""
        for choice in choices:
            self.sensible_step(number, choice, word)

    def sensible_step(self, number: int, choice: int, word: str) -> None:
        model, by = self.models[number % len(self.models)], BOTH[choice % len(BOTH)]
        if model.stage in {Stage.NEW, Stage.FIRST} and choice < 40:
            self.hand_off(number, FIRST[choice % 2])
        elif model.stage is Stage.SECOND and choice < 50:
            self.fill_in(number, by, choice + 1)
            self.send_to_retarus(number, BEN)
        else:
            possible = [move for move, stages in MODEL.items() if model.stage in stages][choice % 3 :][:1]
            if not possible:
                return
            if possible[0] in DETAIL_KEYS:
                self.kind(number, possible[0], by, word)
            else:
                self.click(number, possible[0], by)

    def expect(self, model: Model, move: Move, by: str, done: bool, *, possible: bool = True) -> None:
        allowed = MODEL[move].get(model.stage)
        possible = possible and model.is_possible(move)
        assert done is (allowed is not None and by in allowed[1] and possible), (move, model.stage, by)
        if done:
            model.moved(move, by)

    @precondition(lambda self: self.models)
    @rule(number=st.integers(0, 1), by=ANYBODY)
    def hand_off(self, number: int, by: str) -> None:
        model, form = self.models[number % len(self.models)], self.world.form()
        answers = HANDED_OFF | {"summary_first": f"Restarted at {model.version} o'clock; all tenants on DE1."}
        done = self.attempt(lambda: self.world.desk.tickets.hand_off(model.id, by, answers, form, model.version))
        assert (done is not None) is (model.stage in {Stage.NEW, Stage.FIRST} and by in FIRST)
        if done:
            if model.stage is Stage.NEW:
                model.owner = model.first_owner = by
            model.stage, model.version = Stage.HANDED_OFF, model.version + 1
            model.answers |= answers

    @precondition(lambda self: self.models)
    @rule(number=st.integers(0, 1), by=ANYBODY, affected=st.integers(1, 99))
    def fill_in(self, number: int, by: str, affected: int) -> None:
        model, form = self.models[number % len(self.models)], self.world.form()
        answers = TEMPLATE | SECOND | {"affected": str(affected), "why_retarus": f"Only they see it {model.version}"}
        before = model.version
        done = self.attempt(lambda: self.world.desk.answers.fill_in(model.id, by, answers, form, before))
        if done:
            assert by in BOTH
            model.version += 1
            model.answers |= answers
        else:
            assert by not in BOTH or model.stage is Stage.CLOSED

    @precondition(lambda self: self.models)
    @rule(number=st.integers(0, 1), by=ANYBODY)
    def send_to_retarus(self, number: int, by: str) -> None:
        model, form = self.models[number % len(self.models)], self.world.form()
        done = self.attempt(lambda: self.world.desk.escalation.send(model.id, by, form, model.version))
        if done:
            assert by == BEN, "only an authorised contact sends"
            assert model.stage is Stage.SECOND
            assert model.answers.keys() >= TEMPLATE.keys(), "nothing incomplete is sent"
            model.stage, model.owner = Stage.RETARUS, by
            model.version, model.letters = model.version + 1, model.letters + 1

    @precondition(lambda self: self.last)
    @rule()
    def repeat(self) -> None:
        """Slack delivers the same click or form again."""
        assert self.last
        self.attempt(self.last)

    # --- deliveries

    @rule(how=OUTCOMES)
    def deliver(self, how: str) -> None:
        self.courier.next = how
        self.loop.run(self.outbox.drain(5))

    @rule()
    def crash(self) -> None:
        """Claims due notices in a process that dies."""
        for claim in self.loop.run(self.store.claim(self.world.clock(), timedelta(seconds=90), 3)):
            assert claim.attempt >= 1

    @rule(seconds=st.sampled_from([1, 10, 100, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.forward(seconds=seconds)

    # --- comparison

    @invariant()
    def tickets_are_as_in_the_model(self) -> None:
        for model in self.models:
            ticket = self.loop.run(self.store.get(model.id))
            assert ticket
            assert (ticket.stage, ticket.owner, ticket.version) == (model.stage, model.owner, model.version)
            assert {key: ticket.answer(key) for key in model.answers} == model.answers
            history = self.loop.run(self.store.history(model.id))
            assert [event.version for event in history] == list(range(1, model.version + 1))

    @invariant()
    def nothing_arrives_twice_or_unasked(self) -> None:
        assert all(times == 1 for times in self.courier.arrived.values())
        for model in self.models:
            letters = [key for key in self.courier.arrived if key.startswith(f"{model.id}:") and ">" not in key]
            for to in (RETARUS, MAIL):
                assert sum(
                    f":{NoticeKind.LETTER_POST}:{to}" in key or f":{NoticeKind.LETTER_MAIL}:{to}" in key
                    for key in letters
                ) <= (model.letters)

    def teardown(self) -> None:
        """Finally everything is delivered once, or is a dead letter with a reason."""
        if not hasattr(self, "world"):
            self.loop.close()
            return
        self.courier.next = "sent"
        for _ in range(6):
            self.world.clock.forward(seconds=600)
            assert self.loop.run(self.outbox.drain(10))
        rows = [
            row for model in self.models for row in self.loop.run(self.store.letters(ticket_id=model.id, limit=1000))
        ]
        assert [row for row in rows if row.state == "waiting"] == []
        assert all(row.reason for row in rows if row.state == "dead")
        assert all(self.courier.arrived[row.notice.key] == 1 for row in rows if row.state == "sent")
        self.loop.run(self.store.close())
        self.loop.close()


async def _awaited(step: Callable[[], Awaitable[Ticket]]) -> Ticket:
    return await step()


Open = Callable[[Callable[[], datetime]], Awaitable[Store]]


@pytest.fixture(params=["memory", "sqlite"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    async def memory(clock: Callable[[], datetime]) -> Store:
        return MemoryStore(clock)

    async def sqlite(clock: Callable[[], datetime]) -> Store:
        return await open_store(f"sqlite:///{tmp_path / uuid4().hex}", clock)

    ways: dict[str, Open] = {"memory": memory, "sqlite": sqlite}
    return ways[request.param]


def test_desk_behaves_like_the_model_in_any_sequence_of_steps(new_store: Open) -> None:
    run_state_machine_as_test(
        lambda: DeskComparison(new_store),  # type: ignore[arg-type]  # any callable that returns a machine is accepted
        settings=settings(
            max_examples=6 * int(os.environ.get("FUZZ", "1")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            phases=[phase for phase in Phase if phase is not Phase.shrink or "CI" not in os.environ],
        ),
    )
