"""The job types of arti_core with the product's settings."""

from typing import TypeAlias

from arti.settings import Settings
from arti_core import jobs

WorkerContext: TypeAlias = jobs.WorkerContext[Settings]
JobRun: TypeAlias = jobs.JobRun[Settings]
Handler: TypeAlias = jobs.Handler[Settings]
