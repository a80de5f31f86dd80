"""Packaging and deployment: package, image, compose file, units, pins, list of components."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.release import release, shipped
from tests.project.installed import PREFIX, ROOT, build_steps, pins, shared_prefix

UNITS = ("partner-desk.service", "partner-desk-backup.service", "partner-desk-backup.timer")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


@pytest.fixture
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_prefix(tmp_path_factory)


def run(*command: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_", "PYTHON", "MAKE"))
    }
    return subprocess.run(command, cwd=cwd, env=clean | env, capture_output=True, text=True, check=False, timeout=300)


# --- the package, as the image's build steps install it


@pytest.mark.timeout(600)
@pytest.mark.long
@pytest.mark.xdist_group("installed")
def test_installed_command_runs_outside_the_checkout(prefix: Path, tmp_path: Path) -> None:
    command = prefix / "bin" / "partner-desk"
    assert "No Slack tokens" in run(command, cwd=tmp_path).stderr
    (tmp_path / "desk.toml").write_text('[desk]\nlanguage = "de"\n', "utf-8")
    assert 'desk.language = "de"' in run(command, "config", cwd=tmp_path).stdout
    assert run(command, "policy", cwd=tmp_path).returncode == 0
    checked = run(command, "check", cwd=tmp_path)
    assert "Traceback" not in checked.stdout + checked.stderr


@pytest.mark.timeout(600)
@pytest.mark.long
@pytest.mark.xdist_group("installed")
def test_installed_package_brings_manifest_catalogues_and_demo(prefix: Path, tmp_path: Path) -> None:
    script = (
        "from pathlib import Path; import demo, localslack; from bot.core.release import release, shipped\n"
        "from bot.core.i18n import Language, speaking, t\n"
        "assert shipped('manifest.yml').is_file(), shipped('manifest.yml')\n"
        "assert shipped('desk.example.toml').is_file()\n"
        "from runtime.backup import REASON_HELD\n"
        "with speaking(Language.GERMAN): assert t(REASON_HELD) != REASON_HELD\n"
        "assert (Path(demo.__path__[0]) / 'cast.toml').is_file()\n"
        "print(release())\n"
    )
    done = run(prefix / "bin" / "python", "-c", script, cwd=tmp_path)
    assert done.stdout.strip() == release(), done.stderr


@pytest.mark.timeout(600)
@pytest.mark.long
@pytest.mark.xdist_group("installed")
def test_installed_pages_of_the_local_slack_are_complete(prefix: Path) -> None:
    there = {path.relative_to(ROOT) for path in (ROOT / "localslack").rglob("*") if path.is_file()}
    site = next((prefix / "lib").glob("python*/site-packages"))
    assert [str(path) for path in there if "__pycache__" not in path.parts and not (site / path).is_file()] == []


def test_manifest_of_a_checkout_stands_beside_the_program() -> None:
    assert shipped("manifest.yml") == ROOT / "manifest.yml"


# --- image and compose file


def test_image_runs_as_a_user_without_rights_and_checks_its_health() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    last = text.split("\nFROM ")[-1]
    assert text.count("\nFROM ") == 2
    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert all("slim" in line for line in re.findall(r"^FROM .+$", text, re.MULTILINE))
    assert all("--require-hashes" in step or "--no-deps" in step for step in build_steps() if "pip install" in step)
    assert not re.search(r"^(?:ENV|ARG).*TOKEN", text, re.MULTILINE)


SCHEMAS = {"compose.yaml": "vendor.compose-spec", ".github/dependabot.yml": "vendor.dependabot"}


def by_schema(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, path, cwd=ROOT)


@pytest.mark.parametrize("name", SCHEMAS)
def test_file_fits_its_published_schema(name: str) -> None:
    done = by_schema(SCHEMAS[name], ROOT / name)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("slip", ["restarts: always", "volumes: database", "healthcheck: always"])
def test_slip_in_the_compose_file_is_found(tmp_path: Path, slip: str) -> None:
    path = tmp_path / "compose.yaml"
    text = (ROOT / "compose.yaml").read_text("utf-8")
    path.write_text(text.replace("    restart: unless-stopped\n", f"    {slip}\n", 1), "utf-8")
    assert by_schema(SCHEMAS["compose.yaml"], path).returncode == 1


def test_compose_file_names_only_what_it_defines() -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert {key for key in compose if not key.startswith("x-")} == {"name", "services", "volumes", "secrets"}
    for name, service in compose["services"].items():
        assert set(service.get("secrets", ())) <= set(compose["secrets"]), name
        for other, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in compose["services"][other], name
        named = {each.split(":")[0] for each in service.get("volumes", ())}
        assert {each for each in named if not each.startswith((".", "/"))} <= set(compose["volumes"])
    desk = compose["services"]["desk"]
    assert desk["read_only"] is True
    assert desk["cap_drop"] == ["ALL"]
    assert desk["image"] == f"partner-desk:{release()}"


def test_compose_file_gives_secrets_by_files_alone() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if re.search("TOKEN|PASSWORD|SECRET|URL", name):
                assert name.endswith("_FILE") or value == "", name


# --- units


def test_units_are_accepted_by_systemd(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if not verify:
        assert not os.environ.get("REFUSE_SKIPS"), "systemd-analyze is missing: apt-get install systemd"
        pytest.skip("no systemd here")
    program = tmp_path / "bin" / "partner-desk"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    paths = [tmp_path / unit for unit in UNITS]
    for path in paths:
        path.write_text((ROOT / "deploy" / path.name).read_text("utf-8").replace(PREFIX, str(tmp_path)), "utf-8")
    done = run(verify, "verify", *paths, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    exposed = run(verify, "security", "--offline=true", "--threshold=20", paths[0], cwd=tmp_path)
    assert exposed.returncode == 0, exposed.stdout[-400:]


# --- supply chain


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-traces.txt",
        "requirements-dev.txt",
        "requirements-fuzz.txt",
        "requirements-build.txt",
    ],
)
def test_every_pin_has_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / name).read_text("utf-8").strip())
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", ["requirements-dev.txt", "requirements-traces.txt"])
def test_pins_of_the_program_are_the_same_with_the_same_hashes(name: str) -> None:
    others = pins(name)
    assert {pin: others.get(pin) for pin in pins("requirements.txt")} == pins("requirements.txt")


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for name, ranges in (
        ("requirements.txt", project["dependencies"]),
        ("requirements-traces.txt", project["optional-dependencies"]["traces"]),
        ("requirements-fuzz.txt", project["optional-dependencies"]["fuzz"]),
        ("requirements-dev.txt", project["optional-dependencies"]["dev"]),
    ):
        pinned = {found.lower() for found, _ in PINNED.findall((ROOT / name).read_text("utf-8"))}
        wanted = {re.split(r"[\[<>=~;, ]", each)[0].lower().replace(".", "-") for each in ranges} - {project["name"]}
        assert wanted <= pinned, f"make lock: {sorted(wanted - pinned)}"


@pytest.mark.timeout(300)
def test_list_of_components_names_every_pin_with_its_hashes(tmp_path: Path) -> None:
    recipe = re.search(r"^sbom:.*\n\t\$\(PY\) (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe
    out = tmp_path / "sbom.json"
    done = run(sys.executable, *recipe[1].replace("sbom.json", str(out)).split(), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    listed = json.loads(out.read_text("utf-8"))
    assert listed["bomFormat"] == "CycloneDX"
    found = {(each["name"].lower(), each["version"]) for each in listed["components"]}
    pins = PINNED.findall((ROOT / "requirements.txt").read_text("utf-8"))
    assert {(name.lower(), version) for name, version in pins} == found
    assert all(each["externalReferences"][0]["hashes"] for each in listed["components"])


def test_each_waiver_names_a_pinned_package_and_a_reason() -> None:
    pinned = {found.lower() for found, _ in PINNED.findall((ROOT / "requirements.txt").read_text("utf-8"))}
    lines = (ROOT / "deploy" / "audit-waivers.txt").read_text("utf-8").splitlines()
    waivers = [line for line in lines if not line.startswith("#")]
    assert waivers
    for line in waivers:
        found = re.fullmatch(r"((?:CVE|GHSA|PYSEC)-[\w-]+) ([\w.-]+): .{20,}", line)
        assert found, line
        assert found[2].lower() in pinned


AUDIT = ROOT / "deploy" / "audit.py"
FOUND = {"name": "aiohttp", "version": "3.0.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["3.1.0"]}]}
SOUND = {"name": "yarl", "version": "1.0.0", "vulns": []}
UNKNOWN = {"name": "lxml", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("listed", "ends", "words"),
    [
        ([SOUND], 0, "1 packages: no known vulnerability, besides 1 waived"),
        ([SOUND, UNKNOWN], 0, "1 packages could not be asked about: lxml"),
        ([UNKNOWN], 0, "NOT CHECKED: PyPI's list of vulnerabilities cannot be reached from here"),
        ([], 0, "NOT CHECKED"),
        ([SOUND, FOUND], 1, "aiohttp 3.0.0: CVE-2026-1; mended in 3.1.0"),
    ],
)
def test_audit_says_what_was_checked(tmp_path: Path, listed: list[dict[str, Any]], ends: int, words: str) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"dependencies": listed}), "utf-8")
    done = run(sys.executable, AUDIT, "--read", report, cwd=tmp_path)
    assert (done.returncode, words in done.stdout) == (ends, True), done.stdout


ADVISORIES = {"aiohttp": "CVE-2026-99999", "sqlitedict": "CVE-2024-35515"}
"""The second one is waived."""


class AdvisoryHandler(BaseHTTPRequestHandler):
    """Answers as OSV's service does: each package of `ADVISORIES` is vulnerable, whatever its version."""

    def do_POST(self) -> None:
        package = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]
        events = [{"introduced": "0"}, {"fixed": "99.0"}]
        affected = {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        found = ADVISORIES.get(package["name"])
        raw = json.dumps({"vulns": [{"id": found, "affected": [affected]}]} if found else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@pytest.mark.timeout(300)
def test_vulnerable_pin_is_found_and_a_waived_one_is_not() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), AdvisoryHandler) as advisories:
        threading.Thread(target=advisories.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{advisories.server_port}"
        asked = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": url, "NO_PROXY": "127.0.0.1"}
        done = run(sys.executable, AUDIT, cwd=ROOT, **asked)
        advisories.shutdown()
    version = dict(PINNED.findall((ROOT / "requirements.txt").read_text("utf-8")))["aiohttp"]
    assert (done.returncode, done.stdout) == (1, f"aiohttp {version}: CVE-2026-99999; mended in 99.0\n"), done.stderr


def test_audit_says_not_checked_where_nobody_answers() -> None:
    asked = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": "http://127.0.0.1:9", "NO_PROXY": "*"}
    done = run(sys.executable, AUDIT, cwd=ROOT, **asked)
    assert (done.returncode, done.stdout[:11]) == (0, "NOT CHECKED")


def test_audit_asks_with_every_waiver() -> None:
    done = run(sys.executable, AUDIT, "--show", cwd=ROOT)
    assert "-m pip_audit --require-hashes --disable-pip -r requirements-traces.txt" in done.stdout
    assert "--ignore-vuln CVE-2024-35515" in done.stdout
    recipe = run("make", "-n", "audit", "VENV=missing", cwd=ROOT).stdout.strip().splitlines()[-1]
    assert recipe.endswith("deploy/audit.py")
    assert "make audit" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_updates_are_proposed_for_packages_and_images() -> None:
    proposed = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))
    assert {each["package-ecosystem"] for each in proposed["updates"]} == {"pip", "docker"}
