"""JSON by pydantic's encoder, and where the standard library steps in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core import quick_json

VALUES: list[Any] = [
    {"text": "Grüße 🚒", "blocks": [1, 2.5, None, True, {"a": []}]},
    {"half": "\ud83d"},
    {"big": 2**80, "many": 1e400},
    [],
    "",
]


@pytest.mark.parametrize("value", VALUES)
def test_dumps_writes_what_the_standard_library_reads(value: Any) -> None:
    assert json.loads(quick_json.dumps(value)) == json.loads(json.dumps(value))


@pytest.mark.parametrize("value", VALUES)
def test_loads_reads_what_the_standard_library_writes(value: Any) -> None:
    assert quick_json.loads(json.dumps(value)) == value
    assert quick_json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) == value


@pytest.mark.parametrize("text", ["", "[", "{'a': 1}", b"\xff", "[1,]"])
def test_loads_of_no_json_raises_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        quick_json.loads(text)
