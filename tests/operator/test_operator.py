"""An operator, from a fresh Debian to an updated label: `./arti test --long operator`.

The commands are those of docs/operating.md, read from there. The machine is booted by systemd, has the firewall of
deploy/ and certificates by ACME, and runs in production mode; mail, SMS and YouTube are servers outside of it.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest

from local_stack.caddy import find_caddy
from local_stack.data_directory import CHECKOUT
from local_stack.environment import PORTS
from tests.operator.caller import DOMAIN, PASSWORD, Caller, find_link, names_of_the_world, open_ports, wait_for
from tests.operator.guide import read_blocks
from tests.operator.machine import (
    EXTERNAL,
    MACHINE,
    Machine,
    boot_machine,
    end_process,
    external_network,
    missing_programs,
)
from tests.operator.world import CLIENT, HOSTS, MAIL_HOST

pytestmark = [
    pytest.mark.skipif(not os.environ.get("ARTI_TEST_LONG"), reason="half an hour: ./arti test --long operator"),
    pytest.mark.timeout(7200),
]
ARTIST = "Velvet Harbor"
AUTHORITY = "ca.label.example"
CADDY = f"""{{
	admin off
	auto_https disable_redirects
	skip_install_trust
}}
https://{AUTHORITY}:14000 {{
	tls internal
	acme_server
}}
"""
# As the user of the service, with its settings: step 5 of the guide.
AS_ARTI = (
    "cd /srv/arti && set -a && . /etc/arti/arti.env && set +a\n"
    "runuser -u arti --preserve-environment -- env ARTI_DATA=/var/lib/arti/data HOME=/var/lib/arti ./arti "
)


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    if missing := missing_programs():
        pytest.skip(f"a machine needs {', '.join(missing)}")
    with boot_machine(tmp_path / "machine", tmp_path / "boot.log") as made:
        yield made
        if transcript := os.environ.get("ARTI_TRANSCRIPT"):
            Path(transcript).write_text("\n".join(made.lines) + "\n")


@pytest.fixture
def caller(machine: Machine, tmp_path: Path) -> Iterator[Caller]:
    """The world outside: a repository, an authority of certificates, the servers of others, and a person."""
    caddy = find_caddy()  # while the registries are within reach
    kept = tmp_path / "kept"
    kept.mkdir()
    subprocess.run(["git", "clone", "--quiet", "--bare", str(CHECKOUT), str(tmp_path / "arti.git")], check=True)
    hosts = Path("/etc/netns") / machine.names[1] / "hosts"
    with ExitStack() as stack:
        stack.enter_context(external_network(machine))
        hosts.parent.mkdir(parents=True)
        stack.callback(shutil.rmtree, hosts.parent)
        names = " ".join(f"{name}.{DOMAIN}" for name in ("app", "api", "db", "link"))
        hosts.write_text(f"127.0.0.1 localhost\n{EXTERNAL} {AUTHORITY}\n{MACHINE} {names}\n")

        def serve(*command: str) -> None:
            output = stack.enter_context((tmp_path / f"{Path(command[0]).name}.log").open("wb"))
            paths = os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT)))
            own = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "PYTHONPATH": paths}
            env = os.environ | own
            words = ["ip", "netns", "exec", machine.names[1], *command]
            stack.callback(end_process, subprocess.Popen(words, env=env, cwd=CHECKOUT, stdout=output, stderr=output))

        serve(sys.executable, "-m", "tests.operator.world", str(kept))
        (tmp_path / "Caddyfile").write_text(CADDY)
        serve(str(caddy), "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile"))
        serve("git", "daemon", "--export-all", f"--base-path={tmp_path}", f"--listen={EXTERNAL}", "--reuseaddr")
        root = tmp_path / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        wait_for(lambda: root.exists() and (kept / "certificate.pem").exists(), "the servers outside", 60)
        trusted = machine.root / "usr/local/share/ca-certificates"
        trusted.mkdir(parents=True, exist_ok=True)
        shutil.copy(root, trusted / "authority.crt")
        (trusted / "outside.crt").write_text((kept / "certificate.pem").read_text().partition("-----BEGIN PRIV")[0])
        for file in Path("/usr/local/share/ca-certificates").glob("*.crt"):
            shutil.copy(file, trusted)  # what this machine trusts on the way to the package registries
        others = f"{EXTERNAL} {AUTHORITY} {' '.join(HOSTS)}"
        (machine.root / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 vm\n{MACHINE} {names}\n{others}\n")
        context = stack.enter_context(names_of_the_world(root, kept / "certificate.pem"))
        http = stack.enter_context(httpx.Client(verify=context, trust_env=False, timeout=60))
        yield Caller(http, kept)


def test_an_operator_from_a_fresh_debian_to_an_update(machine: Machine, caller: Caller, tmp_path: Path) -> None:
    newest = git("rev-parse", "HEAD")
    before = git("rev-parse", f"{git('log', '-1', '--format=%H', '--', 'supabase/migrations')}^")
    repository = tmp_path / "arti.git"
    subprocess.run(["git", "-C", str(repository), "update-ref", "refs/heads/main", before], check=True)
    subprocess.run(["git", "-C", str(repository), "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    try:
        install(machine)
        first_people(machine, caller)
        with_n8n(machine, caller)
        sync_and_story(machine, caller)
        lose_and_restore(machine, caller)
        subprocess.run(["git", "-C", str(repository), "update-ref", "refs/heads/main", newest], check=True)
        update(machine, caller, newest)
    except BaseException as error:
        machine.say(f"ended early: {type(error).__name__}: {str(error)[:600]}")
        machine.say(machine.run("journalctl -u arti --no-pager | tail -30", quiet=True))
        keep_machine(machine)
        raise


def keep_machine(machine: Machine) -> None:
    """Leave a machine that failed as it is, to look at it, while the file of ARTI_TEST_KEEP exists."""
    if kept := os.environ.get("ARTI_TEST_KEEP"):
        print(f"kept: nsenter -t {machine.init} -a -r -w; it ends when {kept} is removed", flush=True)
        while Path(kept).exists():
            time.sleep(2)


def install(machine: Machine) -> None:
    """Steps 2 to 4 of the guide."""
    programs, settings, start, doctor = read_blocks("One machine, step by step")
    machine.say(
        machine.run(
            '. /etc/os-release; echo "$PRETTY_NAME, systemd: $(systemctl is-system-running)"', codes=(0, 1), quiet=True
        )
    )
    machine.run(programs.replace("REPOSITORY", f"git://{EXTERNAL}/arti.git"), seconds=1800)
    machine.run("cd /srv/arti && runuser -u arti -- git log -1 --format='%h %cs %s'")
    assert "MAIL_FROM" in settings
    assert "doctor" in doctor
    values = settings.replace("example.com", DOMAIN).replace("203.0.113.0/24", f"{EXTERNAL}/32")
    values = values.replace(f"smtps://user:password@mail.{DOMAIN}", f"smtps://user:password@{MAIL_HOST}")
    (twilio,) = read_blocks("SMS")
    # The servers of others have addresses of this test, and the backups survive the loss of the data folder.
    own = f"ALLOWED_HOSTS={','.join(HOSTS)}\nARTI_BACKUP_URL=/var/lib/arti/backups\n"
    machine.write("/etc/arti/arti.env", values + twilio + own, 0o600)
    acme = f"CADDY_GLOBAL_OPTIONS=acme_ca https://{AUTHORITY}:14000/acme/local/directory\n"
    machine.write("/etc/arti/caddy.env", f"ARTI_DOMAIN={DOMAIN}\nACME_EMAIL=you@{DOMAIN}\n{acme}", 0o600)
    machine.say("/etc/arti/arti.env and caddy.env are written (step 3)")
    machine.run("\n".join(line for line in start.splitlines() if not line.startswith("journalctl")), seconds=300)


def doctor_command() -> str:
    return read_blocks("One machine, step by step")[3].replace("you@example.com", f"you@{DOMAIN}")


def first_people(machine: Machine, caller: Caller) -> None:
    """Steps 5 to 7: look, the first person, another by invitation, no more sign-ups, the keys kept."""
    wait_ready(machine, caller, 2400)
    issuer = machine.run(
        f"echo | openssl s_client -connect app.{DOMAIN}:443 2>/dev/null | grep -E 'issuer|Verif'", quiet=True
    )
    machine.say(f"https://app.{DOMAIN} answers; {'; '.join(issuer.split(chr(10))).strip('; ')}")
    ports = sorted({*map(int, PORTS.values()), 22, 25, 53, 80, 443, 5679, 6380, 9090})
    found = open_ports(ports)
    machine.say(f"from outside, of the ports {ports} these are open: {found}")
    assert found == [80, 443]
    machine.run(doctor_command(), codes=(0, 1), show=60, seconds=300)
    caller.mail_to(f"you@{DOMAIN}", "")
    caller.read_key()
    email = f"ada@{DOMAIN}"
    assert caller.auth("signup", {"email": email, "password": PASSWORD}).status_code == 200
    refused = caller.auth("token?grant_type=password", {"email": email, "password": PASSWORD})
    assert refused.status_code == 400, refused.text
    followed = caller.http.get(find_link(caller.mail_to(email, "https://")["text"]))
    assert followed.status_code in (302, 303), followed.text
    caller.sign_in(email)
    org = caller.send("POST", "/api/orgs", {"name": "Night Owl Records"}, status=201)
    caller.http.headers["X-ARTi-Org"] = org["id"]
    machine.say(f"{email} signs up, follows the link of the mail, makes the org Night Owl Records")
    other = f"ben@{DOMAIN}"
    caller.send("POST", "/api/admin/users", {"email": other, "role": "manager"}, status=201)
    link = find_link(caller.mail_to(other, "invitation")["text"])
    machine.run("echo DISABLE_SIGNUP=true >> /etc/arti/arti.env\nsystemctl restart arti", seconds=300)
    wait_ready(machine, caller)
    closed = caller.auth("signup", {"email": f"eve@{DOMAIN}", "password": PASSWORD})
    machine.say(f"a sign-up without an invitation: {closed.status_code} {closed.json().get('msg', '')}")
    assert closed.status_code == 422
    token = link.rpartition("=")[2]
    offered = caller.send("POST", "/api/invitations/lookup", {"token": token})
    made = caller.send("POST", "/api/invitations/sign-up", {"token": token})
    session = caller.auth("verify", {"type": "invite", "token_hash": made["token_hash"]}).json()
    accept = caller.at("api", f"/api/invitations/{offered['id']}/accept")
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    accepted = caller.http.post(accept, json={"token": token}, headers=bearer)
    assert accepted.status_code == 200, accepted.text
    machine.say(f"{other} follows the link of the invitation and is a member: {accepted.json()}")
    caller.sign_in(email)


def with_n8n(machine: Machine, caller: Caller) -> None:
    """The section n8n of the guide, and a workflow that is connected by the button's request."""
    service = read_blocks("n8n")[1]
    machine.run(service, seconds=1500, show=3)
    wait_ready(machine, caller, 900)
    wait_for(lambda: caller.http.get(caller.at("link", "/healthz")).status_code == 200, "n8n under link.", 300)
    wait_for(lambda: caller.send("GET", "/api/n8n")["can_connect"], "n8n's API key", 120)
    made = caller.send("POST", "/api/n8n/workflows", {"template": "events", "name": "Tell the team"}, status=201)
    assert made["is_active"], made
    rule = {"name": "Stories to n8n", "channel_id": made["channel"]["id"]}
    caller.send("POST", "/api/rules", rule, status=201)
    phone = {"kind": "sms", "name": "On the road", "target": {"phone": "+49301234567"}}
    channel = caller.send("POST", "/api/channels", phone, status=201)
    caller.send("POST", f"/api/channels/{channel['id']}/test", status=202)
    wait_for(lambda: list(caller.kept.glob("sms-*.json")), "the SMS")
    sms = next(caller.kept.glob("sms-*.json")).read_text()
    machine.say(f"the workflow 'Tell the team' is published in n8n; an SMS came: {sms[:140]}")


