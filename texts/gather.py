"""Extracts translatable messages from the code and its tables into gettext catalogues."""

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
from bot.model.notice import NoticeKind

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "blocks", "demo", "handlers", "runtime")
_MARKERS = {"t": 1, "mark": 1, "many": 2}
"""Function → number of its arguments that are messages."""

Words = str | tuple[str, str]
"""A message, or its singular and plural."""


def gather_messages() -> Catalog:
    """All messages, each with the files that contain it."""
    found = Catalog(fuzzy=False)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            for words in marked_in(path.read_text("utf-8")):
                found.add(words, locations=[(where, 0)])
    for words in field_messages():
        found.add(words, locations=[("bot/forms/template_fields.py", 0)])
    for gloss in (kind.gloss for kind in NoticeKind):
        found.add(gloss, locations=[("bot/model/notice.py", 0)])
    return found


def marked_in(source: str) -> Iterator[Words]:
    """Messages marked in a Python source, including those inside f-strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKERS:
            words = tuple(_words(node.args[: _MARKERS[node.func.id]]))
            if words:
                yield words[0] if len(words) == 1 else (words[0], words[1])


def _words(arguments: Iterable[ast.expr]) -> Iterator[str]:
    return (each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str))


def field_messages() -> Iterator[str]:
    """Messages of the table of fields: headings, labels, questions, hints, options, printed lines."""
    yield TRANSACTIONS
    for field in FIELDS:
        heading = (field.heading.text, field.heading.section)
        texts = (*heading, field.label, field.question, field.hint, *field.labels.values(), *_printed(field.printed))
        yield from filter(None, texts)
        if field.key not in _CONFIGURABLE_FIELDS:
            yield from (option.label for option in field.options(Config()))


_CONFIGURABLE_FIELDS = {"priority", "services"}
"""Fields whose options come from the settings and are not translated."""


def _printed(pattern: str) -> Iterator[str]:
    if pattern not in {"", "{}"}:
        yield pattern


def read_catalogue(language: Language) -> Catalog:
    """The existing catalogue; empty if there is none yet."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=str(language))
    with path.open("rb") as file:
        return read_po(file, locale=str(language))


def updated_catalogue(language: Language) -> Catalog:
    """The catalogue updated with all current messages; English translations equal the message ids."""
    catalogue = read_catalogue(language)
    catalogue.update(gather_messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if language is Language.ENGLISH:
        for message in catalogue:
            if message.id:
                message.string = message.id
    return catalogue


def is_translated(message: Message) -> bool:
    """True if a message has a translation, for plural messages in both forms."""
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(texts) and len(texts) == (2 if message.pluralizable else 1)


def as_po(catalogue: Catalog) -> bytes:
    """The .po file for translators, sorted so that a change of the code changes few lines."""
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


_FIXED_DATE = datetime(1970, 1, 1, tzinfo=UTC)


def as_mo(catalogue: Catalog) -> bytes:
    """The .mo file that the desk reads. It contains no date, so the same messages give the same bytes."""
    catalogue.creation_date = catalogue.revision_date = _FIXED_DATE
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()
