"""Contract of every store for technical notes and full-text search."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.errors import Conflict
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Affected, Stage, Ticket
from bot.ports import Store
from bot.search import documents, ranking
from bot.search.documents import DocumentKind
from bot.search.ranking import SearchFilter
from bot.tickets.ports import Batch
from tests.doubles import memory_search
from tests.doubles.records import START, a_ticket, an_event, minutes, next_version


def a_note(note_id: str = "n1", **values: object) -> TechnicalNote:
    known = {"symptom": "Faxe bleiben in der Warteschlange", "remedy": "Queue neu starten", "services": ("FAX",)}
    people = {"written_by": "UBEN", "written_at": START, "changed_by": "UBEN", "changed_at": START}
    return TechnicalNote(id=note_id, **{**known, **people, **values})


def a_described_ticket(ticket_id: str, happens: str, **values: object) -> Ticket:
    answers = {"happens": happens, "services": "Email Security", "customer": "Müller GmbH"}
    more = values.pop("answers", {})
    assert isinstance(more, dict)
    return a_ticket(ticket_id, answers={**answers, **more}, **values)


async def found(store: Store, query: str, shelf: DocumentKind = DocumentKind.TICKETS, **narrow: Any) -> list[str]:
    """Ids of the matches, best first."""
    terms = ranking.terms_of(query)
    asked = ranking.clauses(terms, await store.alike(ranking.to_look_up(terms)), typing=True)
    candidates = await store.candidates(shelf, asked, SearchFilter(**narrow))
    numbers = [each.number for each in ranking.ranked(asked, candidates)] or [each.number for each in candidates.found]
    if shelf is DocumentKind.NOTES:
        notes = {note.number: note.id for note in await store.notes_called(numbers)}
        return [notes[number] for number in numbers]
    tickets = {ticket.number: ticket.id for ticket in await store.tickets_called(numbers)}
    return [tickets[number] for number in numbers]


async def index_all(store: Store) -> None:
    """A search waits for the index for a second only: too little for many tickets on a busy machine."""
    while await store.index_new(100):
        pass


# --- notes


async def test_note_is_numbered_and_all_versions_are_kept(store: Store) -> None:
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


async def test_missing_note_is_none_and_an_outdated_change_is_a_conflict(store: Store) -> None:
    assert await store.note("n1") is None
    assert await store.note_numbered(1) is None
    await store.apply(Batch(technical_notes=[a_note()]))
    for version in (1, 3):
        with pytest.raises(Conflict):
            await store.apply(Batch(technical_notes=[a_note(version=version)]))


async def test_retired_note_is_not_found_until_it_is_reinstated(store: Store) -> None:
    await store.apply(Batch(technical_notes=[a_note()]))
    assert await found(store, "warteschlange", DocumentKind.NOTES) == ["n1"]
    await store.apply(Batch(technical_notes=[a_note(version=2, is_retired=True)]))
    assert await found(store, "warteschlange", DocumentKind.NOTES) == []
    await store.apply(Batch(technical_notes=[a_note(version=3)]))
    assert await found(store, "warteschlange", DocumentKind.NOTES) == ["n1"]


# --- matches


async def test_ticket_is_found_by_word_forms_and_misspellings_in_both_languages(store: Store) -> None:
    await store.apply(
        Batch(
            tickets=[
                a_described_ticket("t1", "Anhänge werden vom Gateway abgelehnt"),
                a_described_ticket("t2", "Fax line busy"),
            ]
        )
    )
    for query in ("Anhang", "anhaenge", "anhange", "Anhnäge", "gatewy", "abgelehnter anhang", "attachment rejected"):
        assert await found(store, query) == ["t1"], query
    for query in ("lines", "Leitung besetzt", "fa"):
        assert (await found(store, query))[:1] == (["t2"] if query != "fa" else []), query


async def test_ids_and_error_codes_are_found_exactly_and_first(store: Store) -> None:
    near = a_described_ticket("near", "550 5.7.0 rejected, rejected, rejected by policy", rcr=("RCR-88124",))
    exact = a_described_ticket("exact", "Rejected", answers={"error": "550 5.7.1"}, rcr=("RCR-88123",))
    await store.apply(Batch(tickets=[exact, near]))
    assert (await found(store, "rejected 5.7.1"))[0] == "exact"
    for query in ("RCR-88123", "rcr 88123", "RCR#88123"):
        assert (await found(store, query))[:1] == ["exact"], query


async def test_compounds_are_found_by_their_parts_and_parts_by_compounds(store: Store) -> None:
    await store.apply(
        Batch(
            tickets=[
                a_described_ticket("t1", "Mailversand gestört"),
                a_described_ticket("t2", "Der Versand per SMS gestört"),
            ]
        )
    )
    assert set(await found(store, "versand")) == {"t1", "t2"}
    assert set(await found(store, "mailversand")) == {"t1", "t2"}


async def test_a_search_is_narrowed_by_service_customer_time_and_whether_it_is_open(store: Store) -> None:
    await store.apply(
        Batch(
            tickets=[
                a_described_ticket("old", "Timeout", raised_at=START - minutes(600)),
                a_described_ticket("fax", "Timeout", answers={"services": "FAX\nSMS"}),
                a_described_ticket("closed", "Timeout", stage=Stage.CLOSED),
                a_described_ticket("adler", "Timeout", answers={"customer": "Adler AG"}),
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
    await store.apply(Batch(tickets=[a_described_ticket("t1", "Timeout", affected=(joined,))]))
    assert await found(store, "timeout", customer="adler ag") == ["t1"]


# --- index updates


async def test_added_text_is_found_and_removed_text_is_not(store: Store) -> None:
    (first,) = await store.apply(Batch(tickets=[a_described_ticket("t1", "Timeout am Gateway")]))
    second = next_version(first, answers={"happens": "Timeout am Portal"})
    await store.apply(Batch(tickets=[second], events=[an_event(second, note="Zertifikat erneuert")]))
    assert await found(store, "portal") == ["t1"]
    assert await found(store, "zertifikate") == ["t1"]
    assert await found(store, "gateway") == []
    third = next_version(second)
    await store.apply(Batch(tickets=[third], events=[an_event(third, note="Danke an Quentin")]))
    assert await found(store, "zertifikate quentin") == ["t1"]


async def test_a_refused_change_is_not_found(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.apply(Batch(tickets=[a_described_ticket("t1", "Timeout"), a_described_ticket("t1", "Timeout")]))
    assert await found(store, "timeout") == []


async def test_erased_text_is_not_found_even_by_a_misspelling(store: Store) -> None:
    (first,) = await store.apply(Batch(tickets=[a_described_ticket("t1", "Frau Xaverine meldet Timeout")]))
    second = next_version(first)
    note = an_event(second, note="Xaverine ruft zurück")
    await store.apply(Batch(tickets=[second], events=[note]))
    assert await found(store, "xaverina") == ["t1"]
    third = next_version(second, answers={"happens": "Frau [erased] meldet Timeout"})
    clean = note.model_copy(update={"detail": {"note": "[erased] ruft zurück"}})
    await store.apply(Batch(tickets=[third], events=[an_event(third, "erase")], rewritten=[clean]))
    assert await found(store, "xaverine") == await found(store, "xaverina") == []
    assert "xaverine" not in (await store.alike(["xaverine"]))["xaverine"]
    assert await found(store, "timeout") == ["t1"]


async def test_rewritten_note_is_found_by_its_new_text(store: Store) -> None:
    await store.apply(Batch(technical_notes=[a_note(symptom="Frau Xaverine meldet Timeout")]))
    await store.apply(Batch(rewritten_notes=[a_note(symptom="Frau [erased] meldet Timeout")]))
    assert await found(store, "xaverine", DocumentKind.NOTES) == []
    assert await found(store, "timeout", DocumentKind.NOTES) == ["n1"]
    assert [note.symptom for note in await store.note_versions("n1")] == ["Frau [erased] meldet Timeout"]


async def test_common_word_is_searched_in_the_newest_tickets_only(store: Store) -> None:
    await store.apply(
        Batch(tickets=[a_described_ticket(f"t{number}", "Timeout") for number in range(ranking.CANDIDATES + 5)])
    )
    await index_all(store)
    asked = ranking.clauses(ranking.terms_of("timeout"), {})
    candidates = await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())
    assert candidates.is_bounded
    assert len(candidates.found) == ranking.RANKED
    assert candidates.spread["timeout"] == pytest.approx(ranking.CANDIDATES + 5, rel=0.02)


@pytest.fixture
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Low limits, as if there were very many tickets."""
    for module in (ranking, memory_search):
        monkeypatch.setattr(module, "CANDIDATES", 3)
    monkeypatch.setattr(documents, "STRETCHES", (1, 2, 3))
    monkeypatch.setattr(documents, "TOGETHER", 2)


