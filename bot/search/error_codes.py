"""Error codes among the words of a problem: the same one in two tickets says more than any words."""

from __future__ import annotations

import re

_ENHANCED = re.compile(r"(?:\d{3}[-_])?[245]\.\d{1,3}\.\d{1,3}")
"""Enhanced status codes of mail servers: `5.7.1`, `550-5.7.26`."""
_LETTERED = re.compile(r"(?=[a-z0-9_#:/-]*\d{3})(?=[a-z0-9_#:/-]*[a-z])[a-z0-9_#:/-]{4,40}")
"""Letters with three digits in a row, without a dot: `0x80040115`, `ERR-1234`."""
_NO_CODE = re.compile(
    r"\d+[a-z]{1,6}"  # an amount with its unit, a tenant: 500mb, 12345rs
    r"|\d{4}-\d\d-.*"  # a day: 2026-11-30t10
    r"|(?:office|windows|microsoft|outlook|exchange|server|sharepoint|m|sha|aes|rsa|iso|pd|tn|rcr)[-_#:]?\d+"
)


def is_error_code(word: str) -> bool:
    """True for a word, as it is folded for the search, that is the code of an error."""
    if _ENHANCED.fullmatch(word):
        return True
    return bool(_LETTERED.fullmatch(word)) and not _NO_CODE.fullmatch(word)
