"""Every listener × every kind of person, against the table in docs/administration.md."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.form_state import FormState
from bot.bulk import BulkAction
from bot.core.errors import DeskError, NotNow, NotYours
from bot.home import Screen, Tab
from bot.model.contact import EndCustomer
from bot.model.conversation import ConversationChanges, Entry, EntrySource, EntryState
from bot.model.notice import Place
from bot.model.ticket import Attachment, Kind, Level, Ticket
from bot.tickets.ports import Batch
from handlers.capabilities import CAPABILITIES
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Command, Emoji, OptionsRequest, Shortcut, SlackEvent, Submission
from runtime.background_tasks import BackgroundTasks
from tests.doubles.counting import Counting
from tests.factories import (
    ALEX,
    ANNA,
    BEN,
    CARLA,
    COMPLETE,
    DESK,
    GONE,
    GUS,
    NEMO,
    NOW,
    PEOPLE,
    RITA,
    World,
    a_contact,
    a_world,
)
from tests.handlers.permission_table import ROWS, SLACK, row_of, table

READER = "U0READER"
"""A full member in the desk channel, on neither level."""
COLUMNS = {CARLA: 0, ANNA: 1, BEN: 2, READER: 3, NEMO: 4, GUS: 5, RITA: 5, GONE: 5}
FILE = Attachment(id="F1", name="trace.log")
LATER = str(int(NOW.timestamp()) + 3600)


class Members:
    """`ChannelMembers` of the desk channel."""

    async def includes(self, user: str) -> bool:
        return user == READER

    def changed(self, user: str, *, is_member: bool) -> None:
        """Ignores changes of the members."""


@dataclass
class Scene:
    """A desk with a ticket at each level, a note, and a register with or without these people."""

    world: World
    first: Ticket
    second: Ticket
    note: str
    data: Any = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.world.store._data.copied()

    def again(self) -> tuple[Dispatcher, Counting]:
        """A fresh dispatcher over the same data."""
        store = Counting(self.world.store)
        store._data = self.data.copied()
        desk = self.world.at(store=store, members=Members()).desk
        client = AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/")  # nothing listens there
        client.retry_handlers = []
        dispatcher = Dispatcher(client, desk, BackgroundTasks())
        for capability in CAPABILITIES:
            capability.register(desk, dispatcher)
        return dispatcher, store


def card_at(ticket: Ticket) -> str:
    """Timestamp of the ticket's card."""
    return f"1.{ticket.number}"


async def a_scene(*, registered: bool, leads: tuple[str, ...] = ()) -> Scene:
    people = [user for user in COLUMNS if user in PEOPLE] if registered else [ALEX]
    w = await a_world(*(a_contact(user, has_eas=True) for user in people), desk={"emoji": True, "leads": leads})
    first = await w.taken()
    second = await w.accepted()
    await w.store.apply(Batch(customers=[EndCustomer(id="customer", name="Müller GmbH")]))
    typed = {"symptom": "550 from DE1", "remedy": "Correct the policy"}
    note = await w.desk.notes.write(typed, BEN, w.form())
    entry = Entry(
        id=second.id, source=EntrySource.MAIL, kind="answer", state=EntryState.SHOWN, ticket_id=second.id, at=NOW
    )
    await w.store.apply(Batch(conversation=ConversationChanges(new=(entry,))))
    for each in (first, second):
        place = Place(ticket_id=each.id, role="card", channel=DESK, ts=card_at(each))
        w.store._data.places[each.id, "card"] = place
    return Scene(w, first, second, note.id)


@pytest.fixture
async def registered() -> Scene:
    return await a_scene(registered=True)


@pytest.fixture
async def unregistered() -> Scene:
    return await a_scene(registered=False)


@pytest.fixture
async def led() -> Scene:
    return await a_scene(registered=False, leads=tuple(COLUMNS))


KINDS = {
    "click": ("clicks", "saving_clicks"),
    "submission": ("submissions",),
    "command": ("commands",),
    "saving command": ("saving_commands",),
    "shortcut": ("shortcuts",),
    "redraw": ("redraws",),
    "event": ("events",),
    "search": ("searches",),
}


def listeners(dispatcher: Dispatcher) -> dict[str, Callable[[Any], Awaitable[Any]]]:
    return {
        f"{kind} {name}": listener
        for kind, registries in KINDS.items()
        for registry in registries
        for name, listener in getattr(dispatcher, registry).items()
    }


