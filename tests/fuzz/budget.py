"""Number of inputs of a fuzzer: some seconds' worth by default, FUZZ times as many by `make fuzz`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

CORPUS = Path(__file__).parent / "corpus"
"""Initial inputs, and those that were found to be wrong: one file each."""
SLOW = 2.0
"""Processor seconds in which any input of these sizes is read; a linear reader needs milliseconds."""


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """Settings of a fuzzer for that many inputs, FUZZ times."""
    many = examples * int(os.environ.get("FUZZ", "1"))
    return settings(max_examples=many, deadline=None, suppress_health_check=list(HealthCheck))


def seeds(name: str) -> list[bytes]:
    """The corpus of this name."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


_PIECES = (
    b"<", b">", b"&", b"&lt;", b"|", b"@", b"\r\n", b"\n", b"\0", b"\xff\xfe", b"=?utf-8?q?", b"?=", b"--", b"=", b"[[",
    b'"', b"\\", b"> ", b"On ", b"<b>", b"<!--", b"]]>", b"\xe2\x80\xae", b"\xed\xa0\x80", b"9" * 40, b"{", b"[", b"'",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """An input of the corpus with pieces cut out, put in, or repeated many times."""
    data = draw(st.sampled_from(seeds(name)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 60))
        piece = draw(st.sampled_from(_PIECES) | st.binary(max_size=20))
        times = draw(st.sampled_from([0, 1, 1, 3, 2000]))
        data = data[:at] + piece * times + data[at + cut :]
    return data
