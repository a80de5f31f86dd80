"""Message-IDs of outgoing mails: unguessable, and the same for a repeat."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final

_DIGITS: Final = 40
_SECRET: Final = 32


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
