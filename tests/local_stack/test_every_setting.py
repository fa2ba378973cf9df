"""Every setting can be set: alone, and in the combinations of docs/operating.md, each service starts with it."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from arti import api, gateway, worker
from arti.ops.console import app as console
from arti.settings import SETTING_NAMES, Settings
from arti_core import clock, http_server
from arti_core.telemetry.traces import end_traces
from local_stack.backup import service as backup
from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.environment import Environment, compose_environment, list_problems
from local_stack.secrets import generate_secrets
from local_stack.services import list_services
from local_stack.web import server as web

SECRETS = generate_secrets()
KEY = base64.b64encode(bytes(range(32))).decode()
PRODUCTION = {"ARTI_ENVIRONMENT": "production", "DISABLE_SIGNUP": "true"}
HOSTED = {
    "SUPABASE_URL": "https://project.supabase.example",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_of_the_project",
    "SUPABASE_SECRET_KEY": "sb_secret_of_the_project",
    "DATABASE_URL": "postgresql://postgres:pw-of-owner@db.example/postgres?sslmode=verify-full",
}
LOGINS = {
    f"{name}DATABASE_URL": f"postgresql://{role}:pw-of-{role}@db/arti"
    for name, role in {
        "": "arti_api",
        "WORKER_": "arti_worker",
        "AUTH_": "supabase_auth_admin",
        "REST_": "arti_rest",
        "SERVICE_": "authenticator",
        "REALTIME_": "supabase_replication_admin",
        "CONSOLE_": "arti_console",
        "BACKUP_": "arti_backup",
        "OWNER_": "postgres",
    }.items()
}
TWILIO = {"TWILIO_ACCOUNT_SID": "AC0123", "TWILIO_AUTH_TOKEN": "token", "TWILIO_FROM": "+4930123456"}
BUCKET = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "ARTI_BACKUP_URL": "s3://bucket/backups"}
CONSOLE = {"ARTI_CONSOLE_URL": "https://db.label.example", "ARTI_CONSOLE_ALLOW": "203.0.113.0/24"}


def external(provider: str) -> dict[str, str]:
    prefix = f"GOTRUE_EXTERNAL_{provider}"
    return {f"{prefix}_ENABLED": "true", f"{prefix}_CLIENT_ID": "id", f"{prefix}_SECRET": "secret"}


# Settings that need others, or whose value is not free. What is not here is set to a changed value of its kind.
SETS: list[dict[str, str]] = [
    PRODUCTION,
    LOGINS,
    {"DATABASE_URL": "postgresql://postgres:pw-of-owner@db/arti"},
    HOSTED,
    HOSTED | {"API_EXTERNAL_URL": "https://db.label.example"},
    {"SUPABASE_URL": "http://gateway:8000", "ARTI_OWN_GATEWAY": "true"},
    TWILIO,
    BUCKET,
    BUCKET | {"AWS_SESSION_TOKEN": "token"},
    BUCKET | {"ARTI_FILES_URL": "s3://bucket/files,database"},
    CONSOLE,
    *(external(provider) for provider in ("GOOGLE", "GITHUB", "SPOTIFY")),
    {"ARTI_DOMAIN": "label.example", "ARTI_CONSOLE_ALLOW": "203.0.113.0/24"},
    {"REDIS_URL": "rediss://:pw@redis.example:6380/0"},
    {"SMTP_URL": "smtps://user:pw@mail.example:465"},
    {"SMTP_URL": "smtps://user:pw@mail.example:465", "ALERT_MAIL": "ops@label.example,boss@label.example"},
    {"ALERT_WEBHOOK": "https://hooks.example/alerts"},
    {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer x"},
    {"EXPECTED_PORTS": "22,443"},
    {"SIMULATORS_URL": ""},
    {"ARTI_MASTER_KEY": KEY},
    {"ARTI_MASTER_KEY_FILE": "a file with it"},
    {"ARTI_MASTER_KEY_FILE": "a file with it", "ARTI_MASTER_KEY_UNWRAP_COMMAND": "cat"},
    {"ARTI_MASTER_KEY_COMMAND": f"echo {KEY}"},
    {"CLAIMS_SIGNING_KEY": KEY},
    {"ARTI_BACKUP_KEY": KEY},
    {"ARTI_BACKUP_URL": "external"},
    {"ARTI_BACKUP_KEEP": "3,2,1"},
    {"ARTI_WEBHOOK_SECRET": f"whsec_{KEY}"},
    {"ARTI_CONSOLE_PASSWORD": "correct horse battery staple"},
    {"ARTI_CONSOLE_BIND": "10.0.0.4"},
    {"SUPABASE_SECRET_KEY": "sb_secret_another"},
    {"JWT_KEYS": generate_secrets().jwt_keys},
    {"SUPABASE_JWKS": SECRETS.supabase_jwks},
    {"PGRST_DB_TX_END": "commit-allow-override"},
    {"GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_URI": ""},
    {"PASSWORD_MIN_LENGTH": "15"},
    {"MAILER_OTP_EXP": "3600"},
    {"MAILER_OTP_LENGTH": "8"},
    {"ARTI_BACKUP_PHYSICAL": "false"},
    {"ARTI_UPLOAD_MAX_BYTES": "2000000"},
]
SERVERS: dict[str, Callable[[], None]] = {
    "gateway": gateway.run,
    "console": console.run,
    "web": web.run,
    "api": api.run,
    "worker": worker.run,
    "backup": backup.run,
}


def _changed(name: str) -> str:
    field = Settings.model_fields[name.lower()]
    if field.annotation is bool:
        return str(not field.default).lower()
    if field.annotation in (int, float) or isinstance(field.default, float):
        return str((field.default or 0) + 1)
    return "https://host.example" if name.endswith(("_URL", "_URI", "_ENDPOINT")) else "value"


NAMED = {name for one in SETS for name in one}
ALONE = [{name: _changed(name)} for name in sorted(SETTING_NAMES - NAMED)]


def combinations() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each block of settings in docs/operating.md, with the heading above it."""
    title = ""
    for part in re.split(r"^(#.*)$", (CHECKOUT / "docs" / "operating.md").read_text(), flags=re.MULTILINE):
        if part.startswith("#"):
            title = part.strip("# ")
        for block in re.findall(r"^ *```env\n(.*?)^ *```", part, re.MULTILINE | re.DOTALL):
            pairs = (line.split("  #")[0].strip().partition("=") for line in block.splitlines() if "=" in line)
            yield title, {name: value.strip("'") for name, _, value in pairs}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Settings]]:
    """What each service had read when it would have served."""
    served: dict[str, Settings] = {}

    def record(settings: Settings) -> None:
        served["here"] = settings

    async def serve(settings: Settings) -> None:
        record(settings)

    monkeypatch.setattr(http_server, "serve", lambda app, **_: None)
    monkeypatch.setattr("supabase_local.app.serve_gateway", lambda app, **_: None)
    for module, name in ((worker, "serve"), (backup, "serve")):
        monkeypatch.setattr(module, name, serve)
    for module in (api, gateway, worker, console, web, backup):
        monkeypatch.setattr(module, "configure_log", lambda **_: None)
    yield served
    end_traces()


