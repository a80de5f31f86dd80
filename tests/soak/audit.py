"""Audits what is left of a soak: the steps that were acknowledged, the store, the messages, the mails, the logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message
from statistics import median

from blocks.card import card
from bot.adapters.slack.idempotent_posting import key_in_metadata
from bot.config.settings import Config
from bot.config.settings_file import load
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import OF
from bot.ports import Store
from bot.tickets.notifications import is_silent
from bot.tickets.ports import Query
from localslack import PersonDriver
from localslack.visible import text_of
from tests.handlers.world import DESK, RETARUS
from tests.soak.messages import all_messages, metadata_key
from tests.soak.person import CLICKS, SAVED, SoakPerson
from tests.soak.processes import CONFIG, Replica
from tests.soak.steps import MARKER, UNCOUNTED, Act, Answer, Taken, is_of

NAMES = {"U0ANNA": "Anna Arnold", "U0ALEX": "Alex Adler", "U0BEN": "Ben Brandt", "U0BEA": "Bea Bauer"}
_PARTS = ("", *(f"#{number}" for number in range(2, 30)))
_ALL = 1_000_000
_UNTRUE = ("nothing was changed", "nothing was saved", "Nothing was changed", "Nothing of yours was saved")
"""Words that are false after a step was carried out."""
_OF_A_FORM = ("Slack opens a form", "/")
"""Beginnings of sentences about a form that did not open, or about a command: they may come late."""


_TIME_TO_ANSWER = 6.0
"""Seconds within which a person is told of a click that was refused."""


@dataclass
class Findings:
    """Figures of a soak, and its faults."""

    figures: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def expect(self, right: object, fault: str) -> None:
        """Notes a fault unless this holds."""
        if not right:
            self.faults.append(fault)


@dataclass
class StoredState:
    """All data that is compared, read once."""

    config: Config
    tickets: list[Ticket]
    histories: dict[str, list[Event]]
    undelivered: dict[str, str]
    """Key of each notice that was not sent → its state."""
    desk: str
    retarus: str
    mails: list[tuple[str, Message]]


async def audited(
    store: Store,
    control: PersonDriver,
    people: Mapping[str, SoakPerson],
    replicas: Sequence[Replica],
    secrets: Sequence[str],
) -> Findings:
    """Compares all data."""
    found = Findings(faults=[fault for person in people.values() for fault in person.faults])
    stored = await _stored_state(store, control)
    for person in people.values():
        await _settle(stored, person, found)
    steps = [step for person in people.values() for step in person.steps]
    _audit_steps(stored, steps, found)
    await _audit_outbox(store, found)
    await _audit_threads(stored, store, control, found)
    posted = await _audit_repeats(stored, control, people, found)
    await _audit_retarus(stored, control, found)
    await _audit_mails(stored, store, steps, found)
    _audit_logs(replicas, secrets, found)
    _audit_silence(steps, replicas, found)
    _count(stored, steps, replicas, found)
    found.figures["messages of the bot"] = posted
    return found


async def _stored_state(store: Store, control: PersonDriver) -> StoredState:
    tickets = await store.find(Query(limit=_ALL))
    rows = [each for state in ("waiting", "dead", "dropped") for each in await store.letters(state=state, limit=_ALL)]
    channels = {entry["name"]: entry["id"] for entry in (await control.state())["channels"]}
    listed = (await control.control("GET", "mail"))["mails"]
    raw = [(await control.control("GET", f"mail/{entry['id']}"))["mail"] for entry in listed]
    return StoredState(
        load(CONFIG),
        tickets,
        {ticket.id: await store.history(ticket.id) for ticket in tickets},
        {row.notice.key: row.state for row in rows},
        channels[DESK[1:]],
        channels[RETARUS[1:]],
        [(",".join(mail["to"]), message_from_string(mail["raw"])) for mail in raw],
    )


# --- messages to people


async def _settle(stored: StoredState, person: SoakPerson, found: Findings) -> None:
    """Compares the messages to a person with the person's steps, one by one.

    A click that was acknowledged and not done was refused if it was said, and was silent if not. Of a form, only the
    answer to its submission may not deny what was done: a message may be about the click that opened it. After a
    form that did not open, and of which the person was told nothing yet, the next message may be about that one.
    """
    messages = await person.messages()
    words, is_untold = sorted([*person.words, *messages]), False
    ends = [*(taken.began for taken in person.steps), float("inf")][1:]
    for taken, end in zip(person.steps, ends, strict=True):
        text = " ".join(text for at, text in words if taken.began <= at < end)
        if taken.step in CLICKS and taken.answer is Answer.DONE and not taken.done:
            taken.answer = Answer.REFUSED if text or _is_undone(stored, taken) else Answer.SILENT
        about = f"{taken.step} of {taken.by} on {taken.ticket} {taken.word}: told {text[:200]!r}"
        about_it = words if taken.step in CLICKS else person.words
        received = [text for at, text in about_it if taken.began <= at < end and not text.startswith(_OF_A_FORM)]
        is_denied = any(untrue in text for text in received[is_untold:] for untrue in _UNTRUE)
        is_untold = not text and (is_untold or taken.answer is Answer.IMPOSSIBLE)
        found.expect(not (taken.answer is Answer.DONE and taken.done and is_denied), f"done, and denied: {about}")
        is_claimed = SAVED in text and taken.answer is not Answer.UNSURE
        found.expect(not is_claimed or taken.done, f"not done, and said to be saved: {about}")
    found.figures["sentences to one person"] = found.figures.get("sentences to one person", 0) + len(words)


def _is_undone(stored: StoredState, step: Taken) -> bool:
    """True for a click on `Undo` that asked for nothing any more: that step was undone before."""
    return any(event.detail.get(OF) == step.pressed for event in stored.histories.get(step.ticket, ()))


# --- steps


def _audit_steps(stored: StoredState, steps: Sequence[Taken], found: Findings) -> None:
    """Checks that each acknowledged step is in the store, as often as it was taken."""
    groups: dict[tuple[str, str, str, str], list[Taken]] = {}
    for taken in (each for each in steps if each.ticket and each.step not in UNCOUNTED):
        groups.setdefault((taken.ticket, taken.step, taken.by, taken.word or taken.answer_key), []).append(taken)
    for (ticket, step, by, word), group in groups.items():
        minimum = sum(taken.answer is Answer.DONE for taken in group)
        maximum = minimum + sum(taken.answer is Answer.UNSURE for taken in group)
        history = stored.histories.get(ticket, [])
        history = [each for each in history if not _comes_with_raising(each, history)]
        there = len(_same([each for each in history if is_of(each, group[0])])) if step != Move.RAISE else 1
        name = f"{step} by {by} {word} on {ticket}: done {minimum}, unsure {maximum - minimum}, in the store {there}"
        found.expect(minimum <= there <= maximum, name)


def _same(events: list[Event]) -> list[Event]:
    """Without later answers that quote the first: a form may draft one answer from another."""
    is_answer = bool(events) and events[0].kind == Step.FILL_IN
    return [each for each in events if each.detail == events[0].detail] if is_answer else events


def _comes_with_raising(event: Event, history: Sequence[Event]) -> bool:
    """True for the take of a person who raised the ticket and did not leave it to others: there was no click."""
    return event.kind == Move.TAKE and event.at == history[0].at


def is_owed(notice: Notice) -> bool:
    """True for every notice but those that redraw a message later: without `Undo`, or with a breach of the SLA."""
    return not notice.key.endswith((":undo", ":due"))


async def _audit_outbox(store: Store, found: Findings) -> None:
    """Checks that every notice was delivered, or is a visible dead letter."""
    waiting = [row for row in await store.letters(state="waiting", limit=_ALL) if is_owed(row.notice)]
    for row in waiting[:20]:
        found.faults.append(f"still waiting: {row.notice.kind} {row.notice.key}: {row.reason}")
    dead = await store.letters(state="dead", limit=_ALL)
    found.expect(all(row.reason for row in dead), "a dead letter says nothing of why")
    found.figures["dead letters"] = len(dead)


# --- Slack


_SHOWN_ELSEWHERE = frozenset({Move.TAKE.value, Move.HAND_ON.value, Step.ATTACH.value})
"""Events that the call for the highest priority or the card may tell, without a line of their own."""


async def _audit_threads(stored: StoredState, store: Store, control: PersonDriver, found: Findings) -> None:
    """Checks that each ticket has one card with its present state, and a line for each step of a person."""
    for ticket in stored.tickets:
        place = await store.place(ticket.id, "card")
        if place is None:
            found.faults.append(f"ticket {ticket.number} has no card")
            continue
        thread = await control.thread({"channel": place.channel, "ts": place.ts})
        drawn = card(ticket, stored.config, NAMES.__getitem__)
        shown = text_of({"blocks": list(drawn.blocks)})
        found.expect(text_of(thread[0]) == shown, f"the card of {ticket.number} shows an older state")
        lines = Counter(metadata_key(message) for message in thread[1:])
        for event in stored.histories[ticket.id]:
            key = f"{ticket.id}:{event.version}:{NoticeKind.THREAD.value}:{stored.desk}"
            if event.by and not is_silent(event) and key not in stored.undelivered:
                times = lines[key_in_metadata(key)]
                is_right = times == 1 or (times == 0 and event.kind in _SHOWN_ELSEWHERE)
                found.expect(is_right, f"{event.kind} on {ticket.number} stands {times} times in the thread")


async def _audit_repeats(
    stored: StoredState, control: PersonDriver, people: Mapping[str, SoakPerson], found: Findings
) -> int:
    """Checks that no message was posted twice: in a channel, in a thread, or to a person."""
    keys = Counter[tuple[str, str]]()
    for channel in (DESK, RETARUS):
        for root in await all_messages(control, channel):
            if root.get("thread_ts", root["ts"]) != root["ts"]:
                continue  # a broadcast reply, counted in its thread
            replies = await control.thread(root) if root.get("reply_count") else [root]
            keys.update((channel, metadata_key(message)) for message in replies if metadata_key(message))
    for name, person in people.items():
        messages = await all_messages(person.driver, "@partner-desk")
        keys.update((name, metadata_key(message)) for message in messages if metadata_key(message))
    for (channel, key), times in keys.items():
        found.expect(times == 1, f"a message stands {times} times in {channel}: {key}")
    found.expect(keys or not stored.tickets, "no message carries a key")
    return keys.total()


# --- Retarus


def _sent_by_people(
    stored: StoredState, letter_kind: NoticeKind, chaser_kind: NoticeKind, to: str
) -> dict[str, Ticket]:
    """Keys of what people sent to Retarus this way, by the history."""
    says = {Move.ESCALATE.value: letter_kind, Step.CHASE.value: chaser_kind, Step.TELL.value: chaser_kind}
    sent = dict[str, Ticket]()
    for ticket in stored.tickets:
        for event in stored.histories[ticket.id]:
            if event.kind in says and event.by:
                again = event.detail.get("again", "")  # the letter in whose place it goes, by the same way
                _, _, kind, address = again.split(":", 3) if again else ("", "", says[event.kind].value, to)
                if address == to and kind in {letter_kind.value, chaser_kind.value}:
                    sent[f"{ticket.id}:{event.version}:{kind}:{to}"] = ticket
    return sent


async def _audit_retarus(stored: StoredState, control: PersonDriver, found: Findings) -> None:
    """Checks that Retarus's channel holds exactly what people sent."""
    sent = _sent_by_people(stored, NoticeKind.LETTER_POST, NoticeKind.CHASE_POST, stored.retarus)
    allowed = {key_in_metadata(key + part) for key in sent for part in _PARTS}
    there = set[str]()
    for root in await all_messages(control, RETARUS):
        there |= {metadata_key(message) for message in await control.thread(root) if metadata_key(message)}
    for key in there - allowed:
        found.faults.append(f"in Retarus's channel, and sent by nobody: {key}")
    for key in sent:
        if key not in stored.undelivered:
            found.expect(key_in_metadata(key) in there, f"not in Retarus's channel: {key}")


