"""Thin Slack listeners: parse, call one service of the desk, show the answer."""
