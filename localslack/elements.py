"""Input elements found in blocks, and plain values turned into Slack's state objects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from localslack.errors import Refused
from localslack.records import Json
from localslack.rich_text import rich_text

_TEXTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_OPTION = {"static_select", "external_select", "radio_buttons"}
_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_SINGLE = {  # element type -> key of its value in the state
    **dict.fromkeys(_OPTION, "selected_option"),
    "rich_text_input": "rich_text_value",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_LISTS = {  # the same for those with several
    **dict.fromkeys(_OPTIONS, "selected_options"),
    "file_input": "files",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
_INITIAL = {  # element type -> key of its initial value in the block
    **dict.fromkeys(_TEXTS, "initial_value"),
    **dict.fromkeys(_OPTION, "initial_option"),
    **dict.fromkeys(_OPTIONS, "initial_options"),
    "users_select": "initial_user",
    "conversations_select": "initial_conversation",
    "channels_select": "initial_channel",
    "multi_users_select": "initial_users",
    "multi_conversations_select": "initial_conversations",
    "multi_channels_select": "initial_channels",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
    "rich_text_input": "initial_value",
}
STATEFUL = _TEXTS | set(_SINGLE) | set(_LISTS)

SEVERAL = {"actions": "elements", "context_actions": "elements", "card": "actions"}  # where a block has its elements
NESTED = {"carousel": "elements", "container": "child_blocks"}  # where a block has further blocks
FileLookup = Callable[[str], Json]


@dataclass(frozen=True, slots=True)
class Placed:
    """An interactive element and the block it sits in."""

    block: Json
    element: Json

    @property
    def is_input(self) -> bool:
        """True for the element of an input block, which must be filled unless it is optional."""
        return bool(self.block["type"] == "input")


def with_nested(blocks: list[Json]) -> Iterator[Json]:
    """Every block, those inside of containers and carousels, too."""
    for block in blocks:
        yield block
        inner = block.get(NESTED.get(block["type"], ""), [])
        yield from with_nested(inner)


def placed(blocks: list[Json]) -> Iterator[Placed]:
    """Every interactive element, in order."""
    for block in with_nested(blocks):
        inside = [block.get("element"), block.get("accessory"), *block.get(SEVERAL.get(block["type"], ""), [])]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield Placed(block, element)


def find(blocks: list[Json], block_id: str | None, action_id: str) -> Placed:
    """The element with these ids; the block may be left open where the action id is unique."""
    for candidate in placed(blocks):
        if candidate.element["action_id"] == action_id and block_id in (None, "", candidate.block["block_id"]):
            return candidate
    raise Refused("element_not_found", f"There is no element {action_id!r} in block {block_id!r}.", 404)


# -- values -----------------------------------------------------------------------------------------------------------


def state_of(blocks: list[Json], values: Json, files: FileLookup) -> Json:
    """`state.values` of a surface: the entered values, else the initial ones."""
    state: Json = {}
    for place in placed(blocks):
        if place.element["type"] not in STATEFUL:
            continue
        given, value = _given(place, values)
        entry = entered(place.element, value, files) if given else initial(place.element)
        state.setdefault(place.block["block_id"], {})[place.element["action_id"]] = entry
    return state


def _given(place: Placed, values: Json) -> tuple[bool, Any]:
    block_id, action_id = place.block["block_id"], place.element["action_id"]
    if block_id not in values:
        return False, None
    in_block = values[block_id]
    if isinstance(in_block, dict) and not _is_value(in_block):
        return action_id in in_block, in_block.get(action_id)
    return True, in_block


def _is_value(value: Json) -> bool:
    """True if a dict is itself a value (an option or rich text), not a table of action ids."""
    return set(value) >= {"text", "value"} or value.get("type") == "rich_text"


def initial(element: Json) -> Json:
    """The state of an element without an entry."""
    value = element.get(_INITIAL.get(element["type"], ""), None)
    return _entry(element, value)


def entered(element: Json, value: Any, files: FileLookup) -> Json:
    """The state of an element that was given this plain value."""
    kind = element["type"]
    if kind in _OPTION and value is not None:
        value = option(element, value)
    elif kind in _OPTIONS:
        value = [option(element, entry) for entry in _list(value)]
    elif kind == "file_input":
        value = [files(file_id) for file_id in _list(value)]
    elif kind == "rich_text_input" and isinstance(value, str):
        value = rich_text(value) if value else None
    elif kind in _TEXTS and value is not None:
        value = str(value)
    return _entry(element, value)


def _entry(element: Json, value: Any) -> Json:
    kind = element["type"]
    if kind in _LISTS:
        return {"type": kind, _LISTS[kind]: value or []}
    if kind in _SINGLE:
        return {"type": kind, _SINGLE[kind]: value}
    return {"type": kind, "value": value or None}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def option(element: Json, value: Any) -> Json:
    """The option of an element with this value; an external select's options are known only to who chose one."""
    if isinstance(value, dict) and "external" in element["type"]:
        return value
    wanted = value.get("value") if isinstance(value, dict) else value
    for candidate in options(element):
        if candidate.get("value") == wanted:
            return candidate
    raise Refused("option_not_found", f"{element['action_id']!r} has no option {wanted!r}.")


def options(element: Json) -> list[Json]:
    """All options of an element, of its groups, too."""
    grouped = [entry for group in element.get("option_groups", []) for entry in group["options"]]
    return [*element.get("options", []), *grouped]


def action(place: Placed, value: Any, files: FileLookup, action_ts: str) -> Json:
    """The entry of `actions` in a block_actions payload."""
    element = place.element
    entry: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": place.block["block_id"],
        "action_ts": action_ts,
    }
    if element["type"] == "overflow":
        return entry | {"selected_option": option(element, value)}
    if element["type"] == "feedback_buttons":
        choices = (element["positive_button"], element["negative_button"])
        chosen = next((choice for choice in choices if choice.get("value") == value), choices[0])
        return entry | {key: chosen[key] for key in ("text", "value") if key in chosen}
    remaining = ["text", "value", "style", "url"]
    if element["type"] in STATEFUL:
        entry |= entered(element, value, files)
        remaining = [] if element["type"] in _TEXTS else ["placeholder", _INITIAL.get(element["type"], "")]
    return entry | {key: element[key] for key in remaining if key in element}
