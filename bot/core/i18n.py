"""Languages: English stands in the code; German comes from its catalogue in `texts/`.

Who is spoken to is known where something comes in or goes out: the boundary and the outbox say it once, with
`speaking`, and everything that is called inside says its words with `t` and `many`. The words are the keys, so that
the code can be read; `python -m texts` gathers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

CATALOGUES = Path(__file__).parents[2] / "texts"


class Language(StrEnum):
    """Language of the desk."""

    ENGLISH = "en"
    GERMAN = "de"


_spoken: ContextVar[Language] = ContextVar("language", default=Language.ENGLISH)


def spoken() -> Language:
    """The current reader's language. A cache of words keeps them by it."""
    return _spoken.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Sets the language of the context, and of tasks that are started in it."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def language_of(locale: str, otherwise: Language) -> Language:
    """The language of a Slack locale such as `de-DE`; `otherwise` where the desk does not speak it."""
    code = locale.replace("_", "-").partition("-")[0].casefold()
    return Language(code) if code in set(Language) else otherwise


def mark(words: str) -> str:
    """Marks words in a table that are translated later, with `t`, so that they are gathered."""
    return words


def t(words: str, /, **values: object) -> str:
    """The words in the current reader's language, with the values in place of their names in braces."""
    language = _spoken.get()
    text = words if language is Language.ENGLISH or not words else _catalogue(language).gettext(words)
    return text.format(**values) if values else text


def many(one: str, several: str, count: int, /, **values: object) -> str:
    """`t` for a number of things; `{count}` stands for the number."""
    language = _spoken.get()
    if language is Language.ENGLISH:
        text = one if count == 1 else several
    else:
        text = _catalogue(language).ngettext(one, several, count)
    return text.format(count=count, **values)


@cache
def _catalogue(language: Language) -> GNUTranslations:
    with (CATALOGUES / f"{language}.mo").open("rb") as file:
        return GNUTranslations(file)
