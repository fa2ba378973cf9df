"""What the doctor says about one thing."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`text` is a sentence about `area`; `remedy` says what to do, for a warning or a problem."""

    area: str
    state: State
    text: str
    remedy: str = ""


def ok(area: str, text: str) -> Diagnosis:
    return Diagnosis(area, "ok", text)


def warning(area: str, text: str, remedy: str) -> Diagnosis:
    return Diagnosis(area, "warning", text, remedy)


def problem(area: str, text: str, remedy: str) -> Diagnosis:
    return Diagnosis(area, "problem", text, remedy)


def skipped(area: str, text: str) -> Diagnosis:
    return Diagnosis(area, "skipped", text)
