"""A valid desk.toml is read; a fault is reported with its place and what to write instead."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.config.environment import Environment
from bot.config.placeholders import PLACEHOLDERS
from bot.config.settings import NOT_SET, Config
from bot.config.settings_file import load, parse
from bot.core.errors import Misconfigured
from bot.model.ticket import Level

ROOT = Path(__file__).parents[3]
CONTACT = {"slack_user": "U1", "name": "Ben", "email": "ben@example.com", "phone": "+49 89 1234 5679"}


def fault(**raw: Any) -> str:
    with pytest.raises(Misconfigured) as error:
        parse(raw, "desk.toml")
    return str(error.value)


def test_example_names_no_person_as_shipped() -> None:
    config = load(ROOT / "desk.example.toml")
    named = (config.desk.admins, config.levels.second.members, config.contacts, config.customer.main_id)
    assert not any(named)


def uncommented_example() -> str:
    """The example with everything switched on that it shows in comments."""
    shown = r'^# (?=\[\[?[\w.]+\]\]?\s*$|(?:"[^"]+"|\w+) = )'
    return re.sub(shown, "", (ROOT / "desk.example.toml").read_text("utf-8"), flags=re.MULTILINE)


def scalars(raw: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(raw, dict | list):
        for key, value in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from scalars(value, (*path, str(key)) if isinstance(raw, dict) else path)
    else:
        yield path, raw


def defaults(path: tuple[str, ...]) -> list[Any]:
    """The value, or the values of the list, that is in force when the setting is left out."""
    found: Any = Config().model_dump(mode="json")
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, list) else [found]


SHOWN: frozenset[object] = frozenset(
    {
        *(
            "Europe/Berlin",
            "DE",
            "BY",
            "mon-thu 08:00-17:30",
            "fri 08:00-15:00",
            date(2026, 12, 24),
            date(2026, 12, 31),
        ),
        *(
            "20:00-07:00",
            "first",
            "second",
            45,
            30,
            "Secure Email Platform",
            "Email Gateway",
            "sms",
            "sender",
            "recipient",
        ),
        *(
            "region",
            "Region of the data center",
            "As the portal shows it",
            "choice",
            "EU",
            "US",
            "incident",
            "escalate",
            "DESCRIPTION",
        ),
        *(
            "Ask for the log",
            "Please send us the log of your mail server.",
            "Bitte senden Sie uns das Log Ihres Mailservers.",
            *("customer", "note"),
            "DE1 outbound rejected",
            "Outbound mail by DE1 is rejected.",
            "No outbound mail",
            "550 5.7.1 rejected by policy",
        ),
        *("P1", "P2", "see your contract", "Several customers", "One customer", "Nobody yet", "Nothing works"),
        *("Works in part", "FAX", "Email Security", True, 10, 60),
    }
)
"""Values that are right for somebody as they stand, in tables that are not in force as shipped."""
REFUSED: dict[str, tuple[object, ...]] = {"action_plan": (0,), "calendar": ("office", "retarus")}
"""Refused by their own rules: 0 minutes, and calendars that the example does not have."""


def test_every_value_of_the_example_is_a_default_or_refused_or_right_for_somebody() -> None:
    values = list(scalars(tomllib.loads(uncommented_example())))
    assert len(values) > 100
    for path, value in values:
        is_refused = value in PLACEHOLDERS or value in REFUSED.get(path[-1], ())
        assert is_refused or value in SHOWN or value in ("", *defaults(path)), (path, value)


def test_example_as_shipped_is_in_force_with_defaults_only() -> None:
    for path, value in scalars(tomllib.loads((ROOT / "desk.example.toml").read_text("utf-8"))):
        open_values = {"", "P1", "P2", "see your contract", "20:00-07:00"}
        assert value in open_values or value in defaults(path), (path, value)


def refusal(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    with pytest.raises(Misconfigured) as refused:
        load(path)
    return str(refused.value)


def test_placeholders_of_the_example_are_refused_by_place(tmp_path: Path) -> None:
    refusal_text = refusal(tmp_path / "desk.toml", uncommented_example())
    for place in (
        *("[desk] admins: U0123ABCD", "[levels.first] group: S0123ABCD", "[levels.second] members: U0456EFGH"),
        *("[levels.second] on_duty: S0456DUTY", "[customer] main_id: 12345RS", "[mail] authserv: mx.partner.example"),
        *("[templates] interface: smtp-de1", "[contacts] slack_user: U0456EFGH", "[contacts] name: First Last"),
        *("[contacts] email: name@example.com", "[contacts] phone: +49 89 1234 5679"),
        *("[contacts] authorised_since: 2000-01-01", "[contacts] attested_on: 2000-01-01"),
    ):
        assert place in refusal_text


def test_minutes_of_the_sla_must_be_written(tmp_path: Path) -> None:
    text = re.search(r"# \[sla.P1\]\n(# .*\n)+", (ROOT / "desk.example.toml").read_text("utf-8"))
    assert text
    assert "[sla.P1] `action_plan`" in refusal(tmp_path / "desk.toml", re.sub("^# ", "", text[0], flags=re.MULTILINE))


def test_contact_of_the_example_with_ones_own_values_is_accepted(tmp_path: Path) -> None:
    own = uncommented_example()
    contacts = own[own.index("[[contacts]]") :]
    for before, after in (
        *(("U0456EFGH", "U2"), ("First Last", "Ben Brandt"), ("name@example.com", "ben@partner.example")),
        *(("+49 89 1234 5679", "+49 89 4455 667"), ("2000-01-01", "2026-01-07")),
    ):
        contacts = contacts.replace(before, after)
    path = tmp_path / "desk.toml"
    path.write_text(contacts, "utf-8")
    config = load(path)
    since = config.contacts[0].authorised_since
    assert since
    assert config.contacts[0].record().is_authorised(Level.SECOND, since)


def test_the_example_names_every_setting() -> None:
    text = (ROOT / "desk.example.toml").read_text("utf-8")
    for table, field in Config.model_fields.items():
        assert table in text
        for key in getattr(field.annotation, "model_fields", ()):
            assert key in text, f"[{table}] {key}"


def test_the_demos_desk_loads() -> None:
    assert load(ROOT / "demo/desk.toml").desk.channel == "partner-desk"


def test_an_empty_file_is_a_desk_that_claims_nothing_the_guide_does_not_say() -> None:
    config = parse({})
    assert config.retarus.email == config.retarus.channel == ""
    assert [each.name for each in config.priorities] == ["P1", "Lower"]
    assert {each.definition for each in config.priorities} == {NOT_SET}


# --- unknown keys


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"dsek": {}}, "desk.toml: `dsek` is not a setting. Did you mean `desk`?"),
        ({"desk": {"chanel": "x"}}, "desk.toml: [desk] `chanel` is not a setting. Did you mean `channel`?"),
        ({"customer": {"main": "x"}}, "desk.toml: [customer] `main` is not a setting. Did you mean `main_id`?"),
        ({"levels": {"secnd": {}}}, "desk.toml: [levels] `secnd` is not a setting. Did you mean `second`?"),
        (
            {"levels": {"second": {"grup": "x"}}},
            "desk.toml: [levels.second] `grup` is not a setting. Did you mean `group`?",
        ),
        ({"retarus": {"mail": "x"}}, "desk.toml: [retarus] `mail` is not a setting. Did you mean `email`?"),
        ({"services": {"name": []}}, "desk.toml: [services] `name` is not a setting. Did you mean `names`?"),
        ({"reminders": {"repet": 1}}, "desk.toml: [reminders] `repet` is not a setting. Did you mean `repeat`?"),
        (
            {"priorities": [{"name": "P1"}, {"name": "P2", "definiton": "x"}]},
            "desk.toml: [[priorities]] no. 2: `definiton` is not a setting. Did you mean `definition`?",
        ),
        (
            {"contacts": [{**CONTACT, "attested": "x"}]},
            "desk.toml: [[contacts]] no. 1: `attested` is not a setting. Did you mean `attested_on`?",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_its_place_and_the_nearest_name(raw: dict[str, Any], expected: str) -> None:
    assert fault(**raw) == expected


def test_unknown_key_without_a_similar_one_lists_the_known_keys() -> None:
    assert fault(customer={"zzz": 1}) == "desk.toml: [customer] `zzz` is not a setting. Known here: main_id."


def test_every_fault_is_named_at_once() -> None:
    refusal_text = fault(desk={"chanel": "x", "timezone": "Berlin"}, reminders={"new": "soon"})
    assert len(refusal_text.splitlines()) == 3


# --- wrong values


@pytest.mark.parametrize(
    ("raw", "place", "reason"),
    [
        ({"desk": {"timezone": "Europe/Berln"}}, "[desk] `timezone`", "did you mean “Europe/Berlin”"),
        ({"desk": {"prefix": "P-D"}}, "[desk] `prefix`", ""),
        ({"desk": {"phone_region": "Germany"}}, "[desk] `phone_region`", "not an ISO country code"),
        ({"customer": {"main_id": "7312"}}, "[customer] `main_id`", "five digits"),
        (
            {"levels": {"second": {"group": "S1", "members": ["U1"]}}},
            "[levels] `second`",
            "either `group` or `members`",
        ),
        ({"retarus": {"email": "support"}}, "[retarus] `email`", "“support” is not an e-mail address"),
        ({"retarus": {"email": "a@b.example\nBcc: c@d.example"}}, "[retarus] `email`", "not an e-mail address"),
        ({"retarus": {"email": "a@b.example"}}, "`retarus`", "needs `from_address`"),
        ({"retarus": {"rcr_pattern": "RCR(["}}, "[retarus] `rcr_pattern`", "not a regular expression"),
        ({"priorities": [{"name": "P1", "definition": "x" * 301}]}, "[[priorities]] no. 1: `definition`", "300"),
        ({"reminders": {"new": -1}}, "[reminders] `new`", "greater than or equal to 0"),
        ({"reminders": {"repeat": 0}}, "[reminders] `repeat`", "greater than or equal to 1"),
        ({"contacts": [{**CONTACT, "phone": "089 1234 5679"}]}, "[[contacts]] no. 1: `phone`", "country code"),
        ({"contacts": [{**CONTACT, "phone": "+49 123"}]}, "[[contacts]] no. 1: `phone`", "+49 89 1234 5678"),
        ({"contacts": [{**CONTACT, "slack_user": "@ben"}]}, "[[contacts]] no. 1: `slack_user`", ""),
        ({"contacts": [{**CONTACT, "levels": ["2nd"]}]}, "[[contacts]] no. 1: `levels` no. 1", "'first', 'second'"),
        ({"services": {"names": ["SMS", "x" * 76]}}, "[services] `names` no. 2", "75"),
        ({"services": {"names": ["SMS\nFAX"]}}, "[services] `names` no. 1", "must be one line"),
        ({"services": {"names": "SMS"}}, "[services] `names`", "must be a list in square brackets"),
        ({"templates": [{"name": "DE1", "impact": "a\nb"}]}, "[[templates]] no. 1: `impact`", "must be one line"),
        ({"templates": [{"name": "DE1", "services": "SMS"}]}, "[[templates]] no. 1: `services`", "must be a list"),
        ({"services": {"names": [f"S{number}" for number in range(100)]}}, "[services] `names`", "99"),
        ({"priorities": [{"name": "x" * 21}]}, "[[priorities]] no. 1: `name`", "20"),
        ({"services": {"names": ["SMS", 7]}}, "[services] `names` no. 2", "string"),
        ({"priorities": ["P1"]}, "`priorities` no. 1", "must be a table"),
        ({"desk": "partner-desk"}, "`desk`", "must be a table"),
        ({"contacts": [{**CONTACT, "attested_on": "soon"}]}, "[[contacts]] no. 1: `attested_on`", "date"),
        ({"contacts": [{"slack_user": "U1"}]}, "[[contacts]] no. 1: `name`", "required"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(raw: dict[str, Any], place: str, reason: str) -> None:
    refusal_text = fault(**raw)
    assert refusal_text.startswith(f"desk.toml: {place}")
    assert reason in refusal_text
    assert "Value error" not in refusal_text


def test_a_contacts_number_is_kept_in_one_form() -> None:
    assert parse({"contacts": [CONTACT]}).contacts[0].record().phone == "+49 89 12345679"


# --- the file


def test_a_file_that_is_not_there_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"Copy desk\.example\.toml"):
        load(tmp_path / "desk.toml")


@pytest.mark.parametrize("content", [b"[desk\n", b"\xff\xfe", b"channel = "])
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.toml"
    path.write_bytes(content)
    with pytest.raises(Misconfigured, match=r"desk\.toml"):
        load(path)


# --- the environment


def test_the_environments_names_and_defaults_are_those_others_rely_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    env = Environment()
    assert {name.upper(): str(value) for name, value in env.model_dump().items()} == {
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
        "SLACK_SIGNING_SECRET": "",
        "SLACK_API_URL": "https://slack.com/api/",
        "SLACK_POSTS_PER_MINUTE": "60",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "",
        "HOST": "127.0.0.1",
        "PORT": "3000",
        "DATABASE_URL": "sqlite:///var/desk.sqlite3",
        "SMTP_URL": "",
        "IMAP_URL": "",
        "ON_DUTY_URL": "",
        "OAUTH_CLIENT_ID": "",
        "OAUTH_CLIENT_SECRET": "",
        "OAUTH_TENANT": "",
        "OAUTH_REFRESH_TOKEN": "",
        "OAUTH_TOKEN_URL": "",
        "DESK_CONFIG": "desk.toml",
        "LOG_FORMAT": "text",
        "LOG_LEVEL": "INFO",
        "REPLICA": "",
    }


def test_an_empty_variable_counts_as_not_set_and_a_file_beside_the_program_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-1\nSOMETHING_ELSE=1\nPORT=3001\n")
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    monkeypatch.setenv("PORT", "")
    assert (Environment().slack_bot_token, Environment().port) == ("xoxb-1", 3001)


def test_a_port_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "70000")
    with pytest.raises(ValidationError):
        Environment()
