"""Tables of phrases as one pattern."""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """A pattern that finds any of the phrases, each a regular expression; case does not matter."""
    return re.compile("|".join(f"(?:{each})" for each in phrases), re.IGNORECASE | re.MULTILINE)
