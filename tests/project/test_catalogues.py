"""Every text of the code is in both catalogues, said well-formed, and what is read is what was translated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Message

from bot.core.i18n import CATALOGUES, Language, speaking, t
from texts.gather import as_mo, gathered, is_translated, kept

languages = pytest.mark.parametrize("language", Language)


@languages
def test_a_catalogue_has_every_text_of_the_code_and_no_other(language: Language) -> None:
    assert _ids(kept(language)) == _ids(gathered()), "python -m texts gathers them anew"
    assert not kept(language).obsolete


@languages
def test_every_text_is_said_in_every_language(language: Language) -> None:
    assert [message.id for message in _texts(kept(language)) if not is_translated(message)] == []


@languages
def test_what_is_read_is_what_was_translated(language: Language) -> None:
    assert (CATALOGUES / f"{language}.mo").read_bytes() == as_mo(kept(language)), "python -m texts writes it"


@languages
def test_a_translation_has_the_holes_of_its_text(language: Language) -> None:
    assert [said for said, of in _pairs(language) if _holes(said) != _holes(of)] == []


@languages
def test_a_translation_begins_and_ends_as_its_text_does_where_it_is_put_together_with_others(
    language: Language,
) -> None:
    assert [said for said, of in _pairs(language) if _edges(said) != _edges(of)] == []


def test_german_quotes_as_germans_do() -> None:
    """What stands in German quotation marks is balanced, and no English ones are left."""
    said = [said for said, _ in _pairs(Language.GERMAN)]
    assert [each for each in said if each.count("„") != each.count("“") or "”" in each or '"' in each] == []


def test_the_german_help_names_the_buttons_as_they_are_called_in_german() -> None:
    named = re.compile("`([^`]+)`")
    for said, of in _pairs(Language.GERMAN):
        for called, name in zip(named.findall(said), named.findall(of), strict=True):
            with speaking(Language.GERMAN):
                assert called == t(name)


def _ids(catalogue: Iterable[Message]) -> set[Any]:
    return {message.id for message in _texts(catalogue)}


def _texts(catalogue: Iterable[Message]) -> list[Message]:
    return [message for message in catalogue if message.id]


def _pairs(language: Language) -> Iterator[tuple[str, str]]:
    """(translation, text); of what can be said of several things, both forms."""
    for message in _texts(kept(language)):
        yield from zip(_forms(message.string), _forms(message.id), strict=True)


def _forms(words: Any) -> tuple[str, ...]:
    """One, or one for a single thing and one for several."""
    return (words,) if isinstance(words, str) else tuple(words)


def _holes(words: str) -> list[str]:
    return sorted(hole for _, hole, _, _ in Formatter().parse(words) if hole is not None)


def _edges(words: str) -> tuple[bool, bool]:
    return words[:1].isspace(), words[-1:].isspace()