@pytest.mark.usefixtures("_low_limits")
@pytest.mark.parametrize(
    "narrow", [SearchFilter(), SearchFilter(service="Email Security"), SearchFilter(customer="Müller GmbH")]
)
async def test_common_words_are_found_in_new_tickets_and_rare_words_in_all(store: Store, narrow: SearchFilter) -> None:
    texts = [
        *("Connector Zertifikat" for _ in range(4)),
        "Warteschlange",
        *(f"Connector {'Timeout' if number % 5 else 'Relay'}" for number in range(40)),
    ]
    await store.apply(Batch(tickets=[a_described_ticket(f"t{number}", text) for number, text in enumerate(texts)]))
    await index_all(store)
    newest = len(texts) - 1

    async def numbers(query: str) -> list[int]:
        asked = ranking.clauses(ranking.terms_of(query), {})
        candidates = await store.candidates(DocumentKind.TICKETS, asked, narrow)
        called = await store.tickets_called([each.number for each in candidates.found])
        return sorted((int(ticket.id[1:]) for ticket in called), reverse=True)

    assert await numbers("connector") == [newest, newest - 1, newest - 2]
    assert await numbers("warteschlange") == [4]
    assert await numbers("zertifikat") == [3, 2, 1]
    assert await numbers("relay") == [newest - 4, newest - 9, newest - 14]
    assert await numbers("nirgends") == []


