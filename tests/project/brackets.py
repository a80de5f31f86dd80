"""Pseudo-localisation: a language in which all translated text is in brackets, to find untranslated text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Formatter

import pytest

from bot.core import i18n
from bot.core.i18n import Language, speaking
from texts.gather import as_mo, gather_messages

_BRACKETED = re.compile(r"⟦[^⟦⟧]*(?:⟧|$)")
"""Text in brackets; truncated text has lost its closing bracket."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@contextmanager
def pseudo_localised(folder: Path) -> Iterator[None]:
    """Replaces the German catalogue by the bracketed message ids; inserted values are outside the brackets."""
    catalogue = gather_messages()
    for message in catalogue:
        if message.id:
            translations = tuple(map(bracketed, [message.id] if isinstance(message.id, str) else message.id))
            message.string = translations if message.pluralizable else translations[0]
    (folder / "de.mo").write_bytes(as_mo(catalogue))
    with pytest.MonkeyPatch.context() as patch, speaking(Language.GERMAN):
        patch.setattr(i18n, "CATALOGUES", folder)
        i18n._catalogue.cache_clear()
        try:
            yield
        finally:
            i18n._catalogue.cache_clear()


def bracketed(message: str) -> str:
    """Puts the text between placeholders in brackets: `{name} took it` → `{name}⟦ took it⟧`."""
    result = ""
    for text, placeholder, _, _ in Formatter().parse(message):
        result += f"⟦{text}⟧" if _WORD.search(text) else text
        result += f"{{{placeholder}}}" if placeholder is not None else ""
    return result


def untranslated_words(shown: str, verbatim: Iterable[str]) -> list[str]:
    """Words of a text outside brackets, except these names and quotations."""
    if not _WORD.search(_BRACKETED.sub(" ", shown)):
        return []
    for phrase in sorted(verbatim, key=len, reverse=True):
        shown = shown.replace(phrase, " ")
    return _WORD.findall(_BRACKETED.sub(" ", shown))
