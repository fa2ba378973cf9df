"""The master key is rotated while everything runs, as an operator does it; nothing that was sealed is lost."""

import asyncio
import base64
import json
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti.cli import main
from arti.settings import Settings
from arti_core.crypto import Vault
from arti_core.errors import Misconfigured
from arti_core.mail_queue import MailContent, open_content, seal_content
from arti_core.master_keys import MasterKeys
from local_stack.master_key import rewrap
from local_stack.master_key.sealed_columns import SEALED_COLUMNS, SealedFor
from tests.arti_command import run_command
from tests.conftest import MASTER_KEY, Database

OTHER_KEY = base64.b64encode(bytes(range(100, 132))).decode()
PENDING = "select count(*) from mail.queue where get_byte(sealed, 0) <> 2"


@pytest.fixture
def installation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path))
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    monkeypatch.setenv("AUTH_DATABASE_URL", database.dsn("supabase_auth_admin"))
    monkeypatch.setattr("local_stack.master_key.key_store.PROPAGATION_SECONDS", 0.6)  # a process looks twice a second
    for name in ("SUPABASE_URL", "DATABASE_URL", *(f"ARTI_MASTER_KEY{end}" for end in ("", "_FILE", "_COMMAND"))):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def running_keys(installation: Path) -> MasterKeys:
    """Return the keys as a service holds them that was started before the rotation."""
    first = json.loads((installation / "secrets.json").read_text())["arti_master_key"]
    return MasterKeys(first, file=str(installation / "master-keys"))


@pytest.fixture
async def vault(installation: Path, capsys: pytest.CaptureFixture[str]) -> Vault:
    """The vault of a service of the installation."""
    await run_command(capsys, "keys", "list")  # makes secrets.json
    return Vault(running_keys(installation))


async def put_mails(database: Database, vault: Vault, number: int) -> list[UUID]:
    ids = [uuid4() for _ in range(number)]
    connection = await asyncpg.connect(database.dsn("supabase_auth_admin"))
    await connection.executemany(
        """insert into mail.queue (id, recipient, kind, title, sealed, state, due_at, created_at)
           values ($1, 'a@example.test', 'test', 'Test', $2, 'kept', clock.now(), clock.now())""",
        [(mail_id, seal_content(vault, mail_id, MailContent(str(mail_id), "text", ""))) for mail_id in ids],
    )
    await connection.close()
    return ids


async def check_mails(database: Database, vault: Vault, ids: list[UUID]) -> None:
    rows = await database.as_owner("select id, sealed from mail.queue where id = any ($1)", ids)
    assert len(rows) == len(ids)
    assert all(open_content(vault, row["id"], row["sealed"]).subject == str(row["id"]) for row in rows)


