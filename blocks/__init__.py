"""Block Kit builders: domain values in, plain dicts out; independent of any Slack client."""
