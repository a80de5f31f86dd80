"""Is found what is meant, and how fast? Labelled questions beside plain full-text search, then more and more tickets.

python -m bench.search                      some minutes, and about 4 GB of disk: up to a million tickets
python -m bench.search --short              some seconds: shows that it works
python -m bench.search --write docs/benchmarks.md    puts the tables between <!-- search --> and <!-- /search --> there
python -m bench.search --misses             says which questions were not answered, instead
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
from bot.search.service import Found
from bot.tickets.ports import Batch
from tests.factories import ANNA, NOW, RAISED, Hands, a_world, an_incident

SHORT = (1_000,)
AT = 5
"""An answer counts when it is among the first so many."""
_MARKED = re.compile(r"(?<=<!-- search -->\n).*(?=<!-- /search -->)", re.DOTALL)


# --- the searches that are compared

Search = Callable[[Question], Awaitable[list[str]]]
"""Ids of documents, best first."""


class Plain:
    """SQLite's full-text search as its manual begins: words as they are, ranked by BM25."""

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


class Ours:
    """What people get from `/retarus-find`, or what is offered while they tell of an incident."""

    def __init__(self, desk: Desk) -> None:
        self.searching = desk.search
        self.clock = desk.clock

    async def __call__(self, question: Question) -> list[str]:
        if not question.service:
            return ids(await self.searching.find(question.words, ANNA))
        typed = {"happens": question.words, "error": question.error, "services": question.service}
        start = str(int(self.clock().timestamp()) - 600)
        return ids(await self.searching.offered({**typed, "start": start}, ANNA))


def ids(found: Found) -> list[str]:
    return [hit.found.id for hit in found.hits]


async def desk_with(documents: Sequence[Document], path: Path) -> tuple[Desk, Store]:
    """Everything open, raised within the last two days."""
    clock = Hands(NOW)
    store = await open_store(f"sqlite:///{path}", clock)
    desk = (await a_world()).at(store=store, clock=clock).desk
    tickets = [_ticket(each, number) for number, each in enumerate(documents) if not each.is_note]
    await store.apply(Batch(tickets=tickets, technical_notes=[_note(each) for each in documents if each.is_note]))
    return desk, store


def _ticket(document: Document, number: int) -> Ticket:
    at = NOW - timedelta(minutes=40 * (100 - number))
    told = {"happens": document.happens, "error": document.error, "services": document.service}
    answers = {
        **RAISED,
        "impact": "Some users",
        "start": str(int(at.timestamp())),
        "workaround": document.remedy,
        **told,
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


# --- how good they are


@dataclass(frozen=True)
class Score:
    recall: float
    """Of the answers there are, how many are among the first; the mean over the questions."""
    rank: float
    """One over the place of the first answer; the mean."""

    def __str__(self) -> str:
        return f"{self.recall:.2f} / {self.rank:.2f}"


async def score(search: Search, questions: Sequence[Question]) -> Score:
    recalls, ranks = [], []
    for question in questions:
        found = await search(question)
        recalls.append(len(question.answers & set(found[:AT])) / min(len(question.answers), AT))
        ranks.append(next((1 / place for place, each in enumerate(found, 1) if each in question.answers), 0.0))
    return Score(statistics.mean(recalls), statistics.mean(ranks))


async def quality(folder: Path) -> Iterator[str]:
    """The table: one row per kind of question, and one for incidents that are being raised."""
    told = cases()
    desk, store = await desk_with(told.documents, folder / "quality.sqlite3")
    searches: dict[str, Search] = {
        "plain, all words": Plain(told.documents, "AND"),
        "plain, any word": Plain(told.documents, "OR"),
        "Partner Desk": Ours(desk),
    }
    rows = [[f"recall@{AT} / mean reciprocal rank", "questions", *searches], ["---"] * (len(searches) + 2)]
    for name, questions in _groups(told):
        rows.append([name, str(len(questions)), *[str(await score(each, questions)) for each in searches.values()]])
    nothing = [each for each in told.incidents if not each.answers]
    silent = [
        f"{len([1 for each in nothing if not await search(each)])} of {len(nothing)}" for search in searches.values()
    ]
    rows.append(["offers nothing where nothing is the same", str(len(nothing)), *silent])
    await store.close()
    return (f"| {' | '.join(row)} |" for row in rows)


async def _silent(search: Search, questions: Sequence[Question]) -> int:
    return sum([not await search(each) for each in questions])


_KINDS = {
    "code": "error codes and ids",
    "forms": "other forms of the words",
    "slip": "slips of the pen",
    "compound": "compounds and their parts",
    "language": "asked in the other language",
    "paraphrase": "in other words",
}


def _groups(told: Cases) -> Iterator[tuple[str, list[Question]]]:
    for kind, name in _KINDS.items():
        yield name, [each for each in told.questions if each.kind == kind]
    yield "**all questions**", list(told.questions)
    yield "… of these, not looked at while it was made", [each for each in told.questions if each.half == "kept"]
    known = [each for each in told.incidents if each.answers]
    yield "**the same problem?** incidents being raised", known
    yield "… of these, not looked at while it was made", [each for each in known if each.half == "kept"]


async def misses(folder: Path, half: str) -> None:
    told = cases()
    desk, store = await desk_with(told.documents, folder / "quality.sqlite3")
    search = Ours(desk)
    for question in (*told.questions, *told.incidents):
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
    told = asyncio.run(bench(SHORT if chosen.short else SIZES))
    print(told)
    if chosen.write:
        text = chosen.write.read_text("utf-8")
        if not _MARKED.search(text):
            sys.exit(f"{chosen.write} has no line <!-- search --> with a line <!-- /search --> below it.")
        chosen.write.write_text(_MARKED.sub(lambda _: f"{told}\n", text), "utf-8")


if __name__ == "__main__":
    main()
