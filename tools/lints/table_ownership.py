"""Lint of SQL: a package reads its own tables and those below, writes only its own, and keeps statements in stores.

Looked at is the SQL in strings of Python files under src. What a database function does stands in the migrations.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lints.sql_strings import SqlString, read_sql

_CHECKOUT = Path(__file__).resolve().parents[2]

# Packages from the lowest to the highest, as the import contract in pyproject.toml; siblings share a line.
LAYERS = (
    ("arti_core",),
    ("arti.providers",),
    ("supabase_local", "provider_simulators"),
    ("arti.orgs",),
    ("arti.music",),
    ("arti.metrics",),
    ("arti.imports",),
    ("arti.connections",),
    ("arti.roster",),
    ("arti.insights", "arti.campaigns"),
    ("arti.automation",),
    ("arti.home",),
    ("arti.reports",),
    ("arti.privacy",),
    ("arti.ops",),
    ("arti", "local_stack"),
)
# The package that owns each table; a table without a schema is in public.
OWNERS = {
    "arti_core": """
        jobs events mail.queue private.mail_budgets private.org_mails private.request_permissions
        private.retentions private.function_digests private.vault
        private.worker_heartbeats files private.file_keys private.file_pieces private.file_place claims.*""",
    "supabase_local": "auth.* realtime.* private.installation_keys",
    "arti.orgs": """
        orgs users memberships invitations user_permissions audit_log private.role_permissions private.org_keys
        private.audit_chain private.audit_details private.audit_keys
        private.member_access private.known_providers private.quotas private.org_quotas
        private.idempotency_keys
        member_artists member_groups""",
    "arti.music": """
        artists artist_aliases artist_external_ids artist_groups artist_group_members artist_tags tags assets
        recordings releases release_tracks credits match_candidates recording_changes
        calendar_entries playlists playlist_snapshots playlist_entries playlist_placements
        removed_playlist_entries""",
    "arti.metrics": """
        metrics metric_definitions metric_definition_revisions series observations observation_months
        observation_batches observation_revisions org_metrics providers sources
        royalty_statements royalty_lines exchange_rates
        dimensions dimension_values dimension_rules place_names private.known_metrics""",
    "arti.imports": """
        imports import_batches import_batch_items import_cadences import_stages upload_links
        upload_link_files import_mappings""",
    "arti.connections": "accounts connected_accounts oauth_states sync_runs",
    "arti.insights": """
        insights insight_evidence insight_parts model_use insight_feedback insight_reads insight_comments
        documents chunks""",
    "arti.home": "home_sessions starred_artists saved_views",
    "arti.campaigns": """
        campaigns campaign_budgets campaign_costs campaign_targets calendar campaign_lifts
        campaign_lift_revisions lift_calibrations""",
    "arti.automation": """
        rules channels n8n_workflows deliveries delivery_attempts webhook_sources webhook_events
        notification_settings notifications sms_use""",
    "arti.privacy": """
        private.org_exports private.org_export_pieces private.org_erasures private.subject_tables
        private.subject_columns""",
    "arti.ops": """
        private.console_audit private.deletions private.backup_state
        private.security_events private.alerts private.watch private.audit_checks""",
}
# Where statements stand outside a *store.py, and why.
STATEMENTS_ELSEWHERE = {
    "src/arti_core/": "transactions, jobs, outbox and migrations are its domain",
    "src/supabase_local/rest/": "builds the statement of each request",
    "src/supabase_local/auth/hooks.py": "calls the function that the operator names",
    "src/supabase_local/bootstrap.py": "applies the bootstrap steps",
    "src/supabase_local/standalone.py": "prepares a database of its own",
    "src/supabase_local/realtime/": "reads the replication slot and evaluates policies",
    "src/arti/ops/console/": "shows and edits any table, and runs an operator's own SQL",
    "src/arti/ops/health.py": "probes of the stores",
    "src/arti/orgs/isolation/": "a probe over the catalog, on every tenant table",
    "src/local_stack/": "sets up and inspects an installation, as its owner",
}
# Packages that act as the owner of the database, on any table.
ANY_TABLE = ("src/arti/ops/console/", "src/local_stack/")

_CREATE = re.compile(r"create\s+(?:unlogged\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?([\w.]+)")
_RENAME = re.compile(r"alter\s+table\s+(?:if\s+exists\s+)?([\w.]+)\s+rename\s+to\s+(\w+)")
_DROP = re.compile(r"drop\s+table\s+(?:if\s+exists\s+)?([\w.]+)")


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each violation."""
    tables = read_tables(checkout)
    violations = [f"{table} has no owner in {Path(__file__).name}." for table in sorted(tables) if not _owner(table)]
    for path in sorted((checkout / "src").rglob("*.py")):
        shown = path.relative_to(checkout).as_posix()
        for sql in read_sql(path):
            violations += [f"{shown}:{sql.line}: {sentence}" for sentence in _check(shown, sql, tables)]
    return violations


def read_tables(checkout: Path) -> set[str]:
    """Return the tables that migrations and bootstrap steps leave, in public without the schema."""
    tables: set[str] = set()
    for folder in ("src/supabase_local/bootstrap_sql", "supabase/migrations"):
        for path in sorted((checkout / folder).glob("*.sql")):
            sql = path.read_text().lower()
            tables |= {_short(name) for name in _CREATE.findall(sql)}
            for old, new in _RENAME.findall(sql):
                schema = "".join(_short(old).rpartition(".")[:2])
                tables = (tables - {_short(old)}) | {f"{schema}{new}"}
            tables -= {_short(name) for name in _DROP.findall(sql)}
    return tables


def _check(shown: str, sql: SqlString, tables: set[str]) -> Iterator[str]:
    """Yield one sentence for each violation of a string."""
    if sql.is_statement and not shown.endswith("store.py") and not shown.startswith(tuple(STATEMENTS_ELSEWHERE)):
        yield "a statement outside of a *store.py: move it into the package's store."
    if shown.startswith(ANY_TABLE):
        return
    package = _package_of(shown)
    for table in sorted({_short(name) for name in sql.writes} & tables):
        owner = _owner(table)
        if owner and owner != package:
            yield f"writes {table}, which {owner} owns: call {owner} instead."
    for table in sorted({_short(name) for name in sql.reads} & tables):
        owner = _owner(table)
        if owner and owner != package and _rank(owner) >= _rank(package):
            yield f"reads {table} of {owner}, which is not below {package}: let the caller pass it."


def _short(table: str) -> str:
    return table.removeprefix("public.")


def _owner(table: str) -> str:
    schema = table.partition(".")[0]
    return next((owner for owner, names in OWNERS.items() if {table, f"{schema}.*"} & set(names.split())), "")


def _package_of(shown: str) -> str:
    parts = Path(shown).parts[1:]
    inside = f"arti.{parts[1]}" if parts[0] == "arti" else parts[0]
    return inside if any(inside in layer for layer in LAYERS) else parts[0]


def _rank(package: str) -> int:
    return next(rank for rank, layer in enumerate(LAYERS) if package in layer)


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
