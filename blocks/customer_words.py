"""Modal with a text for the end-customer, to be copied."""

from __future__ import annotations

from blocks import kit
from blocks.kit import Json
from bot.core.i18n import Language, t
from bot.register.customer_words import CustomerStage, CustomerText

SHOW = "customer_words.show"
"""Opens the text for the ticket's present stage."""
CHOOSE = "customer_words.choose."
"""Prefix of the buttons for another stage or language; the value is `<ticket id>|<stage>|<language>`."""

LANGUAGES = {Language.ENGLISH: "English", Language.GERMAN: "Deutsch"}
"""Each language in its own words."""


def button(ticket_id: str) -> Json:
    """Opens the text."""
    return kit.button(t("Text for the customer"), SHOW, ticket_id)


def modal(written: CustomerText, name: str) -> Json:
    """The text, and buttons for the other stages and the other language."""
    pieces = [
        kit.rich({"type": "rich_text_preformatted", "elements": [kit.text(piece)]})
        for piece in kit.chunks(written.text)
    ]
    about = t("to copy, for the end-customer; nothing is sent from here")
    blocks = [kit.note(f"{name} · {about}"), *pieces, kit.actions("stages", _stages(written))]
    return kit.modal(SHOW, t("Text for the customer"), [*blocks, kit.actions("languages", _languages(written))])


def _stages(written: CustomerText) -> list[Json]:
    return [
        kit.button(
            t(each.gloss),
            f"{CHOOSE}{each}",
            f"{written.ticket.id}|{each}|{written.language}",
            style="primary" if each is written.stage else "",
        )
        for each in CustomerStage
    ]


def _languages(written: CustomerText) -> list[Json]:
    return [
        kit.button(
            name,
            f"{CHOOSE}{each}",
            f"{written.ticket.id}|{written.stage}|{each}",
            style="primary" if each is written.language else "",
        )
        for each, name in LANGUAGES.items()
    ]
