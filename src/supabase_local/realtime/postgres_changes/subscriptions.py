"""The channels that listen to tables, by who they are and what they want."""

from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from supabase_local.realtime.channel.channel import Audience, Channel
from supabase_local.realtime.postgres_changes.bindings import Binding, Filter

_Groups: TypeAlias = dict[tuple[Binding, ...], set[Channel]]  # whose channels get the same of every change


class Subscriptions:
    def __init__(self) -> None:
        self._by_audience: dict[Audience, _Groups] = {}
        self._bindings: Counter[Binding] = Counter()  # with the number of groups that hold each

    def add(self, channel: Channel) -> None:
        groups = self._by_audience.setdefault(channel.audience, {})
        if channel.bindings not in groups:
            groups[channel.bindings] = set()
            self._bindings.update(channel.bindings)
        groups[channel.bindings].add(channel)

    def remove(self, channel: Channel) -> None:
        groups = self._by_audience.get(channel.audience, {})
        members = groups.get(channel.bindings)
        if members is None:
            return
        members.discard(channel)
        if not members:
            del groups[channel.bindings]
            self._bindings.subtract(channel.bindings)
            self._bindings += Counter()  # drops those that nobody holds
        if not groups:
            del self._by_audience[channel.audience]

    def bindings_on(self, table: tuple[str, str]) -> set[Binding]:
        return {one for one in self._bindings if one.covers(table)}

    def audiences_of(self, wanted: set[Binding]) -> list[Audience]:
        """Return whose channels hold any of these bindings."""
        return [
            audience
            for audience, groups in self._by_audience.items()
            if any(not wanted.isdisjoint(bindings) for bindings in groups)
        ]

    def groups_of(self, audience: Audience) -> Iterator[tuple[tuple[Binding, ...], set[Channel]]]:
        yield from self._by_audience.get(audience, {}).items()

    def users_of(self, condition: Filter) -> list[Channel]:
        return [
            channel
            for groups in self._by_audience.values()
            for bindings, channels in groups.items()
            if any(condition in one.filters for one in bindings)
            for channel in channels
        ]
