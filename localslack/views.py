"""Open modals and Homes: each person's stack of up to three, and one Home per app."""

from localslack.changes import HomePublished, StackChanged
from localslack.errors import SlackError
from localslack.ids import random_id, random_secret
from localslack.posting import with_ids
from localslack.records import Json, View
from localslack.workspace import Workspace

STACK = 3


class Views:
    """The operations on views; their blocks are validated before."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def stack(self, user: str) -> list[View]:
        """The person's open modals, root first."""
        mine = (view for view in self.workspace.views.values() if view.user == user and view.type == "modal")
        return sorted(mine, key=lambda view: view.position)

    def home(self, user: str, app_id: str) -> View | None:
        """The Home the app published for this person."""
        views = self.workspace.views.values()
        return next((v for v in views if v.user == user and v.app_id == app_id and v.type == "home"), None)

    def find(self, app_id: str, view_id: str | None, external_id: str | None) -> View:
        """An app's own open view."""
        for view in self.workspace.views.values():
            if view.app_id != app_id:
                continue
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def open(self, app_id: str, user: str, body: Json) -> View:
        """Open a new root modal; modals that were open before are gone."""
        self._refuse_duplicate(app_id, body, None)
        for old in self.stack(user):
            self.workspace.drop(old)
        return self._add(app_id, user, body, previous=None, cause="opened")

    def push(self, app_id: str, user: str, body: Json) -> View:
        """Open a modal on top of the person's stack."""
        stack = self.stack(user)
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        self._refuse_duplicate(app_id, body, None)
        return self._add(app_id, user, body, previous=stack[-1] if stack else None, cause="pushed")

    def _add(self, app_id: str, user: str, body: Json, *, previous: View | None, cause: str) -> View:
        view_id = random_id("V")
        view = View(
            id=view_id,
            app_id=app_id,
            user=user,
            body={**body, "blocks": with_ids(body["blocks"])},
            hash=self._hash(),
            root_id=previous.root_id if previous else view_id,
            previous_id=previous.id if previous else None,
            position=previous.position + 1 if previous else 0,
        )
        self.workspace.add(view)
        self.workspace.publish(StackChanged(user, cause, view.id))
        return view

    def update(self, view: View, body: Json, expected_hash: str | None) -> View:
        """Replace what a view shows."""
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        self._refuse_duplicate(view.app_id, body, view)
        view.body = {**body, "blocks": with_ids(body["blocks"])}
        view.hash = self._hash()
        self.workspace.save(view)
        home = view.type == "home"
        self.workspace.publish(HomePublished(view) if home else StackChanged(view.user, "updated", view.id))
        return view

    def publish(self, app_id: str, user: str, body: Json, expected_hash: str | None) -> View:
        """Show a Home to a person."""
        old = self.home(user, app_id)
        if old is not None:
            return self.update(old, body, expected_hash)
        view_id = random_id("V")
        named = {**body, "blocks": with_ids(body["blocks"])}
        view = View(id=view_id, app_id=app_id, user=user, body=named, hash=self._hash(), root_id=view_id)
        self.workspace.add(view)
        self.workspace.publish(HomePublished(view))
        return view

    def close(self, view: View, cause: str = "closed") -> None:
        """Close one modal."""
        self.workspace.drop(view)
        self.workspace.publish(StackChanged(view.user, cause, view.id))

    def clear(self, user: str, cause: str = "closed") -> None:
        """Close the whole stack."""
        stack = self.stack(user)
        for view in stack:
            self.workspace.drop(view)
        if stack:
            self.workspace.publish(StackChanged(user, cause, stack[0].id))

    def _refuse_duplicate(self, app_id: str, body: Json, itself: View | None) -> None:
        external_id = body.get("external_id")
        for view in self.workspace.views.values() if external_id else ():
            if view is not itself and view.app_id == app_id and view.body.get("external_id") == external_id:
                raise SlackError("duplicate_external_id")

    def _hash(self) -> str:
        return f"{self.workspace.now}.{random_secret(8)}"
