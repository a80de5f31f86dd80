"""Rules of the conversation with Retarus: kind of an inbound mail, its ticket, and its new text."""
