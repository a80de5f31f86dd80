"""A small, faithful Slack on one's own machine. See docs/local-slack.md.

`async with LocalSlack(seed) as slack:` starts one; `slack.person("anna")` acts as somebody in it.
"""

from localslack.clock import Clock
from localslack.driver import Modal, PersonDriver
from localslack.journal import StateError
from localslack.listening import Refusal
from localslack.mail import Mailbox
from localslack.seed import Seed, SeedApp, SeedChannel, SeedError, SeedGroup, SeedPerson
from localslack.server import LocalSlack
from localslack.switches import Switches

__all__ = [
    "Clock",
    "LocalSlack",
    "Mailbox",
    "Modal",
    "PersonDriver",
    "Refusal",
    "Seed",
    "SeedApp",
    "SeedChannel",
    "SeedError",
    "SeedGroup",
    "SeedPerson",
    "StateError",
    "Switches",
]
