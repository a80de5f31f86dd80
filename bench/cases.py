"""Labelled documents and questions of incidents.toml, for the search benchmark."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).with_name("incidents.toml")


@dataclass(frozen=True)
class Document:
    id: str
    service: str
    happens: str
    error: str
    remedy: str

    @property
    def is_note(self) -> bool:
        return self.id.startswith("n")

    @property
    def text(self) -> str:
        return f"{self.happens}\n{self.error}\n{self.remedy}\n{self.service}"


@dataclass(frozen=True)
class Question:
    """A query, the ids of its relevant documents, and the half of the data set it belongs to."""

    kind: str
    words: str
    answers: frozenset[str]
    half: str
    error: str = ""
    service: str = ""


@dataclass(frozen=True)
class Cases:
    documents: Sequence[Document]
    questions: Sequence[Question]
    incidents: Sequence[Question]


def cases() -> Cases:
    tables = tomllib.loads(CASES.read_text("utf-8"))
    return Cases(
        [Document(*each) for each in tables["documents"]],
        [Question(kind, words, frozenset(ids), half) for kind, words, ids, half in tables["questions"]],
        [
            Question("incident", words, frozenset(ids), half, error, service)
            for words, error, service, ids, half in tables["incidents"]
        ],
    )
