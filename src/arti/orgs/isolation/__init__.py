"""Verify at run time that the database isolates orgs: its catalogue, its policies, and attempts on the canary org."""
