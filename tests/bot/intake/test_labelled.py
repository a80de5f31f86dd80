"""Labelled inputs are read with a precision of 98 % and a recall of 80 % in each field, the held-out ones too."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.intake import HELD_OUT, MADE, NEWEST, PRECISION, RECALL, Figure, Input, figures, inputs, misses, table
from bot.intake.model import IntakeDocument

ENOUGH = 4
"""Values of a field among the held-out inputs: of fewer, one miss says nothing about the recall."""


def test_labelled_inputs_have_names_of_their_own_and_forty_are_held_out() -> None:
    made, stored = inputs(MADE), inputs(HELD_OUT)
    assert (len(made), len(stored)) == (592, 40)
    assert (len({each.name for each in made}), len({each.name for each in stored})) == (592, 40)


@pytest.mark.parametrize("paths", [[MADE], [HELD_OUT], [MADE, HELD_OUT]], ids=["made with", "held out", "all"])
def test_each_field_is_read_precisely_and_mostly(paths: list[Path]) -> None:
    labelled = [each for path in paths for each in inputs(path)]
    found = figures(labelled)
    poor = {
        key: (each.precision, each.recall)
        for key, each in found.items()
        if each.precision < PRECISION or (each.recall < RECALL and each.right + each.missed >= ENOUGH)
    }
    assert poor == {}, "\n".join(misses(labelled))


def test_newest_inputs_are_others_and_are_read_about_as_well() -> None:
    newest = inputs(NEWEST)
    texts = {each.document.content for each in newest}
    assert len({each.name for each in newest}) == len(newest) == len(texts)
    assert texts.isdisjoint(each.document.content for path in (MADE, HELD_OUT) for each in inputs(path))
    found = figures(newest)[""]
    assert (found.precision > PRECISION - 0.03, found.recall > RECALL) == (True, True)


def test_figures_count_what_is_right_wrong_and_missed() -> None:
    labelled = [
        Input(
            "one",
            IntakeDocument("Tenants 12345RS and 23456RS"),
            frozenset({("tenants", "12345RS"), ("tenants", "34567RS")}),
        )
    ]
    assert figures(labelled)["tenants"] == Figure(right=1, wrong=1, missed=1)
    assert (figures(labelled)["tenants"].precision, figures(labelled)["tenants"].recall) == (0.5, 0.5)


def test_table_has_a_line_for_each_field() -> None:
    lines = table({"tenants": Figure(1, 0, 1), "": Figure(1, 0, 1)}, {}).split("\n")
    assert lines[2:4] == [
        "| `tenants` | 2 | 100.0% | 50.0% | 0 | 100.0% | 100.0% |",
        "| all | 2 | 100.0% | 50.0% | 0 | 100.0% | 100.0% |",
    ]
