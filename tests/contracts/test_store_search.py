"""What every store promises of technical notes and of its full-text index."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.errors import Conflict
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Affected, Stage, Ticket
from bot.ports import Store
from bot.search import documents, ranking
from bot.search.documents import Shelf
from bot.search.ranking import Narrow
from bot.tickets.ports import Batch
from tests.doubles import memory_store
from tests.doubles.records import START, a_later, a_ticket, an_event, minutes


def a_note(note_id: str = "n1", **values: object) -> TechnicalNote:
    known = {"symptom": "Faxe bleiben in der Warteschlange", "remedy": "Queue neu starten", "services": ("FAX",)}
    people = {"written_by": "UBEN", "written_at": START, "changed_by": "UBEN", "changed_at": START}
    return TechnicalNote(id=note_id, **{**known, **people, **values})


def told(ticket_id: str, happens: str, **values: object) -> Ticket:
    answers = {"happens": happens, "services": "Email Security", "customer": "Müller GmbH"}
    more = values.pop("answers", {})
    assert isinstance(more, dict)
    return a_ticket(ticket_id, answers={**answers, **more}, **values)


async def found(store: Store, query: str, shelf: Shelf = Shelf.TICKETS, **narrow: Any) -> list[str]:
    """Ids, best first."""
    terms = ranking.terms_of(query)
    asked = ranking.clauses(terms, await store.alike(ranking.to_look_up(terms)), typing=True)
    candidates = await store.candidates(shelf, asked, Narrow(**narrow))
    numbers = [each.number for each in ranking.ranked(asked, candidates)] or [each.number for each in candidates.found]
    if shelf is Shelf.NOTES:
        notes = {note.number: note.id for note in await store.notes_called(numbers)}
        return [notes[number] for number in numbers]
    tickets = {ticket.number: ticket.id for ticket in await store.tickets_called(numbers)}
    return [tickets[number] for number in numbers]


# --- notes


async def test_a_note_is_numbered_and_every_version_is_kept(store: Store) -> None:
    await store.apply(Batch(technical_notes=[a_note("n1"), a_note("n2")]))
    first = await store.note("n1")
    assert first == a_note("n1", number=1)
    second = first.model_copy(update={"version": 2, "remedy": "Leitung prüfen", "changed_by": "UBEA"})
    await store.apply(Batch(technical_notes=[second]))
    assert await store.note_numbered(1) == second
    assert await store.note_versions("n1") == [second, first]
    assert [note.id for note in await store.notes(limit=9)] == ["n2", "n1"]
    assert [note.id for note in await store.notes(limit=1, skip=1)] == ["n1"]
    assert await store.count_notes() == 2


async def test_a_note_nobody_has_or_that_somebody_else_changed_is_no_other(store: Store) -> None:
    assert await store.note("n1") is None
    assert await store.note_numbered(1) is None
    await store.apply(Batch(technical_notes=[a_note()]))
    for version in (1, 3):
        with pytest.raises(Conflict):
            await store.apply(Batch(technical_notes=[a_note(version=version)]))


async def test_a_retired_note_is_found_no_more_and_a_reinstated_one_again(store: Store) -> None:
    await store.apply(Batch(technical_notes=[a_note()]))
    assert await found(store, "warteschlange", Shelf.NOTES) == ["n1"]
    await store.apply(Batch(technical_notes=[a_note(version=2, is_retired=True)]))
    assert await found(store, "warteschlange", Shelf.NOTES) == []
    await store.apply(Batch(technical_notes=[a_note(version=3)]))
    assert await found(store, "warteschlange", Shelf.NOTES) == ["n1"]


# --- what is found


async def test_a_ticket_is_found_by_other_forms_and_spellings_of_its_words_in_both_languages(store: Store) -> None:
    await store.apply(Batch(tickets=[told("t1", "Anhänge werden vom Gateway abgelehnt"), told("t2", "Fax line busy")]))
    for query in ("Anhang", "anhaenge", "anhange", "Anhnäge", "gatewy", "abgelehnter anhang", "attachment rejected"):
        assert await found(store, query) == ["t1"], query
    for query in ("lines", "Leitung besetzt", "fa"):
        assert (await found(store, query))[:1] == (["t2"] if query != "fa" else []), query


async def test_ids_and_error_codes_are_found_exactly_and_first(store: Store) -> None:
    near = told("near", "550 5.7.0 rejected, rejected, rejected by policy", rcr=("RCR-88124",))
    exact = told("exact", "Rejected", answers={"error": "550 5.7.1"}, rcr=("RCR-88123",))
    await store.apply(Batch(tickets=[exact, near]))
    assert (await found(store, "rejected 5.7.1"))[0] == "exact"
    for query in ("RCR-88123", "rcr 88123", "RCR#88123"):
        assert (await found(store, query))[:1] == ["exact"], query


async def test_compounds_are_found_by_their_parts_and_parts_by_compounds(store: Store) -> None:
    await store.apply(Batch(tickets=[told("t1", "Mailversand gestört"), told("t2", "Der Versand per SMS gestört")]))
    assert set(await found(store, "versand")) == {"t1", "t2"}
    assert set(await found(store, "mailversand")) == {"t1", "t2"}


async def test_a_search_is_narrowed_by_service_customer_time_and_whether_it_is_open(store: Store) -> None:
    await store.apply(
        Batch(
            tickets=[
                told("old", "Timeout", raised_at=START - minutes(600)),
                told("fax", "Timeout", answers={"services": "FAX\nSMS"}),
                told("closed", "Timeout", stage=Stage.CLOSED),
                told("adler", "Timeout", answers={"customer": "Adler AG"}),
            ]
        )
    )
    assert set(await found(store, "timeout")) == {"old", "fax", "closed", "adler"}
    assert await found(store, "timeout", service="fax") == ["fax"]
    assert await found(store, "timeout", customer="ADLER  ag") == ["adler"]
    assert set(await found(store, "timeout", since=START)) == {"fax", "closed", "adler"}
    assert await found(store, "timeout", open=False) == ["closed"]
    assert await found(store, "", customer="adler ag") == ["adler"]
    assert await found(store, "timeout", since=START + minutes(1)) == []


async def test_a_customer_who_joined_a_ticket_has_it_in_their_history(store: Store) -> None:
    joined = Affected(customer="Adler AG", impact="no faxes", by="UANNA", at=START)
    await store.apply(Batch(tickets=[told("t1", "Timeout", affected=(joined,))]))
    assert await found(store, "timeout", customer="adler ag") == ["t1"]


# --- the index follows


async def test_what_is_added_is_found_and_what_is_taken_away_is_not(store: Store) -> None:
    (first,) = await store.apply(Batch(tickets=[told("t1", "Timeout am Gateway")]))
    second = a_later(first, answers={"happens": "Timeout am Portal"})
    await store.apply(Batch(tickets=[second], events=[an_event(second, note="Zertifikat erneuert")]))
    assert await found(store, "portal") == ["t1"]
    assert await found(store, "zertifikate") == ["t1"]
    assert await found(store, "gateway") == []
    third = a_later(second)
    await store.apply(Batch(tickets=[third], events=[an_event(third, note="Danke an Quentin")]))
    assert await found(store, "zertifikate quentin") == ["t1"]


async def test_a_refused_change_is_not_found(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.apply(Batch(tickets=[told("t1", "Timeout"), told("t1", "Timeout")]))
    assert await found(store, "timeout") == []


async def test_what_is_erased_is_found_no_more_not_even_by_a_misspelling(store: Store) -> None:
    (first,) = await store.apply(Batch(tickets=[told("t1", "Frau Xaverine meldet Timeout")]))
    second = a_later(first)
    note = an_event(second, note="Xaverine ruft zurück")
    await store.apply(Batch(tickets=[second], events=[note]))
    assert await found(store, "xaverina") == ["t1"]
    third = a_later(second, answers={"happens": "Frau [erased] meldet Timeout"})
    clean = note.model_copy(update={"detail": {"note": "[erased] ruft zurück"}})
    await store.apply(Batch(tickets=[third], events=[an_event(third, "erase")], rewritten=[clean]))
    assert await found(store, "xaverine") == await found(store, "xaverina") == []
    assert "xaverine" not in (await store.alike(["xaverine"]))["xaverine"]
    assert await found(store, "timeout") == ["t1"]


async def test_a_rewritten_note_is_found_as_it_now_is(store: Store) -> None:
    await store.apply(Batch(technical_notes=[a_note(symptom="Frau Xaverine meldet Timeout")]))
    await store.apply(Batch(rewritten_notes=[a_note(symptom="Frau [erased] meldet Timeout")]))
    assert await found(store, "xaverine", Shelf.NOTES) == []
    assert await found(store, "timeout", Shelf.NOTES) == ["n1"]
    assert [note.symptom for note in await store.note_versions("n1")] == ["Frau [erased] meldet Timeout"]


async def test_of_a_common_word_only_the_newest_are_looked_at_and_it_is_said(store: Store) -> None:
    await store.apply(Batch(tickets=[told(f"t{number}", "Timeout") for number in range(ranking.CANDIDATES + 5)]))
    asked = ranking.clauses(ranking.terms_of("timeout"), {})
    candidates = await store.candidates(Shelf.TICKETS, asked, Narrow())
    assert candidates.is_bounded
    assert len(candidates.found) == ranking.RANKED
    assert candidates.spread["timeout"] == pytest.approx(ranking.CANDIDATES + 5, rel=0.02)


@pytest.fixture
def _short_sighted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were very many tickets."""
    for module in (ranking, memory_store):
        monkeypatch.setattr(module, "CANDIDATES", 3)
    monkeypatch.setattr(documents, "STRETCHES", (1, 2, 3))
    monkeypatch.setattr(documents, "TOGETHER", 2)


