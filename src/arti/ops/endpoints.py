"""Liveness, readiness, health of each part, and the jobs of an org."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from arti.ops import schemas, service, store
from arti.ops.health import PARTS, CheckResult, Health, ServiceState
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, MaybeSignedIn, needs, public
from arti.vocabulary import Permission
from arti_core.clock import now
from arti_core.database import Principal
from arti_core.paging import MAX_PAGE, Page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["ops"])

_RETRY_AFTER_SECONDS = 2


def _health_of(request: Request) -> Health:
    health: Health = request.app.state.health
    return health


HealthOf = Annotated[Health, Depends(_health_of)]


@router.get("/healthz")
@public
async def get_alive() -> schemas.Alive:
    """Say that the process answers; checks nothing else."""
    return schemas.Alive()


@router.get("/readyz", responses={503: {"model": schemas.Readiness, "description": "Some part is not ready."}})
@public
async def get_ready(health: HealthOf, response: Response) -> schemas.Readiness:
    """Say whether the API can serve, and if not, because of which part; and how other parts were a moment ago."""
    results = await health.check_all(needed_only=True)
    failing = [result.name for result in results if result.state is ServiceState.DOWN]
    if failing:
        response.status_code = 503
        response.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    parts = [schemas.PartState(name=result.name, state=result.state) for result in (*results, *health.list_known())]
    return schemas.Readiness(ready=not failing, failing=failing, parts=parts)


@router.get("/api/health")
@public
async def get_health(health: HealthOf, principal: MaybeSignedIn) -> schemas.HealthReport:
    """Say how each part is; how fast, since when and why, only to people who are signed in."""
    results = await health.check_all(needed_only=False)
    needed = {part.name for part in PARTS if part.needed}
    worst = ServiceState.OK
    for result in results:
        if result.state is ServiceState.DOWN and result.name in needed:
            worst = ServiceState.DOWN
        elif result.state is not ServiceState.OK and worst is ServiceState.OK:
            worst = ServiceState.DEGRADED
    parts = [_part(result, result.name in needed, principal) for result in results]
    return schemas.HealthReport(state=worst, parts=parts, checked_at=now())


def _part(result: CheckResult, needed: bool, principal: Principal | None) -> schemas.PartHealth:
    part = schemas.PartHealth(name=result.name, state=result.state, needed=needed)
    if principal is None:
        return part
    age = (now() - result.last_success_at).total_seconds() if result.last_success_at else None
    return part.model_copy(
        update={
            "latency_ms": result.latency_ms,
            "last_success_age_seconds": None if age is None else round(age, 1),
            "detail": result.detail,
        }
    )


@router.get("/api/jobs")
async def list_jobs(
    access: Annotated[Access, needs(Permission.JOBS_READ)],
    status: schemas.JobStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> Page[schemas.Job]:
    """List the org's jobs, newest first."""
    rows = await store.list_jobs(
        access.connection, access.org_id, status=status, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([schemas.Job(**row) for row in rows], limit)


@router.get("/api/jobs/{job_id}")
async def get_job(job_id: UUID, access: Annotated[Access, needs(Permission.JOBS_READ)]) -> schemas.Job:
    """Return one job."""
    return schemas.Job(**await service.get_job(access, job_id))


@router.post("/api/jobs/{job_id}/retry")
async def retry_job(job_id: UUID, access: Annotated[Access, needs(Permission.AUTOMATION_MANAGE)]) -> schemas.Job:
    """Queue a failed job again."""
    return schemas.Job(**await service.retry_job(access, job_id))
