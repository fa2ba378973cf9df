"""An unsafe setting stops a service at its start, with one sentence: the setting's name and remedy, not its value."""

import os
import subprocess
import sys

import pytest

from arti.settings import Settings, read_settings
from arti_core import clock
from local_stack.data_directory import CHECKOUT
from local_stack.secrets import generate_secrets
from local_stack.supervision.entrypoint import EXIT_CONFIG

GOOD = {
    "ARTI_ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://arti_api:k3jd8sK2@db.example/arti?sslmode=verify-full",
    "WORKER_DATABASE_URL": "postgresql://arti_worker:k3jd8sK2@db/arti",
    "ARTI_MASTER_KEY": generate_secrets().arti_master_key,
    "CLAIMS_SIGNING_KEY": generate_secrets().arti_master_key,
    "ARTI_WEBHOOK_SECRET": generate_secrets().arti_webhook_secret,
    "SITE_URL": "https://arti.example",
    "API_URL": "https://api.arti.example",
    "SUPABASE_URL": "http://gateway:8000",
    "REDIS_URL": "rediss://:hushhush@redis.example:6379",
}
BAD = [
    ("CLAIMS_SIGNING_KEY", ""),
    ("CLAIMS_SIGNING_KEY", "c2hvcnQ="),
    ("CLAIMS_SIGNING_KEY", "not base64 at all, but long enough!!"),
    ("ARTI_MASTER_KEY", ""),
    ("ARTI_MASTER_KEY", "c2hvcnQ="),
    ("ARTI_MASTER_KEY", "not base64 at all, but long enough!!"),
    ("ARTI_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("ARTI_WEBHOOK_SECRET", ""),
    ("ARTI_WEBHOOK_SECRET", "hushhush"),
    ("ARTI_WEBHOOK_SECRET", "whsec_c2hvcnQ="),
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "mysql://arti_api:hushhush@db/arti"),
    ("DATABASE_URL", "postgresql://postgres:hushhush@db/arti"),
    ("DATABASE_URL", "postgresql://supabase_admin:hushhush@db/arti"),
    ("DATABASE_URL", "postgresql://postgres.project:hushhush@db/arti"),
    ("DATABASE_URL", "postgresql://arti_api:hushhush@db.example/arti"),
    ("DATABASE_URL", "postgresql://arti_api:hushhush@db.example/arti?sslmode=prefer"),
    ("DATABASE_URL", "postgresql://arti_api:postgres@db/arti"),
    ("WORKER_DATABASE_URL", "postgresql://arti_worker:@db/arti"),
    ("REDIS_URL", "http://redis"),
    ("REDIS_URL", "redis://redis.example:6379"),
    ("SITE_URL", "*"),
    ("SITE_URL", "https://*.arti.example"),
    ("SITE_URL", "http://arti.example"),
    ("API_URL", "http://api.arti.example"),
    ("SUPABASE_URL", "http://project.example"),
    ("SIMULATORS_URL", "http://simulators:3010"),
    ("ALLOWED_HOSTS", "10.0.0.7, *"),
    ("SUPABASE_PUBLISHABLE_KEY", "sb_secret_hushhush"),
    ("SUPABASE_SECRET_KEY", "sb_publishable_hushhush"),
    ("SUPABASE_SECRET_KEY", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwi.c3VwYWJhc2UtZGVtbyIs"),
    ("JWT_KEYS", "super-secret-jwt-token-with-at-least-32-characters-long"),
    ("JWT_SECRET", "hushhush-with-at-least-32-characters-long"),
    ("ARTI_CONSOLE_PASSWORD", "hushhush"),
    ("SIGN_IN_BACKOFF", "false"),
    ("PASSWORD_MIN_LENGTH", "6"),
    ("ARTI_API_PORT", "hushhush"),
    ("ARTI_ENVIRONMENT", "hushhush"),
    ("SMTP_URL", "smtp://me:hushhush@mail.example?starttls=never"),
]


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.ENVIRONMENT_VARIABLE, raising=False)  # refused in production, set under ARTI_TEST_NOW
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_good_settings_are_accepted() -> None:
    assert read_settings().site_url == "https://arti.example"


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as refusal:
        read_settings()
    sentence = str(refusal.value)
    assert sentence.startswith(f"arti: {name}")
    assert "hushhush" not in sentence
    assert not value or len(value) < 6 or value not in sentence


def test_a_service_exits_with_the_sentence_and_a_code_against_restarts() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local_stack.supervision.entrypoint", "arti.worker:run"],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT / "src"), "ARTI_MASTER_KEY": "c2hvcnQ="},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == EXIT_CONFIG
    assert done.stderr.strip().splitlines()[-1].startswith("arti: ARTI_MASTER_KEY must be 32 bytes")
