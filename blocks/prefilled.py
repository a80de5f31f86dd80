"""Fields that the desk fills in from what is known of the chosen end-customer; they follow the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from blocks.form import FILLED, text_in
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.identifiers import fold
from bot.forms.field_table import field

FOLLOWING = ("tenants", "interface")
"""Keys of the fields whose answer depends on the end-customer."""


@dataclass(frozen=True)
class PrefilledField:
    """A field that the desk filled in."""

    key: str
    mark: str
    """Identifies the text, without its words."""
    times: int = 0
    """Number of times the text was replaced: its input has another id each time, see `filled_again`."""


@dataclass(frozen=True)
class PrefilledFields:
    """The fields that the desk filled in, and the end-customer they belong to; saved in the form's metadata."""

    customer: str = ""
    """Identifies the end-customer; empty: none is chosen."""
    fields: tuple[PrefilledField, ...] = ()

    def replaceable(self, answers: Mapping[str, str]) -> set[str]:
        """Keys of fields that belong to the customer chosen before, or are empty; none while it is the same one."""
        if self.customer == _customer_in(answers):
            return set()
        return {key for key in FOLLOWING if key in answers and (not answers[key] or self.has(key, answers[key]))}

    def without_former(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The answers of a form that is submitted before it was redrawn for another customer."""
        former = self.replaceable(answers)
        return {key: text for key, text in answers.items() if key not in former}

    def has(self, key: str, text: str) -> bool:
        """True if the desk filled in this text, and nobody changed it."""
        there = self._field(key)
        return bool(text and there and there.mark == _mark(text))

    def following(
        self, answers: Mapping[str, str], known: Mapping[str, str], config: Config, *, shows_all: bool
    ) -> tuple[PrefilledFields, dict[str, str]]:
        """The fields filled in once the form is drawn with these answers, and the answers to draw.

        `known`: facts of the customer in these answers. `shows_all`: fields without an answer are shown too, and
        so filled in now.
        """
        former = self.replaceable(answers)
        filled = [key for key in FOLLOWING if key in former or (shows_all and key not in answers)]
        texts = {key: _shown(key, known.get(key, ""), config) for key in filled}
        others = [each for each in self.fields if each.key not in texts]
        fields = [*others, *(self._filled(key, text, answers.get(key)) for key, text in texts.items())]
        drawn = {**answers, **{key: known.get(key, "") for key in former}}
        return PrefilledFields(_customer_in(answers), tuple(fields)), drawn

    def _filled(self, key: str, text: str, typed: str | None) -> PrefilledField:
        """The field with this text; `typed`: what it holds, None while it is not shown."""
        there = self._field(key)
        mark = _mark(text)
        is_replaced = typed is not None and _mark(typed) != mark
        is_replaced = is_replaced or (typed is None and there is not None and there.mark != mark)
        return PrefilledField(key, mark, (there.times if there else 0) + is_replaced)

    def _field(self, key: str) -> PrefilledField | None:
        return next((each for each in self.fields if each.key == key), None)

    def with_new_id(self, block: Json) -> Json:
        """The input with another id for each text that the desk replaced in it."""
        there = self._field(str(block.get("block_id", "")))
        element = block.get("element")
        if not there or not there.times or not isinstance(element, dict):
            return block
        return {**block, "element": {**element, "action_id": f"{element['action_id']}{FILLED}c{there.times}"}}

    def pack(self) -> dict[str, str]:
        fields = ",".join(f"{each.key}.{each.mark}.{each.times}" for each in self.fields)
        return {key: text for key, text in (("customer", self.customer), ("prefilled", fields)) if text}

    @classmethod
    def unpack(cls, parts: Mapping[str, str]) -> PrefilledFields:
        fields = (each.split(".") for each in parts.get("prefilled", "").split(",") if each)
        return cls(
            parts.get("customer", ""), tuple(PrefilledField(key, mark, int(times)) for key, mark, times in fields)
        )


def _customer_in(answers: Mapping[str, str]) -> str:
    return _mark(fold(answers.get("customer", "")))


def _mark(text: str) -> str:
    words = " ".join(text.split())
    return sha256(words.encode("utf-8", "replace")).hexdigest()[:12] if words else ""


def _shown(key: str, text: str, config: Config) -> str:
    """The text as its input shows it."""
    asked = field(key, config)
    return text_in(asked, text) if asked and text else ""
