"""Each catalogue contains all messages of the code with well-formed translations, and .mo and .po files agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Message

from bot.core.i18n import CATALOGUES, Language, speaking, t
from texts.gather import as_mo, gather_messages, is_translated, read_catalogue

languages = pytest.mark.parametrize("language", Language)


@languages
def test_catalogue_contains_exactly_the_messages_of_the_code(language: Language) -> None:
    assert _ids(read_catalogue(language)) == _ids(gather_messages()), "python -m texts updates them"
    assert not read_catalogue(language).obsolete


@languages
def test_every_message_is_translated(language: Language) -> None:
    assert [message.id for message in _texts(read_catalogue(language)) if not is_translated(message)] == []


@languages
def test_mo_file_is_compiled_from_the_po_file(language: Language) -> None:
    assert (CATALOGUES / f"{language}.mo").read_bytes() == as_mo(read_catalogue(language)), "python -m texts writes it"


@languages
def test_translation_has_the_placeholders_of_its_message(language: Language) -> None:
    assert [
        translation
        for translation, original in _pairs(language)
        if _placeholders(translation) != _placeholders(original)
    ] == []


@languages
def test_translation_has_the_leading_and_trailing_blanks_of_its_message(
    language: Language,
) -> None:
    assert [
        translation
        for translation, original in _pairs(language)
        if _has_outer_blanks(translation) != _has_outer_blanks(original)
    ] == []


def test_german_texts_use_german_quotation_marks() -> None:
    """German quotation marks are balanced, and there are no English ones."""
    translations = [translation for translation, _ in _pairs(Language.GERMAN)]
    assert [each for each in translations if each.count("„") != each.count("“") or "”" in each or '"' in each] == []


def test_german_help_uses_the_german_button_labels() -> None:
    named = re.compile("`([^`]+)`")
    for translation, original in _pairs(Language.GERMAN):
        for called, name in zip(named.findall(translation), named.findall(original), strict=True):
            with speaking(Language.GERMAN):
                assert called == t(name)


def _ids(catalogue: Iterable[Message]) -> set[Any]:
    return {message.id for message in _texts(catalogue)}


def _texts(catalogue: Iterable[Message]) -> list[Message]:
    return [message for message in catalogue if message.id]


def _pairs(language: Language) -> Iterator[tuple[str, str]]:
    """Pairs of translation and message; for plural messages, one pair for each form."""
    for message in _texts(read_catalogue(language)):
        yield from zip(_forms(message.string), _forms(message.id), strict=True)


def _forms(words: Any) -> tuple[str, ...]:
    """The text, or singular and plural."""
    return (words,) if isinstance(words, str) else tuple(words)


def _placeholders(words: str) -> list[str]:
    return sorted(hole for _, hole, _, _ in Formatter().parse(words) if hole is not None)


def _has_outer_blanks(words: str) -> tuple[bool, bool]:
    return words[:1].isspace(), words[-1:].isspace()
