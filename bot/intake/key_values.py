"""Log lines of pairs such as `job=G7702 from=+49… to=+49… result="SIP 480"`: one transaction each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.moments import stamps
from bot.core.transaction_headings import heading_part
from bot.core.transaction_table import direction_of, placed
from bot.intake.model import IntakeContext, Origin, Transaction
from bot.intake.text_page import TextPage
from bot.intake.transmission_reports import family_of, is_fine, parts_of

_PAIR = re.compile(r"(?<![^\s,;\[(])([A-Za-z_][\w.-]{0,30})=(?:\"([^\"\n]{0,500})\"|([^\s,;\"\])]{1,300}))")
_FEWEST = 3


def transactions(page: TextPage, known: IntakeContext) -> Iterator[tuple[Transaction, str]]:
    """The transactions of such lines, each with its family; the lines are consumed."""
    family = family_of(" ".join((page.name, *(line for _, line in page.free()))))
    for number, line in list(page.free()):
        pairs = _PAIR.findall(line)
        texts = _texts(pairs, line, known) if len(pairs) >= _FEWEST else {}
        if "status" in texts and texts.keys() & {"sender", "recipient", "remote"}:
            direction = direction_of(texts.get("direction", "")) or "outbound"
            parts = parts_of(placed(texts, direction), known, family)
            if family:
                parts["direction"] = direction
            page.take(number, number + 1)
            yield Transaction(parts, page.source(Origin.LOG, number), is_fine(texts["status"])), family


def _texts(pairs: list[tuple[str, str, str]], line: str, known: IntakeContext) -> dict[str, str]:
    """The parts that the keys name; the moment is a pair of its own, or begins the line."""
    texts = dict[str, str]()
    for key, quoted, bare in pairs:
        part = heading_part(key)
        if part:
            texts.setdefault(part, quoted or bare)
    if "when" not in texts:
        first = next(iter(stamps(line[: line.index("=")], known.now.astimezone(known.zone).date())), None)
        texts |= {"when": line[first.start : first.end]} if first else {}
    return texts