@pytest.mark.usefixtures("_short_sighted")
@pytest.mark.parametrize("narrow", [Narrow(), Narrow(service="Email Security"), Narrow(customer="Müller GmbH")])
async def test_common_words_are_found_in_the_newest_and_rare_ones_however_old_they_are(
    store: Store, narrow: Narrow
) -> None:
    texts = [
        *("Connector Zertifikat" for _ in range(4)),
        "Warteschlange",
        *(f"Connector {'Timeout' if number % 5 else 'Relay'}" for number in range(40)),
    ]
    await store.apply(Batch(tickets=[told(f"t{number}", text) for number, text in enumerate(texts)]))
    newest = len(texts) - 1

    async def numbers(query: str) -> list[int]:
        asked = ranking.clauses(ranking.terms_of(query), {})
        candidates = await store.candidates(Shelf.TICKETS, asked, narrow)
        called = await store.tickets_called([each.number for each in candidates.found])
        return sorted((int(ticket.id[1:]) for ticket in called), reverse=True)

    assert await numbers("connector") == [newest, newest - 1, newest - 2]
    assert await numbers("warteschlange") == [4]
    assert await numbers("zertifikat") == [3, 2, 1]
    assert await numbers("relay") == [newest - 4, newest - 9, newest - 14]
    assert await numbers("nirgends") == []


