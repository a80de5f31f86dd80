"""Address of an iCal calendar of who is on duty. It may hold a token, so only its host is ever shown."""

from __future__ import annotations

from urllib.parse import urlsplit

_SCHEMES = ("https://", "http://", "webcal://")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def is_calendar_url(text: str) -> bool:
    """True for an address, false for a user group's id."""
    return "://" in text


def calendar_url(text: str) -> str:
    """The address to fetch; `ValueError` where it is none, without repeating the text."""
    if not text.isprintable() or " " in text or not text.lower().startswith(_SCHEMES):
        raise ValueError("this is not the address of a calendar: https://… or webcal://… is needed")
    found = urlsplit(text)
    if not found.hostname:
        raise ValueError("this address of a calendar has no host")
    if found.scheme == "http" and found.hostname not in _LOOPBACK:
        raise ValueError("a calendar's address may hold a token, so it must begin with https://, not http://")
    return f"https{text[6:]}" if found.scheme == "webcal" else text


def host_of(url: str) -> str:
    """Host of the address: the part that may be shown."""
    return urlsplit(url).hostname or "?"


def without_path(text: str) -> str:
    """The text for people: of an address, only the scheme and the host."""
    if not is_calendar_url(text):
        return text
    found = urlsplit(text.strip('"'))
    return f"{found.scheme}://{found.hostname}/hidden"
