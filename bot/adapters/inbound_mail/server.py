"""`IMAP_URL`: which server, how encrypted, who logs in, which folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from bot.adapters.mail.smtp_url import is_loopback
from bot.core.errors import Misconfigured

_FORMS: Final = (
    "Write imaps://user:password@host/INBOX or imap://user:password@host:143/INBOX?starttls=1, user and password"
    " percent-encoded (@ is %40, / is %2F, # is %23)."
)
_PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}


@dataclass(frozen=True)
class ImapServer:
    """The mailbox of inbound mail. With OAuth2 there is a user and no password."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"]
    username: str
    password: str = field(default="", repr=False)
    folder: str = "INBOX"


def parse_imap_url(url: str) -> ImapServer:
    """Parses the URL. `Misconfigured` never repeats what may be a password."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Misconfigured(f"IMAP_URL has no readable host and port. {_FORMS}") from None
    if parts.scheme not in {"imap", "imaps"}:
        raise Misconfigured(f"IMAP_URL must begin with imap:// or imaps://. {_FORMS}")
    if not host or not parts.username or parts.fragment:
        raise Misconfigured(f"IMAP_URL names no host or no user. {_FORMS}")
    tls = _tls(parts)
    if tls == "none" and not is_loopback(host):
        raise Misconfigured(f"IMAP_URL would send the password to {host} unencrypted: use imaps:// or add ?starttls=1.")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return ImapServer(host, port or _PORTS[tls], tls, unquote(parts.username), unquote(parts.password or ""), folder)


def _tls(parts: SplitResult) -> Literal["none", "starttls", "tls"]:
    asked = parse_qs(parts.query, keep_blank_values=True)
    starttls = asked.pop("starttls", ["0"])[-1].lower()
    if asked or starttls not in {"0", "1", "true", "false"}:
        raise Misconfigured(f"IMAP_URL has an option this desk does not know: there is only starttls=1 or 0. {_FORMS}")
    if parts.scheme == "imaps":
        return "tls"
    return "starttls" if starttls in {"1", "true"} else "none"
