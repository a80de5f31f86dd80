"""Error codes among the words of a problem: the same one in two tickets says more than any words.

A number alone is no code, but one behind its protocol or the word `error` is: `SIP 503`, `HTTP status code 403`. Such a
code is one word, whatever stands between the two, so that `SMTP-550` and `SMTP error: 550` are found by each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.search.tokens import Term

_ENHANCED = re.compile(r"(?:\d{3}[-_])?[245]\.\d{1,3}\.\d{1,3}")
"""Enhanced status codes of mail servers: `5.7.1`, `550-5.7.26`."""
_LETTERED = re.compile(r"(?=[a-z0-9_#:/-]*\d{3})(?=[a-z0-9_#:/-]*[a-z])[a-z0-9_#:/-]{4,40}")
"""Letters with three digits in a row, without a dot: `0x80040115`, `ERR-1234`."""
_NO_CODE = re.compile(
    r"\d+[a-z]{1,6}"  # an amount with its unit, a tenant: 500mb, 12345rs
    r"|\d{4}-\d\d-.*"  # a day: 2026-11-30t10
    r"|(?:office|windows|microsoft|outlook|exchange|server|sharepoint|m|sha|aes|rsa|iso|pd|tn|rcr)[-_#:]?\d+"
)
_NAMED = "code:"
"""Beginning of the token of a named code: `code:sip503`."""
_GAP = r"[\s:;#=(\[/'\"-]{0,3}"
_LABEL = (
    rf"(?:(?:error|fehler|status|response|reply|return|reason|cause|reject|abbruch|antwort|code|number|nummer|no|nr|"
    rf"message|meldung)s?\.?{_GAP})"
)
_END = (
    r"(?![^\W_]|[%€$°@+]|[.,:/-]\d|[ -]#?[245]\.\d{1,3}\.\d"
    r"|\s(?:times|mal|kunden|customers?|users?|e?-?mails?|messages?|nachrichten|faxe?|minut)(?![^\W_]))"
)
"""Behind a code there is no further digit, unit or noun, and no enhanced code, which says more."""
_OF_PROTOCOL = re.compile(
    r"(?<![^\W_])(?P<name>e?smtp|lmtp|sip|http|imap|pop3|ldap|ftp|smpp|isdn|tls|q\.850|t\.3[08]|fax|sms)s?(?:/\d\.\d)?"
    rf"{_GAP}(?P<label>{_LABEL}{{1,3}})?(?P<number>\d{{1,5}}){_END}",
    re.IGNORECASE,
)
_OF_ERROR = re.compile(
    rf"(?<![^\W_])(?:(?:error|fehler|abbruch){_GAP}{_LABEL}{{0,2}}|(?:status|return|reject){_GAP}code{_GAP})"
    rf"(?P<number>(?!(?:19|20)\d\d(?!\d))\d{{3,6}}){_END}",
    re.IGNORECASE,
)
"""A code behind the word `error` alone; a year is none."""
_REPLY = re.compile(r"[1-6]\d\d")
"""The code of a protocol without another word is one of its replies: `SMTP 550`, but not the port in `SMTP 25`."""
_REPLYING = frozenset({"smtp", "lmtp", "sip", "http", "ftp"})


def is_error_code(word: str) -> bool:
    """True for a word, as it is folded for the search, that is the code of an error."""
    if word.startswith(_NAMED) or _ENHANCED.fullmatch(word):
        return True
    return bool(_LETTERED.fullmatch(word)) and not _NO_CODE.fullmatch(word)


def code_terms(text: str) -> Iterator[Term]:
    """The named codes of a text that is `plain`: each is one word for the search, `code:sip503`."""
    for found in _OF_PROTOCOL.finditer(text):
        name = found["name"].casefold().replace(".", "").removeprefix("e")
        if found["label"] or (name in _REPLYING and _REPLY.fullmatch(found["number"])):
            yield _term(found, name)
    for found in _OF_ERROR.finditer(text):
        yield _term(found, "error")


def _term(found: re.Match[str], name: str) -> Term:
    word = f"{_NAMED}{name}{int(found['number'])}"
    return Term(found.start(), found.end(), word, (word,), is_code=True)
