"""Units, firewall, cloud-init, DigitalOcean, Vercel: each file as its own program reads it, where that is here."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from arti.settings import SETTING_NAMES
from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.environment import compose_environment, list_problems
from local_stack.processes.visible_settings import VISIBLE_TO
from local_stack.secrets import generate_secrets
from tests.supabase_local.node import NODE

DEPLOY = CHECKOUT / "deploy"


def run(*command: str | Path, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, env=os.environ | env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_unit_is_one(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd" / "arti.service").read_text()
    here = unit.replace("/srv/arti", str(CHECKOUT)).replace("User=arti\nGroup=arti", "User=daemon\nGroup=daemon")
    (tmp_path / "arti.service").write_text(here)
    done = run("systemd-analyze", "verify", "--man=no", tmp_path / "arti.service")
    about_it = [line for line in done.stderr.splitlines() if "arti.service" in line]
    assert (done.returncode, about_it) == (0, [])
    (tmp_path / "arti.service").write_text(here.replace("PrivateTmp=yes", "PrivateTemp=yes"))
    assert "PrivateTemp" in run("systemd-analyze", "verify", "--man=no", tmp_path / "arti.service").stderr


@pytest.mark.skipif(not shutil.which("nft") or os.geteuid() != 0, reason="needs nft, and root")
def test_the_firewall_is_valid_and_lets_the_proxy_in_alone() -> None:
    done = run("nft", "--check", "--file", DEPLOY / "nftables.conf")
    assert done.returncode == 0, done.stderr
    rules = (DEPLOY / "nftables.conf").read_text()
    opened = {port for found in re.findall(r"dport (\{[^}]*\}|\d+)", rules) for port in re.findall(r"\d+", found)}
    assert opened == {"22", "68", "80", "443"}
    assert "policy drop" in rules


@pytest.mark.skipif(not shutil.which("cloud-init"), reason="needs Debian's cloud-init")
def test_cloud_init_knows_every_word() -> None:
    done = run("cloud-init", "schema", "--config-file", DEPLOY / "cloud-init.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_cloud_init_writes_settings_that_fit_and_files_that_exist(tmp_path: Path) -> None:
    text = (DEPLOY / "cloud-init.yaml").read_text()
    assert text.startswith("#cloud-config\n")
    found: dict[str, Any] = yaml.safe_load(text)
    written = {file["path"]: file for file in found["write_files"]}
    assert all(file["permissions"] == "0600" for file in written.values())
    filled = written["/etc/arti/arti.env"]["content"]
    for sign, value in (
        ("EXAMPLE.COM", "example.com"),
        ("YOUR.ADDRESS", "203.0.113.7"),
        ("YOUR_SMTP_URL", "smtps://u:p@m.example.com"),
    ):
        filled = filled.replace(sign, value)
    given = dict(line.split("=", 1) for line in filled.splitlines())
    assert set(given) <= SETTING_NAMES
    assert list_problems(compose_environment(DataDirectory(tmp_path), generate_secrets(), given)) == []
    words = [word for command in found["runcmd"] for word in command]
    copied = [Path(word) for word in words if word.startswith("/srv/arti/")]
    assert copied
    assert [str(file) for file in copied if not (CHECKOUT / file.relative_to("/srv/arti")).exists()] == []


def test_the_app_spec_gives_each_component_known_settings_and_its_own_secrets() -> None:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "digitalocean" / "app.yaml").read_text())
    components = [*found["services"], *found["workers"], *found["jobs"]]
    assert {component["name"] for component in components} == {"web", "api", "worker", "migrate"}
    for component in [found, *components]:
        names = {one["key"] for one in component.get("envs", [])}
        assert names <= SETTING_NAMES | {"FORWARDED_ALLOW_IPS"}
        seen = {name for name in names & set(VISIBLE_TO) if component["name"] not in VISIBLE_TO[name]}
        assert component["name"] == "migrate" or seen == set()
        secret = {one["key"] for one in component.get("envs", []) if one.get("type") != "SECRET"}
        assert secret & set(VISIBLE_TO) == set()


PAGE = '<html><head><title>x</title><script src="/a.js"></script></head><body><script>go(1)</script></body></html>'
SITE = {
    "API_URL": "https://api.example.com/",
    "SUPABASE_URL": "https://p.supabase.co",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_1",
}


def test_a_static_host_gets_config_json_and_a_policy(tmp_path: Path) -> None:
    for page in ("index.html", "artists/index.html"):
        (tmp_path / page).parent.mkdir(exist_ok=True)
        (tmp_path / page).write_text(PAGE)
    script = DEPLOY / "vercel" / "site.mjs"
    for _ in range(2):  # a second run over the same build changes nothing
        done = run(NODE, script, tmp_path, **SITE)
        assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "config.json").read_text()) == {
        "apiUrl": "https://api.example.com",
        "supabaseUrl": "https://p.supabase.co",
        "supabaseKey": "sb_publishable_1",
        "mode": "real",
        "clockAheadSeconds": 0,
    }
    for page in ("index.html", "artists/index.html"):
        html = (tmp_path / page).read_text()
        assert html.count("Content-Security-Policy") == 1
        # base64 of SHA-256 of go(1), as a browser computes it
        assert "script-src 'self' 'sha256-" in html
        assert "connect-src 'self' https://api.example.com https://p.supabase.co wss://p.supabase.co" in html


@pytest.mark.parametrize("changed", [{"API_URL": ""}, {"SUPABASE_PUBLISHABLE_KEY": "sb_secret_1"}])
def test_a_build_without_its_addresses_or_with_the_secret_key_fails(tmp_path: Path, changed: dict[str, str]) -> None:
    assert run(NODE, DEPLOY / "vercel" / "site.mjs", tmp_path, **SITE | changed).returncode == 1
    assert not (tmp_path / "config.json").exists()


def test_vercel_runs_what_is_here() -> None:
    found = json.loads((DEPLOY / "vercel" / "vercel.json").read_text())
    assert "deploy/vercel/site.mjs" in found["buildCommand"]
    assert found["outputDirectory"] == "web/out"
