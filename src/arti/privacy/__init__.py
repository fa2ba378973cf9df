"""Data of persons and orgs: export of all of it, and deletion everywhere."""
