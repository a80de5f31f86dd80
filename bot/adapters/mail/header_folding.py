"""Folds header lines, as the standard library's own folding (3.11) damages long ones.

It loses the blank between two encoded words (“MüllerMüller”), the quotes of a long name with a comma in it, and writes
a long Message-ID as encoded words, which no mail program reads. Its older `Header` class encodes texts correctly.
"""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Any

_IDS = frozenset({"message-id", "in-reply-to", "references"})
_ADDRESSES = frozenset({"from", "to", "reply-to"})
_LINE = 76
_SPECIAL = re.compile(r'[^\w\s!#$%&\'*+/=?^`{|}~-]|\\|"', re.ASCII)


class HeaderPolicy(EmailPolicy):
    """Folds the headers we write; ASCII only."""

    def fold(self, name: str, value: Any) -> str:
        lowered = name.lower()
        if lowered in _IDS:
            return self._line(name, *str(value).split())
        if lowered in _ADDRESSES:
            return self._line(name, *(part for address in value.addresses for part in _mailbox(name, address)))
        if lowered == "subject":
            return self._line(name, *_text(str(value), name))
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")

    def _line(self, name: str, *words: str) -> str:
        """The words on one line, or on as many as they need."""
        lines = [f"{name}:"]
        for number, word in enumerate(words):
            if number and len(lines[-1]) + 1 + len(word) > _LINE:
                lines.append("")
            lines[-1] += f" {word}"
        return "".join(line + self.linesep for line in lines)


def _text(text: str, name: str) -> list[str]:
    """The words to put on lines: as they are where that is safe, else encoded."""
    if text.isascii() and "=?" not in text:
        return text.split()
    return Header(text, "utf-8", _LINE, name).encode(linesep="").split()


def _mailbox(name: str, address: Address) -> list[str]:
    """A display name, plain, quoted or encoded, and the address."""
    shown = _text(address.display_name, name)
    if shown and address.display_name == " ".join(shown) and _SPECIAL.search(address.display_name):
        shown = ['"' + re.sub(r'([\\"])', r"\\\1", address.display_name) + '"']
    return [*shown, f"<{address.addr_spec}>"] if shown else [address.addr_spec]


HEADERS = HeaderPolicy(linesep="\r\n", cte_type="7bit")
"""Bodies are encoded to short ASCII lines, so that no server on the way has to change them."""
