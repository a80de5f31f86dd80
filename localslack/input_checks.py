"""Input checks that Slack itself makes at submit: required, lengths, numbers, addresses."""

import re
from collections.abc import Iterator

from localslack.elements import Placed, placed
from localslack.records import Json

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_VALUE_KEYS = ("value", "selected_option", "selected_options", "files", "rich_text_value")


def problems(blocks: list[Json], state: Json) -> dict[str, str]:
    """The problems as sentences by block id; empty when the modal may be sent to its app."""
    found = {}
    for place in placed(blocks):
        if place.is_input and (problem := _problem(place, state)):
            found[place.block["block_id"]] = problem
    return found


def _problem(place: Placed, state: Json) -> str | None:
    entry = state.get(place.block["block_id"], {}).get(place.element["action_id"], {})
    value = next((entry[key] for key in entry if key in _VALUE_KEYS or key.startswith("selected_")), None)
    if value in (None, "", []):
        return None if place.block.get("optional") else "Please complete this required field."
    return next(_wrong(place.element, value), None)


def _wrong(element: Json, value: object) -> Iterator[str]:
    kind = element["type"]
    if kind == "plain_text_input":
        yield from _wrong_length(element, str(value))
    elif kind == "number_input":
        yield from _wrong_number(element, str(value))
    elif kind == "email_text_input" and not _EMAIL.fullmatch(str(value)):
        yield "Enter a valid email address."
    elif kind == "url_text_input" and not _URL.fullmatch(str(value)):
        yield "Enter a valid URL."
    elif isinstance(value, list):
        maximum = element.get("max_selected_items") or element.get("max_files")
        if maximum and len(value) > maximum:
            yield f"Choose at most {maximum}."


def _wrong_length(element: Json, value: str) -> Iterator[str]:
    minimum, maximum = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < minimum:
        yield f"Enter at least {minimum} characters."
    if len(value) > maximum:
        yield f"Enter at most {maximum} characters."


def _wrong_number(element: Json, value: str) -> Iterator[str]:
    decimals = element.get("is_decimal_allowed", False)
    if not re.fullmatch(r"-?\d+(\.\d+)?" if decimals else r"-?\d+", value):
        yield "Enter a number." if decimals else "Enter a whole number."
        return
    minimum, maximum = element.get("min_value"), element.get("max_value")
    if minimum is not None and float(value) < float(minimum):
        yield f"Enter a number of at least {minimum}."
    if maximum is not None and float(value) > float(maximum):
        yield f"Enter a number of at most {maximum}."
