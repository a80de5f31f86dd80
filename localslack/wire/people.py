"""People, bots, user groups and the workspace as an app sees them."""

import re

from localslack.records import App, Group, Json, Person
from localslack.wire.part import Part
from localslack.wire.time_zones import time_zone


class People(Part):
    """Builds the objects of users.info, bots.info, team.info and usergroups.list."""

    def user(self, person: Person, *, email: bool = True, locale: bool = False) -> Json:
        """A user object as users.info gives it."""
        answer: Json = {
            "id": person.id,
            "team_id": person.team_id,
            "name": person.handle,
            "deleted": person.deleted,
            "profile": self.profile(person, email=email),
            "is_bot": person.is_bot,
            "is_app_user": False,
            "updated": person.updated,
            **self._enterprise_user(person),
        }
        if person.deleted:
            return answer
        return (
            answer | self._standing(person) | ({"locale": person.locale} if locale and not person.is_external else {})
        )

    def _enterprise_user(self, person: Person) -> Json:
        """A person in an Enterprise Grid; `teams` are the workspaces they belong to."""
        team = self.workspace.team
        if not team.enterprise_id or person.is_external:
            return {}
        shown = {
            "id": person.id,
            "enterprise_id": team.enterprise_id,
            "enterprise_name": team.enterprise_name,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "teams": list(person.teams) or [team.id],
        }
        return {"enterprise_user": shown}

    def _standing(self, person: Person) -> Json:
        zone, label, offset = time_zone(person.tz, self.workspace.clock.now())
        standing: Json = {
            "color": person.colour.removeprefix("#"),
            "real_name": person.name,
            "tz": zone,
            "tz_label": label,
            "tz_offset": offset,
            "is_admin": person.is_admin,
            "is_owner": person.is_owner,
            "is_primary_owner": False,
            "is_restricted": person.is_guest,
            "is_ultra_restricted": person.guest == "single",
            "is_email_confirmed": True,
            "who_can_share_contact_card": "EVERYONE",
        }
        return standing | ({"is_stranger": person.is_stranger} if person.is_external else {})

    def user_profile(self, person: Person) -> Json:
        """The short profile that messages of shared channels carry."""
        whole = self.profile(person)
        remaining = ("avatar_hash", "image_72", "first_name", "real_name", "display_name", "team")
        rest = {"name": person.handle, "is_restricted": person.is_guest, "is_ultra_restricted": False}
        return {key: whole[key] for key in remaining} | rest

    def profile(self, person: Person, *, email: bool = True) -> Json:
        """A profile object."""
        first, _, last = person.name.partition(" ")
        avatar = f"{self.base_url}avatars/{person.id}"
        profile: Json = {
            "title": person.title,
            "phone": person.phone,
            "skype": "",
            "real_name": person.name,
            "real_name_normalized": person.name,
            "display_name": person.display_name,
            "display_name_normalized": person.display_name,
            "fields": {},
            "status_text": person.status_text,
            "status_emoji": person.status_emoji,
            "status_emoji_display_info": [],
            "status_expiration": 0,
            "status_text_canonical": "",
            "avatar_hash": person.id[-8:].lower(),
            "first_name": first,
            "last_name": last,
            "team": person.team_id,
            **{f"image_{size}": f"{avatar}?size={size}" for size in (24, 32, 48, 72, 192, 512)},
        }
        if person.is_bot:
            return profile | {"api_app_id": person.app_id, "always_active": True, "bot_id": person.bot_id}
        return profile | ({"email": person.email} if email else {})

    def bot(self, app: App) -> Json:
        """A bot object as bots.info gives it."""
        person = self.workspace.people[app.bot_user]
        icons = {f"image_{size}": f"{self.base_url}avatars/{person.id}?size={size}" for size in (36, 48, 72)}
        return {
            "id": app.bot_id,
            "deleted": person.deleted,
            "name": app.name,
            "updated": person.updated,
            "app_id": app.id,
            "user_id": app.bot_user,
            "icons": icons,
        }

    def team(self) -> Json:
        """A team object as team.info gives it."""
        team = self.workspace.team
        icon = {"image_default": True, "image_34": f"{self.base_url}avatars/{team.id}?size=34"}
        return {
            "id": team.id,
            "name": team.name,
            "url": self.base_url,
            "domain": team.domain,
            "email_domain": "",
            "icon": icon,
            "avatar_base_url": f"{self.base_url}avatars/",
            "is_verified": False,
            **self.enterprise(),
        }

    def other_team(self, team_id: str, name: str) -> Json:
        """Another workspace, as far as a shared channel shows it."""
        return {
            "id": team_id,
            "name": name,
            "domain": domain(name),
            "url": f"https://{domain(name)}.slack.example/",
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": f"{self.base_url}avatars/",
            "is_verified": False,
        }

    def team_of(self, person: Person) -> Json:
        """The workspace of somebody, as interactions name it."""
        if person.workspace:
            return {"id": person.team_id, "domain": domain(person.workspace)}
        return {"id": self.workspace.team.id, "domain": self.workspace.team.domain}

    def enterprise(self) -> Json:
        """The organisation's id and name, nothing outside of an Enterprise Grid."""
        team = self.workspace.team
        if not team.enterprise_id:
            return {}
        return {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}

    def group(self, group: Group, *, users: bool = True) -> Json:
        """A user group object."""
        answer: Json = {
            "id": group.id,
            "team_id": self.workspace.team.id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": group.name,
            "description": group.description,
            "handle": group.handle,
            "is_external": False,
            "date_create": group.created,
            "date_update": group.updated,
            "date_delete": group.updated if group.deleted else 0,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": group.creator,
            "updated_by": group.creator,
            "deleted_by": group.creator if group.deleted else None,
            "prefs": {"channels": [], "groups": []},
            "user_count": len(group.users),
        }
        return answer | ({"users": list(group.users)} if users else {})


def domain(name: str) -> str:
    """The address part of a workspace's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "workspace"
