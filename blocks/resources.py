"""Resources at Retarus and owners of documents, in the guide's own words."""

from __future__ import annotations

from collections.abc import Iterable

from blocks import guides, kit
from blocks.kit import Json
from bot.config.guide_texts import COVERING, PARTNER_MANAGER, RESOURCES, Resource
from bot.config.settings import NOT_SET, Config
from bot.core.i18n import t


def resources(config: Config) -> list[Json]:
    """Section 6, the ways to Retarus Support, both guides, and the covering documents of section 3."""
    return [
        *(kit.rich(kit.line(kit.bold(heading)), _listed(entries, config)) for heading, entries in RESOURCES),
        kit.rich(kit.line(kit.bold("Retarus Support")), _support(config)),
        kit.rich(kit.line(kit.bold(t("Guides"))), guides.named(config.guides)),
        kit.header(t("Who owns what")),
        *(_owned(*row) for row in COVERING),
        kit.note(
            t("Retarus gives no direct support to your end-customers: 1st and 2nd level are yours (guide, section 3).")
        ),
    ]


def _listed(entries: Iterable[Resource], config: Config) -> Json:
    return _bullets(_entry(entry, config) for entry in entries)


def _entry(entry: Resource, config: Config) -> Json:
    about = [kit.text(f" {entry.about}")] if entry.about else []
    address = [kit.text(" "), kit.link(entry.url, entry.url)] if entry.url else []
    manager = config.retarus.partner_manager or t(NOT_SET)
    who = [kit.text(f": {manager}")] if entry.name == PARTNER_MANAGER else []
    return kit.line(kit.text(entry.name), *about, *who, *address)


def _support(config: Config) -> Json:
    phone = t("Telephone (a call is no report, guide 2.1)")
    ways = ((t("E-mail"), config.retarus.email), (phone, config.retarus.phone))
    return _bullets(kit.line(kit.text(f"{name}: {value or t(NOT_SET)}")) for name, value in ways)


def _owned(support: str, document: str, owner: str) -> Json:
    whose = kit.filled("\n{document}\n" + t("Owner: {owner}"), document=document, owner=kit.bold(owner))
    return kit.rich(kit.line(kit.bold(support), *whose))


def _bullets(lines: Iterable[Json]) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}
