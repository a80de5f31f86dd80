"""Ids of Slack's shape: stable ones for what a seed names, random ones for the rest; tokens and secrets."""

import base64
import hashlib
import hmac
import secrets
import string

_ALPHABET = string.ascii_uppercase + string.digits


def random_id(prefix: str, length: int = 11) -> str:
    """A new id such as `C08K2M4Q7ZA`."""
    return prefix + "0" + "".join(secrets.choice(_ALPHABET) for _ in range(length - 1 - len(prefix)))


def stable_id(prefix: str, name: str, length: int = 11) -> str:
    """The id a seeded name always gets: readable first, then a digest to keep it unique."""
    readable = "".join(c for c in name.upper() if c in _ALPHABET)[:5]
    digest = base64.b32encode(hashlib.sha256(f"{prefix}:{name}".encode()).digest()).decode()
    return (prefix + "0" + readable + digest)[:length]


def derived_secret(secret: str, purpose: str, name: str, length: int = 32) -> str:
    """A token's body, derived from the workspace's secret: the same as long as its state is kept, else unguessable."""
    return hmac.new(secret.encode(), f"{purpose}:{name}".encode(), hashlib.sha256).hexdigest()[:length]


def random_secret(length: int = 24) -> str:
    """An unguessable part of a URL or trigger id."""
    return secrets.token_hex(length // 2)
