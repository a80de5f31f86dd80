"""All texts that people read come from the catalogues and are translated into German."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from blocks import customer_words, guides
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
from tests.project.brackets import pseudo_localised, untranslated_words
from texts.gather import ROOT, gather_messages

# --- surfaces

GERMAN_CONFIG = a_config(desk={"language": "de"}, retarus={"language": "de"})
DATA_TEXTS = (
    *("7", "Ben Brandt", MAIL, "PD-", "TN-", "Müller GmbH", "Nordsee", "RCR-", "RS", "UTC", "MB", "kB"),
    *("It is closed.", "You cannot send.", "to the Retarus channel"),
    *(name for each in GERMAN_CONFIG.priorities for name in (each.name, each.definition)),
    *GERMAN_CONFIG.services.names,
    *(*months.CUSTOMERS, "Europe/Berlin", "RCR"),
)
"""Texts from records, the settings, or the tests."""
AWKWARD_WORDS = {word[:end] for word in re.findall(r"[^\W\d_]+", escape(NASTY)) for end in range(2, len(word) + 1)}
"""Words of the tests' awkward texts, also truncated."""
NAMES = (
    *(guides.PARTNER, guides.GLOBAL, "Enterprise Administration Services Portal", "Retarus Support"),
    *customer_words.LANGUAGES.values(),
)
"""Proper names."""
HEADINGS = (
    *(each.text for each in (*template_fields.TEMPLATE, *template_fields.PREQUALIFICATION)),
    *(template_fields.BY_KEY[key].printed.removesuffix(" {}") for key in template_fields.VERBATIM),
    "PRE-QUALIFICATION",
)
"""Headings of the guide in the letter, which are never translated."""
SECTION_6 = (*(heading for heading, _ in RESOURCES), *(text for row in COVERING for text in row))
"""Texts of the guide's list of resources."""


def _tickets() -> Iterator[Ticket]:
    """Tickets in every stage, with few and with all answers; typed text contains no words."""
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
    """Texts that stay in English in every language on this surface."""
    yield from (*DATA_TEXTS, *NAMES)
    if name.startswith(("letter", "preview", "eas")):
        yield from HEADINGS
    if name == "home resources":
        yield from SECTION_6
        yield from (text for _, entries in RESOURCES for each in entries for text in (each.name, each.about, each.url))
    if name == "home settings":
        config = config.model_copy(update={"guides": homes.GUIDES})
        yield from (text for table, lines in tables(config).items() for text in (table, *chain(*lines)))


@pytest.mark.long
def test_texts_on_all_surfaces_are_translated(tmp_path: Path) -> None:
    """With translations in brackets, all text outside brackets must be a name or a quotation."""
    found: dict[str, str] = {}
    with pseudo_localised(tmp_path):
        for name, surface in _surfaces(GERMAN_CONFIG):
            verbatim = [text for text in _verbatim(name, GERMAN_CONFIG) if "⟦" not in text and text]
            for shown in _texts_of(surface):
                words = set(untranslated_words(shown, verbatim)) - AWKWARD_WORDS
                found |= dict.fromkeys(words, f"{name}: {shown[:200]}")
    assert found == {}


def _texts_of(surface: object) -> Iterator[str]:
    """All texts of a surface, including initial values of forms."""
    for part in parts(surface):
        yield from (part[key] for key in ("text", "initial_value") if isinstance(part.get(key), str))


@pytest.mark.long
def test_german_labels_fit_slacks_limits() -> None:
    """A label that does not fit is truncated and ends with an ellipsis."""
    with speaking(Language.GERMAN):
        cut = {text for _, surface in _surfaces(GERMAN_CONFIG) for text in _labels(surface) if text.endswith("…")}
    assert cut == set()


def _labels(surface: object) -> Iterator[str]:
    """Titles, buttons and options, except names of records."""
    for part in parts(surface):
        shown = [part.get(key) for key in ("title", "submit", "close", "confirm", "deny")]
        shown += [part.get("text")] if part.get("type") == "button" or "value" in part else []
        texts = [str(each["text"]) for each in shown if isinstance(each, dict) and "text" in each]
        yield from (text for text in texts if not text.startswith(("7 7", NASTY[:10])))


def test_change_is_only_used_as_a_kind_of_ticket() -> None:
    """“Change” as a kind of ticket and as a verb differ in German, so buttons are labelled “Edit”."""
    assert [place for message in gather_messages() if message.id == "Change" for place, _ in message.locations] == [
        "bot/tickets/reference.py"
    ]


# --- refusals

_REFUSALS = {"Refused", "NotNow", "NotYours", "Incomplete", "Invalid", "MissingFile", "Dead", "Retry", "on_top", "tell"}
"""Names of calls whose arguments are shown to people."""
_SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]")


@pytest.mark.parametrize("room", ["bot", "blocks", "handlers", "runtime"])
def test_refusals_are_translatable(room: str) -> None:
    """Refusals are translatable, except those of the command line, which is in English."""
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
    """String literals of an expression that are not marked for translation."""
    if isinstance(node, ast.Call) and _called(node) in {"t", "mark", "many"}:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _unmarked(child)
