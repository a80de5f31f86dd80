"""The README and the pages in docs/ are true: links, commands, settings and the diagram of stages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config.environment import Environment
from tests.project.diagram import state_diagram

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted((ROOT / "docs").glob("*.md"))
LINKS = sorted(
    {
        (page.relative_to(ROOT).as_posix(), link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if "://" not in link
    }
)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_diagram_of_stages_is_the_transition_table() -> None:
    assert f"```mermaid\n{state_diagram()}\n```" in (ROOT / "docs" / "lifecycle.md").read_text("utf-8")


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_linked_files_exist(page: str, link: str) -> None:
    assert ((ROOT / page).parent / link).exists()


def test_commands_exist() -> None:
    named = {
        name for page in PAGES for name in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert named <= TARGETS
    assert named >= {"run", "test", "check"}


def test_every_environment_variable_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "administration.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| `[A-Z_`, ]+\|", line)]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert documented == {name.upper() for name in Environment.model_fields}
    for name, field in Environment.model_fields.items():
        row = next(row for row in rows if f"`{name.upper()}`" in row)
        assert str(field.default) in row, name


def test_tour_names_only_buttons_commands_and_channels_that_exist() -> None:
    tour = README.split("## The tour")[1].split("\n## ")[0]
    named = set(re.findall(r"`([^`]+)`", tour))
    texts = set(re.findall(r'^msgid "(.+)"$', (ROOT / "texts" / "de.po").read_text("utf-8"), re.MULTILINE))
    commands = set(re.findall(r"command: (/\S+)", (ROOT / "manifest.yml").read_text("utf-8")))
    channels = {
        f"#{name}"
        for name in re.findall(r'^name = "(.+)"$', (ROOT / "demo" / "cast.toml").read_text("utf-8"), re.MULTILINE)
    }
    typed = {"RCR-88123", "var/demo/", "make clean"}
    assert named - texts - commands - channels - typed == set()
    assert len(named & texts) >= 10


def test_readme_can_be_read_in_three_minutes() -> None:
    assert len(README.splitlines()) <= 150


def test_moving_picture_is_small() -> None:
    assert (ROOT / "docs" / "pictures" / "story.gif").stat().st_size < 2_000_000


def test_changelog_states_for_each_release_whether_the_manifest_changed() -> None:
    releases = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert len(releases) >= 2
    assert all(re.search(r"^Manifest changed: (yes|no)", each, re.MULTILINE) for each in releases)
