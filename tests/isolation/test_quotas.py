"""What one org may take of the installation and ask workers for: the database decides, for every client."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest

from arti.vocabulary import Role
from tests.conftest import Database, World
from tests.supabase_local.conftest import Gateway

# Written by the API alone, from files and accounts whose bytes and number have a quota of their own.
COUNTED_BY_THEIR_SOURCE = {
    *("assets", "series", "observation_batches", "observation_months", "observation_revisions", "match_candidates"),
    *("playlist_entries", "playlist_snapshots", "removed_playlist_entries", "royalty_lines"),
    "campaign_targets",  # one of each campaign
    *("import_batch_items", "import_stages"),  # one of each import
    *("campaign_lifts", "lift_calibrations"),  # one of each campaign, and of each metric
    "campaign_lift_revisions",  # one of each change of its numbers
    "upload_link_files",  # as many as their link may take
    "file_pieces",  # of files, whose bytes are counted
    "audit_details",  # one of each audit entry
}
OF_A_PERSON = {"users"}
ONE_OF_AN_ORG = {"org_erasures", "model_use"}  # and month


@dataclass
class Office:
    """An admin of an org, with a client of its REST API."""

    gateway: Gateway
    http: httpx.AsyncClient
    org: UUID
    user_id: str

    @property
    def database(self) -> Database:
        return self.gateway.database

    async def allow(self, resource: str, allowed: int) -> None:
        await self.database.as_owner(
            """insert into private.org_quotas (org_id, resource, allowed) values ($1, $2, $3)
               on conflict (org_id, resource) do update set allowed = excluded.allowed""",
            *(self.org, resource, allowed),
        )

    async def add_artists(self, number: int) -> httpx.Response:
        rows = [{"org_id": str(self.org), "name": uuid4().hex} for _ in range(number)]
        return await self.http.post("/artists", json=rows)

    async def account(self, org: UUID | None = None) -> str:
        rows = await self.database.as_owner(
            """with artist as (insert into artists (org_id, name) values ($1, $2) returning id)
               insert into accounts (org_id, artist_id, provider, external_id, display_name)
               select $1, id, 'youtube', $2, 'Channel' from artist returning id""",
            *(org or self.org, uuid4().hex),
        )
        return str(rows[0]["id"])

    async def request(self, *args: Any, name: str = "connections.sync", **columns: Any) -> httpx.Response:
        jobs = [
            {"org_id": str(self.org), "name": name, "args": one, "requested_by": self.user_id} | columns for one in args
        ]
        return await self.http.post("/jobs", json=jobs)

    async def count(self, table: str) -> int:
        rows = await self.database.as_owner(f"select count(*) as n from {table} where org_id = $1", self.org)
        return int(rows[0]["n"])


@pytest.fixture
async def office(gateway: Gateway) -> AsyncIterator[Office]:
    session = await gateway.sign_up("ada@example.test")
    org = await gateway.org("Night Owl")
    await gateway.join(session, org, Role.ADMIN)
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=60) as http:
        yield Office(gateway, http, org, session["user"]["id"])


async def test_every_table_that_members_add_to_has_a_quota(database: Database) -> None:
    rows = await database.as_owner(
        """select c.relname::text as name from pg_class c
           where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
             and has_any_column_privilege('authenticated', c.oid, 'insert')
             and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname like 'enforce_%')"""
    )
    assert {row["name"] for row in rows} - COUNTED_BY_THEIR_SOURCE - OF_A_PERSON - ONE_OF_AN_ORG == set()
    without = await database.as_owner(
        """select q.resource from private.quotas q where q.resource not like '% %'
           and not exists (select from pg_trigger t join pg_class c on c.oid = t.tgrelid
                           where c.relname = q.resource and t.tgname = 'enforce_quota')"""
    )
    assert without == []


async def test_a_statement_over_the_quota_is_refused_whole(office: Office) -> None:
    await office.allow("artists", 3)
    refused = await office.add_artists(4)
    assert (refused.status_code, refused.json()["code"]) == (403, "PT403")
    assert refused.json()["message"] == "This org may have 3 artists, and would have more."
    assert "operator" in refused.json()["hint"]
    assert await office.count("artists") == 0
    assert (await office.add_artists(3)).status_code == 201
    assert (await office.add_artists(1)).status_code == 403
    other = await office.gateway.org("Day Owl")
    session = await office.gateway.sign_up("bob@example.test")
    await office.gateway.join(session, other, Role.ADMIN)
    answer = await office.http.post(
        "/artists",
        json={"org_id": str(other), "name": "A"},
        headers={"Authorization": f"Bearer {session['access_token']}"},
    )
    assert answer.status_code == 201, answer.text


async def test_statements_at_the_same_time_share_one_quota(office: Office) -> None:
    await office.allow("artists", 10)
    answers = await asyncio.gather(*(office.add_artists(3) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [403] * 5
    assert await office.count("artists") == 9


async def test_unfinished_jobs_are_limited_until_some_are_done(office: Office) -> None:
    await office.allow("unfinished jobs", 5)
    args = [{"account_id": await office.account(), "kind": "manual"} for _ in range(6)]
    refused = await office.request(*args)
    assert refused.status_code == 429, refused.text
    assert refused.json()["message"] == "This org may have 5 unfinished jobs, and would have more."
    assert "Wait" in refused.json()["hint"]
    assert (await office.request(*args[:5])).status_code == 201
    assert (await office.request(args[5])).status_code == 429
    await office.database.as_owner("update jobs set status = 'dead'")
    assert (await office.request(args[5])).status_code == 201
    again = await office.http.patch(
        "/jobs",
        params={"org_id": f"eq.{office.org}", "status": "eq.dead"},
        json={"status": "queued", "attempts": 0, "dispatched_at": None, "finished_at": None, "run_at": "2999-01-01"},
    )
    assert again.status_code == 429, again.text


@pytest.mark.parametrize("change", ["insert", "update"])
async def test_bytes_of_documents_are_limited(office: Office, change: str) -> None:
    await office.allow("bytes of documents and files", 1000)

    def document(size: int) -> dict[str, Any]:
        fields = {"org_id": str(office.org), "title": "T", "kind": "note", "content_sha256": uuid4().hex}
        return {**fields, "body": "x" * size, "created_by": office.user_id}

    assert (await office.http.post("/documents", json=document(600))).status_code == 201
    if change == "insert":
        answer = await office.http.post("/documents", json=document(600))
    else:
        answer = await office.http.patch("/documents", params={"org_id": f"eq.{office.org}"}, json={"body": "y" * 1001})
    assert answer.status_code == 403, answer.text
    assert answer.json()["message"] == "This org may have 1,000 bytes of documents and files, and would have more."


async def test_a_person_makes_so_many_orgs_and_no_more(office: Office) -> None:
    await office.database.as_owner("update private.quotas set allowed = 2 where resource = 'orgs of a person'")
    made = [await office.http.post("/rpc/create_org", json={"org_name": name}) for name in ("one", "two")]
    assert [answer.status_code for answer in made] == [200, 403]
    assert made[1].json()["message"] == "You are an admin of 2 orgs, and may be of no more."


@pytest.mark.parametrize(
    ("args", "status"),
    [
        ({}, 400),
        ({"account_id": "{own}"}, 400),
        ({"kind": "manual"}, 400),
        ({"account_id": "{own}", "kind": "sometimes"}, 400),
        ({"account_id": "{own}", "kind": ["manual"]}, 400),
        ({"account_id": "{own}", "kind": "manual", "more": "x" * 1000}, 400),
        ({"account_id": "no uuid", "kind": "manual"}, 400),
        ({"account_id": 7, "kind": "manual"}, 400),
        ([], 400),
        ({"account_id": str(UUID(int=7)), "kind": "manual"}, 409),
        ({"account_id": "{foreign}", "kind": "manual"}, 409),
        ({"account_id": "{own}", "kind": "manual"}, 201),
    ],
)
async def test_arguments_are_checked_when_a_job_is_requested(office: Office, args: Any, status: int) -> None:
    ids = {"{own}": await office.account(), "{foreign}": await office.account(await office.gateway.org("Day Owl"))}
    if isinstance(args, dict):
        args = {key: ids.get(value, value) if isinstance(value, str) else value for key, value in args.items()}
    answer = await office.request(args)
    assert answer.status_code == status, answer.text


async def test_every_job_that_members_request_declares_its_arguments(office: Office) -> None:
    rows = await office.database.as_owner("select name, arguments from private.request_permissions where kind = 'job'")
    assert len(rows) >= 6
    for row in rows:
        required = [name for name in row["arguments"] if not name.endswith("?")]
        if not row["arguments"]:
            refused = await office.request({"org_id": str(uuid4())}, name=row["name"])
            assert refused.status_code == 400, f"{row['name']} takes no arguments"
            continue
        assert required, row["name"]
        empty = await office.request({}, name=row["name"])
        unknown = await office.request({name: str(uuid4()) for name in required}, name=row["name"])
        assert (empty.status_code, unknown.status_code in (400, 409)) == (400, True), row["name"]


async def test_a_job_in_the_name_of_somebody_else_is_refused(office: Office) -> None:
    args = {"delivery_id": str(uuid4()), "requested_by": str(uuid4())}
    assert (await office.request(args, name="automation.deliver")).status_code in (400, 409)


async def test_the_api_says_which_quota_is_full(world: World) -> None:
    member = await world.member()
    await world.database.as_owner("update private.quotas set allowed = 1 where resource = 'artists'")
    assert (await member.http.post("/api/artists", json={"name": "One"})).status_code == 201
    answer = await member.http.post("/api/artists", json={"name": "Two"})
    assert (answer.status_code, answer.json()["error"]) == (403, "quota_exceeded")
    assert answer.json()["message"] == (
        "This org may have 1 artists, and would have more. "
        "Delete what is not needed, or let the operator raise the quota."
    )
    await world.database.as_owner("update private.quotas set allowed = 0 where resource = 'unfinished jobs'")
    document = {"title": "T", "kind": "note", "body": "Some text."}
    answer = await member.http.post("/api/documents", json=document)
    assert (answer.status_code, answer.json()["error"]) == (429, "rate_limited"), answer.text
    assert answer.headers["retry-after"] == "60"
