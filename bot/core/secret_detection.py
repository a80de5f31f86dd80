"""Detection of passwords, tokens and keys in texts: tickets are read by many, and go to Retarus.

A table of shapes rather than a scanner of source code: those weigh how random a string looks, and take message ids,
queue ids and hashes, of which every log extract is full, for secrets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.i18n import mark, t

_SEEN = r"[\w!#$%&*+./?@^~-]"
"""Characters of passwords and tokens."""
_GAP = r"[^\S\n]{1,3}"
_QUOTE = r"[\"'`“”„‚‘»«(\[]?"
_BEGINS = r"(?:(?<![^\W_])|(?-i:(?<=[a-z0-9])(?=[A-Z])))"
"""A word begins: `smtp_pw`, `db.pass`, `dbPass`, but no `compass`."""
_AT_LOGIN = (
    r"(?:pa(?:ss|ß)wor[dt]s?|kennwort|passwd|passphrase|"
    rf"{_BEGINS}(?:passcode|pwd|pw)|(?<!=){_BEGINS}pass(?=[\"']?\s{{0,4}}[:=]))(?!\w)[\"']?"
)
"""`pass` is a word of its own: it needs a sign behind it, and none before (`spf=pass`)."""
_FOR_APIS = (
    rf"{_BEGINS}(?:api[-_ ]?key|access[-_ ]?key|secret(?:[-_ ]?key)?|client[-_ ]?secret|(?:access[-_ ]?)?token)"
    r"(?!\w)[\"']?"
)
_WHOSE = rf"(?:{_GAP}(?:for|of|für|von|vom)(?:{_GAP}\S{{1,40}}){{1,3}}?)?"
"""`password for the mailbox …`"""
_IS = r"(?:is|was|ist|war|lautete?|heißt|heisst)"
_NOW = rf"(?:{_GAP}(?:now|still|currently|jetzt|nun|aktuell|immer{_GAP}noch|noch))?"
_NAMED = rf"\s{{0,4}}(?:{_IS}\s{{0,4}})?(?:[:=]|->|=>|>|[–—]|-(?=\s))\s{{0,4}}{_QUOTE}"
"""`: …`, `= …`, `is: …`: the value follows."""
_SPOKEN = rf"{_WHOSE}(?:{_GAP}{_IS}{_NOW})?:?{_GAP}{_QUOTE}"
"""`is …`, or only a blank: any word of the sentence may follow."""
_ENDS = rf"(?:[.?!]*(?!{_SEEN}))"
_NEVER = (
    rf"(?!\d{{1,4}}[-./]\d\d?[-./]\d{{1,4}}|[\w.+-]+@(?:[\w-]+\.)+[^\W\d_]{{2,}}(?![\w!])|"
    rf"(?:[\w-]+\.)+[a-z]{{2,}}(?![\w!@#$%])|\d{{1,4}}(?:-[^\W\d_]+)+{_ENDS}|"
    rf"(?-i:\$[A-Z_]+)(?!{_SEEN}))"
)
"""Dates, addresses, hosts and files, `12-stellig`, `$DB_PASSWORD`."""
_SELDOM = (
    rf"(?!(?-i:[A-Z0-9_./-]+)\??(?!{_SEEN})|(?-i:[A-Z]{{1,4}}\d{{1,4}}-[A-Za-z]+)|\d{{1,3}}[^\W\d_]+(?:-[^\W\d_]+)*{_ENDS}|"
    rf"[^\W\d_]+#\d+|[^\W\d_]+-\d{{1,2}}{_ENDS}|0x[\da-f]+{_ENDS}|"
    rf"(?:sha|aes|rfc|office|windows|exchange|outlook|version|base|argon|imap|oauth|step|level|port|user)\d+(?:[.-]\w+)*{_ENDS})"
)
"""Ids and codes in capitals amid a sentence: `O365-seitig`, `24h-Frist`, `ticket#4711`, `Office365`."""

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
        (mark("a token or key"), "sk-", r"(?<![\w-])sk-(?=[\w-]*[0-9])[\w-]{20,}"),
        (mark("a token or key"), "glpat- npm_ pypi-", r"\b(?:glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-Ag[\w-]{40,})"),
        (mark("a web token (JWT)"), "eyj", r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
        (
            mark("a login"),
            "auth bearer",
            r"(?i)\bauthorization:\s*(?:basic|bearer|digest)\s+[\w+/=.~-]{8,}|\bbearer\s+[\w+/=.~-]{24,}",
        ),
        (mark("a mail login"), "auth", r"(?i)\bauth\s+(?:plain|login|xoauth2)\s+[\w+/]{8,}={0,2}"),
        (mark("a password in an address"), "://", r"(?i)\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@]+:[^\s/@*]{3,}@"),
        (
            mark("a password"),
            "pass paß kennwort pw",
            rf"(?i){_AT_LOGIN}{_NAMED}{_NEVER}(?={_SEEN}*[A-Za-z0-9])(?={_SEEN}*(?:[0-9]|[!#$%&*+?@^~][^\W_])){_SEEN}{{6,}}",
        ),
        (
            mark("a password"),
            "pass paß kennwort pw",
            rf"(?i){_AT_LOGIN}{_SPOKEN}{_NEVER}{_SELDOM}(?={_SEEN}*[^\W\d_])(?={_SEEN}*(?:[0-9]|[!#$%*^~@][^\W_])){_SEEN}{{6,}}",
        ),
        (
            mark("a token or key"),
            "key secret token",
            rf"(?i){_FOR_APIS}{_NAMED}(?={_SEEN}*[A-Za-z])(?={_SEEN}*[0-9]){_SEEN}{{12,}}",
        ),
        (
            mark("a token or key"),
            "key secret token",
            rf"(?i){_FOR_APIS}{_SPOKEN}(?={_SEEN}*[0-9][A-Za-z]{_SEEN}*[0-9]){_SEEN}{{16,}}",
        ),
    )
)
"""Name of the secret, its markers (one is in every such text, in any case), and its pattern. Masked text is none.

Most texts hold none of the marks, and looking for a mark costs a hundredth of looking for a shape.
"""

_MARKS = tuple(dict.fromkeys(each for _, marks, _ in SHAPES for each in marks))


def secret_in(text: str) -> str:
    """Name of the secret that the text seems to hold (“a password”); empty when there is none."""
    folded = text.casefold()
    if not any(each in folded for each in _MARKS):
        return ""
    found = [(name, shape) for name, marks, shape in SHAPES if any(each in folded for each in marks)]
    return next((t(name) for name, shape in found if shape.search(text)), "")


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


def faults(texts: Mapping[str, str]) -> dict[str, str]:
    """Key → the same sentence, for each of these texts that holds a secret."""
    found = {}
    for key, text in texts.items():
        try:
            free_of_secrets(text)
        except ValueError as error:
            found[key] = str(error)
    return found
