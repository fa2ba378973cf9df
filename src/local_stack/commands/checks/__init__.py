"""Commands that verify an installation: its isolation, its audit logs."""
