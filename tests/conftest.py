"""Fixtures of all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Speed is the benchmark's business; a busy machine is no failure of a rule.
settings.register_profile("desk", deadline=None)
settings.load_profile("desk")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Three workers on two cores: many tests wait for a process, a server or a browser."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)
