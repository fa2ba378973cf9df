"""Every table that machines add to has a retention, is deleted from by its own service, or is kept for a reason."""

import json
from datetime import timedelta

import asyncpg
import pytest

from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.database import open_transaction
from arti_core.retention import delete_past_retention
from local_stack.postgres import SUPERUSER
from supabase_local.auth.mail.store import delete_expired
from tests.conftest import Database

_BY_GATEWAY = {
    "auth.attempts",
    "auth.audit_log_entries",
    "auth.flow_state",
    "auth.mail_requests",
    "auth.mfa_challenges",
    "auth.oauth_client_states",
    "auth.one_time_tokens",
    "auth.rate_limits",
}
_ELSEWHERE = {
    "mail.queue": "MailQueue.delete_old, after seven days",
    "private.deletions": "mark_deletions_shipped, when no backup of before is kept",
    "private.org_exports": "delete_expired_exports",
    "private.org_mails": "enqueue_mail, after eight days",
    "private.idempotency_keys": "delete_expired_idempotency_keys, after a day",
    "public.upload_links": "with its batch, after 30 days",
    "public.upload_link_files": "with its link",
    "private.mail_budgets": "delete_full_mail_budgets",
    "private.security_events": "count_refusals, after two days",
    "private.alerts": "note_alerts and alert_notified, when it is over",
    "private.worker_heartbeats": "record_worker_heartbeat, after ten minutes",
}
_KEPT = {
    "arti_migrations.applied": "one row a migration",
    "private.audit_checks": "one row an org; ends with it",
    "private.watch": "one row",
    "private.audit_keys": "one row a person and org; ends with them",
    "private.file_keys": "one row an org; ends with it",
    "private.backup_state": "one row",
    "private.console_audit": "a log that can be tidied is none; one row an act of the operator",
    "public.audit_log": "a chain that is cut cannot be verified; ends with the org",
    "public.observation_batches": "the source of observations",
    "public.observation_revisions": "what was known when",
    "public.metric_definition_revisions": "what providers count, with its history",
    "public.match_candidates": "a decision is kept so that it is not asked again",
    "public.recording_changes": "each can be undone",
    "public.campaign_lifts": "one row a campaign; ends with it",
    "public.removed_playlist_entries": "what was known of playlists on an earlier day",
    "public.campaign_lift_revisions": "what was known of a campaign on an earlier day; ends with it",
    "public.lift_calibrations": "one row a metric and platform, replaced each week",
    "public.model_use": "one row a month",
    "public.insights": "the product; withdrawn ones stay with their reason",
    "auth.sessions": "until it is signed out of",
    "auth.mfa_amr_claims": "ends with its session",
    "auth.refresh_tokens": "the use of an old one reveals a theft; ends with its session",
}
# People's own rows and the operator's: they are there until somebody deletes them.
_OF_PEOPLE = {
    *("auth.users", "auth.identities", "auth.mfa_factors", "private.installation_keys", "private.org_keys"),
    *(
        "private.org_erasures",
        "private.vault",
        "public.accounts",
        "public.artist_aliases",
        "public.artist_external_ids",
    ),
    *("public.artist_groups", "public.artists", "public.assets", "public.calendar_entries"),
    *("public.campaign_budgets", "public.campaign_costs", "public.campaign_targets", "public.campaigns"),
    *("public.channels", "public.credits", "public.documents", "public.exchange_rates"),
    "public.imports",
    "public.import_mappings",
    *("public.home_sessions", "public.insight_comments", "public.insight_reads", "public.notification_settings"),
    *("public.insight_feedback", "public.memberships", "public.metric_definitions", "public.n8n_workflows"),
    *("public.org_metrics", "public.orgs", "public.place_names", "public.playlist_snapshots", "public.playlists"),
    *("public.recordings", "public.releases", "public.royalty_lines", "public.royalty_statements", "public.rules"),
    "public.saved_views",
    *("public.series", "public.sources", "public.tags", "public.users", "public.webhook_sources"),
}


