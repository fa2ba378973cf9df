"""`./arti audit`: verify the chain of each org's audit log, and print the heads that an operator keeps elsewhere."""

import os
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson

from arti.orgs.audit import store as audit_store
from arti.orgs.audit.chain import ChainHead, ChainReport, verify_chain
from arti_core.crypto import Vault
from arti_core.database import Connection
from arti_core.errors import Invalid, Unavailable
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment


async def verify(heads_file: str | None) -> list[ChainReport]:
    """Verify the log of every org, and that it contains the heads of the file. Raises Invalid, Unavailable."""
    heads = _read_heads(Path(heads_file)) if heads_file else []
    dsn, vault = _open_installation()
    connection = await _connect(dsn)
    try:
        # Of one moment, however long it takes: links that are written meanwhile are not in it.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            org_ids = await audit_store.list_audited_orgs(connection)
            reports = [
                verify_chain(org_id, await audit_store.read_chain(connection, org_id), vault=vault, heads=heads)
                for org_id in org_ids
            ]
    finally:
        await connection.close()
    gone = {head.org_id for head in heads} - set(org_ids)
    return reports + [ChainReport(org_id, problems=["The whole log is gone, or the org."]) for org_id in sorted(gone)]


async def list_heads() -> list[str]:
    """Return one JSON object for each org: org_id, position, hash."""
    dsn, _ = _open_installation()
    connection = await _connect(dsn)
    try:
        rows = await audit_store.list_heads(connection)
    finally:
        await connection.close()
    return [
        orjson.dumps({"org_id": str(row["org_id"]), "position": row["position"], "hash": row["hash"].hex()}).decode()
        for row in rows
    ]


def describe(report: ChainReport) -> str:
    """Return what was found in one log, in words."""
    if report.problems:
        return "\n".join((f"{report.org_id}: changed.", *(f"- {problem}" for problem in report.problems)))
    erased = f", the details of {report.erased} erased with a person" if report.erased else ""
    return f"{report.org_id}: {report.entries} entries, whole{erased}."


def _open_installation() -> tuple[str, Vault | None]:
    """Return the database owner's URL, and the vault where the master key is known."""
    folder = find_data_directory()
    folder.prepare()
    environment = load_environment(folder)
    values, settings = environment.values, environment.settings()
    dsn = os.environ.get("OWNER_DATABASE_URL") or values.get("OWNER_DATABASE_URL", "")
    return dsn, Vault(settings.master_keys()) if settings.has_master_key else None


def _read_heads(file: Path) -> list[ChainHead]:
    try:
        rows = [orjson.loads(line) for line in file.read_text().splitlines() if line.strip()]
        return [ChainHead(UUID(row["org_id"]), int(row["position"]), str(row["hash"])) for row in rows]
    except OSError as error:
        raise Invalid(f"{file} cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError):
        raise Invalid(f"{file} holds no heads. Keep what ./arti audit heads prints.") from None


async def _connect(dsn: str) -> Connection:
    if not dsn:
        raise Unavailable("There is no database's owner here. Start ./arti up, or set OWNER_DATABASE_URL.")
    try:
        connection: Connection = await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"The database does not answer ({type(error).__name__}). Start ./arti up, or set OWNER_DATABASE_URL."
        ) from None
    return connection
