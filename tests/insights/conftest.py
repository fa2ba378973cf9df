"""Fixtures of insights."""

import pytest

from arti.insights.stories import grouping


@pytest.fixture
def without_seasons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take each day for one outside Christmas and New Year, for tests of stories that have no cause in the calendar."""
    monkeypatch.setattr(grouping, "is_season", lambda day: False)
