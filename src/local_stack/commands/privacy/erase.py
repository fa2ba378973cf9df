"""`./arti erase org|person`: what Settings does for admins and for each person, for whoever asks the operator."""

from collections.abc import Callable
from datetime import timedelta

from arti.automation.n8n_workflows.client import find_client
from arti.orgs.authorization import Actor
from arti.privacy import service, store
from arti.settings import Settings
from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Connection, set_codecs
from arti_core.errors import ArtiError, Conflict, Invalid
from arti_core.http_client import OutboundClient
from local_stack.commands.owner import connect_as_owner
from local_stack.commands.privacy.subjects import get_org, get_person

# Shows what will go, and raises what keeps it.
Confirm = Callable[[str], None]


async def erase_person(address: str, confirm: Confirm) -> str:
    """Delete a person everywhere. Returns what was done. Raises Invalid, Conflict, Misconfigured, Unavailable."""
    connection, environment = await connect_as_owner()
    try:
        vault = Vault(environment.settings().master_keys())
        person = await get_person(connection, address)
        if await store.is_machine(connection, person["id"]):
            raise Invalid("This is the address of an API key. Revoke the key instead.", field="address")
        if names := await store.list_orgs_of_only_admin(connection, person["id"]):
            raise Conflict(
                f"{address} is the only admin of {', '.join(names)}. Make somebody else an admin there first."
            )
        rows = await _count(connection, "person", person["id"], person["addresses"])
        confirm(
            f"{address} ({person['id']}): these rows go at once, or lose what they say of the person.\n{rows}\n"
            "What they wrote in organisations stays, as of a former member. Backups keep a copy until they age out."
        )
        async with connection.transaction():
            await service.record_departure(connection, vault, person["id"], None)
            await store.erase_person(connection, person["id"])
    finally:
        await connection.close()
    return "Deleted. Their tokens are refused from now on."


async def erase_org(name: str, confirm: Confirm, *, at_once: bool) -> str:
    """Have a worker delete an org, at once or after the time in which it may stay. Returns what will happen.

    Raises Invalid, Conflict, Misconfigured, Unavailable.
    """
    connection, environment = await connect_as_owner()
    try:
        org = await get_org(connection, name)
        due_at = clock.now() + (timedelta() if at_once else service.GRACE)
        rows = await _count(connection, "org", org["id"])
        confirm(
            f"{org['name']} ({org['id']}): these rows are deleted, with the files that they name.\n{rows}\n"
            f"{await _describe_n8n(environment.settings())}"
            "Its people stay. Consents at YouTube and SoundCloud end. Backups keep a copy until they age out."
        )
        async with connection.transaction():
            if at_once:
                await store.delete_erasure(connection, org["id"])
            vault = Vault(environment.settings().master_keys())
            await set_codecs(connection)
            await service.schedule_org_erasure(Actor(connection, org["id"], None, vault), due_at)
    finally:
        await connection.close()
    if at_once:
        return "The next free worker deletes it. ./arti logs worker says `org deleted` when it is gone."
    return (
        f"It is deleted at {due_at:%Y-%m-%d %H:%M} UTC. Its members see that. Until then an admin can keep it, and so "
        "can you, by --cancel."
    )


async def keep_org(name: str) -> str:
    """Cancel the deletion of an org. Raises Invalid, NotFound, Misconfigured, Unavailable."""
    connection, environment = await connect_as_owner()
    try:
        org = await get_org(connection, name)
        async with connection.transaction():
            vault = Vault(environment.settings().master_keys())
            await service.cancel_org_erasure(Actor(connection, org["id"], None, vault))
    finally:
        await connection.close()
    return f"{org['name']} stays."


async def _describe_n8n(settings: Settings) -> str:
    http_client = OutboundClient(allowed_hosts=settings.private_hosts())
    try:
        if (client := find_client(settings, http_client)) is None:
            return ""
        await client.check()
    except ArtiError as error:
        hours = int(service.N8N_PATIENCE.total_seconds() // 3600)
        return f"{error.message} Its workflows leave n8n when it does; the deletion waits {hours} hours for that.\n"
    finally:
        await http_client.close()
    return "Its workflows leave n8n, with their runs and credentials.\n"


async def _count(connection: Connection, subject: str, *values: object) -> str:
    rows = await store.count_rows_to_erase(connection, subject, *values)
    return "\n".join(f"{count:>12,}  {relation.removeprefix('public.')}" for relation, count in rows)
