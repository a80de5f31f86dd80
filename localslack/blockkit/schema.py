"""A small schema language for Block Kit objects, and the check of a value against it.

Slack's own validator is generated from JSON schemas; its sentences ("must be less than 25 characters") come from
there and are reproduced here word for word. The tables beside this file are made of these few building blocks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class Problem:
    """One thing Slack refuses, and where: `at` is a JSON pointer. The rest is what `blocks.validate` adds."""

    message: str
    at: str
    code: Literal["failed_constraint", "missing_field", "invalid_type"] = "failed_constraint"
    field: str | None = None
    constraint: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.at}]"

    def details(self) -> dict[str, Any]:
        fields = {"code": self.code, "message": self.message, "pointer": self.at}
        more = {"field": self.field, "constraint": self.constraint}
        return fields | {name: value for name, value in more.items() if value is not None}


def _type(message: str, at: str) -> Problem:
    return Problem(message, at, "invalid_type")


def _limit(message: str, at: str, kind: str, expected: object, got: object) -> Problem:
    return Problem(message, at, constraint={"type": kind, "expected": expected, "got": got})


def missing(name: str, at: str) -> Problem:
    return Problem(f"missing required field: {name}", at, "missing_field", field=name)


Problems = Iterator[Problem]
AlsoRule = Callable[[Mapping[str, Any], str], Problems]


class Rule(Protocol):
    def check(self, value: object, at: str) -> Problems: ...


@dataclass(frozen=True)
class String:
    minimum: int = 0
    maximum: int | None = None
    pattern: str | None = None

    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, str):
            yield _type("must provide a string", at)
        elif len(value) < self.minimum:
            yield _limit(f"must be more than {self.minimum - 1} characters", at, "min_length", self.minimum, len(value))
        elif self.maximum is not None and len(value) > self.maximum:
            yield _limit(f"must be less than {self.maximum + 1} characters", at, "max_length", self.maximum, len(value))
        elif self.pattern and not re.search(self.pattern, value):
            yield _limit(f"input must match regex pattern: {self.pattern}", at, "pattern", self.pattern, value)


@dataclass(frozen=True)
class Choice:
    among: tuple[str, ...]

    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, str):
            yield _type("must provide a string", at)
        elif value not in self.among:
            yield _limit("must be a valid enum value", at, "enum", list(self.among), value)


@dataclass(frozen=True)
class Url:
    schemes: tuple[str, ...] = ()  # none named: any
    maximum: int = 3000

    def check(self, value: object, at: str) -> Problems:
        length = list(String(maximum=self.maximum).check(value, at))
        if length:
            yield from length
        elif not self.accepts(str(value)):
            yield Problem("invalid url", at)

    def accepts(self, text: str) -> bool:
        found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?!/*$)\S+$", text)
        return found is not None and (not self.schemes or found.group(1).lower() in self.schemes)


@dataclass(frozen=True)
class Integer:
    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, int) or isinstance(value, bool):
            yield _type("must provide an integer", at)
        elif self.minimum is not None and value < self.minimum:
            yield _limit(f"must be greater than {self.minimum}", at, "minimum", self.minimum, value)
        elif self.maximum is not None and value > self.maximum:
            yield _limit(f"must be less than {self.maximum}", at, "maximum", self.maximum, value)


@dataclass(frozen=True)
class Number:
    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield _type("must provide a number", at)


@dataclass(frozen=True)
class Boolean:
    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, bool):
            yield _type("must be a boolean", at)


@dataclass(frozen=True)
class Nullable:
    rule: Rule

    def check(self, value: object, at: str) -> Problems:
        if value is not None:
            yield from self.rule.check(value, at)


@dataclass(frozen=True)
class Items:
    of: Rule
    minimum: int = 0
    maximum: int | None = None

    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, list | tuple):
            yield _type("must provide an array", at)
            return
        if len(value) < self.minimum:
            yield _limit(f"must provide at least {self.minimum} items", at, "min_items", self.minimum, len(value))
        if self.maximum is not None and len(value) > self.maximum:
            yield _limit(f"no more than {self.maximum} items allowed", at, "max_items", self.maximum, len(value))
        for index, item in enumerate(value):
            yield from self.of.check(item, f"{at}/{index}")


@dataclass(frozen=True)
class Shape:
    """An object with exactly these properties. `also` holds rules between its properties; they are asked once
    every property is well-formed, so they may rely on types."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    also: tuple[AlsoRule, ...] = ()
    open: bool = False  # tolerates properties not named here

    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, dict):
            yield _type("must provide an object", at)
            return
        own = list(self._properties(value, at))
        yield from own
        if not own:
            for rule in self.also:
                yield from rule(value, at)

    @cached_property
    def _known(self) -> Mapping[str, Rule]:
        return {**self.required, **self.optional}

    def _properties(self, value: Mapping[str, Any], at: str) -> Problems:
        known = self._known
        for name in self.required:
            if name not in value:
                yield missing(name, at)
        for name, content in value.items():
            if name in known:
                yield from known[name].check(content, f"{at}/{name}")
            elif not self.open:
                constraint = {"type": "additional_properties", "got": name}
                yield Problem(f"invalid additional property: {name}", at, constraint=constraint)


@dataclass(frozen=True)
class Kinds:
    """An object whose `type` says which shape it has."""

    shapes: Mapping[str, Rule]
    names_unknown: bool = True  # "unsupported type: foo", else "must be a valid enum value"

    def check(self, value: object, at: str) -> Problems:
        if not isinstance(value, dict):
            yield _type("must provide an object", at)
        elif "type" not in value:
            yield missing("type", at)
        elif not isinstance(value["type"], str):
            yield _type("must provide a string", f"{at}/type")
        elif value["type"] not in self.shapes:
            message = f"unsupported type: {value['type']}" if self.names_unknown else "must be a valid enum value"
            yield _limit(message, f"{at}/type", "enum", list(self.shapes), value["type"])
        else:
            yield from self.shapes[value["type"]].check(value, at)

    def only(self, *types: str) -> "Kinds":
        return Kinds({name: self.shapes[name] for name in types}, self.names_unknown)


TYPE = {"type": String()}
"""For shapes reached through `Kinds`, which has looked at `type` already."""