def sync_and_story(machine: Machine, caller: Caller) -> None:
    """An account is connected and synced; what is found in it starts the workflow."""
    caller.send("PUT", "/api/provider-apps/youtube", CLIENT)
    artist = caller.send("POST", "/api/artists", {"name": ARTIST}, status=201)
    caller.connect_account(artist["id"], ARTIST)
    (account,) = caller.send("GET", "/api/accounts")["items"]

    def synced() -> bool:
        runs = caller.send("GET", f"/api/accounts/{account['id']}/runs")["items"]
        return bool(runs) and runs[0]["status"] in ("succeeded", "partial")

    wait_for(synced, "the sync", 300)
    machine.say(f"YouTube of {ARTIST} is connected and synced: {caller.count('observations')} observations")
    stories = wait_for(lambda: caller.send("GET", "/api/insights")["items"], "a story", 180)
    machine.say(f"{len(stories)} stories, the first: {stories[0]['title']}")
    statuses = wait_for(lambda: runs(caller), "a run of the workflow", 400)
    machine.say(f"the workflow ran in n8n for a story: {statuses}")
    assert statuses[-1] == "success"


def lose_and_restore(machine: Machine, caller: Caller) -> None:
    """A backup, the loss of the data folder, and all of it back."""
    before = caller.count("observations")
    keep = "cp /var/lib/arti/data/secrets.json /root/kept-secrets.json\n"
    machine.run(f"{keep}cp /var/lib/arti/data/n8n/secrets.json /root/kept-n8n-secrets.json")
    machine.run(f"{AS_ARTI}backup\n{AS_ARTI.splitlines()[1]}backup verify", seconds=600, show=6)
    machine.run("systemctl stop arti\nrm -rf /var/lib/arti/data\nls /var/lib/arti", seconds=200)
    machine.run(
        "install -d -o arti -g arti -m 0700 /var/lib/arti/data\n"
        "install -d -o arti -g arti -m 0700 /var/lib/arti/data/n8n\n"
        "install -o arti -g arti -m 0600 /root/kept-secrets.json /var/lib/arti/data/secrets.json\n"
        "install -o arti -g arti -m 0600 /root/kept-n8n-secrets.json /var/lib/arti/data/n8n/secrets.json\n"
        f"{AS_ARTI}restore",
        seconds=900,
        show=12,
    )
    machine.run("systemctl start arti")
    wait_ready(machine, caller, 900)
    assert caller.http.get(caller.at("api", "/api/orgs")).status_code == 401  # sessions ended
    caller.sign_in(f"ada@{DOMAIN}")
    after = caller.count("observations")
    machine.say(f"restored: the password works, sessions of before have ended, {after} of {before} observations")
    assert after == before
    run_again(machine, caller)


