"""Reports in Slack stay within its limits, are accessible, and escape typed text."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from bot.reports import ticket_month, wording
from bot.reports.figures import Count, figures
from localslack.blockkit import is_too_long, validate_blocks, validate_view
from tests import months
from tests.blocks import reported
from tests.blocks.surfaces import parts
from tests.factories import NOW, a_config

CONFIG = a_config(sla={"P1": {"action_plan": 240}}, reports={"name": "<!here> & Söhne"})


@pytest.mark.parametrize("count", [0, 1, 60, 400])
def test_report_of_any_size_can_be_shown(count: int) -> None:
    for name, message in reported.messages(reported.a_paper(CONFIG, count=count)):
        assert validate_blocks(message.blocks, "message") == [], name
        assert not is_too_long(message.blocks), name
        assert 0 < len(message.text) <= 4000, name
    for name, view in reported.views():
        assert validate_view(view) == [], name


def test_typed_text_is_escaped_in_a_report() -> None:
    for name, message in reported.messages(reported.a_paper(CONFIG, customer="Müller GmbH")):
        texts = [part["text"] for part in parts(message.blocks) if part.get("type") == "mrkdwn"]
        assert not [text for text in (*texts, message.text) if "<!" in text or "<@" in text], name


def test_every_picture_has_a_description_in_words() -> None:
    paper = reported.a_paper(CONFIG)
    _, message = next(iter(reported.messages(paper)))
    pictures = [block for block in message.blocks if block["type"] == "image"]
    assert [block["alt_text"] for block in pictures] == [chart.alt for chart in paper.charts]
    assert all(any(letter.isdigit() for letter in chart.alt) for chart in paper.charts)


def test_report_for_one_end_customer_omits_others_and_retarus() -> None:
    text = reported.a_paper(CONFIG, customer="Müller GmbH").model_dump_json()
    assert "Müller GmbH" in text
    for foreign in ("Adler", "Nordwind", "Café", "RCR", "sent back", "had to ask"):
        assert foreign not in text, foreign


def test_raised_tickets_get_one_line_each() -> None:
    paper = reported.a_paper(CONFIG)
    names = [name for name, _ in paper.short]
    assert names == ["Raised – Priority", "Raised – Kind", "Raised – End-customers", "Level it was at"]
    customers = dict(paper.short)["Raised – End-customers"]
    assert len(customers.split(" · ")) == 3
    _, message = next(iter(reported.messages(paper)))
    assert customers in str(message.blocks)


def test_remark_on_a_table_is_left_out_without_the_table() -> None:
    paper = reported.a_paper(CONFIG, count=1)
    _, message = next(iter(reported.messages(paper)))
    assert "several services" not in str(message.blocks)


def test_report_has_only_buttons_that_are_redrawn() -> None:
    for name, message in reported.messages(reported.a_paper(CONFIG)):
        assert not name.startswith("report") or "actions" not in [block["type"] for block in message.blocks], name


def test_chart_in_words_names_what_it_shows_and_no_more() -> None:
    some = [
        ticket_month.line(*lives, reported.OCTOBER, CONFIG) for lives in months.lives(Random(1), 9, reported.BEGAN, 60)
    ]
    many = figures(filter(None, some), reported.OCTOBER, CONFIG)
    many = replace(many, services={f"Service {number}": Count(20 - number) for number in range(12)})
    (chart,) = [each for each in wording.paper(many, CONFIG, NOW).charts if each.title == "Raised, by service"]
    assert len(chart.bars) == chart.alt.count("Service ") == 10


def test_month_without_tickets_says_so_instead_of_empty_axes() -> None:
    paper = reported.a_paper(CONFIG, count=0)
    assert [part.text for part in paper.parts] == [("Nothing in this month.",)]
    assert paper.charts == ()
