"""`./arti isolation`: run the isolation probe, and say what is open and how to close it."""

import os
from uuid import uuid4

from arti.orgs.isolation.probe import Findings, examine
from arti_core.database import Principal, member_transaction, open_pool
from arti_core.errors import Unavailable
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment
from local_stack.run_state import running_pid


async def run_probe() -> Findings:
    """Run the whole probe as a person who is in no org, so that every row is foreign. Raises Unavailable."""
    folder = find_data_directory()
    if running_pid(folder) is None and not os.environ.get("DATABASE_URL"):
        raise Unavailable("ARTi is not running here, so there is no database. Start ./arti up, or set DATABASE_URL.")
    folder.prepare()
    settings = load_environment(folder).settings()
    pool = await open_pool(settings.database_url.get_secret_value(), size=1, claims_key=settings.claims_signing_key)
    try:
        async with member_transaction(pool, Principal(uuid4(), None)) as connection:
            return await examine(connection)
    finally:
        await pool.close()


def describe(findings: Findings) -> str:
    """Return one line for each reason, or what was looked at."""
    report = findings.report
    if not report.passed:
        return "\n".join(("The database does not keep orgs apart:", *(f"- {reason}" for reason in findings.reasons)))
    return (
        f"No org sees another: {report.tables_checked} tables and {report.relations_tried} other relations tried, "
        f"{report.policies_seen} policies read."
    )
