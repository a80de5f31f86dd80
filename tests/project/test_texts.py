"""Whatever people read is in the catalogues, and said in German as well as in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from blocks import guides
from blocks.kit import escape
from bot.config.guide_texts import COVERING, RESOURCES
from bot.config.overview import tables
from bot.config.settings import Config
from bot.core.i18n import Language, speaking
from bot.forms import template_fields
from bot.model.ticket import Stage, Ticket
from tests import months
from tests.blocks import homes, reported
from tests.blocks.surfaces import NASTY, longest, messages, parts, views
from tests.factories import MAIL, NOW, a_config, an_incident
from tests.project.brackets import forgotten, in_brackets
from texts.gather import ROOT, gathered

# --- what is shown

SPOKEN = a_config(desk={"language": "de"}, retarus={"language": "de"})
GIVEN = (
    *("7", "Ben Brandt", MAIL, "PD-", "TN-", "Müller GmbH", "RCR-", "RS", "UTC", "MB", "kB"),
    *("It is closed.", "You cannot send.", "to the Retarus channel"),
    *(name for each in SPOKEN.priorities for name in (each.name, each.definition)),
    *SPOKEN.services.names,
    *(*months.CUSTOMERS, "Europe/Berlin", "RCR"),
)
"""What comes from a record, the settings, or the test."""
AWKWARD = {word[:end] for word in re.findall(r"[^\W\d_]+", escape(NASTY)) for end in range(2, len(word) + 1)}
"""… and what is left of the awkward texts of the tests, cut or not."""
NAMES = (guides.PARTNER, guides.GLOBAL, "Enterprise Administration Services Portal", "Retarus Support")
"""Proper names."""
HEADINGS = (
    *(each.text for each in (*template_fields.TEMPLATE, *template_fields.PREQUALIFICATION)),
    "PRE-QUALIFICATION",
)
"""The guide's words in the letter: never translated."""
SECTION_6 = (*(heading for heading, _ in RESOURCES), *(text for row in COVERING for text in row))
"""… and in the list of resources."""


def _tickets() -> Iterator[Ticket]:
    """At every stage, with hardly an answer and with all; what was typed is no word in any language."""
    for stage in Stage:
        for more in ({}, {"sent_at": NOW, "rcr": ("RCR-1",)}):
            yield longest(stage, "7 ", **more)
            yield an_incident(stage, answers={"happens": "7", "services": template_fields.OTHER}, **more)


def _surfaces(config: Config) -> Iterator[tuple[str, object]]:
    for ticket in _tickets():
        for name, message in messages(ticket, config, lambda _: "7"):
            yield name, [{"text": message.text}, message.blocks]
        yield from views(ticket, config)
    yield from homes.views(longest(text="7 "), config, lambda _: "7")
    for name, message in homes.messages():
        yield name, [{"text": message.text}, message.blocks]
    paper = reported.a_paper(config)
    yield "report on paper", [{"text": text} for text in reported.words(paper)]
    for name, message in reported.messages(paper):
        yield name, [{"text": message.text}, message.blocks]
    yield from reported.views()


def _verbatim(name: str, config: Config) -> Iterable[str]:
    """What may stand there in English, whatever is spoken."""
    yield from (*GIVEN, *NAMES)
    if name.startswith(("letter", "preview", "eas")):
        yield from HEADINGS
    if name == "home resources":
        yield from SECTION_6
        yield from (text for _, entries in RESOURCES for each in entries for text in (each.name, each.about, each.url))
    if name == "home settings":
        config = config.model_copy(update={"guides": homes.GUIDES})
        yield from (text for table, lines in tables(config).items() for text in (table, *chain(*lines)))


def test_no_word_that_people_read_was_forgotten(tmp_path: Path) -> None:
    """Said in a language whose words stand in brackets: whatever stands outside must be a name or a quotation."""
    found: dict[str, str] = {}
    with in_brackets(tmp_path):
        for name, surface in _surfaces(SPOKEN):
            verbatim = [text for text in _verbatim(name, SPOKEN) if "⟦" not in text and text]
            for shown in _said(surface):
                words = set(forgotten(shown, verbatim)) - AWKWARD
                found |= dict.fromkeys(words, f"{name}: {shown[:200]}")
    assert found == {}


def _said(surface: object) -> Iterator[str]:
    """Every text in it, and what forms begin with."""
    for part in parts(surface):
        yield from (part[key] for key in ("text", "initial_value") if isinstance(part.get(key), str))


def test_german_fits_where_slack_gives_little_room() -> None:
    """What did not fit would have been cut, and end with an ellipsis."""
    with speaking(Language.GERMAN):
        cut = {text for _, surface in _surfaces(SPOKEN) for text in _labels(surface) if text.endswith("…")}
    assert cut == set()


def _labels(surface: object) -> Iterator[str]:
    """Titles and their buttons, buttons, and what can be chosen; but for what the record calls itself."""
    for part in parts(surface):
        shown = [part.get(key) for key in ("title", "submit", "close", "confirm", "deny")]
        shown += [part.get("text")] if part.get("type") == "button" or "value" in part else []
        texts = [str(each["text"]) for each in shown if isinstance(each, dict) and "text" in each]
        yield from (text for text in texts if not text.startswith(("7 7", NASTY[:10])))


def test_a_kind_of_ticket_is_not_called_as_something_one_does() -> None:
    """One English word, two German ones: a button that opens an entry says Edit, as Change is a kind of ticket."""
    assert [place for message in gathered() if message.id == "Change" for place, _ in message.locations] == [
        "bot/tickets/reference.py"
    ]


# --- what is said otherwise

_REFUSALS = {"Refused", "NotNow", "NotYours", "Incomplete", "Invalid", "Gone", "Dead", "Retry", "on_top", "tell"}
"""What says a sentence to somebody."""
_SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]")


@pytest.mark.parametrize("room", ["bot", "blocks", "handlers", "runtime"])
def test_no_refusal_is_said_in_english_only(room: str) -> None:
    """But for what only the command line asks: it speaks English."""
    found = [
        f"{path.relative_to(ROOT)}:{literal.lineno}: {literal.value!r}"
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.stem not in {"erasure", "redaction", "command_line"}
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _called(call) in _REFUSALS
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        for literal in _unmarked(argument)
        if _SENTENCE.search(str(literal.value))
    ]
    assert found == []


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _unmarked(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts in an expression that go through no catalogue."""
    if isinstance(node, ast.Call) and _called(node) in {"t", "mark", "many"}:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _unmarked(child)
