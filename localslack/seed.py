"""The seed: the workspace's initial content, as Python values or as a readable TOML file."""

import json
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

_Entry = TypeVar("_Entry")
MAX_MEMBERS = 100_000
EVERYBODY = "*"  # among the members of a channel: all full members of the workspace


class SeedError(ValueError):
    """A seed that cannot be used; the text says where and why."""


@dataclass(kw_only=True)
class SeedPerson:
    """A person of the workspace. `external` names the other workspace of a Slack Connect member."""

    handle: str
    name: str = ""
    email: str = ""
    title: str = ""
    phone: str = ""
    tz: str = "UTC"
    locale: str = "en-US"
    admin: bool = False
    owner: bool = False
    guest: str = ""  # "multi" or "single"
    external: str = ""
    stranger: bool = False  # external, and in no shared channel: known from mentions only
    workspaces: list[str] = field(default_factory=list)  # those of a Grid they are in, the home first; "*": the org's
    deactivated: bool = False
    id: str = ""


@dataclass(kw_only=True)
class SeedChannel:
    """A channel; `members` are handles of people and names of apps, or `*` for everybody."""

    name: str
    members: list[str] = field(default_factory=list)
    private: bool = False
    archived: bool = False
    shared_with: str = ""  # name of the other workspace
    topic: str = ""
    purpose: str = ""
    general: bool = False
    org_wide: bool = False  # shared with all workspaces of the organisation
    id: str = ""


@dataclass(kw_only=True)
class SeedGroup:
    """A user group."""

    handle: str
    name: str = ""
    members: list[str] = field(default_factory=list)
    id: str = ""


@dataclass(kw_only=True)
class SeedApp:
    """An installed app. `manifest` is Slack's own format; without one the app has every scope.

    `external` names the other workspace of an app that posts in shared channels from there.
    """

    name: str
    handle: str = ""
    external: str = ""
    manifest: dict[str, Any] | None = None
    request_url: str = ""  # for an app on HTTP: overrides the manifest's URLs
    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""


@dataclass(kw_only=True)
class Seed:
    """A whole workspace."""

    team: str = "Local"
    domain: str = "local"
    enterprise: str = ""  # the organisation of an Enterprise Grid
    crowd: int = 0  # number of generated members, member00001 and so on
    people: list[SeedPerson] = field(default_factory=list)
    channels: list[SeedChannel] = field(default_factory=list)
    groups: list[SeedGroup] = field(default_factory=list)
    apps: list[SeedApp] = field(default_factory=list)

    @classmethod
    def default(cls) -> Self:
        """One app, two channels (the app is in one of them), four people."""
        return cls(
            people=[
                SeedPerson(handle="anna", name="Anna Albrecht", tz="Europe/Berlin", admin=True),
                SeedPerson(handle="ben", name="Ben Brandt", tz="Europe/Berlin"),
                SeedPerson(handle="carla", name="Carla Costa", tz="Europe/Lisbon"),
                SeedPerson(handle="dan", name="Dan Doyle", tz="America/New_York"),
            ],
            channels=[
                SeedChannel(name="general", members=["anna", "ben", "carla", "dan", "Test App"], general=True),
                SeedChannel(name="random", members=["anna", "ben", "carla", "dan"]),
            ],
            apps=[SeedApp(name="Test App")],
        )

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a TOML (or JSON) seed; a manifest may be a path beside it, to YAML or JSON."""
        try:
            text = path.read_text(encoding="utf-8")
            data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        except (OSError, ValueError) as error:
            raise SeedError(f"{path}: {error}") from error
        return cls.from_dict(data, folder=path.parent)

    @classmethod
    def from_dict(cls, data: dict[str, Any], folder: Path | None = None) -> Self:
        """The seed of a TOML file's keys. Unknown keys are refused by name."""
        team = data.get("team", {})
        team = {"name": team} if isinstance(team, str) else team
        _refuse_unknown(data, {"team", "people", "channels", "groups", "apps"}, "the seed")
        _refuse_unknown(team, {"name", "domain", "enterprise", "crowd"}, "[team]")
        crowd = team.get("crowd", 0)
        if isinstance(crowd, bool) or not isinstance(crowd, int) or not 0 <= crowd <= MAX_MEMBERS:
            raise SeedError(f"[team] crowd is a number up to {MAX_MEMBERS}")
        return cls(
            team=str(team.get("name", "Local")),
            domain=str(team.get("domain", "local")),
            enterprise=str(team.get("enterprise", "")),
            crowd=crowd,
            people=[_build(SeedPerson, entry, "[[people]]") for entry in _entries(data, "people")],
            channels=[_build(SeedChannel, entry, "[[channels]]") for entry in _entries(data, "channels")],
            groups=[_build(SeedGroup, entry, "[[groups]]") for entry in _entries(data, "groups")],
            apps=[_build(SeedApp, _with_manifest(entry, folder), "[[apps]]") for entry in _entries(data, "apps")],
        )


def _refuse_unknown(data: Any, known: set[str], where: str) -> None:
    if not isinstance(data, dict):
        raise SeedError(f"{where} must be a table")
    if unknown := set(data) - known:
        raise SeedError(f"{where}: unknown key {min(unknown)!r}; known are {', '.join(sorted(known))}")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (SeedPerson, SeedChannel, SeedGroup, SeedApp)
}


def _build(kind: type[_Entry], entry: Any, where: str) -> _Entry:
    _refuse_unknown(entry, {f.name for f in fields(kind)}, where)  # type: ignore[arg-type]
    try:
        built: _Entry = _ADAPTERS[kind].validate_python(entry)
    except ValidationError as error:
        wrong = error.errors()[0]
        named = entry.get("name") or entry.get("handle") or ""
        raise SeedError(f"{where} {named}: {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from error
    return built


def _entries(data: dict[str, Any], name: str) -> list[Any]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise SeedError(f"[[{name}]] must be a list of tables")
    return found


def _with_manifest(entry: Any, folder: Path | None) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("manifest"), str):
        return entry
    return {**entry, "manifest": read_manifest((folder or Path()) / entry["manifest"])}


_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as quick where PyYAML was built with libyaml."""


def read_manifest(path: Path) -> dict[str, Any]:
    """An app manifest from a YAML or JSON file."""
    try:
        manifest = yaml.load(path.read_text(encoding="utf-8"), _SAFE)  # noqa: S506 (it is safe)  # JSON is YAML
    except (OSError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {error}") from error
    if not isinstance(manifest, dict):
        raise SeedError(f"{path}: a manifest is a mapping")
    return manifest