async def _audit_mails(stored: StoredState, store: Store, steps: Sequence[Taken], found: Findings) -> None:
    """Checks that Retarus was mailed exactly what people sent, with the confirmed files."""
    to = stored.config.retarus.email
    sent = _sent_by_people(stored, NoticeKind.LETTER_MAIL, NoticeKind.CHASE_MAIL, to)
    known = {key: await store.message_id_of(key) for key in sent}
    ids = {each.message_id if each else key: (key, sent[key]) for key, each in known.items()}
    arrived = Counter[str]()
    for recipients, mail in stored.mails:
        if to not in recipients:
            continue
        number = str(mail["Message-ID"]).strip()
        arrived[number] += 1
        found.expect(number in ids, f"mailed to Retarus, and sent by nobody: {mail['Subject']}")
        if number in ids:
            confirmed = {each.name for each in ids[number][1].attachments}
            names = {str(part.get_filename()) for part in mail.walk() if part.get_filename()}
            found.expect(names <= confirmed, f"a file went to Retarus that was not confirmed: {names - confirmed}")
    for number, (key, _) in ids.items():
        if key not in stored.undelivered:
            found.expect(arrived[number], f"not mailed to Retarus: {key}")
    refused = {taken.file for taken in steps if taken.file and taken.answer is Answer.REFUSED}
    attached = {each.name for ticket in stored.tickets for each in ticket.attachments}
    found.expect(not refused & attached, f"files of a refused form are kept: {refused & attached}")
    _count_sent(sent, found)
    found.figures["mails that arrived again, with the same Message-ID"] = sum(arrived.values()) - len(arrived)