def run_again(machine: Machine, caller: Caller) -> None:
    """The workflow in n8n still opens what the channel signs."""
    ran = len(wait_for(lambda: runs(caller), "n8n's runs", 300))
    (workflow,) = caller.send("GET", "/api/n8n")["workflows"]
    caller.send("POST", f"/api/channels/{workflow['channel_id']}/test", status=202)
    wait_for(lambda: len(runs(caller)) > ran, "another run of the workflow", 400)
    machine.say(f"a test message starts the workflow in n8n as before: {runs(caller)}")
    assert set(runs(caller)) == {"success"}


def runs(caller: Caller) -> list[str]:
    (workflow,) = caller.send("GET", "/api/n8n")["workflows"]
    return [run["status"] for run in workflow["runs"]]


def update(machine: Machine, caller: Caller, newest: str) -> None:
    """The section Updates of the guide."""
    (commands,) = read_blocks("Updates")
    machine.run(commands, seconds=2400, show=40)
    wait_ready(machine, caller, 300)
    head = machine.run("cd /srv/arti && runuser -u arti -- git rev-parse HEAD", quiet=True).strip()
    machine.say(f"the version is {head[:10]}; the process of systemd is the same")
    assert head == newest
    caller.sign_in(f"ada@{DOMAIN}")
    assert caller.count("observations") > 0
    run_again(machine, caller)
    machine.run("systemctl is-active arti caddy nftables")
    look = machine.run(doctor_command(), codes=(0, 1), show=1, seconds=300)
    assert "PROBLEM" not in look, look


def wait_ready(machine: Machine, caller: Caller, seconds: float = 600) -> None:
    def ready() -> bool:
        failed = machine.run("systemctl is-failed arti", codes=(0, 1), quiet=True).strip()
        assert failed != "failed", machine.run("journalctl -u arti --no-pager | tail -30", quiet=True)
        return (
            caller.http.get(caller.at("api", "/readyz")).status_code == 200
            and caller.http.get(caller.at("app", "/config.json")).status_code == 200
            and caller.http.get(caller.at("db", "/auth/v1/.well-known/jwks.json")).status_code == 200
        )

    wait_for(ready, "ARTi behind its names", seconds)
