"""Store what a file holds, beside other exports of the same artist."""

from typing import Any

from arti.imports import preview
from arti.imports.overlaps.exports import find_standing
from arti.imports.parsers.ready.definitions import SOURCES, find_definitions
from arti.imports.preview import RecognisedFile
from arti.imports.teams.scope import terms_of_answers
from arti.imports.types import Answers, ParsedFile
from arti.metrics.service import record_observations
from arti.metrics.sources.defining import define
from arti.music.playlists.service import record_snapshot
from arti.orgs.authorization import Actor
from arti.vocabulary import Provider
from arti_core.database import Row
from arti_core.files.file_store import FileStore


async def record_values(
    actor: Actor,
    file_store: FileStore,
    row: Row,
    file: RecognisedFile,
    parsed: ParsedFile,
    answers: Answers,
) -> dict[str, Any]:
    """Store the values of an import that no newer export holds. Returns the import's summary.

    What it has in no metric of the org yet is defined with it. Raises Conflict, Forbidden where that cannot be.
    """
    connection, org_id = actor.connection, actor.org_id
    if file.provider in SOURCES and file.parser.words:
        metrics = find_definitions({observation.metric for observation in parsed.observations})
        await define(actor, file.provider, SOURCES[file.provider].name, metrics)
    terms = terms_of_answers(answers)
    standing = await find_standing(
        connection,
        file_store,
        org_id,
        row,
        provider=file.provider,
        terms=terms,
        time_zone=file.parser.time_zone,
        observations=parsed.observations,
    )
    recorded = await record_observations(
        connection,
        org_id,
        artist_id=row["artist_id"],
        provider=file.provider,
        observations=standing.observations,
        assets=list(parsed.assets.values()),
        terms=terms,
        time_zone=file.parser.time_zone,
        import_id=row["id"],
    )
    if parsed.playlists:
        await record_snapshot(
            connection,
            org_id,
            artist_id=row["artist_id"],
            provider=file.provider,
            snapshot=parsed.playlists,
            import_id=row["id"],
        )
    counts = {"new": recorded.new, "restated": recorded.restated, "unchanged": recorded.unchanged}
    # The tracks matched now stay matched when the file is parsed again, whatever tracks exist then.
    identified = list(parsed.assets) if file.provider in (Provider.SPOTIFY, Provider.YOUTUBE) else []
    own = {"recorded": counts, "kept": standing.kept, "identified": identified}
    return preview.build_summary(file, parsed) | own | standing.held_days
