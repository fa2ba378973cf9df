"""The job types of arti_core with the product's settings."""

from typing import TypeAlias

from arti.settings import Settings
from arti_core import jobs

WorkerContext: TypeAlias = jobs.WorkerContext[Settings]
Job: TypeAlias = jobs.Job[Settings]
Handler: TypeAlias = jobs.Handler[Settings]
