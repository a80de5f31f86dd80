"""XML that an interface gave, as a table of transactions with the names of its elements as headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from bot.intake.json_table import JsonTable, table_of

_BEGINS = re.compile(
    r"^[ \t]{0,20}(?:```(?:xml)?\s{0,5})?(?=<(?:\?xml\s|[A-Za-z_][\w.-]{0,60}(?:\s[^<>]{0,500})?>\s))", re.MULTILINE
)
_ENDS = re.compile(r"</([A-Za-z_][\w.:-]{0,60})>\s{0,20}(?:```)?\s*")
_DEEPEST = 8
_WORDS = re.compile(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])|[_.-]")


def before_xml(text: str) -> tuple[str, str]:
    """The words above an XML document, and the document up to its last element; the latter is empty without one."""
    found = _BEGINS.search(text)
    if not found:
        return text, ""
    ends = list(_ENDS.finditer(text, found.end()))
    return (text[: found.start()], text[found.end() : ends[-1].end()].rstrip("` \n")) if ends else (text, "")


def xml_table(text: str) -> JsonTable | None:
    """The elements that hold one transaction each; None for text that is no XML, or one that declares entities."""
    if "<!DOCTYPE" in text.upper():
        return None
    try:
        root = ET.fromstring(text)  # noqa: S314 (without a declaration there are no entities to expand)
    except (ET.ParseError, ValueError):
        return None
    rows = list(_rows(root, {}, 0))
    return table_of(rows, " ".join(_WORDS.sub(" ", _name(each)) for each in (root, *root)[:3]))


def _rows(element: ET.Element, above: Mapping[str, str], depth: int) -> Iterator[dict[str, str]]:
    """The elements that hold values only, each with the values of those it stands in."""
    if depth > _DEEPEST:
        return
    values = {**above, **element.attrib}
    values |= {_name(each): " ".join((each.text or "").split()) for each in element if not len(each) and each.text}
    nested = [each for each in element if len(each) or (each.attrib and not each.text)]
    for each in nested:
        yield from _rows(each, values, depth + 1)
    if not nested:
        yield values


def _name(element: ET.Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]
