"""Unguessable Message-IDs, and the ticket numbers a mail names."""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from typing import Final

from bot.core import identifiers
from bot.core.characters import plain

_DIGITS: Final = 40
_SECRET: Final = 32
_LOOKED_AT: Final = 20_000
_LIMIT: Final = 10


def new_secret() -> str:
    """A secret for `message_id`; made once and kept in the store, so that a repeat gives the same Message-ID."""
    return secrets.token_hex(_SECRET)


def message_id(secret: str, key: str, domain: str) -> str:
    """Message-ID of the mail with this key: deterministic, and unguessable without the secret (HMAC-SHA-256).

    `domain` in ASCII. Mails sent before with another ID still match by the table of sent Message-IDs.
    """
    if not secret:
        raise ValueError("a Message-ID without a secret can be guessed")
    digest = hmac.new(secret.encode(), key.encode("utf-8", "replace"), "sha256").hexdigest()
    return f"<{digest[:_DIGITS]}@{domain}>"


def guessable_message_id(key: str, domain: str) -> str:
    """Message-ID of the time before there was a secret: anybody with the key can compute it."""
    return f"<{sha256(key.encode(errors='replace')).hexdigest()[:_DIGITS]}@{domain}>"


def our_references(text: str, prefix: str) -> tuple[str, ...]:
    """Our own references in it (`PD-42`), upper case, each once: only whole words, since anybody may write a mail."""
    words = plain(text[:_LOOKED_AT])  # mail programs replace a hyphen by one that does not break, or by a dash
    found = re.findall(rf"(?<![\w-]){re.escape(prefix)}-(\d{{1,12}})(?![\w-]*\w)", words, re.IGNORECASE)
    return tuple(dict.fromkeys(f"{prefix.upper()}-{int(number)}" for number in found))[:_LIMIT]


def rcr_numbers(text: str, pattern: str) -> tuple[str, ...]:
    """Numbers of Retarus's ticket system in it (`RCR-88123`), as the desk records them, each once."""
    found = identifiers.rcr_numbers(text[:_LOOKED_AT], pattern)
    return tuple(each for each in found if re.search(r"\d{3,}", each))[:_LIMIT]
