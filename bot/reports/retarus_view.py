"""Request for Retarus's own view of a month (guide, section 3, 3rd level)."""

from __future__ import annotations

from bot.config.settings import Config
from bot.core.i18n import speaking, t
from bot.core.month import Period
from bot.model.contact import Contact


def subject(period: Period, config: Config) -> str:
    with speaking(config.retarus.language):
        head = t("Monthly view, {month}", month=period.name)
        return f"{head}: {config.customer.main_id}" if config.customer.main_id else head


def draft(period: Period, declarant: Contact, config: Config) -> str:
    """A request in our words; a person edits and sends it."""
    with speaking(config.retarus.language):
        whose = t("for our main customer ID {main_id}", main_id=config.customer.main_id or "…")
        asked = t(
            "Please send us the monthly view of {month} {whose}: traffic volumes and the incident ticket report "
            "(Partner Support Guide, section 3, 3rd level).",
            month=period.name,
            whose=whose,
        )
        return "\n\n".join([asked, f"{declarant.name}, {t('authorised support contact')}"])
