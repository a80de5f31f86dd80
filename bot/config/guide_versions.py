"""Versions and addresses of the guides: the part of `desk.toml` about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config.time_policy import Section

WebAddress = Annotated[str, Field(max_length=500, pattern=r"^(https?://[^\s|<>]+)?$")]


class Guides(Section):
    """The two guides that are handed over to every support contact (guide 1.f)."""

    partner_version: str = Field("", max_length=40)
    partner_url: WebAddress = ""
    """Address of the Partner Support Guide for colleagues; empty: “via Retarus Support”, as it says itself."""
    global_version: str = Field("", max_length=40)
    global_url: WebAddress = ""

    @property
    def edition(self) -> str:
        """Changes whenever either guide does: then both are handed over again. Empty: no guide is set."""
        named = any((self.partner_version, self.partner_url, self.global_version, self.global_url))
        return f"{self.partner_version or '?'} / {self.global_version or '?'}" if named else ""
