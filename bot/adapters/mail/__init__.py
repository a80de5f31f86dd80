"""Outgoing mail by SMTP."""
