"""The logo of an org."""
