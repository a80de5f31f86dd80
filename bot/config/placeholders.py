"""Placeholders of desk.example.toml that were left in desk.toml: refused, as they would stay for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

PLACEHOLDERS: frozenset[object] = frozenset(
    {
        "U0123ABCD",
        "U0456EFGH",
        "U0789IJKL",
        "S0123ABCD",
        "S0456DUTY",
        "12345RS",
        "mx.partner.example",
        "smtp-de1.example.com, DE1",
        "First Last",
        "name@example.com",
        "ben@example.com",
        "+49 89 1234 5679",
        date(2000, 1, 1),
    }
)
"""Values that the example shows in comments, in this release or an earlier one."""


def placeholders(raw: object, where: str = "") -> Iterator[str]:
    """A sentence for each placeholder in these settings, with its place: `[levels.second] members`."""
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            is_table = isinstance(value, Mapping) or (
                isinstance(value, Sequence) and any(isinstance(each, Mapping) for each in value)
            )
            inner = f"{where}.{key}" if where else str(key)
            yield from placeholders(value, inner if is_table else f"[{where}] {key}")
    elif isinstance(raw, str | date):
        if raw in PLACEHOLDERS:
            yield f"{where}: {raw} is the example's placeholder. Write your own, or leave it out."
    elif isinstance(raw, Sequence):
        for value in raw:
            yield from placeholders(value, where)