def typed(ticket: Ticket) -> dict[str, str]:
    """Words for every form."""
    words = "The policy on DE1 was corrected, mail flows"
    return {**COMPLETE, "word": words, "reason": words, "cause": "PD-1002", "until": LATER, "eta": LATER, "to": ANNA,
            "rcr": "RCR-88123", "when": str(int(NOW.timestamp())), "month": "2019-07", "despite": words,
            "tickets.0": ticket.id, "what": BulkAction.SNOOZE.value}  # fmt: skip


def value_of(name: str, ticket: Ticket, note: str) -> str:
    """The value of the button."""
    special: list[tuple[str, str]] = [
        *((f"home.tab.{tab}", Screen(tab).pack()) for tab in Tab),
        ("home.take_up.", name.rpartition(".")[2]),
        *((f"home.{part}.", Screen().pack()) for part in ("ball", "level", "page")),
        ("team.", Screen(Tab.TEAM).pack()),
        ("customers.page.", Screen(Tab.CUSTOMERS).pack()),
        ("notes.page.", Screen(Tab.NOTES).pack()),
        ("home.turn.", Screen(Tab.MAIL).pack()),
        *((f"notes.{part}", f"{note}|1") for part in ("earlier", "later")),
        ("notes.from", ticket.id),
        ("notes.", note),
        ("contacts.", BEN),
        ("customers.", "customer"),
        ("customer_words.choose.", f"{ticket.id}|received|de"),
        *((f"raising.kind.{kind}", kind.value) for kind in Kind),
        ("raising.", Kind.INCIDENT.value),
        ("reports.", "2019-07"),
        *((f"checks.level.{level}", level.value) for level in Level),
        ("undo.", f"{ticket.id}|{ticket.version}"),
        ("checks.answer", "info"),
        ("checks.pick.", "info=correct"),
        ("joining.same", "PD-1002"),
        ("tickets.scope.", name.rpartition(".")[2]),
        ("bulk.", "all"),
    ]
    return next((value for prefix, value in special if name.startswith(prefix)), ticket.id)


def about_of(name: str, ticket: Ticket, note: str) -> str:
    """The metadata of the modal."""
    special = {
        "raising.": FormState(Kind.INCIDENT).pack(),
        "joining.join": FormState(Kind.INCIDENT).pack(),
        "notes.write": ticket.id,
        "notes.": f"{note}|1",
        "contacts.": BEN,
        "customers.": "customer",
        "reports.": "2019-07",
        "checks.": f"{ticket.id}|{ticket.version}|info",
    }
    usual = f"{ticket.id}|{ticket.version}"
    return next((about for prefix, about in special.items() if name.startswith(prefix)), usual)


def payload(kind: str, name: str, user: str, ticket: Ticket, note: str) -> Any:
    about, text = about_of(name, ticket, note), typed(ticket)
    if kind in {"click", "redraw"}:
        value = value_of(name, ticket, note)
        return Click(user, name, value, "click", "T", view="V1", about=about, typed=text, view_callback=name, at="1")
    texts = {"/retarus-report": "2019-07", "/retarus-ticket": "PD-1001", "/retarus-note": "TN-1"}
    lines = {**texts, "/retarus-ticket": f"{ticket.number} note They called again"}
    makers: Mapping[str, Callable[[], Any]] = {
        "submission": lambda: Submission(user, "V1", name, about, text),
        "command": lambda: Command(name, user, texts.get(name, ""), "T", DESK, "http://127.0.0.1:9/"),
        "saving command": lambda: Command(name, user, lines.get(name, ""), "T", DESK, "http://127.0.0.1:9/"),
        "shortcut": lambda: Shortcut(name, user, "T", DESK, ts="1.1", text="Mail bounces"),
        "event": lambda: SlackEvent(
            name,
            user,
            id="E1",
            channel=DESK,
            thread=card_at(ticket),
            files=(Attachment(id="F1", name="trace.log"),),
            emoji=Emoji.DONE,
            ts=card_at(ticket),
        ),
        "search": lambda: OptionsRequest(user, name, "Mü"),
    }
    return makers[kind]()


def stored_rows(store: Counting) -> tuple[dict[str, Any], ...]:
    """The data that a refusal must leave unchanged."""
    data = store._data
    return dict(data.tickets), dict(data.notes), dict.fromkeys(data.notices), dict(data.views)