async def test_every_sealed_column_is_wrapped_anew(
    database: Database, installation: Path, vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = await put_one_of_each(database, vault)
    assert len(rows) == len(SEALED_COLUMNS)
    assert re.search(r"version 1 +seals +11 values", (await run_command(capsys, "keys", "status"))[1])
    code, said = await run_command(capsys, "keys", "rotate-master")
    assert (code, "Version 2 of the master key seals" in said, "11 values" in said) == (0, True, True)
    status = (await run_command(capsys, "keys", "status"))[1]
    assert re.search(r"version 2 +seals +11 values", status), status
    assert re.search(r"version 1 +opens +0 values", status), status
    assert (await run_command(capsys, "keys", "remove-master", "1"))[0] == 0
    text = (installation / "master-keys").read_text()
    assert text == json.loads((installation / "secrets.json").read_text())["arti_master_key"]
    assert re.fullmatch("2:[^,]+", text)
    assert (installation / "master-keys").stat().st_mode & 0o777 == 0o600
    for column, opens in rows.items():
        await opens(Vault(text)), column  # every secret is what it was, by the new key alone


async def put_one_of_each(database: Database, vault: Vault) -> dict[str, Callable[[Vault], Any]]:
    """Write a value to each sealed column, two to arrays and to the vault; return how each is read back."""
    org, person, flow, factor, mail = (uuid4() for _ in range(5))
    await database.as_owner("insert into public.orgs (id, name) values ($1, 'Label')", org)
    await database.as_owner("insert into auth.users (id, email) values ($1, 'p@example.test')", person)
    for ref, kind in (("1", "account"), ("2", "connection")):  # as accounts were called before
        await database.as_owner(
            "insert into private.vault (org_id, kind, ref, sealed, key_version) values ($1, 'account', $2, $3, 1)",
            *(org, ref, vault.seal("s", owner_id=org, kind=kind, ref=ref)),
        )
    await database.as_owner(
        "insert into private.audit_keys (org_id, person_id, sealed, key_version) values ($1, $2, $3, 1)",
        *(org, person, vault.seal("s", owner_id=org, kind="audit_key", ref=str(person))),
    )
    await database.as_owner(
        "insert into private.file_keys (org_id, sealed, key_version) values ($1, $2, 1)",
        *(org, vault.seal("s", owner_id=org, kind="file_key", ref="files")),
    )
    answer = f"{person}|POST /x|{b'k'.hex()}"
    await database.as_owner(
        """insert into private.idempotency_keys (org_id, user_id, route, key_digest, body_digest, status, sealed)
           values ($1, $2, 'POST /x', 'k', 'b', 200, $3)""",
        *(org, person, vault.seal("s" * 5000, owner_id=org, kind="idempotent_answer", ref=answer)),
    )
    await database.as_owner(
        """insert into mail.queue (id, recipient, kind, title, sealed, state, due_at, created_at)
           values ($1, 'a@example.test', 'test', 'Test', $2, 'kept', clock.now(), clock.now())""",
        *(mail, vault.seal("s", owner_id=mail, kind="mail", ref="content")),
    )
    request: SealedFor = {"owner_id": UUID(int=0), "kind": "mail_request", "ref": "sign_in:p@example.test"}
    await database.as_owner(
        """insert into auth.mail_requests (address, topic, asked_at, sealed)
           values ('p@example.test', 'sign_in', clock.now(), $1)""",
        [vault.seal("s", **request), vault.seal("s", **request)],
    )
    totp: SealedFor = {"owner_id": person, "kind": "totp", "ref": str(factor)}
    await database.as_owner(
        """insert into auth.mfa_factors (id, user_id, factor_type, status, secret, created_at, updated_at)
           values ($1, $2, 'totp', 'verified', $3, clock.now(), clock.now())""",
        *(factor, person, base64.b64encode(vault.seal("s", **totp)).decode()),
    )
    provider: SealedFor = {"owner_id": person, "kind": "provider token", "ref": str(flow)}
    tokens = [base64.b64encode(vault.seal("s", **provider)).decode() for _ in range(2)]
    await database.as_owner(
        """insert into auth.flow_state (id, user_id, auth_code, provider_type, authentication_method,
             provider_access_token, provider_refresh_token)
           values ($1, $2, 'c', 'github', 'oauth', $3, $4)""",
        *(flow, person, *tokens),
    )

    def reader(sql: str, *bindings: SealedFor) -> Callable[[Vault], Any]:
        async def read(fresh: Vault) -> None:
            found = [row["sealed"] for row in await database.as_owner(sql, org, person)]
            assert len(found) == len(bindings)
            for value, binding in zip(found, bindings, strict=True):
                sealed = value if isinstance(value, bytes) else base64.b64decode(value)
                assert str(fresh.open(sealed, **binding)).strip("s") == ""

        return read

    by_org = "from {0} where org_id = $1 and $2::uuid is not null"
    by_person = "from {0} where $1::uuid is not null and user_id = $2"
    anywhere = "from {0} where $1::uuid is not null and $2::uuid is not null"
    return {
        "vault": reader(
            f"select sealed {by_org.format('private.vault')} order by ref",
            {"owner_id": org, "kind": "account", "ref": "1"},
            {"owner_id": org, "kind": "connection", "ref": "2"},
        ),
        "audit_keys": reader(
            f"select sealed {by_org.format('private.audit_keys')}",
            {"owner_id": org, "kind": "audit_key", "ref": str(person)},
        ),
        "file_keys": reader(
            f"select sealed {by_org.format('private.file_keys')}", {"owner_id": org, "kind": "file_key", "ref": "files"}
        ),
        "idempotency_keys": reader(
            f"select sealed {by_org.format('private.idempotency_keys')}",
            {"owner_id": org, "kind": "idempotent_answer", "ref": answer},
        ),
        "queue": reader(
            f"select sealed {anywhere.format('mail.queue')}", {"owner_id": mail, "kind": "mail", "ref": "content"}
        ),
        "mail_requests": reader(
            f"select unnest(sealed) as sealed {anywhere.format('auth.mail_requests')}", request, request
        ),
        "mfa_factors": reader(f"select secret as sealed {by_person.format('auth.mfa_factors')}", totp),
        "access": reader(f"select provider_access_token as sealed {by_person.format('auth.flow_state')}", provider),
        "refresh": reader(f"select provider_refresh_token as sealed {by_person.format('auth.flow_state')}", provider),
    }


async def test_no_sealed_column_of_the_database_is_forgotten(database: Database) -> None:
    rows = await database.as_owner(
        """select attrelid::regclass::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid
           where a.attname = 'sealed' and c.relkind in ('r', 'p') and not a.attisdropped
             and c.relname <> 'audit_details'"""  # sealed by a key that is itself in audit_keys
    )
    listed = {column.table for column in SEALED_COLUMNS if column.column == "sealed"}
    assert {row["name"] for row in rows} == listed


async def test_services_seal_and_open_meanwhile(
    database: Database, installation: Path, vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service that was started before seals, opens and replaces throughout, without a restart."""
    ids = await put_mails(database, vault, 300)
    rotating = asyncio.ensure_future(run_command(capsys, "keys", "rotate-master"))
    while not rotating.done():
        ids += await put_mails(database, vault, 1)
        await check_mails(database, vault, ids[::7])
        row = (await database.as_owner("select id, sealed from mail.queue order by random() limit 1"))[0]
        content = open_content(vault, row["id"], row["sealed"])
        await database.as_owner(
            "update mail.queue set sealed = $2 where id = $1", row["id"], seal_content(vault, row["id"], content)
        )
    assert (await rotating)[0] == 0
    assert vault.keys.versions == [2, 1]
    await check_mails(database, vault, ids)
    assert (await database.as_owner(PENDING))[0][0] == 0


async def test_a_run_that_was_killed_is_finished_by_the_next(
    database: Database, installation: Path, vault: Vault, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """Killed after each step in turn: no second key is made, and everything opens at any time."""
    ids = await put_mails(database, vault, 25)
    store, connection_update = "local_stack.master_key.key_store.MasterKeyStore.write", rewrap._update

    class Killed(BaseException):
        pass

    written = 0

    def kill_at_write(self: Any, keys: dict[int, bytes]) -> None:
        nonlocal written
        original_write(self, keys)
        written += len(keys) > 1
        if written == 1:
            raise Killed

    from local_stack.master_key.key_store import MasterKeyStore

    original_write = MasterKeyStore.write
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(store, kill_at_write)
        await asyncio.to_thread(main, ["keys", "rotate-master"])
    await check_mails(database, vault, ids)  # published, and does not seal yet

    batches = 0

    def kill_at_third_batch(column: Any) -> str:
        nonlocal batches
        batches += column.table == "mail.queue"
        if batches == 3:
            raise Killed
        return connection_update(column)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(rewrap, "_update", kill_at_third_batch)
        patch.setattr(rewrap.rewrap_column, "__kwdefaults__", {"batch": 10})
        await asyncio.to_thread(main, ["keys", "rotate-master"])
    assert (await database.as_owner(PENDING))[0][0] == 5
    await check_mails(database, vault, ids)  # by the service of before
    await check_mails(database, Vault((installation / "master-keys").read_text()), ids)  # and by a new one

    code, said = await run_command(capsys, "keys", "remove-master", "1")
    assert (code, "5 values are sealed with version 1" in said) == (1, True)
    code, said = await run_command(capsys, "keys", "rotate-master")
    assert (code, "The rotation to version 2 is finished: 5 values" in said) == (0, True)
    assert (await database.as_owner(PENDING))[0][0] == 0
    assert vault.keys.versions == [2, 1]
    await check_mails(database, vault, ids)


async def test_a_row_in_use_is_not_waited_for(
    database: Database, installation: Path, vault: Vault, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """A sync holds the row of its token while it asks the provider; the rotation says that a value is left."""
    monkeypatch.setattr("local_stack.master_key.rotation._PASSES", 1)
    ids = await put_mails(database, vault, 2)
    async with holding(database, ids[0]):
        code, said = await run_command(capsys, "keys", "rotate-master")
        assert (code, "1 values were in use" in said) == (0, True)
    assert "finished: 1 values" in (await run_command(capsys, "keys", "rotate-master"))[1]


@asynccontextmanager
async def holding(database: Database, mail_id: UUID) -> AsyncIterator[None]:
    connection = await asyncpg.connect(database.dsn("supabase_auth_admin"))
    async with connection.transaction():
        await connection.execute("select from mail.queue where id = $1 for update", mail_id)
        yield
    await connection.close()


async def test_a_wrong_key_is_refused_and_nothing_changes(
    database: Database, installation: Path, vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = await put_mails(database, vault, 3)
    path = installation / "secrets.json"
    right = json.loads(path.read_text())
    path.write_text(json.dumps(right | {"arti_master_key": OTHER_KEY}))
    before = await database.as_owner("select id, sealed from mail.queue order by id")
    code, said = await run_command(capsys, "keys", "rotate-master")
    assert (code, "is not the key that sealed the 3 values" in said) == (1, True)
    assert OTHER_KEY not in said
    assert json.loads(path.read_text())["arti_master_key"] == OTHER_KEY
    assert await database.as_owner("select id, sealed from mail.queue order by id") == before
    path.write_text(json.dumps(right))
    await check_mails(database, vault, ids)


async def test_sessions_that_need_the_old_key_are_ended_only_on_demand(
    database: Database, installation: Path, vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    person = uuid4()
    await database.as_owner("insert into auth.users (id, email) values ($1, 'p@example.test')", person)
    for stored in ("QUJD", "2.QUJD"):
        await database.as_owner(
            "insert into auth.sessions (id, user_id, refresh_token_hmac_key) values ($1, $2, $3)",
            *(uuid4(), person, stored),
        )
    assert (await run_command(capsys, "keys", "rotate-master"))[0] == 0
    assert re.search(r"version 1 +opens +0 values +1 sessions", (await run_command(capsys, "keys", "status"))[1])
    code, said = await run_command(capsys, "keys", "remove-master", "1")
    assert (code, "1 sessions have a refresh token of version 1" in said) == (1, True)
    assert (await run_command(capsys, "keys", "remove-master", "1", "--sign-out"))[0] == 0
    left = await database.as_owner("select refresh_token_hmac_key as stored from auth.sessions")
    assert [row["stored"] for row in left] == ["2.QUJD"]
    log = await database.as_owner(
        "select session, target, detail from private.console_audit where action = 'key' order by happened_at"
    )
    assert {(row["session"], row["target"]) for row in log} == {("./arti", "master key")}
    made, wrapped, removed = (row["detail"] for row in log)
    assert made == "Version 2 is made and seals."
    assert "Version 2" in wrapped
    assert removed == "Version 1 is removed; 1 sessions were ended."
    keys = json.loads((installation / "secrets.json").read_text())["arti_master_key"]
    assert not any(keys.partition(":")[2][:20] in row["detail"] for row in log)


async def test_keys_that_a_command_prints(
    database: Database,
    installation: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As of a key management service: the operator adds the key there, and the command wraps everything."""
    printed = tmp_path / "printed by the service"
    printed.write_text(MASTER_KEY)
    monkeypatch.setenv("ARTI_MASTER_KEY_COMMAND", f"cat '{printed}'")
    ids = await put_mails(database, Vault(MASTER_KEY), 3)
    code, said = await run_command(capsys, "keys", "rotate-master")
    assert (code, "let the command print it last" in said) == (1, True)
    printed.write_text(f"2:{OTHER_KEY}\n1:{MASTER_KEY}\n")
    code, said = await run_command(capsys, "keys", "rotate-master")
    assert (code, "3 values" in said) == (0, True)
    await check_mails(database, Vault(f"2:{OTHER_KEY}"), ids)


async def test_a_key_in_the_environment_is_rotated_by_hand(
    database: Database, installation: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTI_MASTER_KEY", MASTER_KEY)
    ids = await put_mails(database, Vault(MASTER_KEY), 2)
    code, said = await run_command(capsys, "keys", "rotate-master")
    assert (code, "restart api, worker, gateway and console" in said) == (1, True)
    monkeypatch.setenv("ARTI_MASTER_KEY", f"2:{OTHER_KEY},1:{MASTER_KEY}")
    assert (await run_command(capsys, "keys", "rotate-master"))[0] == 0
    await check_mails(database, Vault(f"2:{OTHER_KEY}"), ids)


def test_a_file_of_ones_own_is_the_place_of_the_keys(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{MASTER_KEY}\n")
    settings = Settings.model_validate({"arti_master_key_file": str(file)})
    keys = settings.master_keys()
    sealed = Vault(keys).seal("secret", owner_id=UUID(int=1), kind="channel", ref="1")
    assert Vault(MASTER_KEY).open(sealed, owner_id=UUID(int=1), kind="channel", ref="1") == "secret"
    with pytest.raises(Misconfigured, match="cannot be read"):
        Settings.model_validate({"arti_master_key_file": os.devnull}).master_keys()
