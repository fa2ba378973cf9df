"""The platform for people who work for music artists."""

from pathlib import Path

__version__ = "0.1.0"  # the one place; tests/test_version.py compares web/ with it
MIGRATIONS = Path(__file__).parents[2] / "supabase" / "migrations"
