"""Which words does the desk say? Those the code marks, and those of its tables."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.config.settings import Config
from bot.core.i18n import CATALOGUES, Language
from bot.forms.template_fields import FIELDS, TRANSACTIONS
from bot.model.notice import Say

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "blocks", "handlers", "runtime")
_SAID = {"t": 1, "mark": 1, "many": 2}
"""Function → how many of its arguments are words."""

Words = str | tuple[str, str]
"""One sentence, or one for a single thing and one for several."""


def gathered() -> Catalog:
    """All words there are, each with the files it stands in."""
    found = Catalog(fuzzy=False)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            for words in said_in(path.read_text("utf-8")):
                found.add(words, locations=[(where, 0)])
    for words in of_the_form():
        found.add(words, locations=[("bot/forms/template_fields.py", 0)])
    for gloss in (say.gloss for say in Say):
        found.add(gloss, locations=[("bot/model/notice.py", 0)])
    return found


def said_in(source: str) -> Iterator[Words]:
    """The words a program marks, wherever it does, inside f-strings too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SAID:
            words = tuple(_words(node.args[: _SAID[node.func.id]]))
            if words:
                yield words[0] if len(words) == 1 else (words[0], words[1])


def _words(arguments: Iterable[ast.expr]) -> Iterator[str]:
    return (each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str))


def of_the_form() -> Iterator[str]:
    """What the table of fields says: headings as a form shows them, labels, hints, answers to pick, printed lines."""
    yield TRANSACTIONS
    for field in FIELDS:
        heading = (field.heading.text, field.heading.section)
        said = (*heading, field.label, field.hint, *field.labels.values(), *_printed(field.printed))
        yield from filter(None, said)
        if field.key not in _CONFIGURED:
            yield from (option.label for option in field.options(Config()))


_CONFIGURED = {"priority", "services"}
"""Whose answers are the desk's own words, from its settings."""


def _printed(pattern: str) -> Iterator[str]:
    if pattern not in {"", "{}"}:
        yield pattern


def kept(language: Language) -> Catalog:
    """The catalogue as it is; empty where there is none yet."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=str(language))
    with path.open("rb") as file:
        return read_po(file, locale=str(language))


def renewed(language: Language) -> Catalog:
    """The catalogue with every word there is and none that is gone. English says what the code says."""
    catalogue = kept(language)
    catalogue.update(gathered(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if language is Language.ENGLISH:
        for message in catalogue:
            if message.id:
                message.string = message.id
    return catalogue


def is_translated(message: Message) -> bool:
    """Whether it is said, and for several things too where there can be several."""
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(said) and len(said) == (2 if message.pluralizable else 1)


def as_po(catalogue: Catalog) -> bytes:
    """As a translator edits it: sorted, so that a change of the code changes few lines."""
    file = BytesIO()
    write_po(file, catalogue, sort_output=True, omit_header=True, include_lineno=False, width=100)
    return _HEADER.format(language=catalogue.locale).encode() + file.getvalue()


_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


_NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)


def as_mo(catalogue: Catalog) -> bytes:
    """As the desk reads it. The same words give the same bytes: no day of writing is in them."""
    catalogue.creation_date = catalogue.revision_date = _NO_DAY
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()
