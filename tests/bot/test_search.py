"""What comes first of what was found, what is marked in it, and what is offered."""

from __future__ import annotations

from bot import search
from bot.search import Candidate, Candidates, Document, Entry
from tests.factories import an_incident


def ranked(query: str, *texts: str) -> list[int]:
    """Numbers of these texts, best first, when every one of them is a candidate."""
    asked = search.clauses(search.terms_of(query), {})
    entries = [Entry.of(Document((), text, "")) for text in texts]
    spread = {each.word: float(sum(bool(each.tokens.keys() & entry.tokens) for entry in entries)) for each in asked}
    found = [Candidate(number, entry) for number, entry in enumerate(entries)]
    return [each.number for each in search.ranked(asked, Candidates(found, spread, len(texts)))]


def test_what_holds_more_of_the_query_comes_first() -> None:
    assert ranked("connector timeout", "timeout", "connector timeout", "fax") == [1, 0]


def test_a_rare_word_says_more_than_a_common_one() -> None:
    assert ranked("mail zertifikat", "mail", "mail", "mail", "zertifikat")[0] == 3


def test_an_error_code_says_more_than_a_word() -> None:
    assert ranked("rejected 5.7.1", "rejected", "5.7.1")[0] == 1


def test_of_equals_the_newest_comes_first() -> None:
    assert ranked("timeout", "timeout", "timeout") == [1, 0]


def test_a_form_of_the_word_in_the_same_language_comes_before_one_in_the_other() -> None:
    assert ranked("abgelehnt", "rejected", "abgelehnt") == [1, 0]


def test_a_number_of_retarus_is_one_word_however_it_is_divided() -> None:
    assert [term.word for term in search.terms_of("RCR 88123 timeout")] == ["rcr88123", "timeout"]


def test_what_was_found_is_marked_where_it_stands_most() -> None:
    text = "Nothing here. " * 30 + "Der Anhang wurde abgelehnt." + " Nothing there." * 30
    tokens = frozenset({"anhang", "abgelehnt"})
    pieces = search.marked(text, tokens, 100)
    assert [piece for piece, found in pieces if found] == ["Anhang", "abgelehnt"]
    assert pieces[0][0] == "…"
    assert pieces[-1][0] == "…"
    assert sum(len(piece) for piece, _ in pieces) <= 102


def test_an_entry_is_kept_as_a_text_and_comes_back() -> None:
    entry = Entry.of(Document(("s:fax",), "Faxe hängen", "Queue neu gestartet"), "Leitung geprüft")
    assert Entry.unpack(entry.pack()) == entry
    assert Entry.unpack(Entry().pack()) == Entry()


def test_an_incident_is_found_by_what_was_written_to_the_desks_own_fields_but_not_by_a_moment() -> None:
    answers = {"own.queue": "Postausgang-7", "own.since": "1566896400", "happens": "Rejected"}
    assert "Postausgang-7" in search.document_of(an_incident(answers=answers)).body
    assert "1566896400" not in search.document_of(an_incident(answers=answers)).body
