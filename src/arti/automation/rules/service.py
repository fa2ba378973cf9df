"""Rules: which events, under which conditions, notify which channel."""

from typing import Final
from uuid import UUID

from arti.automation.channels.service import get_channel
from arti.automation.rules import store
from arti.automation.rules.schemas import Conditions, NewRule, Rule, RuleChange
from arti.metrics.sources.known import list_metrics, list_providers
from arti.music.store import has_artists
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Access
from arti.vocabulary import EventType
from arti_core.database import Connection
from arti_core.errors import Invalid, NotFound

_WHAT_IT_DOES: Final = ("event_type", "conditions", "channel_id")


async def get_rule(connection: Connection, org_id: UUID, rule_id: UUID) -> Rule:
    row = await store.find_rule(connection, org_id, rule_id)
    if row is None:
        raise NotFound("rule")
    return Rule.model_validate(dict(row))


async def create_rule(access: Access, new: NewRule) -> Rule:
    """Create a rule that runs for the caller: it notifies of what they see when it fires."""
    await get_channel(access, new.channel_id)
    await _check_conditions(access, new.event_type, new.conditions)
    rule_id = await store.create_rule(
        access.connection,
        access.org_id,
        name=new.name,
        event_type=new.event_type,
        conditions=new.conditions.model_dump(mode="json", exclude_none=True),
        channel_id=new.channel_id,
        enabled=new.enabled,
        created_by=access.principal.user_id,
    )
    await audit(access, "rule.created", rule_id, {"name": new.name, "event_type": new.event_type})
    return await get_rule(access.connection, access.org_id, rule_id)


async def update_rule(access: Access, rule_id: UUID, change: RuleChange) -> Rule:
    """Change a rule. It runs for the caller from now on if they change what it does, or if its member has left."""
    before = await get_rule(access.connection, access.org_id, rule_id)
    if change.channel_id is not None:
        await get_channel(access, change.channel_id)
    await _check_conditions(access, change.event_type or before.event_type, change.conditions or before.conditions)
    takes_over = before.is_ownerless or not change.model_fields_set.isdisjoint(_WHAT_IT_DOES)
    await store.update_rule(
        access.connection,
        access.org_id,
        rule_id,
        name=change.name,
        event_type=change.event_type,
        conditions=change.conditions.model_dump(mode="json", exclude_none=True) if change.conditions else None,
        channel_id=change.channel_id,
        enabled=change.enabled,
        run_as=access.principal.user_id if takes_over else None,
    )
    after = await get_rule(access.connection, access.org_id, rule_id)
    old, new = (rule.model_dump(mode="json", include=set(change.model_fields_set)) for rule in (before, after))
    await audit(access, "rule.changed", rule_id, {"name": before.name, "changes": changed_values(old, new)})
    return after


async def delete_rule(access: Access, rule_id: UUID) -> None:
    rule = await get_rule(access.connection, access.org_id, rule_id)
    await store.delete_rule(access.connection, access.org_id, rule_id)
    await audit(access, "rule.deleted", rule_id, {"name": rule.name})


async def _check_conditions(access: Access, event_type: EventType, conditions: Conditions) -> None:
    """Raise Invalid, naming the field, for a condition that no event can meet."""
    if event_type != EventType.INSIGHT_CREATED:
        for name in ("min_severity", "detectors", "metrics"):
            if getattr(conditions, name) is not None:
                raise Invalid(f"{event_type} has no such condition. Only insights do.", field=f"conditions.{name}")
    if conditions.artist_ids and not await has_artists(access.connection, access.org_id, conditions.artist_ids):
        raise Invalid("One of these artists is not in this org.", field="conditions.artist_ids")
    if conditions.providers:
        known = await list_providers(access.connection, access.org_id)
        for index, provider in enumerate(conditions.providers):
            if provider not in known:
                raise Invalid(
                    f"There is no platform or source {provider}. GET /api/sources lists all of them.",
                    field=f"conditions.providers.{index}",
                )
    unknown = sorted(set(conditions.metrics or ()) - (await list_metrics(access.connection, access.org_id)).keys())
    if unknown:
        raise Invalid(
            f"There is no metric {unknown[0]}. GET /api/metrics lists all of them.", field="conditions.metrics"
        )
