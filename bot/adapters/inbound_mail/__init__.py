"""Inbound mail: IMAP, OAuth2, MIME parsing in a separate process."""
