"""Replaces characters that the font of charts and PDF does not have by a sign."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font
from pydantic import JsonValue

from bot.reports.document import ReportDocument

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
"""DejaVu, which knows Latin, Greek, Cyrillic, Arabic and more, comes with the charts; no Chinese, no emoji."""
MISSING = "□"


def legible(paper: ReportDocument) -> ReportDocument:
    """The text, with a sign for each letter the font does not know."""
    return ReportDocument.model_validate(_legible(paper.model_dump(mode="json")))


def _legible(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return "".join(map(_letter, value))
    if isinstance(value, list):
        return [_legible(each) for each in value]
    return {key: _legible(each) for key, each in value.items()} if isinstance(value, dict) else value


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    """The character, a sign in its place, or nothing for one that only joins or varies others."""
    if letter.isspace() or ord(letter) in _known():
        return letter
    return "" if unicodedata.category(letter) in {"Mn", "Cf"} else MISSING


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    both = (FT2Font(str(FONTS / name)).get_charmap() for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
    return frozenset.intersection(*map(frozenset, both))
