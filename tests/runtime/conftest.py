"""The desk's fixtures for the tests of its runtime."""

from __future__ import annotations

from tests.handlers.conftest import w

__all__ = ["w"]
