"""Ranking, marking and suggestions of the search."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.search import documents, ranking
from bot.search import tokens as words
from bot.search.documents import IndexEntry, LookBack, SearchDocument
from bot.search.ranking import Candidate, Candidates, QueryTerm
from bot.search.synonyms import GROUPS
from tests.factories import an_incident


def ranked(query: str, *texts: str) -> list[int]:
    """Numbers of these texts, best first, when every one of them is a candidate."""
    asked = ranking.clauses(ranking.terms_of(query), {})
    entries = [IndexEntry.of(SearchDocument((), text, "")) for text in texts]
    spread = {each.word: float(sum(bool(each.tokens.keys() & entry.tokens) for entry in entries)) for each in asked}
    found = [Candidate(number, entry) for number, entry in enumerate(entries)]
    return [each.number for each in ranking.ranked(asked, Candidates(found, spread, len(texts)))]


def test_hit_with_more_of_the_query_comes_first() -> None:
    assert ranked("connector timeout", "timeout", "connector timeout", "fax") == [1, 0]


def test_rare_word_says_more_than_a_common_one() -> None:
    assert ranked("mail zertifikat", "mail", "mail", "mail", "zertifikat")[0] == 3


def test_error_code_says_more_than_a_word() -> None:
    assert ranked("rejected 5.7.1", "rejected", "5.7.1")[0] == 1


def test_equal_hits_are_ordered_newest_first() -> None:
    assert ranked("timeout", "timeout", "timeout") == [1, 0]


def test_form_of_the_word_in_the_same_language_comes_before_one_in_the_other() -> None:
    assert ranked("abgelehnt", "rejected", "abgelehnt") == [1, 0]


def test_number_of_retarus_is_one_word_however_it_is_divided() -> None:
    assert [term.word for term in ranking.terms_of("RCR 88123 timeout")] == ["rcr88123", "timeout"]


def test_found_words_are_marked_in_the_best_part_of_the_text() -> None:
    text = "Nothing here. " * 30 + "Der Anhang wurde abgelehnt." + " Nothing there." * 30
    tokens = frozenset({"anhang", "abgelehnt"})
    pieces = ranking.marked(text, tokens, 100)
    assert [piece for piece, found in pieces if found] == ["Anhang", "abgelehnt"]
    assert pieces[0][0] == "…"
    assert pieces[-1][0] == "…"
    assert sum(len(piece) for piece, _ in pieces) <= 102


def test_entry_is_kept_as_a_text_and_comes_back() -> None:
    entry = IndexEntry.of(SearchDocument(("s:fax",), "Faxe hängen", "Queue neu gestartet"), "Leitung geprüft")
    assert IndexEntry.unpack(entry.pack()) == entry
    assert IndexEntry.unpack(IndexEntry().pack()) == IndexEntry()


def test_incident_is_found_by_what_was_written_to_the_desks_own_fields_but_not_by_a_moment() -> None:
    answers = {"own.queue": "Postausgang-7", "own.since": "1566896400", "happens": "Rejected"}
    assert "Postausgang-7" in documents.document_of(an_incident(answers=answers)).body
    assert "1566896400" not in documents.document_of(an_incident(answers=answers)).body


# --- how far back is looked

NUMBERS = st.integers(1, 3_000_000)


@given(
    st.lists(NUMBERS, min_size=3, max_size=3),
    st.sampled_from([None, *documents.STRETCHES]),
    st.lists(st.integers(0, 199)),
)
def test_lookup_goes_further_back_to_the_first_number_and_never_twice(
    numbers: list[int], size: int | None, counts: list[int]
) -> None:
    oldest, first, newest = sorted(numbers)
    back, reached = LookBack(newest, oldest, first, size), newest + 1
    found = sorted(counts)
    while True:
        assert first <= back.reaches < reached
        reached = back.reaches
        further = back.further(found.pop(0) if found else 0, 200)
        if further is None:
            break
        back = further
    assert reached == first


@given(st.lists(NUMBERS, min_size=3, max_size=3), st.sampled_from([None, *documents.STRETCHES]), st.floats(0, 1))
def test_every_document_looked_at_lies_in_a_stretch_that_is_asked_for(
    numbers: list[int], size: int | None, share: float
) -> None:
    oldest, first, newest = sorted(numbers)
    back = LookBack(newest, oldest, first, size)
    looked_at = back.reaches + int((newest - back.reaches) * share)
    assert not back.tokens or documents.stretches(looked_at) & set(back.tokens)


def test_plentiful_word_is_looked_for_a_little_further_back_and_a_missing_one_far() -> None:
    back = LookBack(1_000_000, 1, 1, documents.STRETCHES[0])
    near, far = back.further(150, 200), back.further(0, 200)
    assert near
    assert far
    assert (near.size, far.size) == (12, 16)


# --- with which tokens

WORDS = st.sampled_from(sorted({word for group in GROUPS for word in group if word.isalpha()}))


@given(WORDS, st.lists(WORDS, max_size=6), st.lists(WORDS, min_size=1, max_size=4))
def test_document_is_found_by_the_needed_tokens_as_by_all_of_them(word: str, known: list[str], text: list[str]) -> None:
    (clause,) = ranking.clauses(ranking.terms_of(word), {word: known}) or [QueryTerm(word, {word: 1.0})]
    tokens = set(words.indexed(" ".join(text)))
    assert bool(tokens & clause.tokens.keys()) == bool(tokens & set(clause.needed))
