"""docs/local-slack.md lists exactly what the local Slack supports."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import localslack.api.dispatch  # noqa: F401 - registers all methods
from localslack import blockkit
from localslack.api.registry import METHODS
from localslack.blockkit import Surface
from localslack.blockkit.blocks import BLOCKS
from localslack.blockkit.elements import IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from localslack.blockkit.surfaces import BLOCK_SURFACES, ELEMENT_SURFACES
from tests.localslack.blockkit_parts import (
    CONFIRM,
    IMAGE,
    actions,
    button,
    input_block,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    select,
    table,
)
from tests.localslack.running import ROOT

SECTION = (ROOT / "docs" / "local-slack.md").read_text(encoding="utf-8").partition("\n## What is supported\n")[2]
SURFACES: tuple[Surface, ...] = ("message", "modal", "home")
Json = dict[str, Any]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(*heading: str) -> list[list[str]]:
    """Rows of the table with this heading in the section “What is supported”."""
    tables = [table.splitlines() for table in re.findall(r"(?:^\|.*\n)+", SECTION, re.MULTILINE)]
    [wanted] = [table for table in tables if cells(table[0]) == list(heading)]
    return [cells(line) for line in wanted[2:]]


def test_every_method_is_listed_with_its_status() -> None:
    status = {name.strip("`"): how for name, how, _ in rows("method", "status", "difference")}
    assert set(status.values()) == {"supported", "partly", "not"}
    assert {name for name, how in status.items() if how != "not"} == set(METHODS)
    assert all(difference for _, how, difference in rows("method", "status", "difference") if how == "partly")


def test_connection_promises_name_existing_tests() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for name, status, difference, proof in rows("what", "status", "difference", "proved by"):
        assert status in ("supported", "partly", "not"), name
        assert difference or status == "supported", name
        assert status == "not" or re.search(rf"def {proof.strip('`')}\(", tests), name


@pytest.mark.parametrize(
    ("name", "known", "limited"),
    [
        ("block", set(BLOCKS.shapes), BLOCK_SURFACES),
        (
            "element",
            {*IN_SECTION.shapes, *IN_ACTIONS.shapes, *IN_INPUT.shapes, *IN_CONTEXT_ACTIONS.shapes},
            ELEMENT_SURFACES,
        ),
    ],
)
def test_every_block_and_element_is_listed_with_its_surfaces(
    name: str, known: set[str], limited: dict[str, frozenset[Surface]]
) -> None:
    listed = {row[0].strip("`"): row[1:] for row in rows(name, *SURFACES)}
    assert listed == {
        name: ["yes" if surface in limited.get(name, SURFACES) else "no" for surface in SURFACES] for name in known
    }


def text(n: int) -> Json:
    return plain("x" * n)


def options(n: int) -> list[Json]:
    return [option(str(number)) for number in range(n)]


def text_input(**more: Any) -> Json:
    return input_block({"type": "plain_text_input", **more})


def menu(n: int) -> Json:
    return input_block({"type": "static_select", "options": options(n)})


def confirmed(**more: Any) -> Json:
    return actions(button(confirm=CONFIRM | more))


def url(n: int) -> str:
    return "https://e.org/".ljust(n, "x")


def long_table(characters: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * characters}]]}


BLOCK_LIMITS: dict[str, Callable[[int], Json]] = {
    "`block_id`": lambda n: section(block_id="x" * n),
    "`action_id`": lambda n: actions(button(action_id="x" * n)),
    "section text": lambda n: section(text=mrkdwn("x" * n)),
    "section fields": lambda n: section(fields=[plain()] * n),
    "section field text": lambda n: section(fields=[text(n)]),
    "header text": lambda n: {"type": "header", "text": text(n)},
    "context elements": lambda n: {"type": "context", "elements": [plain()] * n},
    "actions elements": lambda n: actions(*[button()] * n),
    "markdown text": lambda n: {"type": "markdown", "text": "x" * n},
    "image `alt_text`": lambda n: IMAGE | {"alt_text": "x" * n},
    "image title": lambda n: IMAGE | {"title": text(n)},
    "image URL": lambda n: IMAGE | {"image_url": url(n)},
    "table rows": lambda n: table(n, 1),
    "table columns": lambda n: table(1, n),
    "input label": lambda n: input_block(select(), label=text(n)),
    "input hint": lambda n: input_block(select(), hint=text(n)),
    "placeholder": lambda n: text_input(placeholder=text(n)),
    "button text": lambda n: actions(button(text=text(n))),
    "button value": lambda n: actions(button(value="x" * n)),
    "button URL": lambda n: actions(button(url=url(n))),
    "overflow options": lambda n: section(accessory={"type": "overflow", "options": options(n)}),
    "select options": menu,
    "option groups": lambda n: input_block(
        {"type": "static_select", "option_groups": [{"label": plain(), "options": options(1)}] * n}
    ),
    "option text": lambda n: input_block(select(options=[option() | {"text": text(n)}])),
    "option value": lambda n: input_block(select(options=[option() | {"value": "x" * n}])),
    "option description": lambda n: input_block(select(options=[option(description=text(n))])),
    "checkboxes": lambda n: input_block({"type": "checkboxes", "options": options(n)}),
    "radio buttons": lambda n: input_block({"type": "radio_buttons", "options": options(n)}),
    "`max_length`": lambda n: text_input(max_length=n),
    "files in a `file_input`": lambda n: input_block({"type": "file_input", "max_files": n}),
    "confirm title": lambda n: confirmed(title=text(n)),
    "confirm text": lambda n: confirmed(text=text(n)),
    "confirm button": lambda n: confirmed(confirm=text(n)),
}
VIEW_LIMITS: dict[str, Callable[[int], Json]] = {
    "blocks in a modal": lambda n: modal(*[section()] * n),
    "blocks in a Home tab": lambda n: {"type": "home", "blocks": [section()] * n},
    "modal title": lambda n: modal(title=text(n)),
    "modal submit and close": lambda n: modal(submit=text(n), close=text(n)),
    "`private_metadata`": lambda n: modal(private_metadata="x" * n),
    "`callback_id`": lambda n: modal(callback_id="x" * n),
    "`external_id`": lambda n: modal(external_id="x" * n),
}
OTHER_LIMITS: dict[str, Callable[[int], bool]] = {
    "table characters in a message": lambda n: blockkit.validate_blocks([long_table(n)], "message") == [],
    "blocks in a message": lambda n: blockkit.validate_blocks([section()] * n, "message") == [],
    "bytes of a view": lambda n: not blockkit.is_too_large("x" * (n - 2)),  # JSON adds two quotation marks
    "characters of all blocks of a message": lambda n: not blockkit.is_too_long([text(n)]),
}


def accepted(name: str, n: int) -> bool:
    if name in BLOCK_LIMITS:
        return any(blockkit.validate_blocks([BLOCK_LIMITS[name](n)], surface) == [] for surface in SURFACES)
    return blockkit.validate_view(VIEW_LIMITS[name](n)) == [] if name in VIEW_LIMITS else OTHER_LIMITS[name](n)


@pytest.mark.parametrize(("name", "limit"), rows("what", "at most"))
def test_documented_limit_is_accepted_and_one_more_is_refused(name: str, limit: str) -> None:
    assert accepted(name, int(limit))
    assert not accepted(name, int(limit) + 1)


def test_every_limit_is_listed() -> None:
    assert {name for name, _ in rows("what", "at most")} == {*BLOCK_LIMITS, *VIEW_LIMITS, *OTHER_LIMITS}
