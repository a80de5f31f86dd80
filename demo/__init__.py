"""The desk tried out: a local Slack with a small cast, a local mailbox, one address in the browser."""
