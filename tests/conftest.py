"""Fixtures of all tests."""

from __future__ import annotations

from hypothesis import settings

# Speed is the benchmark's business; a busy machine is no failure of a rule.
settings.register_profile("desk", deadline=None)
settings.load_profile("desk")
