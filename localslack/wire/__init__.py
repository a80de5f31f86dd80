"""Slack's objects, built from records, with the keys the real ones have."""

from localslack.wire.conversations import Conversations
from localslack.wire.files import filetype, mimetype
from localslack.wire.messages import Messages
from localslack.wire.time_zones import time_zone
from localslack.wire.views import Views

__all__ = ["Wire", "filetype", "mimetype", "time_zone"]


class Wire(Messages, Conversations, Views):
    """Builds all of Slack's objects."""
