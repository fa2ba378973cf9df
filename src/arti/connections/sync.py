"""One sync of one account: refresh the tokens, then store page by page, each together with the cursor after it.

Nothing is lost or stored twice when the worker dies: the cursor marks what was committed, the rest is read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from arti.connections import sync_store
from arti.connections.gaps import date_counters, merge_gaps
from arti.connections.provider_apps import find_sealed_app_of_job, open_app, open_client
from arti.connections.sync_store import SyncRunState
from arti.connections.tokens import VAULT_KIND, open_tokens, seal_tokens
from arti.counters import SYNCS
from arti.jobs import JobRun
from arti.metrics.service import ObservationCounts, record_observations
from arti.providers.connectors import CONNECTORS
from arti.providers.contract import Connector, Cursor, ResultPage
from arti.providers.errors import (
    PermissionMissing,
    ProviderContractBroken,
    ProviderError,
    ProviderRateLimited,
    ProviderTokenExpired,
    QuotaExhausted,
    ReauthRequired,
    Transient,
)
from arti.providers.oauth import AppCredentials
from arti.vocabulary import EventType, Provider
from arti_core import clock, vault_store
from arti_core.database import Connection
from arti_core.jobs import DEFAULT_MAX_ATTEMPTS, LeaseLost, RetryLater, is_transient
from arti_core.outbox import record_event

NIGHT_BEGINS: Final = time(10, 0, tzinfo=UTC)  # two providers count Pacific days, which end by 08:00
NIGHT_MINUTES: Final = 180
REPORT_SECONDS: Final = 2.0
BROKEN_ANSWERS: Final = 3


class AccountNotFound(Exception):
    """The account is not active any more: the sync ends without an error."""


@dataclass(frozen=True, slots=True)
class SyncContext:
    """State of one sync."""

    job: JobRun
    account_id: UUID
    artist_id: UUID
    external_id: str
    connector: Connector
    app: AppCredentials
    cursor: Cursor | None
    run: SyncRunState
    last_success_at: datetime | None = None


async def sync_account(job: JobRun, account_id: UUID, kind: str) -> None:
    """Bring an account up to date. An interrupted attempt resumes after its last page.

    Raises RetryLater when the provider asks to wait, and the ProviderError when a retry may help. An error that only a
    person can fix is recorded and ends the job.
    """
    try:
        sync = await begin_sync(job, account_id, kind)
    except AccountNotFound:
        return
    pages = sync.run.pages
    try:
        await _store_pages(sync)
    except AccountNotFound:
        async with job.transaction() as connection:
            message = "The account was disconnected during the sync."
            await sync_store.fail_run(connection, job.org_id, sync.run.id, error_class="disconnected", message=message)
    except (ProviderRateLimited, QuotaExhausted) as error:
        await _record_error(sync, error)
        raise RetryLater(error.message, after_seconds=error.retry_after_seconds or 60) from error
    except (Transient, ProviderContractBroken, ProviderTokenExpired) as error:
        await _record_error(sync, error)
        if sync.run.pages > pages:  # the next page may fail too, and then goes on from there
            raise RetryLater(error.message, after_seconds=error.retry_after_seconds or 60) from error
        if isinstance(error, Transient):
            if job.attempt >= DEFAULT_MAX_ATTEMPTS:
                await _mark_failed(sync, error)
            raise
        # One broken answer is no broken contract; three in a row are. Attempts that were lost here say nothing of it.
        async with job.transaction() as connection:
            broken = await sync_store.count_broken_answer(connection, job.org_id, sync.run.id)
        if broken < BROKEN_ANSWERS:
            raise RetryLater(error.message, after_seconds=15.0 * broken) from error
        await _mark_failed(sync, error)
    except ProviderError as error:
        await _mark_failed(sync, error)
    except (LeaseLost, RetryLater):
        raise
    except Exception as error:
        if job.attempt >= DEFAULT_MAX_ATTEMPTS or not is_transient(error):
            await _mark_failed(
                sync, ProviderContractBroken("This sync failed in ARTi itself. The log has the details.")
            )
        raise


async def begin_sync(job: JobRun, account_id: UUID, kind: str) -> SyncContext:
    """Return the run of this job, a new one or that of an earlier attempt. Raises AccountNotFound."""
    async with job.transaction() as connection:
        account = await sync_store.lock_account(connection, job.org_id, account_id)
        if account is None or account["status"] != "active":
            raise AccountNotFound
        run = await sync_store.open_run(connection, job.org_id, account_id, kind=kind, job_id=job.id)
        if run.status != "running":
            raise AccountNotFound  # an earlier attempt finished the run and died before it finished the job
        provider = Provider(account["provider"])
        sealed = await find_sealed_app_of_job(connection, job.org_id, provider)
    worker_context = job.worker_context
    return SyncContext(
        job=job,
        account_id=account_id,
        artist_id=account["artist_id"],
        external_id=account["external_id"],
        connector=CONNECTORS[provider],
        app=open_app(worker_context.settings, worker_context.vault, job.org_id, provider, sealed),
        cursor=account["cursor"],
        run=run,
        last_success_at=account["last_success_at"],
    )


async def _store_pages(sync: SyncContext) -> None:
    job, connector, worker_context = sync.job, sync.connector, sync.job.worker_context
    token = await fresh_token(sync)

    async def renew() -> str:
        nonlocal token
        token = await fresh_token(sync, rejected_token=token)
        return token

    client = open_client(
        worker_context.http_client, worker_context.settings, connector.provider, sync.app, token, renew
    )
    today = clock.today_in(connector.time_zone)
    # Counters of the last night are known already when a sync of this day read them after it.
    last = sync.last_success_at if sync.cursor is not None else None
    with_counters = last is None or last.astimezone(ZoneInfo(connector.time_zone)).date() < today
    recorded, reported_at = 0, clock.now()
    async for read in connector.pull(client, sync.external_id, sync.cursor, today=today):
        page = replace(read, observations=date_counters(read, today=today, with_counters=with_counters))
        gaps = merge_gaps(sync.run.gaps, page.observations)
        calls = client.calls.pop(connector.budget.host, 0) if connector.budget else 0
        result = await _store_page(sync, page, calls=calls, gaps=gaps)
        sync.run.gaps, sync.run.pages = gaps, sync.run.pages + 1
        recorded += result.new + result.restated
        if clock.now() - reported_at > timedelta(seconds=REPORT_SECONDS):
            await job.report(pages=sync.run.pages, observations=recorded)
            reported_at = clock.now()
    status = "partial" if sync.run.gaps else "succeeded"
    async with job.transaction() as connection:
        await sync_store.finish_run(
            connection,
            job.org_id,
            sync.account_id,
            sync.run.id,
            status=status,
            next_sync_at=next_night(sync.account_id, clock.now()),
        )
        await _record_event(connection, sync, EventType.SYNC_FINISHED, sync_run_id=str(sync.run.id))
    SYNCS.labels(connector.provider, status).inc()


async def _store_page(
    sync: SyncContext, page: ResultPage, *, calls: int, gaps: Sequence[dict[str, str]]
) -> ObservationCounts:
    job = sync.job
    async with job.transaction() as connection:
        account = await sync_store.lock_account(connection, job.org_id, sync.account_id)
        if account is None or account["status"] != "active":
            raise AccountNotFound
        recorded = await record_observations(
            connection,
            job.org_id,
            artist_id=sync.artist_id,
            provider=sync.connector.provider,
            observations=page.observations,
            assets=page.assets,
            terms=sync.connector.terms,
            time_zone=sync.connector.time_zone,
            sync_run_id=sync.run.id,
        )
        await sync_store.record_page(
            connection,
            job.org_id,
            sync.account_id,
            sync.run.id,
            cursor=page.cursor,
            new=recorded.new,
            restated=recorded.restated,
            calls=calls,
            gaps=gaps,
        )
    return recorded


async def fresh_token(sync: SyncContext, *, rejected_token: str | None = None) -> str:
    """Return a valid access token, refreshed when it is due or when the provider rejected `rejected_token`.

    The vault's row is locked meanwhile: one worker refreshes, the others read the new token. The new pair is committed
    before it is used, since a refresh token may work only once.
    """
    job, worker_context = sync.job, sync.job.worker_context
    async with job.transaction() as connection:
        ref = str(sync.account_id)
        sealed = await vault_store.lock_sealed(connection, job.org_id, kind=VAULT_KIND, ref=ref)
        if sealed is None:
            raise AccountNotFound
        tokens = open_tokens(worker_context.vault, job.org_id, sync.account_id, sealed)
        due_at = sync.connector.refresh_due_at(tokens)
        # A refresh token of a restored database may have been spent since: it is tried before anything else is.
        restored = await sync_store.has_restored_tokens(connection, job.org_id, sync.account_id)
        due = due_at is not None and (due_at <= clock.now() or restored)
        if not due and tokens.access_token != rejected_token:
            return tokens.access_token
        client = open_client(worker_context.http_client, worker_context.settings, sync.connector.provider, sync.app)
        client.access_token = tokens.access_token
        try:
            fresh = await sync.connector.refresh(client, tokens)
        except (Transient, ProviderRateLimited):
            if rejected_token is None and tokens.expires_at and tokens.expires_at > clock.now():
                return tokens.access_token  # still valid; the next sync refreshes it
            raise
        resealed = seal_tokens(worker_context.vault, job.org_id, sync.account_id, fresh)
        await vault_store.replace_sealed(connection, job.org_id, kind=VAULT_KIND, ref=ref, sealed=resealed)
        await sync_store.record_expiry(
            connection,
            job.org_id,
            sync.account_id,
            token_expires_at=fresh.expires_at,
            consent_expires_at=fresh.consent_expires_at,
        )
    return fresh.access_token


async def _record_error(sync: SyncContext, error: ProviderError) -> None:
    async with sync.job.transaction() as connection:
        await sync_store.record_error(
            connection,
            sync.job.org_id,
            sync.account_id,
            error_class=error.error_class,
            message=error.message,
            next_sync_at=None,
            status=None,
        )


async def _mark_failed(sync: SyncContext, error: ProviderError) -> None:
    job = sync.job
    needs_person = isinstance(error, ReauthRequired | ProviderTokenExpired | PermissionMissing)
    async with job.transaction() as connection:
        await sync_store.fail_run(
            connection, job.org_id, sync.run.id, error_class=error.error_class, message=error.message
        )
        await sync_store.record_error(
            connection,
            job.org_id,
            sync.account_id,
            error_class=error.error_class,
            message=error.message,
            next_sync_at=next_night(sync.account_id, clock.now()),
            status="needs_reauth" if needs_person else None,
        )
        await _record_event(connection, sync, EventType.SYNC_FAILED, error_class=error.error_class)
        if needs_person:
            await _record_event(
                connection, sync, EventType.ACCOUNT_NEEDS_REAUTH, error_class=error.error_class, reason=error.message
            )
    SYNCS.labels(sync.connector.provider, "failed").inc()


async def _record_event(connection: Connection, sync: SyncContext, type: EventType, **details: Any) -> None:
    payload = {
        "artist_id": str(sync.artist_id),
        "account_id": str(sync.account_id),
        "provider": sync.connector.provider.value,
        **details,
    }
    await record_event(connection, sync.job.org_id, type, payload)


def next_night(account_id: UUID, after: datetime) -> datetime:
    """Return the account's own minute of the next night, which spreads the load."""
    minute = timedelta(minutes=account_id.int % NIGHT_MINUTES)
    night = datetime.combine(after.astimezone(UTC).date(), NIGHT_BEGINS) + minute
    return night if night > after + timedelta(hours=6) else night + timedelta(days=1)
