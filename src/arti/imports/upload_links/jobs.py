"""The job that reads a file that somebody handed in by a link."""

from typing import Final
from uuid import UUID

from arti.imports.batches.service import add_files
from arti.imports.upload_links import store
from arti.imports.upload_links.service import READ_JOB
from arti.jobs import Handler, JobRun
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.database import Principal
from arti_core.errors import ArtiError, Conflict, Unavailable
from arti_core.savepoints import savepoint

_MOST_TABLES: Final = 500  # of one link, as a zip holds many


async def read_upload(job: JobRun) -> None:
    """Preview a file for the people of the org, in the batch of its link; the file as it was sent is deleted."""
    upload_id, file_store = UUID(job.args["upload_id"]), job.worker_context.file_store
    async with job.transaction() as connection:
        upload = await store.lock_waiting(connection, job.org_id, upload_id)
        if upload is None:  # read before
            return
        problem: str | None = None
        try:
            file = await file_store.find(connection, job.org_id, upload["file_id"])
            content = await file_store.read(connection, file, at_most=file.size)
            async with savepoint(connection):
                maker = Principal(user_id=upload["created_by"], session_id=None)
                await add_files(
                    Actor(connection, job.org_id, maker, job.worker_context.vault),
                    file_store,
                    batch_id=upload["batch_id"],
                    files=[(upload["name"], content)],
                    artist_id=upload["artist_id"],
                    upload_id=upload_id,
                )
                if await store.count_tables(connection, job.org_id, upload["batch_id"]) > _MOST_TABLES:
                    raise Conflict(f"This link has brought more than {_MOST_TABLES} tables. Ask for a new one.")
        except Unavailable:
            raise
        except ArtiError as error:
            problem = error.message
        await store.record_result(connection, job.org_id, upload_id, problem=problem)
        if upload["file_id"] is not None:
            await file_store.delete(connection, job.org_id, upload["file_id"])
        anonymous = Actor(connection, job.org_id, None, job.worker_context.vault)
        details = {"file_name": upload["name"], "byte_size": upload["byte_size"], "problem": problem}
        await audit(anonymous, "upload_link.used", upload["link_id"], details)


HANDLERS: Final[dict[str, Handler]] = {READ_JOB: read_upload}
