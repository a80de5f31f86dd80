"""Audits the answers of Retarus: each stands in its ticket's thread once, or waits visibly among the unassigned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.adapters.slack.idempotent_posting import key_in_metadata
from bot.conversation.conversation_notices import entry_place
from bot.model.conversation import Entry, EntryState
from bot.ports import Store
from localslack import PersonDriver
from localslack.visible import text_of
from tests.handlers.world import Json
from tests.soak.audit import Findings
from tests.soak.messages import metadata_key


async def audit_conversation(
    entries: Sequence[tuple[str, Entry]], store: Store, control: PersonDriver, found: Findings
) -> None:
    """Compares each entry with the messages of its thread. `entries`: a word of each message of Retarus, with it."""
    threads = dict[str, list[Json]]()
    waiting = {row.notice.key for state in ("waiting", "dead") for row in await store.letters(state=state, limit=10**6)}
    for word, entry in entries:
        if entry.state is not EntryState.SHOWN:
            continue
        if entry.ticket_id not in threads:
            place = await store.place(entry.ticket_id, "card")
            threads[entry.ticket_id] = await control.thread(place.model_dump()) if place else []
        keys = _keys(entry)
        shown = [each for each in threads[entry.ticket_id] if metadata_key(each) in {*map(key_in_metadata, keys)}]
        times = sum(word in text_of(each) for each in shown)
        found.expect(times == 1 or set(keys) & waiting, f"{word} of Retarus stands {times} times in its thread")
    states = Counter(entry.state for _, entry in entries)
    found.figures["answers of Retarus in their threads"] = states[EntryState.SHOWN]
    found.figures["answers of Retarus unassigned or dismissed"] = (
        states[EntryState.UNASSIGNED] + states[EntryState.DISMISSED]
    )
    found.expect(not states[EntryState.IGNORED], "an answer of Retarus was taken for a copy of our own mail")


def _keys(entry: Entry) -> list[str]:
    """Keys of the notices that show an entry, one for each version."""
    return [f"{entry_place(entry.id)}:{version}" for version in range(1, entry.version + 1)]
