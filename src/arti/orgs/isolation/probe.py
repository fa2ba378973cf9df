"""The isolation probe: what the catalogue allows, and attempts on the canary org with the caller's claims."""

import time
from dataclasses import dataclass

import structlog

from arti.orgs.isolation.catalogue import digest_catalogue, list_holes
from arti.orgs.isolation.functions import list_changed_functions
from arti.orgs.isolation.policies import list_policies
from arti.orgs.schemas import IsolationReport
from arti_core.database import Connection, fetch_one

# How long the result of a whole probe is kept while the catalogue stays as it is.
REPEAT_SECONDS = 45.0
_CHANGED_REMEDY = "Put it back; or, if the change is meant, as the owner: select private.record_functions()"
_STALE_REMEDY = "As the owner: select private.refresh_member_access(id) from public.users"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Findings:
    """A report without names, for whoever asked, and the names and remedies, for the operator."""

    report: IsolationReport
    reasons: tuple[str, ...]


async def probe_isolation(connection: Connection) -> IsolationReport:
    """Run the probe with the claims of `connection`'s transaction, which must not be read only. Leaves no trace."""
    return (await examine(connection)).report


async def examine(connection: Connection) -> Findings:
    """As `probe_isolation`, with the reasons for the operator."""
    policies = await list_policies(connection)
    holes = await list_holes(connection)
    changed = await list_changed_functions(connection)
    stale: int = await connection.fetchval("select private.count_stale_access()")
    attempts = await fetch_one(connection, "select * from private.probe_isolation()")
    lacking = await fetch_one(
        connection,
        """select array(select t.name::text from private.tenant_tables() t join pg_class c on c.oid = t.name
                        where not (c.relrowsecurity and c.relforcerowsecurity)) as unprotected_tables,
             array(select private.tables_without_canary()) as tables_without_canary,
             array(select t.name::text from private.tenant_tables() t
                   where exists (select from pg_attribute a where a.attrelid = t.name and a.attname = 'artist_id')
                     and has_any_column_privilege('authenticated', t.name, 'select')
                     and not exists (select from pg_policy p where p.polrelid = t.name and p.polcmd = '*'
                                     and p.polname = 'visible_artists_only')) as tables_open_to_every_artist""",
    )
    open_policies = [policy for policy in policies if policy.is_open]
    report = IsolationReport(
        passed=not (
            holes
            or changed
            or stale
            or open_policies
            or any(lacking.values())
            or attempts["foreign_rows_visible"]
            or attempts["foreign_writes_accepted"]
        ),
        policies_seen=len(policies),
        open_policies=len(open_policies),
        holes=len(holes) + len(changed) + bool(stale),
        **attempts,
        **{name: len(tables) for name, tables in lacking.items()},
    )
    named = [f"{policy.table} {policy.name}: A policy that is not restricted to orgs." for policy in open_policies]
    named += [f"{name}: A function that is not what the migrations made. {_CHANGED_REMEDY}" for name in changed]
    if stale:
        named.append(f"private.member_access: {stale} rows that differ from the memberships. {_STALE_REMEDY}")
    for name in ("tables_without_canary", "tables_open_to_every_artist"):
        named += [f"{table}: One of the {name.replace('_', ' ')}." for table in lacking[name]]
    for name in ("foreign_rows_visible", "foreign_writes_accepted"):
        named += [f"{name.replace('_', ' ')}: {attempts[name]}."] if attempts[name] else []
    return Findings(report, tuple(map(str, holes)) + tuple(named))


class IsolationMonitor:
    """Runs the whole probe when the catalogue has changed or the last result is old; else reads a digest only.

    Logs the reasons when they change: they are for the operator.
    """

    def __init__(self) -> None:
        self._digest = ""
        self._examined_at = 0.0
        self._findings: Findings | None = None

    async def check(self, connection: Connection) -> Findings:
        """Return the present findings, with the claims of `connection`'s transaction, which must not be read only."""
        digest = await digest_catalogue(connection)
        age = time.monotonic() - self._examined_at
        if self._findings is None or digest != self._digest or age > REPEAT_SECONDS:
            before = self._findings.reasons if self._findings else ()
            self._findings = await examine(connection)
            # The digest of before the probe: a change made meanwhile is looked at again.
            self._digest, self._examined_at = digest, time.monotonic()
            if self._findings.reasons != before:
                report = log.error if self._findings.reasons else log.info
                report("isolation", passed=self._findings.report.passed, reasons=self._findings.reasons)
        return self._findings
