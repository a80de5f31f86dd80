"""The texts of the demo's own settings (`desk.toml`), marked for translation."""

from __future__ import annotations

from bot.core.i18n import mark

TEXTS = (
    mark("A service is down for one or more customers"),
    mark("A service works only in part"),
    mark("A minor problem, or a question"),
    mark("Job ID"),
    mark("As the fax status report shows it"),
)
"""Definitions of the priorities, and the label and hint of the additional field."""
