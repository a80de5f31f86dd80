"""Answers typed into forms are taken in their canonical form, or refused with a sentence beside a field."""

from __future__ import annotations

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Invalid
from bot.forms import validation
from bot.forms.field_table import fields_of
from bot.forms.template_fields import Need
from bot.model.ticket import Kind
from tests.factories import COMPLETE, a_config
from tests.factories import given as given_of
from tests.fuzz.budget import SLOW, fuzzed, mutated

CONFIG = a_config()
KEYS = sorted({field.key for kind in Kind for field in fields_of(kind, CONFIG)})
TEXT = st.text() | mutated("texts").map(lambda data: data.decode("utf-8", "replace"))
TYPED = st.dictionaries(st.sampled_from(KEYS), TEXT, max_size=6)
BORDERS = st.sampled_from([Need.RAISE, Need.HANDOFF, Need.ESCALATE])


def _checked(kind: Kind, answers: dict[str, str], border: Need) -> tuple[dict[str, str], dict[str, str]]:
    """The canonical answers, or the refusals."""
    try:
        return validation.checked(fields_of(kind, CONFIG), answers, kind, given_of(), border), {}
    except Invalid as error:
        return {}, dict(error.errors) or {"": ""}


@fuzzed(80)
@given(kind=st.sampled_from(Kind), typed=TYPED, border=BORDERS, complete=st.booleans())
def test_any_answers_are_taken_or_refused_beside_a_field(
    kind: Kind, typed: dict[str, str], border: Need, complete: bool
) -> None:
    check_answers(kind, {**(COMPLETE if complete else {}), **typed}, border)


def check_answers(kind: Kind, answers: dict[str, str], border: Need) -> None:
    """Takes or refuses the answers, quickly; what was taken is taken again as it is."""
    fields, began = fields_of(kind, CONFIG), process_time()
    found, refusals = _checked(kind, answers, border)
    assert all(refusals.values())
    if not refusals:
        again = validation.checked(fields, found, kind, given_of(found), border)
        assert again == found, "a canonical answer stays as it is"
    assert process_time() - began < SLOW
