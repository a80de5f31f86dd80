"""Demo of the desk with a local Slack, sample people and a local mailbox, at one URL in the browser."""
