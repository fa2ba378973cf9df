"""`./arti up` with the settings of a real installation: it starts whole, or says everything that is wrong at once."""

import time

import httpx2 as httpx
import jwt

from local_stack.data_directory import DataDirectory
from local_stack.run_state import ServiceStatus, read_state
from local_stack.secrets import load_or_create_secrets
from tests.local_stack.installation import Installation

PRODUCTION = {
    "ARTI_ENVIRONMENT": "production",
    "ARTI_DOMAIN": "label.example",
    "ARTI_CONSOLE_ALLOW": "127.0.0.1/32",
    "ENABLE_EMAIL_AUTOCONFIRM": "false",
}
REAL_SERVICES = {
    "SMTP_URL": "smtp://127.0.0.1:9",
    "TWILIO_ACCOUNT_SID": "AC0123",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+4930123456",
}


def start(installation: Installation, **settings: str) -> dict[str, ServiceStatus]:
    """Start it and return its services, all of them up."""
    up = installation.arti("up", "--detach", "--no-build", seconds=120, **settings)
    assert up.returncode == 0, up.stdout + up.stderr
    state = read_state(DataDirectory(installation.data))
    assert state is not None
    assert {row.service: row.state for row in state.services if row.state not in ("up", "external")} == {}
    return {row.service: row for row in state.services}


def test_production_under_a_domain_starts_with_mail_and_sms(installation: Installation) -> None:
    rows = start(installation, **PRODUCTION, **REAL_SERVICES)
    assert "simulators" not in rows
    secrets = load_or_create_secrets(DataDirectory(installation.data).secrets)
    gateway, api = rows["gateway"].url, rows["api"].url

    config = httpx.get(f"{rows['web'].url}/config.json")
    assert config.json() | {"supabaseKey": ""} == {
        "apiUrl": "https://api.label.example",
        "supabaseUrl": "https://db.label.example",
        "supabaseKey": "",
        "mode": "real",
        "clockAheadSeconds": 0.0,
    }
    site, evil = "https://app.label.example", "https://evil.example"
    for origin, allowed in ((site, site), (evil, None)):
        answer = httpx.get(f"{api}/readyz", headers={"Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed

    admin = {"apikey": secrets.supabase_secret_key}
    person = {"email": "ada@label.example", "password": "a long enough sentence", "email_confirm": True}
    assert httpx.post(f"{gateway}/auth/v1/admin/users", json=person, headers=admin).status_code == 200
    signed_in = httpx.post(
        f"{gateway}/auth/v1/token?grant_type=password",
        json=person,
        headers={"apikey": secrets.supabase_publishable_key},
    ).json()
    claims = jwt.decode(signed_in["access_token"], options={"verify_signature": False})
    assert claims["iss"] == "https://db.label.example/auth/v1"
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    org = httpx.post(f"{api}/api/orgs", json={"name": "Label"}, headers=bearer).json()["id"]
    for kind, target in (("email", {"address": "team@label.example"}), ("sms", {"phone": "+4930654321"})):
        channel = {"kind": kind, "name": kind, "target": target}
        made = httpx.post(f"{api}/api/channels", json=channel, headers=bearer | {"X-ARTi-Org": org})
        assert made.status_code == 201, made.text
        assert made.json()["delivers_to"] == "external"

    doctor = installation.arti("doctor", seconds=120, **PRODUCTION, **REAL_SERVICES)
    assert doctor.returncode == 1
    for said in (
        "problem DNS app.label.example leads nowhere.",
        "problem mail The mail server cannot be used",
        "ok database All migrations are applied.",
        "ok queue Redis",
        "ok ports The services listen on this machine alone.",
        "- providers No org has an app of a provider yet",
    ):
        assert said.casefold() in " ".join(doctor.stdout.split()).casefold(), doctor.stdout

    console = rows["console"].url
    assert httpx.get(console, headers={"Host": "db.label.example"}).status_code == 200
    through_proxy = {"Host": "db.label.example", "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    assert httpx.get(console, headers=through_proxy).status_code == 403


def test_it_says_all_that_is_wrong_before_anything_starts(installation: Installation) -> None:
    started = time.monotonic()
    up = installation.arti(
        "up",
        "--no-build",
        ARTI_ENVIRONMENT="production",
        SITE_URL="http://label.example",
        SIMULATORS_URL="http://simulators:3010",
        TWILIO_ACCOUNT_SID="AChushhush",
    )
    assert up.returncode == 1
    for name in ("SITE_URL", "SIMULATORS_URL", "TWILIO_AUTH_TOKEN", "ENABLE_EMAIL_AUTOCONFIRM"):
        assert name in up.stderr
    assert "hushhush" not in up.stderr
    assert not (installation.data / "postgres").exists()
    assert time.monotonic() - started < 20
