"""Technical note: knowledge about one problem."""

from __future__ import annotations

from typing import Literal

from bot.core.cleaning import excerpt
from bot.model.ticket import Record, Utc, Words

PREFIX = "TN"
"""Notes are called TN-12."""
Source = Literal["ours", "retarus"]


class TechnicalNote(Record):
    """Knowledge of the desk, or of Retarus, about one problem, as of one version (guide L2.3, L3.3)."""

    id: str
    number: int = 0
    """Number shown to people, assigned by the store when it is first saved; 0 before that."""
    version: int = 1
    symptom: Words = ""
    """Visible symptom, with the exact error message."""
    services: tuple[str, ...] = ()
    cause: Words = ""
    remedy: Words = ""
    workaround: Words = ""
    material: Words = ""
    """Further material: addresses, names of files."""
    rcr: Words = ""
    """Retarus's number for it, where there is one."""
    source: Source = "ours"
    """Side that found the solution."""
    ticket_id: str = ""
    """The ticket it comes from; empty when it was written by itself."""
    written_by: str
    """Slack user id, like `changed_by`."""
    written_at: Utc
    changed_by: str
    changed_at: Utc
    is_retired: bool = False
    """True if it proved wrong: searches no longer find it."""
    retired_why: Words = ""

    @property
    def name(self) -> str:
        """`TN-12`."""
        return f"{PREFIX}-{self.number}"

    @property
    def title(self) -> str:
        """The first line of the symptom."""
        return excerpt(self.symptom.split("\n")[0], 150)