async def is_refused(scene: Scene, listener: str, user: str, ticket: Ticket) -> bool | None:
    """True if this person is refused; None where the ticket has moved on, which is the same for everybody.

    Later errors, for want of a real Slack for example, are no refusal.
    """
    kind, _, name = listener.rpartition(" ")
    dispatcher, store = scene.again()
    before = stored_rows(store)
    try:
        await listeners(dispatcher)[listener](payload(kind, name, user, ticket, scene.note))
    except NotYours:
        assert stored_rows(store) == before, f"{listener} changed something for {user} before it was refused"
        return True
    except NotNow:
        assert stored_rows(store) == before, f"{listener} changed something for {user} before it was refused"
        return None
    except (DeskError, SlackApiError, ClientError):
        pass
    finally:
        await dispatcher.tasks.drain(0)
    assert store.batches <= LIMIT.get(name, 1), f"{listener} saved {store.batches} times"
    return False


LIMIT = {
    "escalate.send": 2, "eas.ask": 1, "eas.opened": 2, "reminders.chase": 2, "reports.request": 2, "raising.raise": 2,
}  # fmt: skip
"""Number of batches of one submission. A raised ticket is taken by its raiser. A sender to Retarus is looked up again,
and suspended if they left Slack."""


async def names() -> list[str]:
    scene = await a_scene(registered=False)
    return sorted(listeners(scene.again()[0]))


CONDITIONS = {"saving_texts"}
"""Registries without listeners: for which text a command saves."""


async def test_every_registry_of_listeners_is_held_to_the_table() -> None:
    dispatcher, _ = (await a_scene(registered=False)).again()
    registries = {
        name for name, held in vars(dispatcher).items() if isinstance(held, dict) and not name.startswith("_")
    }
    assert registries - CONDITIONS == {registry for several in KINDS.values() for registry in several}


async def test_every_listener_has_a_row_and_every_row_a_listener() -> None:
    known = await names()
    assert [each for each in known if row_of(each) is None] == []
    rows = table()
    assert {row for row in ROWS.values() if row} <= {_begin(title) for title in rows}
    assert len(rows) == len({row for row in ROWS.values() if row})
    used = {key for key in ROWS if key in known or any(each.startswith(key) for each in known if key.endswith("."))}
    assert set(ROWS) == used


def _begin(title: str) -> str:
    return next((row for row in set(ROWS.values()) if row and title.startswith(row)), title)


@pytest.mark.parametrize("user", COLUMNS)
async def test_every_listener_refuses_exactly_whom_the_table_refuses(
    user: str, registered: Scene, unregistered: Scene, led: Scene
) -> None:
    rows = {_begin(title): cells for title, cells in table().items()}
    wrong = []
    for listener in await names():
        row = row_of(listener)
        cell = rows[row][COLUMNS[user]] if row else "yes"
        for scene, ticket, expected in cases(cell, user, registered, unregistered, led):
            refused = await is_refused(scene, listener, user, ticket)
            if refused is not None and refused == expected:
                where, done = "1st" if ticket is scene.first else "2nd", "refused" if refused else "let in"
                wrong.append(f"{listener} (ticket at the {where} level, “{cell}”): {done}")
    assert wrong == []


def cases(cell: str, user: str, registered: Scene, unregistered: Scene, led: Scene) -> list[tuple[Scene, Ticket, bool]]:
    """The tickets of a cell, and whether it lets this person in."""
    match cell:
        case "yes" | "no":
            is_let_in = cell == "yes"
            return [(registered, registered.second, is_let_in), (unregistered, unregistered.first, is_let_in)]
        case "at their level" | "their own":
            at_first = user == ANNA
            return [(registered, registered.first, at_first), (registered, registered.second, not at_first)]
        case "as a lead":
            return [(led, led.first, True), (unregistered, unregistered.first, False)]
        case "as a contact":
            return [(registered, registered.second, True), (unregistered, unregistered.second, False)]
    raise AssertionError(cell)


def test_row_without_a_right_is_slacks_own() -> None:
    assert {each for each, row in ROWS.items() if row == SLACK} == {
        *(
            "event app_home_opened",
            "event channel_id_changed",
            "event channel_shared",
            "event channel_unshared",
            "event user_change",
            "event member_joined_channel",
            "event member_left_channel",
        ),
        "click form.answer",
    }
