"""Reference texts of the guide: its sections 3 (covering documents) and 6, verbatim."""

from __future__ import annotations

from dataclasses import dataclass

EAS = "https://eas.retarus.com/PicoPortal/"
"""The Enterprise Administration Services Portal (guide, section 6)."""

COVERING = (
    ("END-CUSTOMER SUPPORT (Level 1)", "Partner Agreement / Master Service Agreement", "Partner"),
    ("END-CUSTOMER SUPPORT (Level 2)", "Partner Agreement / Master Service Agreement", "Partner"),
    ("END-CUSTOMER SUPPORT (Level 3)", "Partner Agreement / Master Service Agreement", "Retarus"),
    ("NOTIFICATION OF SYSTEM STATUS & AVAILABILITY", "Retarus status page https://status.retarus.io/", "Retarus"),
)
"""Owners of documents: support, covering document, owner."""


@dataclass(frozen=True)
class Resource:
    """One entry of section 6."""

    name: str
    about: str = ""
    url: str = ""


RESOURCES: tuple[tuple[str, tuple[Resource, ...]], ...] = (
    ("WEB", (Resource("Retarus Partner Website", url="https://www.retarus.com/de/company/partner/"),)),
    (
        "SALES & MARKETING SUPPORT",
        (
            Resource("Retarus Partner Manager", "Personal contact for all Go-to Market topics"),
            Resource("Retarus Partner Marketing", "partnermarketing@retarus.de"),
        ),
    ),
    (
        "TECHNICAL SUPPORT",
        (
            Resource("Retarus Enterprise Administration Services Portal", url=EAS),
            Resource("Retarus Status Page", url="https://status.retarus.io/"),
            Resource("Retarus Partner Support Guide", "(via Retarus Support)"),
        ),
    ),
    (
        "OFFICE LOCATIONS",
        (
            Resource(
                "For a detailed list of Retarus office locations, please visit", url="https://www.retarus.com/contact/"
            ),
        ),
    ),
    (
        "OTHER USEFUL LINKS",
        (
            Resource("Retarus Corporate Blog", url="https://www.retarus.com/blog/en/"),
            Resource("Retarus Events", url="https://www.retarus.com/events/"),
            Resource("Retarus Newsletter", url="https://www.retarus.com/newsletter/"),
            Resource("Retarus Press Releases", url="https://www.retarus.com/presscenter/"),
        ),
    ),
)
"""Contacts and resources, under the guide's headings."""

PARTNER_MANAGER = "Retarus Partner Manager"
