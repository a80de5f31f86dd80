"""Precision and recall of the reader of pasted messages for each field, on labelled inputs.

python -m bench.intake             prints the table
python -m bench.intake --misses    lists wrong and missing values in the development set instead
python -m bench.intake --newest    prints the table of the inputs that the reader was not mended with yet
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.intake.model import Intake, IntakeContext, IntakeDocument
from bot.intake.reader import read

FOLDER = Path(__file__).parent
MADE, HELD_OUT = FOLDER / "intake_made.toml", FOLDER / "intake_kept.toml"
"""The development set and the held-out set."""
NEWEST = FOLDER / "intake_newest.toml"
"""Inputs that the reader was not mended with yet: what it does with what nobody has seen."""
PRECISION, RECALL = 0.98, 0.80
"""Targets for each field."""
KNOWN = IntakeContext(
    now=datetime(2019, 8, 27, 10, 0, tzinfo=UTC),
    zone=ZoneInfo("Europe/Berlin"),
    region="DE",
    customers={
        "Müller GmbH": ("12345RS",),
        "Nordsee Reederei GmbH & Co. KG": ("23456RS", "23457RS"),
        "Alpen Versand AG": ("34567AV",),
        "Hansa Logistik": ("45678HL",),
        "Stadtwerke Beispielstadt": ("56789SB",),
        "Weber & Söhne KG": (),
    },
    services={"Email Security": "mail", "Transactional Email": "mail", "SMS": "sms", "FAX": "fax"},
    own_domains=frozenset({"nordlicht.example"}),
)

Value = tuple[str, str]
"""A field, and one of its values; of a transaction: its number and the value."""


@dataclass(frozen=True)
class Input:
    """A pasted text or file and its labelled values."""

    name: str
    document: IntakeDocument
    want: frozenset[Value]


@dataclass(frozen=True)
class Figure:
    """Counts of right and wrong values of a field."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def inputs(path: Path) -> list[Input]:
    """The labelled inputs of a file."""
    found = tomllib.loads(path.read_text("utf-8"))["input"]
    return [Input(each["name"], _document(each), frozenset(_wanted(each["want"]))) for each in found]


def _document(labelled: Mapping[str, str]) -> IntakeDocument:
    """The pasted text, or the file; as bytes when the encoding is named."""
    text, name = labelled["text"], labelled.get("file", "")
    return IntakeDocument(text.encode(labelled["encoding"]) if "encoding" in labelled else text, name)


def _wanted(want: Mapping[str, Any]) -> Iterator[Value]:
    for key, value in want.items():
        if key == "example":
            for number, parts in enumerate(value, 1):
                yield from ((f"example.{part}", f"{number} {_text(text)}") for part, text in parts.items())
        else:
            yield from ((key, each) for each in _text(value).split("\n"))


def _text(value: object) -> str:
    return str(int(value.timestamp())) if isinstance(value, datetime) else str(value)


def values(intake: Intake) -> frozenset[Value]:
    """Values that were read, in the form of the labels."""
    found = {(each.key, each.value) for each in intake.readings}
    for number, transaction in enumerate(intake.transactions, 1):
        found |= {(f"example.{part}", f"{number} {text}") for part, text in transaction.parts.items()}
    return frozenset(found)


def figures(labelled: Iterable[Input]) -> dict[str, Figure]:
    """Figures by field, and for all fields under an empty name."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for each in labelled:
        got = values(read([each.document], KNOWN))
        right.update(key for key, _ in got & each.want)
        wrong.update(key for key, _ in got - each.want)
        missed.update(key for key, _ in each.want - got)
    keys = sorted({*right, *wrong, *missed})
    found = {key: Figure(right[key], wrong[key], missed[key]) for key in keys}
    return {**found, "": Figure(right.total(), wrong.total(), missed.total())}


def misses(labelled: Iterable[Input]) -> Iterator[str]:
    """Wrong and missing values, one per line."""
    for each in labelled:
        got = values(read([each.document], KNOWN))
        yield from (f"{each.name}: wrong {key} = {value!r}" for key, value in sorted(got - each.want))
        yield from (f"{each.name}: missed {key} = {value!r}" for key, value in sorted(each.want - got))


def table(made: Mapping[str, Figure], held_out: Mapping[str, Figure]) -> str:
    """Precision and recall by field."""
    lines = [
        "| field | values | precision | recall | held out: values | precision | recall |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    none = Figure(0, 0, 0)
    for key in sorted({*made, *held_out}, key=lambda key: (not key, key)):
        cells = [cell for each in (made.get(key, none), held_out.get(key, none)) for cell in _cells(each)]
        lines.append(f"| {' | '.join([f'`{key}`' if key else 'all', *cells])} |")
    return "\n".join(lines) + "\n"


def _cells(figure: Figure) -> tuple[str, str, str]:
    return str(figure.right + figure.missed), f"{figure.precision:.1%}", f"{figure.recall:.1%}"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--newest", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.misses:
        print("\n".join(misses(inputs(MADE))))
    elif asked.newest:
        print(table(figures(inputs(NEWEST)), {}))
    else:
        print(table(figures(inputs(MADE)), figures(inputs(HELD_OUT))))


if __name__ == "__main__":
    main(sys.argv[1:])
