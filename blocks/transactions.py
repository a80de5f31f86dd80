"""Inputs for many transactions at once: a pasted table or CSV, and the existing ones."""

from __future__ import annotations

from collections.abc import Mapping

from blocks import kit
from blocks.form import ANSWER, LONGEST, text_input
from blocks.kit import Json
from bot.core.i18n import t
from bot.core.transaction_table import MAX_TRANSACTIONS
from bot.forms.pasted_transactions import ADD, MODE, PASTED, REPLACE, TABLE_FILE
from bot.forms.template_fields import SHOWN_EXAMPLES
from bot.forms.validation import examples


def paste_inputs(answers: Mapping[str, str], typed: Mapping[str, str]) -> list[Json]:
    """The input for the table; with existing transactions, how many are not shown, and whether to keep them.

    `answers`: those the ticket has. `typed`: what was typed so far, when the form is redrawn.
    """
    there = max(examples(answers), default=0)
    label = t("Several transactions at once: a table or CSV")
    hint = t(
        "With a line of headings: Timestamp, Sender, Recipient, Status. Up to {most} in all; more than {length} "
        "characters as a file",
        most=MAX_TRANSACTIONS,
        length=LONGEST,
    )
    hidden = t("Transactions {first} to {last} are kept as they are.", first=SHOWN_EXAMPLES + 1, last=there)
    return [
        *([kit.note(hidden)] if there > SHOWN_EXAMPLES else []),
        text_input(PASTED, label, hint, value=typed.get(PASTED, ""), needed=False),
        _table_file(),
        *([_mode(typed.get(MODE) or ADD)] if there else []),
    ]


def _table_file() -> Json:
    return {
        "type": "input",
        "block_id": TABLE_FILE,
        "label": kit.plain(t("Or upload them as a CSV file")),
        "element": {"type": "file_input", "action_id": ANSWER, "filetypes": ["csv", "tsv", "txt"], "max_files": 1},
        "optional": True,
    }


def _mode(chosen: str) -> Json:
    options = {
        ADD: kit.option(t("Add to the existing ones"), ADD),
        REPLACE: kit.option(t("Replace the existing ones"), REPLACE),
    }
    return {
        "type": "input",
        "block_id": MODE,
        "label": kit.plain(t("The transactions of the table")),
        "element": {
            "type": "radio_buttons",
            "action_id": ANSWER,
            "options": list(options.values()),
            "initial_option": options[chosen],
        },
        "optional": True,
    }
