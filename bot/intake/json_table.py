"""JSON that a webhook or an interface gave, as a table of transactions with its keys as headings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_FENCE = "```"
_BEGINS = re.compile(r"^[ \t]{0,20}(?:```(?:json)?\s{0,5})?[\[{]\s{0,20}[\[{\"]", re.MULTILINE)
_MAX_ROWS = 200
_DEEPEST = 6


_CHANNELS = ("channel", "type", "service", "product", "medium", "kanal", "dienst")


@dataclass(frozen=True)
class JsonTable:
    """Objects as CSV, of JSON or of XML."""

    text: str
    channel: str
    """The service named in the first object: `sms`."""


def before_json(text: str) -> tuple[str, str]:
    """The words above a JSON document, and the document up to the end; the latter is empty where there is none."""
    found = _BEGINS.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def json_table(text: str) -> JsonTable | None:
    """The objects in a text that is JSON; None for any other text."""
    text = text.strip().removeprefix(_FENCE).removeprefix("json").removesuffix(_FENCE).strip()
    if text[:1] not in {"{", "["}:
        return None
    rows = list(_rows(text))
    channel = " ".join(value for key, value in rows[0].items() if key.casefold() in _CHANNELS) if rows else ""
    return table_of(rows, channel)


def table_of(rows: Sequence[Mapping[str, str]], channel: str) -> JsonTable | None:
    """Objects as a table; None without any."""
    rows = rows[:_MAX_ROWS]
    headings = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerows([headings, *([row.get(key, "") for key in headings] for row in rows)])
    return JsonTable(out.getvalue(), channel) if rows else None


def _rows(text: str) -> Iterator[dict[str, str]]:
    """The flat objects: of one document, or of one document a line."""
    try:
        documents = [json.loads(text)]
    except (ValueError, RecursionError):
        try:
            documents = [json.loads(line) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError):
            return
    for document in documents:
        yield from _objects(document, {}, 0)


def _objects(value: object, above: Mapping[str, str], depth: int) -> Iterator[dict[str, str]]:
    """The objects that hold no list of further ones, each with the values of those it stands in."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _objects(each, above, depth + 1)
    elif isinstance(value, Mapping):
        own = {**above, **dict(_texts(value))}
        within = [each for inner in value.values() if isinstance(inner, Mapping) for each in inner.values()]
        lists = [
            each
            for each in (*value.values(), *within)
            if isinstance(each, list) and any(isinstance(o, Mapping) for o in each)
        ]
        for each in lists:
            yield from _objects(each, own, depth + 1)
        if not lists:
            yield own


def _texts(value: Mapping[str, object], name: str = "") -> Iterator[tuple[str, str]]:
    """Keys and values; those of an object within it are called as it is: `"status": {"name": "FAILED"}`."""
    for key, each in value.items():
        if isinstance(each, str | int | float) and not isinstance(each, bool):
            yield f"{name} {key}".strip() if key != "name" else name or key, str(each)
        elif isinstance(each, Mapping) and not name:
            yield from _texts(each, key)
