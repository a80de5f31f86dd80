"""The control interface under `/_local/`, described in docs/local-slack.md."""
