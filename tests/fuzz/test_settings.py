"""Any settings file is read, or refused with sentences that name it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.settings import Config
from bot.config.settings_file import load, parse
from bot.core.errors import Misconfigured
from tests.fuzz.budget import SLOW, fuzzed, mutated, seeds

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(Config.model_fields)), inner, max_size=3)
    ),
    max_leaves=12,
)


def load_quickly(text: bytes) -> None:
    """Loads it as `desk.toml`; refusals are sentences."""
    with tempfile.TemporaryDirectory() as folder:
        path, began = Path(folder) / "desk.toml", process_time()
        path.write_bytes(text)
        refusal = _refusal(lambda: load(path))
        assert not refusal or refusal.startswith(str(path))
        assert process_time() - began < SLOW


def _refusal(reading: Callable[[], Config]) -> str:
    """The text of the refusal; empty when it was read."""
    try:
        reading()
    except Misconfigured as error:
        return str(error) or "nothing"
    return ""


@fuzzed(60)
@given(text=mutated("settings") | st.binary(max_size=200))
def test_any_settings_file_is_read_or_refused(text: bytes) -> None:
    load_quickly(text)


@fuzzed(60)
@given(tables=st.dictionaries(st.sampled_from(sorted(Config.model_fields)) | st.text(max_size=8), VALUE, max_size=4))
def test_any_tables_are_read_or_refused(tables: dict[str, object]) -> None:
    refusal = _refusal(lambda: parse(tables))
    assert not refusal or refusal.startswith("desk.toml: ")


@pytest.mark.parametrize("text", seeds("settings"), ids=lambda text: text[:12].hex())
def test_known_settings_file_is_read_or_refused(text: bytes) -> None:
    load_quickly(text)
