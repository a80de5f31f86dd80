"""Search quality compared with plain full-text search, and search latency for growing numbers of tickets.

python -m bench.search                      several minutes, and about 4 GB of disk: up to a million tickets
python -m bench.search --short              some seconds: checks that it works
python -m bench.search --write docs/benchmarks.md    puts the tables between <!-- search --> and <!-- /search --> there
python -m bench.search --misses             lists the unanswered questions instead
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.bots import ROOT
from bench.cases import Cases, Document, Question, cases
from bench.engines import engines
from bench.filling import SIZES, latencies
from bench.machine import machine
from bot.adapters.store import open_store
from bot.desk import Desk
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Ticket
from bot.ports import Store
from bot.search.results import SearchResult
from bot.tickets.ports import Batch
from tests.factories import ANNA, NOW, RAISED, ManualClock, a_world, an_incident

SHORT = (1_000,)
TOP = 5
"""Number of top results in which an answer counts."""
_MARKED = re.compile(r"(?<=<!-- search -->\n).*(?=<!-- /search -->)", re.DOTALL)


# --- compared searches

Search = Callable[[Question], Awaitable[list[str]]]
"""Ids of documents, best first."""


class PlainFullTextSearch:
    """SQLite's full-text search as in its manual: unmodified words, ranked by BM25."""

    def __init__(self, documents: Sequence[Document], joined: str) -> None:
        self.joined = joined
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE VIRTUAL TABLE plain USING fts5(id UNINDEXED, service UNINDEXED, text)")
        rows = [(each.id, each.service, each.text) for each in documents]
        self.db.executemany("INSERT INTO plain VALUES (?, ?, ?)", rows)

    async def __call__(self, question: Question) -> list[str]:
        words = re.findall(r"\w+", f"{question.words} {question.error}")
        asked = f" {self.joined} ".join(f'"{word}"' for word in words)
        where = " AND service = :service" if question.service else ""
        statement = f"SELECT id FROM plain WHERE plain MATCH :asked{where} ORDER BY rank LIMIT 20"
        found = self.db.execute(statement, {"asked": asked, "service": question.service})
        return [each for (each,) in found]


class DeskSearch:
    """Results of `/retarus-find`, or suggestions while an incident is being described."""

    def __init__(self, desk: Desk) -> None:
        self.searching = desk.search
        self.clock = desk.clock

    async def __call__(self, question: Question) -> list[str]:
        if not question.service:
            return ids(await self.searching.find(question.words, ANNA))
        typed = {"happens": question.words, "error": question.error, "services": question.service}
        start = str(int(self.clock().timestamp()) - 600)
        return ids(await self.searching.offered({**typed, "start": start}, ANNA))


def ids(found: SearchResult) -> list[str]:
    return [hit.found.id for hit in found.hits]


async def desk_with(documents: Sequence[Document], path: Path) -> tuple[Desk, Store]:
    """A desk where all documents are open tickets of the last days, or technical notes."""
    clock = ManualClock(NOW)
    store = await open_store(f"sqlite:///{path}", clock)
    desk = (await a_world()).at(store=store, clock=clock).desk
    tickets = [_ticket(each, number) for number, each in enumerate(documents) if not each.is_note]
    await store.apply(Batch(tickets=tickets, technical_notes=[_note(each) for each in documents if each.is_note]))
    return desk, store


def _ticket(document: Document, number: int) -> Ticket:
    at = NOW - timedelta(minutes=40 * (100 - number))
    described = {"happens": document.happens, "error": document.error, "services": document.service}
    answers = {
        **RAISED,
        "impact": "Some users",
        "start": str(int(at.timestamp())),
        "workaround": document.remedy,
        **described,
    }
    ticket = an_incident(raised_at=at, since=at, answers=answers)
    return ticket.model_copy(update={"id": document.id})


def _note(document: Document) -> TechnicalNote:
    return TechnicalNote(
        id=document.id,
        symptom=f"{document.happens}\n{document.error}",
        services=(document.service,),
        remedy=document.remedy,
        written_by=ANNA,
        written_at=NOW,
        changed_by=ANNA,
        changed_at=NOW,
    )


# --- quality


