"""Custom fields beyond the guide's own questions: the parts of `desk.toml` about forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from bot.config.time_policy import Section
from bot.core.fillers import require_substance
from bot.core.secret_detection import free_of_secrets
from bot.model.ticket import Kind

Label = Annotated[str, Field(min_length=1, max_length=75, pattern=r"^[^\r\n]+$")]
"""Label of an option in a list."""


def _each_once(labels: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((each for each in labels if labels.count(each) > 1), None)
    if twice is not None:
        raise ValueError(f"“{twice}” is given twice")
    return labels


Labels = Annotated[tuple[Label, ...], AfterValidator(_each_once)]
"""Labels of one list: Slack refuses a form that chooses the same one twice."""
Part = Literal["sender", "recipient", "inbound"]
"""The addresses of a transaction, as the guide's matrix names them: see `bot.forms.transaction_fields`."""
FamilyName = Literal["mail", "fax", "sms", "edi", "other"]

_PICKED = {"choice": 100, "choices": 100, "decision": 10}
"""Maximum number of options that Slack allows per input."""


class CustomField(Section):
    """One `[[fields]]` table: what section 4.1.1 of the Global Support Guide asks besides (guide 2.5)."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    """Key of the stored answer, so that its label may change."""
    label: Label
    hint: str = Field("", max_length=150, pattern=r"^[^\r\n]*$")
    ask: Literal["line", "text", "choice", "choices", "decision", "moment"] = "line"
    options: Labels = ()
    """Options to pick from, for a list."""
    kinds: tuple[Kind, ...] = Field(tuple(Kind), min_length=1)
    services: tuple[str, ...] = ()
    """Asked for these services only; empty: for all."""
    needed: Literal["raise", "handoff", "escalate", "never"] = "escalate"
    """The border at which it must be answered."""
    under: Literal["DESCRIPTION", "ADDITIONAL INFORMATION"] = "ADDITIONAL INFORMATION"
    """The heading it is asked and printed under."""
    level: Literal["first", "second"] = "first"
    """Level that usually knows the answer."""

    @model_validator(mode="after")
    def _can_be_picked(self) -> CustomField:
        max_options = _PICKED.get(self.ask)
        if max_options is None and self.options:
            raise ValueError(f'`ask = "{self.ask}"` takes no `options`; write `ask = "choice"`')
        if max_options is not None and not 2 <= len(self.options) <= max_options:  # noqa: PLR2004 (else there is no choice)
            raise ValueError(f'`ask = "{self.ask}"` needs two to {max_options} `options`')
        return self


def _can_be_raised(text: str) -> str:
    """The text, if a ticket can be raised with it: without a secret, and no filler such as `n/a`."""
    return require_substance(free_of_secrets(text)) if text else text


Prefilled = Annotated[str, AfterValidator(_can_be_raised)]


class Template(Section):
    """One `[[templates]]` table: a frequent problem, with the answers its ticket begins with."""

    name: Label
    kind: Kind = Kind.INCIDENT
    services: Labels = ()
    priority: str = ""
    happens: Prefilled = Field("", max_length=3000)
    impact: Prefilled = Field("", max_length=1000, pattern=r"^[^\r\n]*$")
    interface: Prefilled = Field("", max_length=500, pattern=r"^[^\r\n]*$")
    error: Prefilled = Field("", max_length=3000)

    @property
    def answers(self) -> dict[str, str]:
        """Field key → answer."""
        texts = self.model_dump(include={"priority", "happens", "impact", "interface", "error"})
        return {key: text for key, text in {"services": "\n".join(self.services), **texts}.items() if text}


def require_fitting(templates: Sequence[Template], services: Sequence[str], priorities: Sequence[str]) -> None:
    """`ValueError` for a template of an unknown service or priority, or with the name of another one."""
    require_once([each.name for each in templates], "templates")
    for number, each in enumerate(templates, 1):
        where = f"[[templates]] no. {number}:"
        for service in each.services:
            require_known(service, services, f"{where} `services`")
        require_known(each.priority, priorities, f"{where} `priority`")


def require_once(names: Sequence[str], table: str, key: str = "name") -> None:
    """`ValueError` for one of several tables, such as `[[templates]]`, with the name of another one."""
    for number, name in enumerate(names, 1):
        first = names.index(name) + 1
        if first < number:
            raise ValueError(f"[[{table}]] no. {number}: `{key}` “{name}” is already used by no. {first}")


def require_known(name: str, names: Iterable[str], where: str) -> None:
    if name and name not in names:
        known = ", ".join(names) or "none is configured"
        raise ValueError(f"{where}: there is no “{name}” (known here: {known})")


class Matrix(Section):
    """`[matrix]`: the priority of an impact and an urgency. Without it, a person judges by the definitions."""

    impacts: Labels = Field((), max_length=10)
    urgencies: Labels = Field((), max_length=10)
    priorities: tuple[tuple[str, ...], ...] = ()
    """A row per impact; in each, a priority per urgency."""

    @model_validator(mode="after")
    def _whole(self) -> Matrix:
        shape = [len(self.urgencies)] * len(self.impacts)
        if [len(row) for row in self.priorities] != shape or bool(self.impacts) != bool(self.urgencies):
            raise ValueError(
                "`priorities` needs a row for each of `impacts`, and in it a priority for each of `urgencies`"
            )
        return self

    @property
    def is_set(self) -> bool:
        return bool(self.priorities)

    def proposed(self, impact: str, urgency: str) -> str:
        """The priority for these two; empty while one is not known (any more)."""
        if impact not in self.impacts or urgency not in self.urgencies:
            return ""
        return self.priorities[self.impacts.index(impact)][self.urgencies.index(urgency)]