async def test_every_table_with_times_is_classified(database: Database) -> None:
    rows = await database.as_owner(
        """select distinct n.nspname || '.' || c.relname as name
           from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
           where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information|realtime)'
             and a.attnum > 0 and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype)"""
    )
    retentions = {row["relation"] for row in await database.as_owner("select relation from private.retentions")}
    groups = [retentions, _BY_GATEWAY, set(_ELSEWHERE), set(_KEPT), _OF_PEOPLE]
    assert {row["name"] for row in rows} == set().union(*groups)
    assert sum(map(len, groups)) == len(rows), "a table in two groups"


_HOUR = timedelta(hours=1)
# What a row that may go holds, and what holds it back.
_ENDED: dict[str, tuple[dict[str, object], dict[str, object] | None]] = {
    "public.jobs": ({"status": "done"}, {"status": "queued"}),
    "public.delivery_attempts": ({}, None),
    "public.notifications": ({}, None),
    "public.deliveries": ({"status": "sent"}, {"status": "pending"}),
    "public.events": ({"dispatched_at": "2020-01-01"}, {"dispatched_at": None}),
    "public.webhook_events": ({"processed_at": "2020-01-01"}, {"processed_at": None}),
    "public.sync_runs": (
        {"status": "failed", "observations_new": 0, "observations_restated": 0},
        {"status": "failed", "observations_new": 1},
    ),
    "public.oauth_states": ({}, None),
    "public.invitations": ({}, None),
    "public.files": ({"kind": "import"}, None),
    "public.import_batches": ({}, None),
}
_COPY = """insert into {0} select (jsonb_populate_record(c, $1::jsonb || jsonb_build_object(
  'org_id', gen_random_uuid(), 'id', gen_random_uuid(),
  '{1}', clock.now() - (select keep from private.retentions where relation = '{0}') + $2::interval))).*
from {0} c where c.org_id = private.canary_org_id() limit 1"""


async def test_what_is_past_its_retention_is_deleted_and_nothing_else(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn(SUPERUSER))
    rules = await owner.fetch("select relation, moment from private.retentions order by relation")
    assert {rule["relation"] for rule in rules} == _ENDED.keys()
    # Copies of the canary's rows in orgs that do not exist; foreign keys are not looked at.
    await owner.execute("set session_replication_role = replica")
    counts = {}
    for relation, moment in rules:
        ended, unfinished = _ENDED[relation]
        copy = _COPY.format(relation, moment)
        before = await owner.fetchval(f"select count(*) from {relation}")
        assert before, f"{relation} has a row of the canary"
        for age in (-_HOUR, -24 * _HOUR):
            await owner.execute(copy, json.dumps(ended), age)
        await owner.execute(copy, json.dumps(ended), _HOUR)
        kept = 1
        if unfinished is not None:
            await owner.execute(copy, json.dumps(unfinished), -24 * _HOUR)
            kept += 1
        counts[relation] = before + kept
    await owner.execute("set session_replication_role = origin")
    pool = await database.pool("arti_worker")
    assert not await delete_past_retention(pool)
    left = {relation: await owner.fetchval(f"select count(*) from {relation}") for relation in counts}
    assert left == counts
    async with cross_tenant_transaction(pool) as connection:
        assert await connection.fetchval("select private.delete_past_retention(10)") == 0
    await pool.close()
    await owner.close()


async def test_the_audit_log_of_auth_is_kept_for_half_a_year(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn(SUPERUSER))
    await owner.execute(
        """insert into auth.audit_log_entries (instance_id, id, payload, created_at)
           select gen_random_uuid(), gen_random_uuid(), '{}', clock.now() - days * interval '1 day'
           from unnest(array[181, 400, 179, 0]) days"""
    )
    pool = await database.pool("supabase_auth_admin")
    async with open_transaction(pool, "begin") as connection:
        await delete_expired(connection)
    assert await owner.fetchval("select count(*) from auth.audit_log_entries") == 2
    await pool.close()
    await owner.close()


@pytest.mark.parametrize("login", ["arti_api", "arti_rest", "supabase_auth_admin"])
async def test_only_a_worker_deletes(database: Database, login: str) -> None:
    connection = await asyncpg.connect(database.dsn(login))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("select private.delete_past_retention(1)")
    await connection.close()
