"""Sender authentication: only the Authentication-Results header of the configured mail server counts (RFC 8601).

`authres` (last release 2019) refuses what Microsoft 365 writes, so the few lines that matter are read here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from bot.conversation.mail import InboundMail, MailRecord

TOPMOST: Final = "*"
"""In place of a server's name: the topmost header counts. For servers that write no name (Microsoft 365)."""
_LENGTH: Final = 8000
_METHOD: Final = re.compile(r"\s*([a-z0-9-]{1,30})(?:/\d+)?\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY: Final = re.compile(r"\b((?:header|smtp)\.[a-z-]{1,20})\s*=\s*\"?([^\s;\"]{1,300})", re.IGNORECASE)


class Authentication(StrEnum):
    """Result of sender authentication for the From address."""

    PASSED = "passed"
    FAILED = "failed"
    MISSING = "missing"
    """No header of the configured server, or none is configured."""


class _Result(MailRecord):
    method: str
    result: str
    domains: tuple[tuple[str, str], ...] = ()
    """`header.from`, `header.d`, `smtp.mailfrom` … and their domains."""

    def domain(self, *names: str) -> str:
        return next((domain for name, domain in self.domains if name in names), "")


def authenticated(mail: InboundMail, authserv: str) -> Authentication:
    """Result of the first header of that server: `dmarc=pass`, or DKIM or SPF passed for the domain of From."""
    sender = mail.sender
    if not authserv:
        return Authentication.MISSING
    found = next((each for each in map(_read, mail.authentication) if authserv in (TOPMOST, each[0])), None)
    if found is None:
        return Authentication.MISSING
    domain = sender.email.rpartition("@")[2] if sender else ""
    passed = bool(domain) and _passes(found[1], domain)
    return Authentication.PASSED if passed else Authentication.FAILED


def _passes(results: list[_Result], domain: str) -> bool:
    dmarc = [each for each in results if each.method == "dmarc"]
    if any(each.result not in {"pass", "none", "bestguesspass"} for each in dmarc):
        return False
    if any(each.result == "pass" and each.domain("header.from") in {"", domain} for each in dmarc):
        return True
    return any(each.result == "pass" and _is_aligned(_identity(each), domain) for each in results)


def _identity(result: _Result) -> str:
    if result.method == "dkim":
        return result.domain("header.d", "header.i")
    return result.domain("smtp.mailfrom") if result.method == "spf" else ""


def _is_aligned(domain: str, of_from: str) -> bool:
    """The same domain, or one below the other; a top-level domain proves nothing."""
    if "." not in domain:
        return False
    return domain == of_from or of_from.endswith(f".{domain}") or domain.endswith(f".{of_from}")


def _read(header: str) -> tuple[str, list[_Result]]:
    """The server's name (empty when there is none) and its results."""
    first, *others = [part.strip() for part in _without_comments(header[:_LENGTH]).split(";")]
    if _METHOD.match(first):
        return "", _results([first, *others])
    return first.partition(" ")[0].lower().rstrip("."), _results(others)


def _results(parts: list[str]) -> list[_Result]:
    return [
        _Result(
            method=found[1].lower(),
            result=found[2].lower(),
            domains=tuple((name.lower(), _domain(value)) for name, value in _PROPERTY.findall(part)),
        )
        for part in parts
        if (found := _METHOD.match(part))
    ]


def _domain(value: str) -> str:
    return value.rpartition("@")[2].lower().strip("<>.")


def _without_comments(text: str) -> str:
    """Comments may be nested and hold anything, `dmarc=pass` too; quoted text is no separator."""
    out, depth, is_quoted = list[str](), 0, False
    for char in text:
        if char == '"' and not depth:
            is_quoted = not is_quoted
        elif char in "()" and not is_quoted:
            depth = max(0, depth + (1 if char == "(" else -1))
        elif not depth:
            out.append(" " if is_quoted and char in ";=" else char)
    return "".join(out)
