"""The user's settings come first; what is missing has a default, or is named."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from arti.settings import Settings
from arti_core.errors import Misconfigured
from arti_core.login_passwords import derive_password
from local_stack.data_directory import DataDirectory
from local_stack.environment import Environment, compose_environment, dsn_with_role
from local_stack.processes.visible_settings import VISIBLE_TO
from local_stack.secrets import generate_secrets
from local_stack.services import list_external_services, list_services

SECRETS = generate_secrets()
HOSTED = {
    "SUPABASE_URL": "https://project.supabase.example",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_theirs",
    "SUPABASE_SECRET_KEY": "sb_secret_theirs",
}


def compose(tmp_path: Path, **given: str) -> Environment:
    return compose_environment(DataDirectory(tmp_path), SECRETS, given)


def test_with_nothing_set_every_default_is_ours(tmp_path: Path) -> None:
    environment = compose(tmp_path)
    assert environment.cluster is not None
    assert environment.own_valkey
    assert environment.own_gateway
    assert environment.own_simulators
    assert environment.settings().supabase_url == "http://127.0.0.1:8000"
    assert list_external_services(environment) == []


def test_a_moved_port_moves_every_url_that_names_it(tmp_path: Path) -> None:
    environment = compose(tmp_path, ARTI_API_PORT="4102", ARTI_GATEWAY_PORT="4100", ARTI_POSTGRES_PORT="4132")
    assert environment.values["API_URL"] == "http://127.0.0.1:4102"
    assert environment.values["SUPABASE_URL"] == "http://127.0.0.1:4100"
    assert urlsplit(environment.values["DATABASE_URL"]).port == 4132


@pytest.mark.parametrize(("old", "new"), [("TWINS_URL", "SIMULATORS_URL"), ("ARTI_TWINS_PORT", "ARTI_SIMULATORS_PORT")])
def test_a_setting_under_its_old_name_is_named_with_the_new_one(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(Misconfigured, match=f"{old} is called {new} now"):
        compose(tmp_path, **{old: ""})


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_an_invalid_port_is_named(tmp_path: Path, port: str) -> None:
    with pytest.raises(Misconfigured, match="ARTI_API_PORT"):
        compose(tmp_path, ARTI_API_PORT=port)


def test_the_owners_url_gives_every_login(tmp_path: Path) -> None:
    environment = compose(
        tmp_path, DATABASE_URL="postgresql://postgres.abc:hush@pool.example:6543/postgres?sslmode=require"
    )
    assert environment.cluster is None
    parts = urlsplit(environment.values["DATABASE_URL"])
    assert (parts.username, parts.hostname, parts.port, parts.query) == (
        "arti_api.abc",
        "pool.example",
        6543,
        "sslmode=require",
    )
    assert parts.password == derive_password(SECRETS.database_password, "arti_api")
    assert environment.values["OWNER_DATABASE_URL"].startswith("postgresql://postgres.abc:hush@")


def test_the_apis_own_url_requires_the_others(tmp_path: Path) -> None:
    missing = "WORKER_DATABASE_URL, AUTH_DATABASE_URL, REST_DATABASE_URL, SERVICE_DATABASE_URL"
    with pytest.raises(Misconfigured, match=missing):
        compose(tmp_path, DATABASE_URL="postgresql://arti_api:x@db/arti")
    with pytest.raises(Misconfigured, match=r"so WORKER_DATABASE_URL must"):
        compose(tmp_path, DATABASE_URL="postgresql://arti_api:x@db/arti", **HOSTED)


def test_a_hosted_supabase_replaces_the_gateway(tmp_path: Path) -> None:
    environment = compose(tmp_path, DATABASE_URL="postgresql://postgres:x@db.example/postgres", **HOSTED)
    assert "gateway" not in {
        service.name for service in list_services(DataDirectory(_with_valkey(tmp_path)), environment)
    }
    assert environment.values["SUPABASE_SECRET_KEY"] == "sb_secret_theirs"
    assert environment.values.get("SUPABASE_JWKS", "") == ""
    with pytest.raises(Misconfigured, match="SUPABASE_SECRET_KEY"):
        compose(tmp_path, SUPABASE_URL=HOSTED["SUPABASE_URL"])
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        compose(tmp_path, **HOSTED)


def test_a_replaced_service_is_not_started_and_its_password_not_shown(tmp_path: Path) -> None:
    environment = compose(
        tmp_path,
        REDIS_URL="rediss://user:hush@redis.example:6380/2",
        DATABASE_URL="postgresql://postgres:hush@db.example/arti",
        SIMULATORS_URL="",
        SMTP_URL="smtps://me:hush@mail.example:465",
    )
    names = {service.name for service in list_services(DataDirectory(tmp_path), environment)}
    assert names == {"gateway", "console", "web", "api", "worker", "backup"}
    shown = {row.service: row.url for row in list_external_services(environment)}
    assert shown["redis"] == "rediss://redis.example:6380/2"
    assert shown["postgres"] == "postgresql://db.example/arti"
    assert shown["providers"] == "the real APIs"
    assert "hush" not in str(shown)


_SECRETS = {
    "JWT_KEYS": {"gateway"},
    "CLAIMS_SIGNING_KEY": {"api", "worker", "gateway", "console"},
    "WORKER_DATABASE_URL": {"worker"},
    "DATABASE_URL": {"api"},
    "CONSOLE_DATABASE_URL": {"console"},
    "OWNER_DATABASE_URL": set(),
    "ARTI_CONSOLE_PASSWORD": {"console"},
}


def test_each_service_gets_only_its_own_secrets(tmp_path: Path) -> None:
    environment = compose(tmp_path)
    environments = {
        service.name: service.env for service in list_services(DataDirectory(_with_valkey(tmp_path)), environment)
    }
    seers = {name: {service for service, env in environments.items() if name in env} for name in _SECRETS}
    assert seers == _SECRETS
    assert not {name for name in environments["web"] if name.endswith(("SECRET_KEY", "MASTER_KEY", "DATABASE_URL"))}


@pytest.mark.parametrize(
    ("files", "seers"), [("/srv/files", {"backup"}), ("s3://files/a,database", {"backup", "api", "worker"})]
)
def test_the_secret_of_buckets_goes_where_files_are_in_one(tmp_path: Path, files: str, seers: set[str]) -> None:
    environment = compose(tmp_path, ARTI_FILES_URL=files, AWS_SECRET_ACCESS_KEY="secret")
    found = list_services(DataDirectory(_with_valkey(tmp_path)), environment)
    assert {service.name for service in found if "AWS_SECRET_ACCESS_KEY" in service.env} == seers


def test_it_is_decided_for_each_secret_which_service_gets_it() -> None:
    secrets = {name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert secrets - set(VISIBLE_TO) == set()


def test_a_password_with_special_characters_is_quoted(tmp_path: Path) -> None:
    dsn = dsn_with_role("postgresql://a:b@[::1]:5432/x", "arti_api", "p@ss/word")
    assert dsn == "postgresql://arti_api:p%40ss%2Fword@[::1]:5432/x"


def _with_valkey(folder: Path) -> Path:
    (folder / "valkey").mkdir(exist_ok=True)
    return folder
