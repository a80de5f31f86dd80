"""Documents of the full-text index: the tokens of a ticket or a note by place, and its position in time.

The database keeps an entry for each of them, and its full-text index equal to the entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2s
from itertools import islice
from zlib import crc32

from bot.core.characters import plain
from bot.core.identifiers import fold
from bot.forms.template_fields import BY_KEY, InputType, example_field
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.search import tokens as words
from bot.search.error_codes import code_terms
from bot.search.telephone_terms import telephone_terms

ANALYSIS = 3
"""Incremented when the same text yields other tokens than before. Such a release also has a schema script that
empties the index and sets the counter `unindexed`: then everything is indexed again, the newest first."""

_SAYS_IT = ("happens", "error")
_SAYS_NOTHING = {"contact", "test", "test_terms", "main_id", "searched", "priority", "customer", "services"}
_STORY = ("remedy", "answer", "note", "plan", "question", "reason")
"""Details of an event that are searched, besides the ticket's answers."""


class DocumentKind(StrEnum):
    """Kinds of documents that are searched."""

    TICKETS = "tickets"
    NOTES = "notes"


# --- what is indexed


@dataclass(frozen=True)
class SearchDocument:
    """Text of a ticket or a note before it is analysed."""

    tags: tuple[str, ...]
    """Tokens as they are: the service and the customer it belongs to."""
    title: str
    body: str
    is_found: bool = True
    """A retired note is not."""

    @property
    def fingerprint(self) -> int:
        """A value that changes when anything in it has changed."""
        return crc32("\x1f".join((str(ANALYSIS), *self.tags, self.title, self.body)).encode("utf-8", "replace"))


def document_of(ticket: Ticket) -> SearchDocument:
    """Text without the history, which the events hold."""
    customers = [ticket.answer("customer"), *(each.customer for each in ticket.affected)]
    services = [each for each in ticket.answer("services").split("\n") if each]
    title = "\n".join((*filter(None, map(ticket.answer, _SAYS_IT)), *ticket.rcr))
    body = "\n".join((*customers, *services, *_body(ticket)))
    return SearchDocument((*map(service_tag, services), *map(customer_tag, customers)), title, body)


def _body(ticket: Ticket) -> Iterable[str]:
    for key, text in ticket.answers.items():
        if _is_words(key, text) and key not in _SAYS_NOTHING and key not in _SAYS_IT:
            yield text
    yield from (each.impact for each in ticket.affected if each.impact)


def _is_words(key: str, text: str) -> bool:
    """Free text of an answer: of a field of the guide, or of one of the desk's own that is no moment."""
    asked = BY_KEY.get(key) or example_field(key)
    return asked.input_type in {InputType.LINE, InputType.TEXT} if asked else not text.isdigit()


def document_of_note(note: TechnicalNote) -> SearchDocument:
    parts = (*note.services, note.cause, note.remedy, note.workaround, note.material)
    title = f"{note.symptom}\n{note.rcr}"
    tags = tuple(map(service_tag, note.services)) or (ANY_SERVICE,)
    return SearchDocument(tags, title, "\n".join(parts), not note.is_retired)


def story_of(events: Iterable[Event]) -> str:
    """Text of the history: remedies, answers, notes."""
    return "\n".join(event.detail[key] for event in events for key in _STORY if event.detail.get(key))


def name_tag(shelf: DocumentKind, number: int) -> str:
    """Tag of a ticket or a note by its number, independent of the desk's prefix."""
    return f"{shelf}:{number}"


ANY_SERVICE = "s:any"
"""The tag of a note that names no service."""


def service_tag(service: str) -> str:
    return f"s:{_print(service)}"


def customer_tag(customer: str) -> str:
    return f"c:{_print(customer)}"


def _print(name: str) -> str:
    """One token, whatever signs the name holds."""
    return blake2s(fold(name).encode("utf-8", "replace"), digest_size=8).hexdigest()


def tokens_of(text: str) -> frozenset[str]:
    """Every token a text is found by: words, ids, telephone numbers, and codes with their protocol."""
    text = plain(text)
    named = (islice(terms(text), _MAX_NAMED) for terms in (telephone_terms, code_terms))
    return frozenset((*words.indexed(text), *(term.word for terms in named for term in terms)))


_MAX_NAMED = 100
"""Telephone numbers, and codes behind the name of their protocol, of one text that are indexed."""


@dataclass(frozen=True)
class IndexEntry:
    """A document's row in the index: its tokens, by where they stand."""

    title: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()
    story: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, document: SearchDocument, story: str = "") -> IndexEntry:
        if not document.is_found:
            return cls()
        title, body, written = map(tokens_of, (document.title, document.body, story))
        return cls(title, body, written, frozenset(document.tags))

    @classmethod
    def unpack(cls, text: str, wanted: frozenset[str] | None = None) -> IndexEntry:
        """`wanted`: restricts the result to these tokens."""
        parts = (part.split() for part in text.split("\n"))
        return cls(*(frozenset(part) if wanted is None else wanted.intersection(part) for part in parts))

    def pack(self) -> str:
        """The entry as the database keeps it."""
        return "\n".join(" ".join(sorted(each)) for each in (self.title, self.body, self.story, self.tags))

    def numbered(self, number: int, shelf: DocumentKind) -> IndexEntry:
        """Its tokens, with its own name and the stretches it lies in, if it is found at all."""
        own = {name_tag(shelf, number), *stretches(number)}
        return replace(self, tags=self.tags | own) if self.tokens else self

    @property
    def tokens(self) -> frozenset[str]:
        return self.title | self.body | self.story | self.tags


# --- stretches of numbers
# Numbers follow time. So that the newest documents of a common word are found without looking at all the others, each
# is also indexed by the stretches of numbers it lies in.

STRETCHES = (10, 12, 14, 16, 18)
"""Sizes, as powers of two."""
TOGETHER = 10
"""Size of the search for documents that hold all common words of a query."""


def stretches(number: int) -> frozenset[str]:
    """The tokens of the stretches this number lies in."""
    return frozenset(_stretch(size, number >> size) for size in STRETCHES)


def _stretch(size: int, place: int) -> str:
    return f"#{size}:{place}"


@dataclass(frozen=True)
class LookBack:
    """Range of the search backwards from the newest document: to the first, or through the last two stretches."""

    newest: int
    oldest: int
    """Oldest number of all documents."""
    first: int
    """Oldest number that is wanted."""
    size: int | None
    """Size of the stretches; None: to the first."""

    @property
    def reaches(self) -> int:
        """The oldest number looked at."""
        return self.first if self.size is None else max(self.first, self._begins(self.size))

    @property
    def tokens(self) -> list[str]:
        """One of them must be there; none where nothing is left out, or not much."""
        if self.reaches <= self.oldest:
            return []
        size = next((size for size in STRETCHES if self._begins(size) <= self.reaches), None)
        return [] if size is None else [_stretch(size, (self.newest >> size) - back) for back in (0, 1)]

    def _begins(self, size: int) -> int:
        return ((self.newest >> size) - 1) << size

    def further(self, found: int, wanted: int) -> LookBack | None:
        """The next range for a word of which so many were found, until there should be as many as are wanted.
        None: there are no more."""
        if self.reaches == self.first:
            return None
        looked_at = self.newest - self.reaches + 1
        for size in STRETCHES:
            back = replace(self, size=size)
            times = (self.newest - back.reaches + 1) / looked_at
            if times > 1 and (times >= _LEAP or (found + 1) * times >= wanted):
                return back
        return replace(self, size=None)


_LEAP = 50
"""Number of documents for the next range: a word that is rare lately is searched in many more, and then in all."""
