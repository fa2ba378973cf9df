"""Upload, commit and undo imports over HTTP."""

import io
import zipfile
from typing import Any
from uuid import UUID

from tests.conftest import Member, World


async def upload_file(member: Member, artist: UUID, name: str, content: bytes) -> list[dict[str, Any]]:
    """Upload a file and return its previews."""
    answer = await member.http.post("/api/imports", data={"artist_id": str(artist)}, files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    previews: list[dict[str, Any]] = answer.json()["imports"]
    return previews


async def commit_import(
    member: Member, preview: dict[str, Any], answers: dict[str, str] | None = None
) -> dict[str, Any]:
    answer = await member.http.post(f"/api/imports/{preview['id']}/commit", json={"options": answers or {}})
    assert answer.status_code == 200, answer.text
    updated: dict[str, Any] = answer.json()
    return updated


async def undo_import(member: Member, id: str) -> dict[str, Any]:
    answer = await member.http.post(f"/api/imports/{id}/undo")
    assert answer.status_code == 200, answer.text
    updated: dict[str, Any] = answer.json()
    return updated


def make_zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


async def count_stored(world: World, org_id: UUID, metric: str, dimension: str = "%") -> tuple[int, float | None]:
    """Return the number of stored observations of a metric and the sum of their values."""
    [row] = await world.database.as_owner(
        """select count(*) as rows, round(sum(o.value)::numeric, 4)::float8 as sum
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           where o.org_id = $1 and s.metric = $2 and s.dimension like $3""",
        org_id,
        metric,
        dimension,
    )
    return row["rows"], row["sum"]


async def list_all_rows(world: World, org_id: UUID) -> list[tuple[Any, ...]]:
    """Return all observations of an org, to compare before an import and after its undo."""
    rows = await world.database.as_owner(
        """select s.metric, s.dimension, a.external_id, o.observed_on, o.value, o.null_reason, o.import_id, o.source_row
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           where o.org_id = $1 order by 1, 2, 3, 4""",
        org_id,
    )
    return [tuple(row) for row in rows]
