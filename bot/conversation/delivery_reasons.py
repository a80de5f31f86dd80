"""Reasons of a failed delivery: in words, by enhanced status code (RFC 3463), by the mail server's own words."""

from __future__ import annotations

from typing import Final

from bot.conversation.phrases import any_of
from bot.core.i18n import mark

REASONS: Final = {
    "unknown": mark("there is no such mailbox"),
    "domain": mark("there is no mail server for this domain"),
    "full": mark("the mailbox is full"),
    "disabled": mark("the mailbox is closed at present"),
    "size": mark("the message is too big for the recipient's mail server"),
    "policy": mark("the recipient's mail server refused it by its rules (spam, reputation or permission)"),
    "authentication": mark("the recipient's mail server did not accept our sender authentication (SPF, DKIM, DMARC)"),
    "unreachable": mark("the recipient's mail server does not answer"),
    "expired": mark("the mail server gave up after trying for too long"),
    "loop": mark("the message went round in a loop"),
    "content": mark("the recipient's mail server refused its content"),
    "encryption": mark("no secure connection to the recipient's mail server could be made"),
    "delayed": mark("it could not be delivered yet; the mail server keeps trying"),
    "delivered": mark("it was delivered"),
    "refused": mark("the recipient's mail server refused it"),
}

BY_STATUS: Final = {
    **dict.fromkeys(("1.0", "1.1", "1.3", "1.6", "1.10", "4.6"), "unknown"),
    **dict.fromkeys(("1.2", "4.3", "4.4", "1.4"), "domain"),
    "2.1": "disabled",
    **dict.fromkeys(("2.2", "3.1"), "full"),
    **dict.fromkeys(("2.3", "3.4"), "size"),
    **dict.fromkeys(("7.0", "7.1", "7.2", "7.606", "7.708"), "policy"),
    **dict.fromkeys(("7.9", "7.20", "7.21", "7.23", "7.24", "7.25", "7.26", "7.27", "7.29"), "authentication"),
    **dict.fromkeys(("4.1", "4.2", "4.5", "4.316"), "unreachable"),
    "4.7": "expired",
    "7.10": "encryption",
    "5.0": "refused",
    **dict.fromkeys(("6.0", "6.1", "6.2", "6.3"), "content"),
}
"""Enhanced status without its class → reason (RFC 3463); `4.6` is a routing loop at its own place below."""
LOOP: Final = "4.6"

BY_WORDS: Final = (
    (any_of(r"\bdmarc\b", r"\bspf\b", r"\bdkim\b", "unauthenticated"), "authentication"),
    (any_of("too (?:big|large)", "size (?:exceeds|limit)", "exceed.{0,40}size", "zu groß", "größe"), "size"),
    (any_of("quota", "full", "storage", "postfach .{0,30}voll", "mail ?box space"), "full"),
    (any_of("(?:domain|host)[^@\n]{0,60}(?:not found|unknown|not exist)", "nxdomain", "no mx", "nullmx"), "domain"),
    (
        any_of(
            *("user unknown", "unknown user", "no such (?:user|recipient|mailbox|person)", "invalid recipient"),
            r"(?:user|mailbox|recipient|account|address)\S* .{0,60}(?:not found|unknown|n[o']t exist|unbekannt)",
            "(?:adresse|empfänger|postfach).{0,30}nicht gefunden",
            *("name is not recognized", "doesn't have an? .{0,40}account", "no longer valid", "invalid final delivery"),
            "not a valid (?:user|address|recipient|mailbox)",
            *("existiert nicht", "unknown recipient", "address rejected", "mailbox unavailable", "unrouteable address"),
            *("unbekannter empfänger", "empfänger(?:adresse)? .{0,30}unbekannt", "no mailbox here", "n'existe pas"),
        ),
        "unknown",
    ),
    (any_of("disabled", "inactive", "deactivated", "account.{0,30}suspended", "deaktiviert", "gesperrt"), "disabled"),
    (any_of(r"\bspam\b", "black ?list", "block ?list", "blocked", "reputation", "policy", "denied", "relay"), "policy"),
    (any_of("too many hops", "mail loop", "loops? (?:detected|back)", "routing loop"), "loop"),
    (any_of("virus", "malware", "content rejected", "attachment"), "content"),
    (any_of(r"\btls\b", "starttls", "certificate"), "encryption"),
    (any_of("retry timeout", "too long", "expired", "gave up", "giving up", "in queue too"), "expired"),
    (
        any_of(
            "timed? ?out",
            "connection (?:refused|lost)",
            "unreachable",
            "nicht erreichbar",
            "no route",
            "could not connect",
        ),
        "unreachable",
    ),
)
"""A mail server's words → reason; the first that fits."""
