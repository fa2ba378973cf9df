"""The platform for people who work for music artists."""

__version__ = "0.1.0"  # the one place; tests/test_version.py compares web/ with it
