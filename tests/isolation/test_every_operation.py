"""A member of one org calls every operation with another org's ids in every place: nothing comes through.

Each operation is first called with the caller's own ids, which must be taken: so an operation that the generator
cannot fill fails here, and a new endpoint is covered or named below with its reason.
"""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest

from tests.conftest import World
from tests.isolation.operation_calls import Call, make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables

# Called with one's own ids these do not answer 2xx, for a reason that has nothing to do with ids.
OWN_ANSWERS: dict[str, tuple[set[int], str]] = {
    "get_ready": ({200, 503}, "says how the test's own world is"),
    "invite_member": ({201, 422}, "the planted artists and groups are named with access to all"),
    "resend_invitation": ({204, 429}, "the planted invitation was mailed just now, or on another date long ago"),
    "get_subscription": ({404}, "the planted token is none"),
    "put_subscription": ({404}, "the planted token is none"),
    "unsubscribe": ({404}, "the planted token is none"),
    "open_short_link": ({404}, "the planted code is none"),
    "get_notification_digest": ({404}, "the planted notification is of another member"),
    "get_message_chart": ({404}, "the planted token is none"),
    "accept_invitation": ({404}, "the planted invitation is for another address"),
    "decline_invitation": ({404}, "the planted invitation is for another address"),
    "find_invitation": ({404}, "the planted invitation has no link"),
    "sign_up_by_invitation": ({404}, "the planted invitation has no link"),
    "create_campaign": ({422}, "the planted artist has no numbers to aim at"),
    "create_key": ({503}, "no auth service runs in this test"),
    "connect_n8n_workflow": ({409}, "no n8n runs in this test"),
    "retry_job": ({409}, "the planted job has not failed"),
    "delete_member": ({409}, "the planted member is the last admin"),
    "test_model": ({422}, "no model is configured"),
    "update_member": ({422}, "the planted member is an admin, who has no list of artists"),
    "receive_consent": ({303}, "sends the browser back with the answer of the provider"),
    "connect_account": ({409}, "the planted org has no app at the provider"),
    "finish_connection": ({422}, "the planted state has no person"),
    "download_org_export": ({404}, "the planted export is not made yet"),
    "erase_me": ({422}, "the address of the account is not typed"),
    "request_org_erasure": ({422}, "the name of the org is not typed"),
    "put_logo": ({422}, "the planted file is no picture"),
    "get_logo": ({404}, "the planted org has no logo"),
    "delete_logo": ({404}, "the planted org has no logo"),
    "map_import": ({409}, "the planted import is a preview"),
    "undo_import": ({409}, "the planted import is a preview"),
    "reread_import": ({409}, "the planted import is a preview"),
    "get_reread": ({404}, "the planted import was not read again"),
    "list_gap_rows": ({404}, "the planted royalties have no gap"),
    "export_gap_query": ({404}, "the planted royalties have no gap"),
    "merge_recordings": ({409}, "a recording is not merged with itself"),
    "update_recording": ({422}, "a recording is no version of itself"),
    "split_asset": ({409}, "the planted asset is not linked to the planted recording"),
    "sync_account": ({409}, "the planted account is disconnected"),
    "receive_insight_created": ({401}, "the call bears no signature"),
    "receive_webhook": ({401, 503}, "the call bears no signature, and no secret is made"),
    "open_upload_link": ({401}, "the call bears no token"),
    "upload_by_link": ({401}, "the call bears no token"),
    "list_uploads": ({401}, "the call bears no token"),
    "verify_meta_webhook": ({401, 403, 503}, "the call bears no verify token, and no secret is made"),
}

# Answers that change from call to call by themselves.
RESTLESS = {"get_health", "export_me"}  # the second is a zip, whose compressed bytes have other lengths

CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|#[A-Za-z0-9_-]{43}|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|\+00:00)?"
)


