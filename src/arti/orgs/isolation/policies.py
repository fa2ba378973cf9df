"""The policies of a running database, and which of them let rows of another org pass."""

import re
from dataclasses import dataclass

from arti_core.database import Connection

# Conditions that restrict a policy to the caller's orgs, as PostgreSQL prints them.
_TO_ORG = (
    r"KEY = ANY \(\( SELECT private\.member_org_ids\(\) AS member_org_ids\)::uuid\[\]\)",
    r"KEY = ANY \(\( SELECT private\.org_ids_with\('[a-z]+:[a-z]+'::text\) AS org_ids_with\)::uuid\[\]\)",
    r"KEY = \( SELECT private\.(?:job|leased)_org_id\(\) AS (?:job|leased)_org_id\)",
    r"\(org_id, (?:name|type)\) IN \( SELECT r\.org_id, r\.name"
    r" FROM private\.allowed_requests\('\w+'::text\) r\(org_id, name\)\)",
)
# The same for the functions of arti_reader, which check the caller and note the org. Everybody else can set that note.
_TO_OPENED = (r"\borg_id = \( SELECT private\.opened_org_id\(\) AS opened_org_id\)",)
# The same for users, who belong to no single org.
_TO_USERS = (
    r"id = \( SELECT claims\.uid\(\) AS uid\)",
    r"id = ANY \(\( SELECT private\.visible_user_ids\(\) AS visible_user_ids\)::uuid\[\]\)",
    r"id IN \( SELECT m\.user_id FROM memberships m"
    r" WHERE \(m\.org_id = \( SELECT private\.job_org_id\(\) AS job_org_id\)\)\)",
)
# Further conditions, joined by AND, that only restrict.
NARROWER = (
    r"(?:user_id|requested_by|actor_id|created_by|run_as) = \( SELECT claims\.uid\(\) AS uid\)",
    r"status = (?:'\w+'::text|ANY \(ARRAY\[[^\[\]()]*\]\))",
    r"email = \( SELECT claims\.email\(\) AS email\)",
    r"run_at >= \( SELECT clock\.now\(\) AS now\)",
    r"max_attempts [<>]= \d+",
    r"\battempts = 0",
    r"\bis_shared",
    r"(?:dispatched_at|user_id) IS NULL",
    r"\(NOT is_money\) OR \( SELECT private\.opened_with_money\(\) AS opened_with_money\)",
    r"\(org_id, (?:provider|\(provider\)::text)\) IN \( SELECT p\.org_id, p\.provider"
    r" FROM private\.platforms_with\('\w+'::text\) p\(org_id, provider\)\)",
)


# What the policy visible_artists_only asks: for the caller's artists or songs, a parent row, or members who see all.
_BY_ARTIST = re.compile(r"private\.(?:all_artist_org_ids|unrestricted_org_ids|visible_artists)\(|EXISTS")


@dataclass(frozen=True, slots=True)
class PolicyDefinition:
    """One policy as the catalogue holds it. `conditions` are its USING and WITH CHECK, those that it has."""

    table: str
    name: str
    restrictive: bool
    roles: tuple[str, ...]
    conditions: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Return whether this policy lets rows of another org pass.

        A permissive policy must be a plain AND of known conditions, one of which names the caller's orgs.
        A restrictive one only restricts; it is open without conditions.
        """
        # What restricts members may restrict arti_reader too.
        reader = {"arti_reader"} if self.restrictive else set[str]()
        if not self.conditions or not (
            self.roles == ("arti_reader",) or set(self.roles) <= {"authenticated", "arti_worker"} | reader
        ):
            return True
        if self.name == "visible_artists_only":
            return not (self.restrictive and all(_BY_ARTIST.search(text) for text in self.conditions))
        if self.restrictive and self.name != "members_only":
            return not all("private." in text or "EXISTS" in text for text in self.conditions)
        return not all(self._keeps_to_orgs(text) for text in self.conditions)

    def _keeps_to_orgs(self, condition: str) -> bool:
        text = " ".join(condition.split()).replace("public.", "").replace(f"{self.table}.", "")
        key = "id" if self.table == "orgs" else "org_id"
        to_org = _TO_USERS if self.table == "users" else tuple(form.replace("KEY", rf"\b{key}") for form in _TO_ORG)
        if self.roles == ("arti_reader",):
            to_org = _TO_OPENED
        for forms, mark in ((to_org, "ORG"), (NARROWER, "LESS")):
            for form in forms:
                text = re.sub(form, mark, text)
        parts = text.replace("(", "").replace(")", "").split(" AND ")
        return "ORG" in parts and set(parts) <= {"ORG", "LESS"}


async def list_policies(connection: Connection) -> list[PolicyDefinition]:
    """Return every policy on every tenant table."""
    rows = await connection.fetch(
        """select c.relname as table, p.polname as name, not p.polpermissive as restrictive,
             array(select case when r = 0 then 'public' else pg_get_userbyid(r)::text end
                   from unnest(p.polroles) r) as roles,
             array_remove(array[pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)],
                          null) as conditions
           from pg_policy p join pg_class c on c.oid = p.polrelid
           where p.polrelid in (select t.name from private.tenant_tables() t)"""
    )
    return [
        PolicyDefinition(row["table"], row["name"], row["restrictive"], tuple(row["roles"]), tuple(row["conditions"]))
        for row in rows
    ]
