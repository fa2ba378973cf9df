"""Find the org or the person that a command names. As the database's owner."""

from arti.privacy.store import find_orgs_by_name, find_person
from arti_core.database import Connection, Row
from arti_core.errors import Invalid


async def get_org(connection: Connection, name: str) -> Row:
    """Return (id, name) of the org of a name or id. Raises Invalid unless there is exactly one."""
    rows = await find_orgs_by_name(connection, name)
    if len(rows) != 1:
        known = ", ".join(f"{row['name']} ({row['id']})" for row in rows) or "none of this name"
        raise Invalid(f"Name one org, by its name or id. There are: {known}.", field="org")
    return rows[0]


async def get_person(connection: Connection, address: str) -> Row:
    """Return (id, addresses) of a person. Raises Invalid."""
    person = await find_person(connection, address)
    if person is None:
        raise Invalid(f"Nobody has the address {address}.", field="address")
    return person