def _count_sent(sent: Iterable[str], found: Findings) -> None:
    """Counts what people sent to Retarus by mail; the channel got the same."""
    kinds = Counter(key.split(":", 3)[2] for key in sent)
    found.figures["letters to Retarus"] = kinds[NoticeKind.LETTER_MAIL.value]
    found.figures["later messages to Retarus"] = kinds[NoticeKind.CHASE_MAIL.value]


# --- logs, memory, figures


def _audit_logs(replicas: Sequence[Replica], secrets: Sequence[str], found: Findings) -> None:
    """Checks that no log holds a secret, a name, an address, or typed text."""
    for replica in replicas:
        text = replica.log.read_text("utf-8", "replace")
        for secret in (f"{MARKER}-", *secrets):
            found.expect(secret not in text, f"{replica.log.name} holds {secret[:12]}…")
        for line in text.splitlines():
            found.expect("unforeseen" not in line, f"{replica.log.name}: {line[:160]}")
        found.figures["lines in the logs"] = found.figures.get("lines in the logs", 0) + text.count("\n")


def _audit_silence(steps: Sequence[Taken], replicas: Sequence[Replica], found: Findings) -> None:
    """Checks each click without an answer: the answer could not be sent, as the log says, or its process was killed."""
    lines = [line for replica in replicas for line in replica.log.read_text("utf-8", "replace").splitlines()]
    kills = [at for replica in replicas for at in replica.killed_at]
    for user in NAMES:
        silent = [taken for taken in steps if taken.by == user and taken.answer is Answer.SILENT]
        alive = [taken for taken in silent if not any(taken.at <= at < taken.at + _TIME_TO_ANSWER for at in kills)]
        untold = sum("could not tell a person" in line and user in line for line in lines)
        about = ", ".join(f"{taken.step} on {taken.ticket}" for taken in alive)
        found.expect(len(alive) <= untold, f"{user} made clicks that did nothing: {about}; {untold} could not be told")


