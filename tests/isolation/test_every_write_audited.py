"""Each operation by which a person changes something leaves an audit row, or is named here with its reason."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import World
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables

# What these change is nobody else's, or nothing yet.
UNLOGGED: dict[str, str] = {
    "ask_permission": "asks only",
    "ask_question": "asks only",
    "run_isolation_test": "tries only",
    "match_artist": "starts what also runs after each sync; what people decide of it is logged",
    "match_royalties": "does again what each import does",
    "create_import": "a preview: nothing is recorded until it is committed",
    "create_import_batch": "previews: nothing is recorded until they are committed",
    "delete_import": "deletes a preview, of which nothing was recorded",
    "put_home_session": "one's own visit",
    "put_insight_reads": "what one has read oneself",
    "put_notification_reads": "what one has read oneself",
    "put_insight_feedback": "one's own opinion, kept with one's name",
    "star_artist": "one's own list",
    "unstar_artist": "one's own list",
    "update_mailbox_message": "marks a message of the local mailbox as read",
    "update_me": "one's own name and language, in no org",
}
# Logged by the action named, but not here: the planted rows are already as they are wanted, or cannot be taken so.
LOGGED_ELSEWHERE: dict[str, str] = {
    "accept_invitation": "invitation.accepted",
    "commit_import": "import.committed",
    "commit_import_batch": "import.committed",
    "create_campaign": "campaign.created",
    "create_key": "key.created",
    "create_org": "org.created",
    "decline_invitation": "invitation.declined",
    "delete_logo": "org.logo_removed",
    "delete_member": "member.removed",
    "finish_connection": "account.connected",
    "invite_member": "invitation.created",
    "merge_recordings": "recording.merged",
    "put_logo": "org.logo_changed",
    "replace_group_artists": "artist_group.artists_changed",
    "request_org_erasure": "org.deletion_requested",
    "reread_import": "import.reread",
    "resend_invitation": "invitation.sent_again",
    "retry_job": "job.retried",
    "revoke_key": "key.revoked",
    "split_asset": "recording.split",
    "triage_insight": "insight.triaged",
    "undo_import": "import.undone",
    "update_member": "member.role_changed",
    "update_recording": "recording.updated",
    "upload_by_link": "upload_link.used",
    "connect_n8n_workflow": "channel.created",
    "erase_me": "member.left",
    "sign_up_by_invitation": "invitation.accepted",
}
# Refused here; they write no row, for the reason named.
UNLOGGED_ELSEWHERE: dict[str, str] = {
    "connect_account": "only sends to the platform; account.connected when one comes back",
    "find_invitation": "reads only",
    "map_import": "reads the file of a preview in another way",
    "put_subscription": "by a link without a sign-in: how often its address gets mails",
    "unsubscribe": "by a link without a sign-in: how often its address gets mails",
    "receive_insight_created": "called by programs, kept as a received webhook",
    "receive_webhook": "called by programs, kept as a received webhook",
    "sync_account": "done by itself each day too, and listed among the runs of the account",
    "test_model": "asks only",
}
SOURCES = Path(__file__).resolve().parents[2]


@pytest.fixture
async def seeded_database(world: World) -> AsyncIterator[TenantTables]:
    async with TenantTables.of(world.database) as opened:
        yield opened


async def test_every_write_leaves_an_audit_row(world: World, seeded_database: TenantTables) -> None:
    document = world.document
    own = SeededOrg(seeded_database)
    await own.seed()
    token = await world.token(own.id, own.email)
    silent: list[str] = []
    refused: list[str] = []

    async def rows() -> int:
        found = await world.database.as_owner("select count(*) from audit_log where org_id = $1", own.id)
        return int(found[0][0])

    async with world.client(token) as client:
        for operation, method, path in operations(document):
            if method == "GET":
                continue
            await own.seed()
            before = await rows()
            call = make_call(document, method, path, own)
            answer = await client.request(**call.arguments(), headers={"X-ARTi-Org": str(own.id)})
            after = await rows()
            if answer.status_code >= 400:
                if operation not in LOGGED_ELSEWHERE | UNLOGGED_ELSEWHERE | UNLOGGED:
                    refused.append(f"{operation} {answer.status_code} {answer.text[:200]}")
            elif after == before and operation not in UNLOGGED | LOGGED_ELSEWHERE:
                silent.append(f"{operation} {method} {path}")
    assert silent == [], "They change something and leave no audit row."
    assert refused == [], "They were refused here: say which action they log, or why none."


def test_each_exception_is_of_an_operation_and_each_action_is_written(world: World) -> None:
    known = {operation for operation, _, _ in operations(world.document)}
    assert known >= UNLOGGED.keys() | LOGGED_ELSEWHERE.keys() | UNLOGGED_ELSEWHERE.keys()
    files = [*(SOURCES / "src" / "arti").rglob("*.py"), *(SOURCES / "supabase" / "migrations").glob("*.sql")]
    text = "".join(file.read_text() for file in files)
    assert [action for action in LOGGED_ELSEWHERE.values() if not re.search(f"[\"']{action}[\"']", text)] == []