@pytest.mark.usefixtures("_low_limits")
async def test_ticket_with_all_common_words_is_found_behind_newer_partial_matches(store: Store) -> None:
    texts = ["Connector Timeout", *(word for _ in range(3) for word in ("Connector", "Timeout"))]
    await store.apply(Batch(tickets=[a_described_ticket(f"t{number}", text) for number, text in enumerate(texts)]))
    assert (await found(store, "connector timeout"))[0] == "t0"


async def test_search_results_are_unchanged_by_merging_the_index(store: Store) -> None:
    for number in range(30):
        await store.apply(Batch(tickets=[a_described_ticket(f"t{number}", f"Timeout {number}xy")]))
        await store.index_new(9)
    before = await found(store, "timeout")
    await store.merge_index(50)
    assert await found(store, "timeout") == before
    assert await found(store, "7xy") == ["t7"]


@pytest.mark.parametrize(
    "text", ['"', "*", "' OR 1=1 --", "a:b", "(", "NEAR(", "^", "\\", "C:\\temp", "{}", "🎉", "x\x00y"]
)
async def test_query_syntax_is_treated_as_plain_words(store: Store, text: str) -> None:
    await store.apply(Batch(tickets=[a_described_ticket("t1", f"Fehler {text} hier")]))
    assert await found(store, f"{text} fehler") == ["t1"]


NAMES = ["Müller & Söhne, Inc.", "O'Brien Ltd", "Ernst (Wien)", "50% “Nord”", "*", "A:B NOT C", "⑴ℌ½", "東京"]


@pytest.mark.parametrize("name", NAMES)
async def test_filter_by_name_works_with_any_characters(store: Store, name: str) -> None:
    theirs = a_described_ticket("t1", "Timeout", answers={"customer": name, "services": name})
    await store.apply(Batch(tickets=[theirs, a_described_ticket("t2", "Timeout")]))
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


# --- changes that are not indexed yet


async def test_text_erased_before_indexing_is_never_found(store: Store) -> None:
    secret = a_described_ticket("t1", "Herr Heimlich ruft an")
    saved = (await store.apply(Batch(tickets=[secret], events=[an_event(secret, note="Heimlich")])))[0]
    erased = next_version(saved, answers={})
    clean = an_event(secret, note="—")
    await store.apply(Batch(tickets=[erased], events=[an_event(erased)], rewritten=[clean]))
    assert await found(store, "heimlich") == []


async def test_histories_of_several_tickets_are_ordered_oldest_first(store: Store) -> None:
    saved = await store.apply(
        Batch(
            tickets=[
                a_described_ticket("t1", "Timeout"),
                a_described_ticket("t2", "Timeout"),
                a_described_ticket("t3", "Timeout"),
            ]
        )
    )
    for each in saved:
        later = next_version(each)
        await store.apply(Batch(tickets=[later], events=[an_event(each, note="first"), an_event(later, note="then")]))
    listed = [(event.ticket_id, event.version) for event in await store.histories(["t3", "t1"])]
    assert listed == [("t1", 1), ("t1", 2), ("t3", 1), ("t3", 2)]
    assert await store.histories([]) == []