class Comparison:
    """One running API, two planted orgs, and what was found wrong."""

    def __init__(self, world: World, seeded_database: TenantTables) -> None:
        self.world = world
        self.token = ""
        self.document: dict[str, Any] = world.document
        self.own, self.foreign = SeededOrg(seeded_database), SeededOrg(seeded_database)
        self.unknown = SeededOrg(seeded_database)  # never planted
        self.unknown.mark = "nobody-ever-made-this"
        self.wrong: list[str] = []

    @classmethod
    async def begin(cls, world: World, seeded_database: TenantTables) -> "Comparison":
        """Plant both orgs and sign the caller in."""
        trial = cls(world, seeded_database)
        await trial.own.seed()
        await trial.foreign.seed()
        trial.token = await world.token(trial.own.id, trial.own.email)
        return trial

    async def send(self, call: Call, org_id: object) -> httpx.Response:
        async with self.world.client(self.token) as client:
            return await client.request(**call.arguments(), headers={"X-ARTi-Org": str(org_id)})

    def record_violation(self, call: Call, what: str, answer: httpx.Response) -> None:
        self.wrong.append(f"{call.operation} {what}: {answer.status_code} {answer.text[:300]}")

    def _normalized_response(self, answer: httpx.Response) -> tuple[int, str]:
        """Status and body without request ids, made ids, moments, and what the caller said themselves."""
        text = answer.text.replace(self.foreign.mark, self.unknown.mark)
        return answer.status_code, CHANGING.sub("_", text)

    async def try_own(self, method: str, path: str) -> None:
        """The caller's own ids must be taken."""
        call = make_call(self.document, method, path, self.own)
        answer = await self.send(call, self.own.id)
        expected, _ = OWN_ANSWERS.get(call.operation, (set(range(200, 300)), ""))
        if answer.status_code not in expected:
            self.record_violation(call, f"cannot be called with one's own ids {call.arguments()}", answer)

    async def try_foreign(self, method: str, path: str) -> int:
        """Foreign ids, a foreign cursor, a foreign org: as if they did not exist. Returns how many calls were made."""
        before = await self.foreign.rows()
        plain = make_call(self.document, method, path, self.foreign)
        cursor = make_call(self.document, method, path, self.foreign, cursor=True)
        trials = [(plain, self.own.id, "foreign ids"), (plain, self.foreign.id, "foreign org")]
        if "cursor" in cursor.slots:
            trials.append((cursor, self.own.id, "foreign cursor"))
        for call, org_id, what in trials:
            answer = await self.send(call, org_id)
            seen = answer.text + str(answer.headers)
            if self.foreign.mark in seen or (str(self.foreign.id) in seen and answer.status_code < 400):
                self.record_violation(call, f"with {what} shows what is not the caller's", answer)
            if answer.status_code >= 500 and call.operation not in OWN_ANSWERS:
                self.record_violation(call, f"with {what} breaks", answer)
            if call.slots or org_id == self.foreign.id:
                same_call = make_call(self.document, method, path, self.unknown, cursor=call is cursor)
                same = await self.send(same_call, self.unknown.id if org_id == self.foreign.id else org_id)
                if call.operation not in RESTLESS and self._normalized_response(answer) != self._normalized_response(
                    same
                ):
                    self.record_violation(
                        call, f"with {what} differs from unknown ones, {same.status_code} {same.text}", answer
                    )
        after = await self.foreign.rows()
        if after != before:
            self.wrong.append(f"{plain.operation} changed foreign rows: {set(before) ^ set(after)}")
        return len(trials)


@pytest.fixture
async def seeded_database(world: World) -> AsyncIterator[TenantTables]:
    async with TenantTables.of(world.database) as opened:
        yield opened


async def test_no_operation_leaks_foreign_data(world: World, seeded_database: TenantTables) -> None:
    trial = await Comparison.begin(world, seeded_database)
    calls = 0
    for _, method, path in operations(trial.document):
        await trial.own.seed()
        await trial.foreign.seed()
        calls += await trial.try_foreign(method, path)
        await trial.own.seed()
        await trial.try_own(method, path)
    assert trial.wrong == [], "\n" + "\n".join(trial.wrong)
    assert calls >= 2 * len(operations(trial.document))


async def test_every_exception_still_applies_to_an_operation(world: World) -> None:
    known = {operation for operation, _, _ in operations(world.document)}
    assert OWN_ANSWERS.keys() <= known


async def test_the_trial_detects_an_operation_that_leaks(world: World, seeded_database: TenantTables) -> None:
    """The test of the test: with row-level security off, the same calls by ids that are not checked come through."""
    trial = await Comparison.begin(world, seeded_database)
    for table in ("users", "memberships"):
        await world.database.as_owner(f"alter table {table} disable row level security")
    await world.database.as_owner(
        "insert into memberships (org_id, user_id, role) values ($1, $2, 'admin')", trial.foreign.id, trial.own.id
    )
    await trial.try_foreign("GET", "/api/artists")
    assert any("shows what is not the caller's" in line for line in trial.wrong)


async def test_malformed_ids_are_refused_without_sql_in_the_response(
    world: World, seeded_database: TenantTables
) -> None:
    member = await world.member()
    document = world.document
    for _, method, path in operations(document):
        for nonsense in ("'; drop table artists; --", "../../etc/passwd", "0", str(uuid4()) + "x", "%00", "\u202e"):
            call = make_call(document, method, path, SeededOrg(seeded_database))
            if "{" not in path:
                continue
            call.path = re.sub(r"\{\w+\}", nonsense.replace("/", "%2F").replace("%00", "%2500"), path)
            answer = await member.http.request(**call.arguments())
            assert answer.status_code < 500 or call.operation in OWN_ANSWERS, (call, answer.text)
            for word in ("asyncpg", "SQLSTATE", "violates", "relation ", "Traceback", "syntax error"):
                assert word not in answer.text