@pytest.mark.usefixtures("_short_sighted")
async def test_what_holds_all_common_words_is_found_behind_those_that_hold_one(store: Store) -> None:
    texts = ["Connector Timeout", *(word for _ in range(3) for word in ("Connector", "Timeout"))]
    await store.apply(Batch(tickets=[told(f"t{number}", text) for number, text in enumerate(texts)]))
    assert (await found(store, "connector timeout"))[0] == "t0"


async def test_the_index_says_the_same_when_it_was_put_in_order(store: Store) -> None:
    for number in range(30):
        await store.apply(Batch(tickets=[told(f"t{number}", f"Timeout {number}xy")]))
        await store.index_new(9)
    before = await found(store, "timeout")
    await store.merge_index(50)
    assert await found(store, "timeout") == before
    assert await found(store, "7xy") == ["t7"]


@pytest.mark.parametrize(
    "text", ['"', "*", "' OR 1=1 --", "a:b", "(", "NEAR(", "^", "\\", "C:\\temp", "{}", "🎉", "x\x00y"]
)
async def test_no_query_is_taken_for_anything_but_words(store: Store, text: str) -> None:
    await store.apply(Batch(tickets=[told("t1", f"Fehler {text} hier")]))
    assert await found(store, f"{text} fehler") == ["t1"]


NAMES = ["Müller & Söhne, Inc.", "O'Brien Ltd", "Ernst (Wien)", "50% “Nord”", "*", "A:B NOT C", "⑴ℌ½", "東京"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_search_is_narrowed_to_a_name_whatever_signs_it_holds(store: Store, name: str) -> None:
    theirs = told("t1", "Timeout", answers={"customer": name, "services": name})
    await store.apply(Batch(tickets=[theirs, told("t2", "Timeout")]))
    for query in ("timeout", ""):
        assert await found(store, query, customer=name) == ["t1"]
        assert await found(store, query, service=name) == ["t1"]
    assert await found(store, name, customer="Nobody") == []


# --- tickets with the same cause


async def test_the_open_tickets_with_the_same_cause_are_found(store: Store) -> None:
    await store.apply(
        Batch(
            tickets=[
                a_ticket("parent"),
                a_ticket("a", parent="parent"),
                a_ticket("b", parent="parent", raised_at=START + minutes(1)),
                a_ticket("closed", parent="parent", stage=Stage.CLOSED),
            ]
        )
    )
    assert [ticket.id for ticket in await store.children("parent", 9)] == ["b", "a"]
    assert [ticket.id for ticket in await store.children("parent", 1)] == ["b"]
    assert await store.children("", 9) == []


# --- what was saved a moment ago


async def test_what_is_erased_before_it_was_indexed_is_never_found(store: Store) -> None:
    secret = told("t1", "Herr Heimlich ruft an")
    saved = (await store.apply(Batch(tickets=[secret], events=[an_event(secret, note="Heimlich")])))[0]
    erased = a_later(saved, answers={})
    clean = an_event(secret, note="—")
    await store.apply(Batch(tickets=[erased], events=[an_event(erased)], rewritten=[clean]))
    assert await found(store, "heimlich") == []


async def test_the_histories_of_several_tickets_are_read_together_each_oldest_first(store: Store) -> None:
    saved = await store.apply(Batch(tickets=[told("t1", "Timeout"), told("t2", "Timeout"), told("t3", "Timeout")]))
    for each in saved:
        later = a_later(each)
        await store.apply(Batch(tickets=[later], events=[an_event(each, note="first"), an_event(later, note="then")]))
    told_ = [(event.ticket_id, event.version) for event in await store.histories(["t3", "t1"])]
    assert told_ == [("t1", 1), ("t1", 2), ("t3", 1), ("t3", 2)]
    assert await store.histories([]) == []
