"""The channels with bindings on tables, grouped by subscriber and bindings."""

from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from supabase_local.realtime.channel.channel import RealtimeChannel, Subscriber
from supabase_local.realtime.postgres_changes.bindings import Binding, BindingFilter

_Groups: TypeAlias = dict[
    tuple[Binding, ...], set[RealtimeChannel]
]  # channels of a group receive the same of every change


class Subscriptions:
    def __init__(self) -> None:
        self._by_subscriber: dict[Subscriber, _Groups] = {}
        self._bindings: Counter[Binding] = Counter()  # with the number of groups that have each

    def add(self, channel: RealtimeChannel) -> None:
        groups = self._by_subscriber.setdefault(channel.subscriber, {})
        if channel.bindings not in groups:
            groups[channel.bindings] = set()
            self._bindings.update(channel.bindings)
        groups[channel.bindings].add(channel)

    def remove(self, channel: RealtimeChannel) -> None:
        groups = self._by_subscriber.get(channel.subscriber, {})
        members = groups.get(channel.bindings)
        if members is None:
            return
        members.discard(channel)
        if not members:
            del groups[channel.bindings]
            self._bindings.subtract(channel.bindings)
            self._bindings += Counter()  # drops those without a group
        if not groups:
            del self._by_subscriber[channel.subscriber]

    def bindings_on(self, table: tuple[str, str]) -> set[Binding]:
        return {binding for binding in self._bindings if binding.covers(table)}

    def subscribers_of(self, bindings: set[Binding]) -> list[Subscriber]:
        """Return the subscribers of channels with any of these bindings."""
        return [
            subscriber
            for subscriber, groups in self._by_subscriber.items()
            if any(not bindings.isdisjoint(group) for group in groups)
        ]

    def groups_of(self, subscriber: Subscriber) -> Iterator[tuple[tuple[Binding, ...], set[RealtimeChannel]]]:
        yield from self._by_subscriber.get(subscriber, {}).items()

    def channels_of(self, row_filter: BindingFilter) -> list[RealtimeChannel]:
        return [
            channel
            for groups in self._by_subscriber.values()
            for bindings, channels in groups.items()
            if any(row_filter in binding.filters for binding in bindings)
            for channel in channels
        ]
