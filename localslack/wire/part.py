"""The base of all builders of Slack's objects: the workspace, and the address of the local Slack."""

from localslack.workspace import Workspace


class Part:
    """Base class of the builders. `base_url` is the address of the local Slack, with a final slash."""

    def __init__(self, workspace: Workspace, base_url: str = "") -> None:
        self.workspace = workspace
        self.base_url = base_url
