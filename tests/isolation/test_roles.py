"""Every operation with every role: who may is declared here once more, and an operation that is not declared fails."""

from typing import Final

import httpx2 as httpx

from arti.vocabulary import Role
from tests.conftest import World
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables

_EVERY_MEMBER: Final = frozenset(Role)
_FROM_CREATOR: Final = frozenset(Role) - {Role.GUEST}
_FROM_ANALYST: Final = frozenset({Role.ANALYST, Role.MANAGER, Role.ADMIN})
_FROM_MANAGER: Final = frozenset({Role.MANAGER, Role.ADMIN})
_ADMIN: Final = frozenset({Role.ADMIN})

# Nobody needs to sign in for these.
OPEN: Final = {
    "decline_invitation",
    "find_invitation",
    "receive_consent",
    "get_alive",
    "get_message_chart",  # by the sealed address in a message
    "get_health",
    "get_ready",
    "receive_insight_created",
    "receive_webhook",
    "sign_up_by_invitation",
    *("get_subscription", "put_subscription", "unsubscribe"),  # by the sealed link of a mail
    "list_uploads",
    "open_upload_link",
    "upload_by_link",
    "verify_meta_webhook",
}
# Signed in, in whichever org or none.
SIGNED_IN: Final = {
    *("accept_invitation", "create_org", "get_isolation_report", "get_me", "list_orgs", "list_own_invitations"),
    *("erase_me", "export_me", "list_sign_ins", "open_short_link", "run_isolation_test", "update_me"),
}

MAY: Final[dict[frozenset[Role], str]] = {
    _EVERY_MEMBER: """
        get_artist get_artist_numbers get_artist_series get_artist_summary list_artist_assets list_artists
        list_metrics
        get_recording get_release get_rollup list_artist_groups list_artist_recordings list_genres list_labels
        list_changes list_match_candidates list_recordings list_releases list_song_changes list_tags
        get_breakdown list_breakdowns list_countries list_dimensions list_sources list_unknown_places search_places
        list_observations get_campaign get_campaign_lift get_campaign_result list_campaigns
        get_lift_calibration list_campaign_goals
        ask_permission get_logo get_permissions get_org_erasure
        get_calendar_entry list_calendar get_playlist list_artist_playlists list_recording_playlists
        ask_question get_insight get_insight_dossier list_evidence_rows list_insights
        put_insight_reads list_insight_comments
        list_notifications count_unread_notifications get_notification_digest put_notification_reads
        get_notification_settings put_notification_settings
        get_comparison get_release_start list_audience_places
        get_home put_home_session list_home_artists star_artist unstar_artist
        list_views create_view replace_view delete_view""",
    _FROM_CREATOR: """
        list_members
        get_account get_provider_health list_accounts list_sync_runs
        get_document list_documents search_documents put_insight_feedback triage_insight
        change_insights add_insight_comment delete_insight_comment""",
    _FROM_ANALYST: """
        commit_import create_import delete_import get_import get_import_overlap list_import_rows list_imports
        undo_import get_retention create_import_batch get_import_batch commit_import_batch get_update_desk
        list_export_cadences put_export_cadence list_upload_links list_import_mappings
        delete_import_mapping map_import reread_import get_reread
        decide_place enter_observations
        create_document delete_document get_job list_jobs
        get_channel_notification_settings get_sms_use
        get_channel_workflow get_mailbox_message list_channels list_deliveries list_events list_mailbox list_rules
        get_n8n list_n8n_workflows
        list_webhook_events list_webhook_sources update_mailbox_message""",
    _FROM_MANAGER: """
        create_artist delete_artist update_artist
        create_upload_link revoke_upload_link
        delete_tag
        accept_match create_recording create_release link_asset match_artist merge_recordings reject_match
        replace_recording_credits replace_release_tracks split_asset undo_song_change update_recording update_release
        create_calendar_entry delete_calendar_entry update_calendar_entry update_playlist
        create_royalties delete_exchange_rate delete_royalty_statement get_royalty_totals list_exchange_rates
        list_royalties list_royalty_statements match_royalties put_exchange_rate
        reconcile_royalties compare_royalty_units list_gap_rows export_gap_query
        connect_account disconnect_account finish_connection save_provider_app sync_account
        create_metric create_source delete_metric delete_source delete_source_observations update_metric update_source
        add_campaign_cost create_campaign delete_campaign update_campaign
        delete_campaign_cost update_campaign_cost
        connect_n8n_workflow create_channel create_rule create_webhook_source
        delete_channel delete_rule delete_webhook_source
        put_channel_notification_settings
        replay_deliveries retry_delivery retry_job test_channel update_channel update_rule""",
    _ADMIN: """
        cancel_org_erasure create_org_export download_org_export list_org_exports request_org_erasure
        create_artist_group delete_artist_group rename_artist_group replace_group_artists
        create_key delete_member invite_member list_audit list_invitations list_keys resend_invitation revoke_key
        list_quotas put_retention put_logo delete_logo update_member update_org withdraw_invitation
        get_model_use put_model_limit test_model put_sms_limits""",
}
DECLARED: Final = {operation: roles for roles, names in MAY.items() for operation in names.split()}


def test_every_operation_is_declared(world: World) -> None:
    known = {operation for operation, _, _ in operations(world.document)}
    assert known == OPEN | SIGNED_IN | DECLARED.keys()


async def test_every_operation_serves_permitted_roles_only(world: World) -> None:
    async with TenantTables.of(world.database) as seeded_database:
        wrong = await _walk(world, seeded_database)
    assert wrong == [], "\n" + "\n".join(wrong)


def _besides_refusals(rows: list[str]) -> list[str]:
    """Leave out the audit log, in which refusals are recorded."""
    return [row for row in rows if not row.startswith(("audit_log ", "private.audit_"))]


async def _walk(world: World, seeded_database: TenantTables) -> list[str]:
    document = world.document
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
            before = [] if allowed else _besides_refusals(await org.rows())
            status = await send(members[role].http)
            if allowed == (status in (401, 403)):
                wrong.append(f"{operation} answers {status} to {role}")
            if not allowed and _besides_refusals(await org.rows()) != before:
                wrong.append(f"{operation} let {role} change something")
    return wrong
