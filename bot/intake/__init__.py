"""Reads what people paste or attach into the fields of a ticket: deterministic, without network, in linear time."""
