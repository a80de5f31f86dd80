"""Does a text hold a password, a token or a key? Tickets are read by many, and go to Retarus: a secret stays out.

A table of shapes rather than a scanner of source code: those weigh how random a string looks, and take message ids,
queue ids and hashes, of which every log extract is full, for secrets.
"""

from __future__ import annotations

import re

from bot.language import mark, t

_SEEN = r"[\w!#$%&*+./?@^~-]"
"""What passwords and tokens are made of."""
_ASKED_AT_LOGIN = "(?:password|passwort|kennwort|passwd|passphrase|passcode|pwd|pw)"
_ASKED_BY_APIS = "(?:api[-_ ]?key|access[-_ ]?key|secret(?:[-_ ]?key)?|client[-_ ]?secret|(?:access[-_ ]?)?token)"

SHAPES: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (name, tuple(marks.split()), re.compile(pattern))
    for name, marks, pattern in (
        (mark("a private key"), "-----begin", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
        (mark("a Slack token"), "xox xapp-", r"\bxox[a-z]-[\w-]{10,}|\bxapp-\d-[\w-]{10,}"),
        (mark("an AWS key"), "akia asia", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        (mark("a GitHub token"), "ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
        (mark("a GitHub token"), "github_pat_", r"\bgithub_pat_\w{22,}"),
        (mark("a Google key"), "aiza", r"\bAIza[\w-]{35}"),
        (mark("a payment key"), "k_live_ k_test_", r"\b[sr]k_(?:live|test)_\w{16,}"),
        (mark("a web token (JWT)"), "eyj", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
        (
            mark("a login"),
            "auth bearer",
            r"(?i)\bauthorization:\s*(?:basic|bearer|digest)\s+[\w+/=.~-]{8,}|\bbearer\s+[\w+/=.~-]{24,}",
        ),
        (mark("a mail login"), "auth", r"(?i)\bauth\s+(?:plain|login|xoauth2)\s+[\w+/]{8,}={0,2}"),
        (mark("a password in an address"), "://", r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@*]{3,}@"),
        (
            mark("a password"),
            "pass kennwort pw",
            rf"(?i)\b{_ASKED_AT_LOGIN}\b[\"']?\s*(?:is|ist|lautet)?\s*[:=]\s*[\"']?(?={_SEEN}*[A-Za-z0-9])(?={_SEEN}*[0-9!#$%&*+?@^~]){_SEEN}{{6,}}",
        ),
        (
            mark("a token or key"),
            "key secret token",
            rf"(?i)\b{_ASKED_BY_APIS}\b[\"']?\s*[:=]\s*[\"']?(?={_SEEN}*[A-Za-z])(?={_SEEN}*[0-9]){_SEEN}{{12,}}",
        ),
    )
)
"""What it would be; what every such text holds one of, whatever the case; how it looks. Starred out, it is none.

Most texts hold none of the marks, and looking for a mark costs a hundredth of looking for a shape.
"""
_MARKS = tuple(dict.fromkeys(each for _, marks, _ in SHAPES for each in marks))


def secret_in(text: str) -> str:
    """What the text seems to hold (“a password”); empty when nothing."""
    folded = text.casefold()
    if not any(each in folded for each in _MARKS):
        return ""
    return next((t(name) for name, _, shape in SHAPES if shape.search(text)), "")


def free_of_secrets(text: str) -> str:
    """The text itself; `ValueError`, which does not repeat it, when it holds a secret."""
    found = secret_in(text)
    if found:
        raise ValueError(
            t(
                "This looks like {found}. Take it out, or write *** in its place: tickets are read by many people, "
                "and go to Retarus. If it is real, change it.",
                found=found,
            )
        )
    return text
