"""Checks of this repository: they read files and never start the product."""
