"""Rules between the properties of one Block Kit object.

Each is asked only about an object whose properties are well-formed by themselves.
"""

import datetime as dt
import functools
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from localslack.blockkit.schema import AlsoRule, Problem, Problems, missing

Value = Mapping[str, Any]


def one_of(*names: str) -> AlsoRule:
    """At least one of these must be there; Slack names the first as missing."""

    def check(value: Value, at: str) -> Problems:
        if not any(name in value for name in names):
            yield missing(names[0], at)

    return check


def exactly_one_image(value: Value, at: str) -> Problems:
    yield from one_of("image_url", "slack_file")(value, at)
    if "image_url" in value and "slack_file" in value:
        yield Problem("only one of `image_url` or `slack_file` can be specified", at)


def some_options(value: Value, at: str) -> Problems:
    if "options" not in value and "option_groups" not in value:
        yield Problem("`options` or `option_groups` must be specified", at)
    if "options" in value and "option_groups" in value:
        yield Problem("only one of `options` or `option_groups` can be specified", at)


def initial_option_exists(value: Value, at: str) -> Problems:
    if "initial_option" in value and not _offers(value, value["initial_option"]):
        yield Problem("must be one of the provided options", f"{at}/initial_option")


def initial_options_exist(value: Value, at: str) -> Problems:
    """An empty list is refused as well, with the same words."""
    chosen = value.get("initial_options")
    if chosen is not None and (not chosen or not all(_offers(value, option) for option in chosen)):
        yield Problem("must be one of the provided options", f"{at}/initial_options")


def _offers(value: Value, option: Value) -> bool:
    groups = [group["options"] for group in value.get("option_groups", ())]
    offered = [*value.get("options", ()), *(item for group in groups for item in group)]
    return _comparable(option) in [_comparable(item) for item in offered]


def _comparable(option: Value) -> dict[str, Any]:
    """The values to compare: everything but the defaults Slack fills in (`emoji`, `verbatim`)."""
    return {name: (part["type"], part["text"]) if isinstance(part, dict) else part for name, part in option.items()}


def not_more_than_selectable(value: Value, at: str) -> Problems:
    maximum = value.get("max_selected_items")
    for name in ("initial_options", "initial_users", "initial_conversations", "initial_channels"):
        if maximum is not None and len(value.get(name, ())) > maximum:
            yield Problem(f"no more than {maximum} items allowed", f"{at}/{name}")


def text_length_in_order(value: Value, at: str) -> Problems:
    minimum, maximum = value.get("min_length", 0), value.get("max_length", 3000)
    if minimum > maximum:
        yield Problem("`min_length` must be less than or equal to `max_length`", f"{at}/min_length")
    if len(value.get("initial_value", "")) > maximum:
        yield Problem(f"must be less than {maximum + 1} characters", f"{at}/initial_value")


def numbers_in_order(value: Value, at: str) -> Problems:
    given = {name: _decimal(value[name]) for name in ("min_value", "max_value", "initial_value") if name in value}
    for name, number in given.items():
        if number is None:
            yield Problem("must be a number", f"{at}/{name}")
        elif not value["is_decimal_allowed"] and number != number.to_integral_value():
            yield Problem("must be a whole number", f"{at}/{name}")
    minimum, maximum, initial = (given.get(name) for name in ("min_value", "max_value", "initial_value"))
    if minimum is not None and maximum is not None and minimum > maximum:
        yield Problem("`min_value` must be less than or equal to `max_value`", f"{at}/min_value")
    if initial is not None and (
        (minimum is not None and initial < minimum) or (maximum is not None and initial > maximum)
    ):
        yield Problem("must be between `min_value` and `max_value`", f"{at}/initial_value")


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 20 else None


def lines_in_order(value: Value, at: str) -> Problems:
    if value.get("min_lines", 1) > value.get("max_lines", 100):
        yield Problem("`min_lines` must be less than or equal to `max_lines`", f"{at}/min_lines")


def real_date(value: Value, at: str) -> Problems:
    if "initial_date" in value:
        try:
            dt.date.fromisoformat(value["initial_date"])
        except ValueError:
            yield Problem("invalid date", f"{at}/initial_date")


def known_timezone(value: Value, at: str) -> Problems:
    if "timezone" in value and value["timezone"] not in _timezones():
        yield Problem("invalid timezone", f"{at}/timezone")


@functools.cache
def _timezones() -> set[str]:
    return zoneinfo.available_timezones()


def filter_says_something(value: Value, at: str) -> Problems:
    if value.get("filter") == {}:
        yield Problem("must provide at least 1 properties", f"{at}/filter")


def no_dispatch_of_files(value: Value, at: str) -> Problems:
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        yield Problem("unsupported type: file_input", f"{at}/element/type")


def unique_action_ids(elements: str) -> AlsoRule:
    def check(value: Value, at: str) -> Problems:
        seen: set[str] = set()
        for index, element in enumerate(value[elements]):
            action_id = element.get("action_id")
            if action_id and action_id in seen:
                yield Problem(f'`action_id` "{action_id}" already exists', f"{at}/{elements}/{index}/action_id")
            seen.add(action_id)

    return check


def even_rows(value: Value, at: str) -> Problems:
    width = len(value["rows"][0])
    for index, row in enumerate(value["rows"]):
        if len(row) != width:
            yield Problem("all rows must have the same number of cells", f"{at}/rows/{index}")
    for index, cell in enumerate(value["rows"][0]):
        if cell["type"] == "rich_text":
            yield Problem("must be a valid enum value", f"{at}/rows/0/{index}/type")