def _count(stored: StoredState, steps: Sequence[Taken], replicas: Sequence[Replica], found: Findings) -> None:
    answers = Counter(taken.answer for taken in steps if taken.step not in UNCOUNTED)
    tried = Counter(taken.step for taken in steps if taken.answer is not Answer.IMPOSSIBLE)
    found.figures |= {
        "kills": sum(replica.kills for replica in replicas),
        "tickets": len(stored.tickets),
        "versions of tickets": sum(map(len, stored.histories.values())),
        "acknowledged steps": answers[Answer.DONE],
        "unsure steps": answers[Answer.UNSURE],
        "refused steps": answers[Answer.REFUSED],
        "steps that were not possible": answers[Answer.IMPOSSIBLE],
        "letters tried again": tried[Act.AGAIN],
        "unassigned mails sorted": tried[Act.SORT],
        "reminders": sum(event.kind == Step.REMIND for events in stored.histories.values() for event in events),
        "memory at most, MB": round(max(replica.peak for replica in replicas)),
    }


def judge_memory(replicas: Sequence[Replica], found: Findings) -> None:
    """Checks that memory in the last third of the undisturbed time is that of the third before, but for a tenth."""
    for replica in replicas:
        sizes = [megabytes for _, megabytes in replica.memories]
        third = len(sizes) // 3
        if third:
            before, after = median(sizes[third : 2 * third]), median(sizes[2 * third :])
            found.figures[f"memory of {replica.name} before, MB"] = round(before)
            found.figures[f"memory of {replica.name} at the end, MB"] = round(after)
            found.expect(after < before * 1.1, f"{replica.name} grew from {before:.0f} to {after:.0f} MB")
