"""Fields that are filled in for an end-customer, in the metadata of a form."""

from __future__ import annotations

from blocks.form_state import FormState
from blocks.prefilled import PrefilledField, PrefilledFields
from bot.model.ticket import Kind


def test_prefilled_fields_are_packed_with_the_form_and_unpacked() -> None:
    prefilled = PrefilledFields("ab12", (PrefilledField("tenants", "cd34", 2), PrefilledField("interface", "")))
    assert FormState.unpack(FormState(Kind.INCIDENT, prefilled=prefilled).pack()).prefilled == prefilled
