"""A language in which every word the desk knows stands in brackets: what stands outside was forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Formatter

import pytest

from bot.core import i18n
from bot.core.i18n import Language, speaking
from texts.gather import as_mo, gathered

_KNOWN = re.compile(r"⟦[^⟦⟧]*(?:⟧|$)")
"""A text that was cut has lost its end."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@contextmanager
def in_brackets(folder: Path) -> Iterator[None]:
    """Inside, German is the words themselves, in brackets; what is put into their holes stands outside."""
    catalogue = gathered()
    for message in catalogue:
        if message.id:
            said = tuple(map(bracketed, [message.id] if isinstance(message.id, str) else message.id))
            message.string = said if message.pluralizable else said[0]
    (folder / "de.mo").write_bytes(as_mo(catalogue))
    with pytest.MonkeyPatch.context() as patch, speaking(Language.GERMAN):
        patch.setattr(i18n, "CATALOGUES", folder)
        i18n._catalogue.cache_clear()
        try:
            yield
        finally:
            i18n._catalogue.cache_clear()


def bracketed(words: str) -> str:
    """`{name} took it` → `{name}⟦ took it⟧`."""
    found = ""
    for said, hole, _, _ in Formatter().parse(words):
        found += f"⟦{said}⟧" if _WORD.search(said) else said
        found += f"{{{hole}}}" if hole is not None else ""
    return found


def forgotten(shown: str, verbatim: Iterable[str]) -> list[str]:
    """The words of a text that are in no catalogue, but for these names and quotations."""
    for phrase in sorted(verbatim, key=len, reverse=True):
        shown = shown.replace(phrase, " ")
    return _WORD.findall(_KNOWN.sub(" ", shown))