def start_all(environment: Environment, folder: DataDirectory, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Start every service of ours with nothing but what it may see. Returns their names."""
    names = set()
    for service in list_services(folder, environment):
        if service.name in SERVERS:
            with monkeypatch.context() as alone:
                for name in (*SETTING_NAMES, clock.ENVIRONMENT_VARIABLE):
                    alone.delenv(name, raising=False)
                for name in SETTING_NAMES & set(service.env):
                    alone.setenv(name, service.env[name])
                SERVERS[service.name]()
            names.add(service.name)
    return names


def _name(given: Any) -> str | None:
    return ",".join(sorted(given))[:60] if isinstance(given, dict) else None


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("given", [{}, *SETS, *ALONE], ids=_name)
def test_every_service_starts_with_it(given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataDirectory(tmp_path)
    folder.valkey.mkdir()
    if "ARTI_MASTER_KEY_FILE" in given:
        wrapped = "ARTI_MASTER_KEY_UNWRAP_COMMAND" in given  # by a service that changes nothing
        (file := tmp_path / "key").write_text(f"1:wrapped.{KEY}" if wrapped else KEY)
        given = given | {"ARTI_MASTER_KEY_FILE": str(file)}
    for mode in ({}, PRODUCTION) if "SIMULATORS_URL" not in given else ({},):
        environment = compose_environment(folder, SECRETS, mode | given)
        problems = list_problems(environment)
        if mode and problems:  # what production refuses is refused here, and not by a service on its own
            assert all(any(name in problem for name in {*given, "ENABLE_EMAIL_AUTOCONFIRM"}) for problem in problems)
            continue
        assert problems == []
        assert {"web", "api", "worker", "console"} <= start_all(environment, folder, monkeypatch)


def test_docs_operating_shows_combinations() -> None:
    shown = [given for _, given in combinations()]
    assert len(shown) >= 5
    assert {name for given in shown for name in given} <= SETTING_NAMES


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(("title", "given"), list(combinations()))
def test_the_combinations_of_the_guide_start(
    title: str, given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataDirectory(tmp_path)
    folder.valkey.mkdir()
    environment = compose_environment(folder, SECRETS, given)
    assert list_problems(environment) == [], title
    assert {"web", "api", "worker", "console"} <= start_all(environment, folder, monkeypatch)


def test_everything_that_is_wrong_is_said_at_once_and_no_value_shown(tmp_path: Path) -> None:
    given = {
        "ARTI_ENVIRONMENT": "production",
        "SIMULATORS_URL": "http://simulators:3010",
        "SITE_URL": "http://app.example",
        "TWILIO_ACCOUNT_SID": "AChushhush",
        "ARTI_CONSOLE_URL": "https://db.example",
        "GOTRUE_EXTERNAL_GOOGLE_ENABLED": "true",
        "ARTI_MASTER_KEY_FILE": str(tmp_path / "nowhere" / "hushhush"),
    }
    problems = list_problems(compose_environment(DataDirectory(tmp_path), SECRETS, given))
    said = "\n".join(problems)
    for name in (
        "SIMULATORS_URL",
        "SITE_URL",
        "TWILIO_FROM",
        "ARTI_CONSOLE_ALLOW",
        "GOOGLE_SECRET",
        "AUTOCONFIRM",
        "KEY_FILE",
    ):
        assert name in said
    assert "hushhush" not in said


def test_a_domain_gives_every_public_address(tmp_path: Path) -> None:
    given = {"ARTI_DOMAIN": "label.example", "ARTI_CONSOLE_ALLOW": "203.0.113.0/24"}
    settings = compose_environment(DataDirectory(tmp_path), SECRETS, given).settings()
    assert settings.site_url == "https://app.label.example"
    assert settings.cors_origins() == ["https://app.label.example"]
    assert settings.api_url == "https://api.label.example"
    assert settings.public_supabase_url == "https://db.label.example"
    assert settings.issuer == "https://db.label.example/auth/v1"
    assert urlsplit(settings.supabase_url).hostname == "127.0.0.1"


@pytest.mark.parametrize("suffix", ["", "/", "/auth/v1", "/auth/v1/"])
def test_the_external_url_is_upstreams_old_one_or_its_new_one(tmp_path: Path, suffix: str) -> None:
    given = {"API_EXTERNAL_URL": f"https://db.label.example{suffix}"}
    settings = compose_environment(DataDirectory(tmp_path), SECRETS, given).settings()
    assert settings.issuer == "https://db.label.example/auth/v1"


def test_the_api_knows_of_mail_and_sms_without_their_secrets(tmp_path: Path) -> None:
    folder = DataDirectory(tmp_path)
    folder.valkey.mkdir()
    environment = compose_environment(folder, SECRETS, TWILIO | {"SMTP_URL": "smtp://user:pw@mail.example"})
    env = next(service.env for service in list_services(folder, environment) if service.name == "api")
    assert not {"SMTP_URL", "TWILIO_AUTH_TOKEN"} & set(env)
    seen = Settings.model_validate({name.lower(): env[name] for name in SETTING_NAMES & set(env)})
    assert (seen.sends_mail, seen.sends_sms) == (True, True)
