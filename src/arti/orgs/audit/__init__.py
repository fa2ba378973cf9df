"""The audit log of orgs: what is recorded, the chain over it, and what members were refused."""

from arti.orgs.audit.log import audit, audit_everywhere, changed_values

__all__ = ["audit", "audit_everywhere", "changed_values"]
