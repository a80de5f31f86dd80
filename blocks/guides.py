"""Views for handing over the two guides to a support contact."""

from __future__ import annotations

from blocks import kit
from blocks.kit import Json, Message
from bot.config.guide_versions import Guides
from bot.config.settings import NOT_SET
from bot.core.i18n import t

KNOWN = "guides.known"
"""The contact says they have both; the value is the edition."""

PARTNER, GLOBAL = "Retarus Partner Support Guide", "Retarus Global Support Guide"


def message(guides: Guides) -> Message:
    """Both guides, with what is known about them, and the button that acknowledges them (guide 1.f)."""
    words = t("You are a support contact for Retarus. Please read both guides; both apply equally.")
    acknowledge = kit.button(t("I have read both"), KNOWN, guides.edition, style="primary")
    return Message(
        f"{words} {PARTNER}, {GLOBAL}",
        [kit.rich(kit.line(kit.text(words)), named(guides)), kit.actions("guides", [acknowledge])],
    )


def named(guides: Guides) -> Json:
    """Both guides with their versions and addresses, as a list."""
    partner = _line(PARTNER, guides.partner_version, guides.partner_url, t("(via Retarus Support)"))
    worldwide = _line(GLOBAL, guides.global_version, guides.global_url, t("address not set: see your contract"))
    return {"type": "rich_text_list", "style": "bullet", "elements": [partner, worldwide]}


def _line(name: str, version: str, url: str, elsewhere: str) -> Json:
    about = " · " + t("version {version}", version=version or t(NOT_SET))
    return kit.line(kit.link(name, url), kit.text(about if url else f" · {elsewhere}{about}"))
