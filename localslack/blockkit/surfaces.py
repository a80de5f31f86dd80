"""Blocks and elements by surface, and the rules between all blocks of one surface.

Placement follows the "available in surfaces" lists of Slack's reference pages.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from localslack.blockkit.schema import Problem, Problems

Surface = Literal["message", "modal", "home"]
Blocks = Sequence[Mapping[str, Any]]

MAX_BLOCKS: Final[Mapping[Surface, int]] = {"message": 50, "modal": 100, "home": 100}

# Blocks and elements that are not listed are allowed on every surface.
BLOCK_SURFACES: Final[Mapping[str, frozenset[Surface]]] = {
    "alert": frozenset({"modal"}),
    "carousel": frozenset({"message", "home"}),
    "container": frozenset({"message"}),
    "context_actions": frozenset({"message"}),
    "data_table": frozenset({"message", "home"}),
    "file": frozenset({"message"}),
    "markdown": frozenset({"message"}),
    "plan": frozenset({"message"}),
    "table": frozenset({"message", "home"}),
    "task_card": frozenset({"message"}),
}
ELEMENT_SURFACES: Final[Mapping[str, frozenset[Surface]]] = {
    "datetimepicker": frozenset({"message", "modal"}),
    "email_text_input": frozenset({"modal"}),
    "file_input": frozenset({"modal"}),
    "number_input": frozenset({"modal"}),
    "rich_text_input": frozenset({"modal", "home"}),
    "url_text_input": frozenset({"modal"}),
    "workflow_button": frozenset({"message"}),
}

MARKDOWN_CHARACTERS: Final = 12_000
TABLE_CHARACTERS: Final = 10_000


def placement(blocks: Sequence[object], surface: Surface, at: str) -> Problems:
    """Check the number of blocks before anything else."""
    for where, block in every_block(blocks, at):
        allowed = BLOCK_SURFACES.get(_type(block))
        if allowed is not None and surface not in allowed:
            yield Problem(f"unsupported type: {_type(block)}", f"{where}/type")
            continue
        for there, element in elements_of(block, where):
            possible = ELEMENT_SURFACES.get(_type(element))
            if possible is not None and surface not in possible:
                yield Problem(f"unsupported type: {_type(element)}", f"{there}/type")


def across(blocks: Blocks, surface: Surface, at: str) -> Problems:
    """The rules between blocks. The blocks are well-formed."""
    yield from _unique_block_ids(blocks, at)
    yield from _one_focus(blocks, at)
    yield from _response_urls(blocks, surface, at)
    if surface == "message":
        yield from _message_totals(blocks, at)


def every_block(blocks: Sequence[object], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The blocks and those inside containers, each with its pointer."""
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        yield f"{at}/{index}", block
        children = block.get("child_blocks")
        if block.get("type") == "container" and isinstance(children, list | tuple):
            for place, child in enumerate(children):
                if isinstance(child, dict):
                    yield f"{at}/{index}/child_blocks/{place}", child


def elements_of(block: Mapping[str, Any], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The interactive elements of one block, each with its pointer."""
    found = [(f"{at}/{name}", block.get(name)) for name in ("accessory", "element")]
    listed = block.get("elements")
    if block.get("type") in ("actions", "context_actions") and isinstance(listed, list | tuple):
        found += [(f"{at}/elements/{index}", element) for index, element in enumerate(listed)]
    for where, element in found:
        if isinstance(element, dict):
            yield where, element


def _type(value: Mapping[str, Any]) -> str:
    kind = value.get("type")
    return kind if isinstance(kind, str) else ""


def _unique_block_ids(blocks: Blocks, at: str) -> Problems:
    seen: set[str] = set()
    for where, block in every_block(blocks, at):
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            yield Problem(f'`block_id` "{block_id}" already exists', f"{where}/block_id")
        seen.add(block_id or "")


def _one_focus(blocks: Blocks, at: str) -> Problems:
    focused = [
        there
        for where, block in every_block(blocks, at)
        for there, element in elements_of(block, where)
        if element.get("focus_on_load")
    ]
    for there in focused[1:]:
        yield Problem("only one element can have `focus_on_load` set to true", f"{there}/focus_on_load")


def _response_urls(blocks: Blocks, surface: Surface, at: str) -> Problems:
    for where, block in every_block(blocks, at):
        for there, element in elements_of(block, where):
            asked = element.get("response_url_enabled")
            if asked and (surface != "modal" or block["type"] != "input"):
                message = "`response_url_enabled` can only be used in `input` blocks in modals"
                yield Problem(message, f"{there}/response_url_enabled")


def _message_totals(blocks: Blocks, at: str) -> Problems:
    tables = [(where, b) for where, b in every_block(blocks, at) if b["type"] in ("table", "data_table")]
    if len(tables) > 1:
        yield Problem("only_one_table_allowed", tables[1][0])
    if sum(characters(table) for _, table in tables) > TABLE_CHARACTERS:
        yield Problem(f"table cells must be less than {TABLE_CHARACTERS + 1} characters in total", tables[-1][0])
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        yield Problem(f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters in total", at)


def characters(value: object) -> int:
    """The readable text of this part: all `text` and link texts in it."""
    if isinstance(value, list | tuple):
        return sum(characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    return sum(
        len(part) if name in ("text", "alt_text", "fallback") and isinstance(part, str) else characters(part)
        for name, part in value.items()
    )
