"""What Slack shows of a report fits, needs no eyes, and gives nothing typed any power."""

from __future__ import annotations

import pytest

from localslack.blockkit import is_too_long, validate_blocks, validate_view
from tests.blocks import reported
from tests.blocks.surfaces import parts
from tests.factories import a_config

CONFIG = a_config(sla={"P1": {"action_plan": 240}}, reports={"name": "<!here> & Söhne"})


@pytest.mark.parametrize("count", [0, 1, 60, 400])
def test_a_report_of_any_size_can_be_shown(count: int) -> None:
    for name, message in reported.messages(reported.a_paper(CONFIG, count=count)):
        assert validate_blocks(message.blocks, "message") == [], name
        assert not is_too_long(message.blocks), name
        assert 0 < len(message.text) <= 4000, name
    for name, view in reported.views():
        assert validate_view(view) == [], name


def test_nothing_typed_has_power_in_it() -> None:
    for name, message in reported.messages(reported.a_paper(CONFIG, customer="Müller GmbH")):
        texts = [part["text"] for part in parts(message.blocks) if part.get("type") == "mrkdwn"]
        assert not [text for text in (*texts, message.text) if "<!" in text or "<@" in text], name


def test_every_picture_is_told_in_words() -> None:
    paper = reported.a_paper(CONFIG)
    _, message = next(iter(reported.messages(paper)))
    pictures = [block for block in message.blocks if block["type"] == "image"]
    assert [block["alt_text"] for block in pictures] == [chart.alt for chart in paper.charts]
    assert all(any(letter.isdigit() for letter in chart.alt) for chart in paper.charts)


def test_for_one_end_customer_there_is_nothing_of_others_nor_of_retarus() -> None:
    text = reported.a_paper(CONFIG, customer="Müller GmbH").model_dump_json()
    assert "Müller GmbH" in text
    for foreign in ("Adler", "Nordwind", "Café", "RCR", "sent back", "had to ask"):
        assert foreign not in text, foreign
