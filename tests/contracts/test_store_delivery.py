"""Contract of every store about deliveries: their order, what is held back, and what attempts leave behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.adapters.store import open_store
from bot.adapters.store.schema_migrations import MIGRATIONS
from bot.adapters.store.sqlite_connection import connect, prepare
from bot.model.notice import BLOCKED, Blocked, Dead, Held, NoticeKind, Progress, Retry, Sent
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.doubles.manual_clock import ManualClock
from tests.doubles.records import START, a_notice, minutes

LEASE = timedelta(seconds=60)
HALF_DONE = Progress(unsure=True, posted={"": "1.0"}, searched="#2", cursor="c2", failures=3)


async def keys(store: Store, held: Held, after: float = 0, limit: int = 10) -> list[str]:
    return [claim.notice.key for claim in await store.claim(START + minutes(after), LEASE, limit, held)]


async def test_claim_prefers_the_lowest_rank_then_the_earliest_due(store: Store) -> None:
    notices = [
        a_notice("digest", rank=90),
        a_notice("late", rank=10, due=START + minutes(1)),
        a_notice("early", rank=10),
        a_notice("not yet", rank=0, due=START + minutes(9)),
    ]
    await store.apply(Batch(notices=notices))
    order = [await keys(store, Held(), 2, limit=1) for _ in range(4)]
    assert order == [["early"], ["late"], ["digest"], []]


async def test_claim_leaves_out_held_kinds_and_recipients(store: Store) -> None:
    mail = a_notice("mail", kind=NoticeKind.LETTER_MAIL, to="support@retarus.example")
    await store.apply(Batch(notices=[mail, a_notice("dm"), a_notice("channel", to="C1")]))
    held = Held(frozenset({NoticeKind.LETTER_MAIL}), frozenset({"C1"}))
    assert await keys(store, held) == ["dm"]
    assert await keys(store, Held(recipients=frozenset({"C1"}))) == ["mail"]
    assert await keys(store, Held()) == ["channel"]


async def test_next_due_leaves_out_what_is_held(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("n1", to="C1"), a_notice("n2", due=START + minutes(5))]))
    held = Held(recipients=frozenset({"C1"}))
    assert await store.next_due(START, held) == START + minutes(5)
    assert await store.next_due(START, Held(frozenset({NoticeKind.DIRECT}))) is None


async def test_held_notice_holds_its_lane(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("a1", lane="a", to="C1"), a_notice("a2", lane="a")]))
    assert await keys(store, Held(recipients=frozenset({"C1"}))) == []


async def test_progress_of_a_retry_reaches_the_next_attempt(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice()]))
    (first,) = await store.claim(START, LEASE, 1)
    assert first.progress == Progress()
    await store.settle(first, Retry(START, "busy", HALF_DONE), START)
    (second,) = await store.claim(START, LEASE, 1)
    assert second.progress == HALF_DONE
    await store.settle(second, Retry(START, "busy"), START)
    (third,) = await store.claim(START, LEASE, 1)
    assert third.progress == HALF_DONE


async def test_progress_survives_death_and_revival(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice()]))
    (claim,) = await store.claim(START, LEASE, 1)
    await store.settle(claim, Dead("no", HALF_DONE), START)
    await store.revive("n1", START)
    (again,) = await store.claim(START, LEASE, 1)
    assert again.progress == HALF_DONE.with_failed(START, "no")


async def test_attempt_that_broke_off_makes_the_next_one_unsure(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice()]))
    await store.claim(START, LEASE, 1)
    (second,) = await store.claim(START + LEASE, LEASE, 1)
    assert (second.attempt, second.progress) == (2, Progress(unsure=True))
    await store.settle(second, Retry(START + LEASE, "busy", Progress()), START)
    (third,) = await store.claim(START + LEASE, LEASE, 1)
    assert (third.attempt, third.progress) == (3, Progress())


async def test_blocked_notice_waits_and_goes_on_with_its_progress(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice()]))
    (claim,) = await store.claim(START, LEASE, 1)
    assert await store.settle(claim, Blocked("The channel is archived.", "C1", progress=HALF_DONE), START)
    (letter,) = await store.letters(state="waiting")
    assert letter.reason == "The channel is archived."
    (again,) = await store.claim(START + BLOCKED, LEASE, 1)
    assert (again.attempt, again.progress) == (2, HALF_DONE)
    assert await store.settle(again, Sent(), START)


async def test_notices_of_an_older_release_can_be_held_and_are_unsure_when_tried_before(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "desk.sqlite3"
    prepare(path, 1, MIGRATIONS[:9])
    insert = """INSERT INTO notices (key, ticket_id, lane, state, head, due, next_at, attempts, changed_at, doc)
        VALUES (:key, '', :key, 'waiting', 1, 0, 0, :attempts, 0, :doc)"""
    db = connect(path, 1)
    for key, kind, attempts in (
        ("new", NoticeKind.DIRECT, 0),
        ("tried", NoticeKind.DIRECT, 2),
        ("mail", NoticeKind.LETTER_MAIL, 0),
    ):
        notice = a_notice(key, kind=kind)
        db.execute(insert, {"key": key, "attempts": attempts, "doc": notice.model_dump_json(exclude={"rank"})})
    db.close()
    store = await open_store(f"sqlite:///{path}", clock)
    claims = await store.claim(START, LEASE, 9, Held(frozenset({NoticeKind.LETTER_MAIL})))
    assert {claim.notice.key: claim.progress.unsure for claim in claims} == {"new": False, "tried": True}
    await store.close()
