"""Coverage-guided fuzzing with atheris: `python -m tests.fuzz.guided mails -max_total_time=60`, or `make fuzz`.

Begins with the corpus in the tree. What reaches new code is kept in `var/fuzz/<target>`, and an input that fails in
`var/fuzz`: it belongs into the corpus, where it is a test from then on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot", "handlers"]):
    from bot.adapters.status import feed_entries
    from bot.forms.template_fields import Need
    from bot.model.ticket import Kind
    from tests.fuzz import test_forms, test_mails, test_payloads, test_settings
from tests.fuzz.budget import CORPUS

FOUND = Path("var") / "fuzz"


def payloads(data: bytes) -> None:
    test_payloads.read_quickly(test_payloads.body(data.decode("utf-8", "surrogateescape")))


def forms(data: bytes) -> None:
    """The first byte chooses the kind; each line is the answer to a field, in the fields' order."""
    kind = list(Kind)[data[0] % len(Kind)] if data else Kind.INCIDENT
    lines = data[1:].decode("utf-8", "replace").split("\n")
    test_forms.check_answers(kind, dict(zip(test_forms.KEYS, lines, strict=False)), Need.ESCALATE)


def mails(data: bytes) -> None:
    test_mails.read_whole(data)


def settings(data: bytes) -> None:
    test_settings.load_quickly(data)


def feeds(data: bytes) -> None:
    feed_entries.read(data).model_dump_json()


TARGETS: dict[str, tuple[Callable[[bytes], None], str]] = {
    "payloads": (payloads, "texts"),
    "forms": (forms, "texts"),
    "mails": (mails, "mails"),
    "settings": (settings, "settings"),
    "feeds": (feeds, "feeds"),
}
"""Function and corpus of each target."""


def main() -> None:
    """Fuzzes one target with libFuzzer's options."""
    name, *options = sys.argv[1:]
    target, corpus = TARGETS[name]
    found = FOUND / name
    found.mkdir(parents=True, exist_ok=True)
    folders = [str(found), str(CORPUS / corpus)]
    standard = ["-rss_limit_mb=2048", "-timeout=10", f"-artifact_prefix={FOUND}/{name}-"]
    atheris.Setup([sys.argv[0], *folders, *standard, *options], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
