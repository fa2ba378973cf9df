"""Every operation with every role: who may is declared here once more, and an operation that is not declared fails."""

from typing import Final

import httpx2 as httpx

from arti.api import create_app
from arti.vocabulary import Role
from tests.conftest import World
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables

_EVERY_MEMBER: Final = frozenset(Role)
_FROM_ANALYST: Final = frozenset({Role.ANALYST, Role.MANAGER, Role.ADMIN})
_FROM_MANAGER: Final = frozenset({Role.MANAGER, Role.ADMIN})
_ADMIN: Final = frozenset({Role.ADMIN})

# Nobody needs to sign in for these.
OPEN: Final = {
    "finish_consent",
    "get_alive",
    "get_health",
    "get_ready",
    "receive_insight_created",
    "receive_webhook",
    "verify_meta_webhook",
}
# Signed in, in whichever org or none.
SIGNED_IN: Final = {"create_org", "get_isolation_report", "get_me", "list_orgs", "run_isolation_test", "update_me"}

MAY: Final[dict[frozenset[Role], str]] = {
    _EVERY_MEMBER: """
        ask_permission get_permissions list_members
        get_artist get_artist_series get_artist_summary list_annotations list_artist_assets list_artists list_metrics
        list_observations get_account get_provider_health list_accounts list_sync_runs
        get_campaign get_campaign_result list_campaigns get_document list_documents search_documents
        ask_question get_insight list_evidence_rows list_insights put_insight_feedback triage_insight""",
    _FROM_ANALYST: """
        commit_import create_import delete_import get_import list_import_rows list_imports undo_import
        create_document delete_document get_job list_jobs
        get_channel_workflow get_mailbox_message list_channels list_deliveries list_events list_mailbox list_rules
        list_webhook_events list_webhook_sources update_mailbox_message""",
    _FROM_MANAGER: """
        create_annotation create_artist delete_annotation delete_artist update_artist
        connect_account disconnect_account save_provider_app sync_account
        add_campaign_cost create_campaign delete_campaign update_campaign
        create_channel create_rule create_webhook_source delete_channel delete_rule delete_webhook_source
        replay_deliveries retry_delivery retry_job test_channel update_channel update_rule""",
    _ADMIN: """
        create_key create_member delete_member invite_member_again list_audit list_keys revoke_key update_member
        update_org""",
}
DECLARED: Final = {operation: roles for roles, names in MAY.items() for operation in names.split()}


def test_every_operation_is_declared(world: World) -> None:
    known = {operation for operation, _, _ in operations(create_app(world.settings).openapi())}
    assert known == OPEN | SIGNED_IN | DECLARED.keys()


async def test_every_operation_serves_permitted_roles_only(world: World) -> None:
    async with TenantTables.of(world.database) as seeded_database:
        wrong = await _walk(world, seeded_database)
    assert wrong == [], "\n" + "\n".join(wrong)


async def _walk(world: World, seeded_database: TenantTables) -> list[str]:
    document = create_app(world.settings).openapi()
    wrong: list[str] = []
    org = SeededOrg(seeded_database)
    await org.seed()
    members = {role: await world.member(org.id, role) for role in Role}
    foreign_member = await world.member()
    outsider = world.client(foreign_member.token, org.id)
    for operation, method, path in operations(document):
        if operation in OPEN:
            continue
        await org.seed()
        await seeded_database.connection.executemany(
            "insert into memberships (org_id, user_id, role) values ($1, $2, $3::text::member_role)",
            [(org.id, member.user_id, role) for role, member in members.items()],
        )
        call = make_call(document, method, path, org)

        async def send(client: httpx.AsyncClient) -> int:
            return (await client.request(**call.arguments())).status_code  # noqa: B023  called at once

        if await send(world.anonymous) != 401:
            wrong.append(f"{operation} does not ask who is calling")
        if operation in DECLARED and await send(outsider) != 404:
            wrong.append(f"{operation} answers people of another org")
        # Those who may not come first: one who may could delete what the others ask for.
        for role in sorted(Role, key=lambda role: role in DECLARED.get(operation, _EVERY_MEMBER)):
            allowed = role in DECLARED.get(operation, _EVERY_MEMBER)
            before = [] if allowed else await org.rows()
            status = await send(members[role].http)
            if allowed == (status in (401, 403)):
                wrong.append(f"{operation} answers {status} to {role}")
            if not allowed and await org.rows() != before:
                wrong.append(f"{operation} let {role} change something")
    return wrong
