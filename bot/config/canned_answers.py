"""Canned answers of `desk.toml`: texts that are offered where people write."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from bot.config.custom_fields import Label
from bot.config.time_policy import Section
from bot.core.i18n import Language
from bot.core.secret_detection import free_of_secrets


class AnswerPlace(StrEnum):
    """A form that canned answers are offered in."""

    CUSTOMER = "customer"
    """The question to the end-customer."""
    RETARUS = "retarus"
    """Words to Retarus."""
    NOTE = "note"


class CannedAnswer(Section):
    """One `[[answers]]` table."""

    name: Label
    texts: dict[Language, Annotated[str, Field(max_length=2000), AfterValidator(free_of_secrets)]] = Field(min_length=1)
    """The text by language: `en`, `de`."""
    where: tuple[AnswerPlace, ...] = Field(tuple(AnswerPlace), min_length=1)

    @field_validator("texts")
    @classmethod
    def _none_is_empty(cls, texts: dict[Language, str]) -> dict[Language, str]:
        empty = [language for language, text in texts.items() if not text.strip()]
        if empty:
            raise ValueError(f"the text in “{empty[0]}” is empty: write it, or leave the language out")
        return texts

    def text(self, language: Language) -> str:
        """The text in this language, or else in the first one that there is."""
        return self.texts.get(language) or next(iter(self.texts.values()))
