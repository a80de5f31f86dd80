"""Parses SMTP_URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from bot.core.errors import Misconfigured

_FORMS = (
    "Write smtp://user:password@mail.example.com:587?starttls=1, smtps://user:password@mail.example.com or "
    "smtp://127.0.0.1:1025; special characters in user and password percent-encoded (@ is %40, / is %2F, # is %23)."
)
_SUBMISSION = 587
_YES_NO = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True)
class SmtpServer:
    """Mail server for outgoing mail. With OAuth2 there is a user and no password."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"]
    username: str = ""
    password: str = field(default="", repr=False)


def parse_smtp_url(url: str) -> SmtpServer:
    """Port 587 means STARTTLS unless `starttls=0`. `Misconfigured` never repeats what may be a password."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Misconfigured(f"SMTP_URL has no readable host and port. {_FORMS}") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise Misconfigured(f"SMTP_URL must begin with smtp:// or smtps://. {_FORMS}")
    if not host or parts.path.strip("/") or parts.fragment:
        raise Misconfigured(f"SMTP_URL names no host, or more than that. {_FORMS}")
    tls = _tls(parts, port)
    port = port or {"tls": 465, "starttls": _SUBMISSION, "none": 25}[tls]
    server = SmtpServer(host, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))
    _require_safe_login(server)
    return server


def _tls(parts: SplitResult, port: int | None) -> Literal["none", "starttls", "tls"]:
    asked = parse_qs(parts.query, keep_blank_values=True)
    starttls = asked.pop("starttls", ["1" if port == _SUBMISSION and parts.scheme == "smtp" else "0"])[-1].lower()
    if asked or starttls not in _YES_NO:
        raise Misconfigured(f"SMTP_URL has an option this desk does not know: there is only starttls=1 or 0. {_FORMS}")
    if parts.scheme == "smtps":
        if _YES_NO[starttls]:
            raise Misconfigured(f"SMTP_URL asks for smtps:// and starttls at once: take one of them. {_FORMS}")
        return "tls"
    return "starttls" if _YES_NO[starttls] else "none"


def _require_safe_login(server: SmtpServer) -> None:
    if server.password and not server.username:
        raise Misconfigured(f"SMTP_URL has a password without a user. {_FORMS}")
    if server.username and server.tls == "none" and not is_loopback(server.host):
        raise Misconfigured(
            f"SMTP_URL would send the password to {server.host} unencrypted: use smtps:// or add ?starttls=1."
        )


def is_loopback(host: str) -> bool:
    """True if a host is this machine: there is no network in between, so nothing need be encrypted."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
