"""Parses RCR numbers: the ticket numbers of Retarus."""

from __future__ import annotations

import re

from bot.config.settings import Config
from bot.core.cleaning import clean_text
from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.core.secret_detection import faults


def rcr_number(text: str, config: Config) -> str:
    """Parses Retarus's ticket number: by the configured pattern, or what they call it, in one line. `Invalid`."""
    text = clean_text(text)
    if wrong := faults({"rcr": text}):
        raise Invalid(wrong)
    found = re.search(config.retarus.rcr_pattern, text, re.IGNORECASE)
    if found:
        return re.sub(r"(?<=[A-Z])[-\s#:]*(?=\d)", "-", found[0].upper())
    if not re.search(r"\d", text) or len(text) > 60:  # noqa: PLR2004 (a number, not a story)
        raise Invalid({"rcr": t("This is no ticket number. Retarus's look like RCR-88123.")})
    return " ".join(text.split())
