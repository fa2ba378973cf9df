"""Public schemas of batches."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.imports.schemas import Import, UnplacedFile
from arti.language.messages.reader import ReaderText
from arti.orgs.schemas import Body


class BatchItem(Import):
    """A file of a batch, as an import."""

    artist_name: str
    placed_by: ReaderText = Field(description="How the file found its artist.")
    open: list[str] = Field(description="Keys of the questions that need an answer before the file can be committed.")


class ImportBatch(BaseModel):
    """Files that were dropped together, in the order in which they are committed."""

    id: UUID
    items: list[BatchItem]


class ImportBatchUpload(ImportBatch):
    unplaced: list[UnplacedFile]


class BatchAnswers(Body):
    """Answers by import and question. Without `import_ids` all files of the batch are meant."""

    answers: dict[UUID, dict[str, str]] = Field(default={}, max_length=1000)
    import_ids: list[UUID] | None = Field(default=None, max_length=1000)


class CommittedItem(BaseModel):
    """What became of a file. `id` is the import that holds its numbers: an earlier one for the same file.

    `committing`: it is large, and a job commits it.
    """

    import_id: UUID
    id: UUID
    file_name: str
    result: Literal["committed", "committing", "already_committed", "open", "failed"]
    reason: ReaderText | None = None


class BatchCommit(BaseModel):
    """The files that this request committed. While `left` is not 0, send it again for the others."""

    results: list[CommittedItem]
    left: int
    new: int = Field(description="Values and lines that were added.")
    restated: int
    unchanged: int
