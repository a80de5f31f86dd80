"""Rules of the conversation with Retarus: what an inbound mail is, which ticket it belongs to, what is new in it."""