@dataclass(frozen=True)
class Score:
    recall: float
    """Recall among the top results, averaged over the questions."""
    rank: float
    """Mean reciprocal rank of the first answer."""

    def __str__(self) -> str:
        return f"{self.recall:.2f} / {self.rank:.2f}"


async def score(search: Search, questions: Sequence[Question]) -> Score:
    recalls, ranks = [], []
    for question in questions:
        found = await search(question)
        recalls.append(len(question.answers & set(found[:TOP])) / min(len(question.answers), TOP))
        ranks.append(next((1 / place for place, each in enumerate(found, 1) if each in question.answers), 0.0))
    return Score(statistics.mean(recalls), statistics.mean(ranks))


async def quality(folder: Path) -> Iterator[str]:
    """Markdown table with one row per kind of question, and one for incidents that are being raised."""
    labelled = cases()
    desk, store = await desk_with(labelled.documents, folder / "quality.sqlite3")
    searches: dict[str, Search] = {
        "plain, all words": PlainFullTextSearch(labelled.documents, "AND"),
        "plain, any word": PlainFullTextSearch(labelled.documents, "OR"),
        "Partner Desk": DeskSearch(desk),
    }
    rows = [[f"recall@{TOP} / mean reciprocal rank", "questions", *searches], ["---"] * (len(searches) + 2)]
    for name, questions in _groups(labelled):
        rows.append([name, str(len(questions)), *[str(await score(each, questions)) for each in searches.values()]])
    unanswerable = [each for each in labelled.incidents if not each.answers]
    without_results = [
        f"{len([1 for each in unanswerable if not await search(each)])} of {len(unanswerable)}"
        for search in searches.values()
    ]
    rows.append(["offers nothing where nothing is the same", str(len(unanswerable)), *without_results])
    await store.close()
    return (f"| {' | '.join(row)} |" for row in rows)


_KINDS = {
    "code": "error codes and ids",
    "forms": "other forms of the words",
    "slip": "slips of the pen",
    "compound": "compounds and their parts",
    "language": "asked in the other language",
    "paraphrase": "in other words",
}


def _groups(labelled: Cases) -> Iterator[tuple[str, list[Question]]]:
    for kind, name in _KINDS.items():
        yield name, [each for each in labelled.questions if each.kind == kind]
    yield "**all questions**", list(labelled.questions)
    yield "… of these, not looked at while it was made", [each for each in labelled.questions if each.half == "kept"]
    known = [each for each in labelled.incidents if each.answers]
    yield "**the same problem?** incidents being raised", known
    yield "… of these, not looked at while it was made", [each for each in known if each.half == "kept"]


async def misses(folder: Path, half: str) -> None:
    labelled = cases()
    desk, store = await desk_with(labelled.documents, folder / "quality.sqlite3")
    search = DeskSearch(desk)
    for question in (*labelled.questions, *labelled.incidents):
        found = await search(question)
        is_right = set(found[: len(question.answers)]) == question.answers or (not question.answers and not found)
        if question.half == half and not is_right:
            print(question.kind, repr(question.words), "wanted", sorted(question.answers), "found", found[:6])
    await store.close()


async def bench(sizes: Sequence[int]) -> str:
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="search-", dir=ROOT / "var") as name, engines(Path(name)) as found:
        footer = machine(Path(name), [engine.version for engine in found])
        good, fast = list(await quality(Path(name))), list(await latencies(found, sizes))
    return "\n".join([*good, "", *fast, "", footer])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description="Is what is meant found, and how fast?")
    parser.add_argument("--short", action="store_true", help="some seconds; the latencies mean little")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also put the tables into this Markdown file")
    parser.add_argument("--misses", choices=["made", "kept"], help="only say what was not found, of that half")
    chosen = parser.parse_args()
    if chosen.misses:
        with tempfile.TemporaryDirectory() as name:
            asyncio.run(misses(Path(name), chosen.misses))
        return
    table = asyncio.run(bench(SHORT if chosen.short else SIZES))
    print(table)
    if chosen.write:
        text = chosen.write.read_text("utf-8")
        if not _MARKED.search(text):
            sys.exit(f"{chosen.write} has no line <!-- search --> with a line <!-- /search --> below it.")
        chosen.write.write_text(_MARKED.sub(lambda _: f"{table}\n", text), "utf-8")


if __name__ == "__main__":
    main()
