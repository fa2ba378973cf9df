"""What a member sends over a socket, as Hypothesis makes it: joins, broadcasts, presence, tokens, on any topic."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.isolation.trial import fill

_TOPICS = (
    "org:<org>",
    "org:<org>:room",
    "org:<foreign-org>",
    "org:<foreign-org>",
    "org:<foreign-org>:room",
    "org:<org>:<foreign>",
    "org:<org>,<foreign>",
    "org",
    "org:",
    "org:*",
    "room",
    "<foreign>",
    "ORG:<foreign-org>",
    "org:<foreign-org> ",
)
PUBLISHED = ("jobs", "insights", "imports", "sync_runs", "deliveries", "*")
_TABLES = (*PUBLISHED, *PUBLISHED, "artists", "memberships", "orgs", "nothing")
_SOUND_FILTERS = (
    "org_id=eq.<foreign-org>",
    "org_id=neq.<org>",
    "org_id=eq.<org>",
    "org_id=in.(<org>,<foreign-org>)",
    "org_id=not.eq.00000000-0000-0000-0000-000000000000",
)
_FILTERS = (None, None, *_SOUND_FILTERS, "id=eq.<foreign>", "status=eq.done", "nothing=eq.1", "org_id=like.*")


@dataclass(frozen=True, slots=True)
class Push:
    """One frame, or with `over_http` one broadcast by POST."""

    topic: str
    event: str
    payload: Any
    over_http: bool = False

    def filled(self, words: dict[str, str]) -> "Push":
        return Push(fill(self.topic, words), self.event, fill(self.payload, words), self.over_http)


def valid_joins(tables: tuple[str, ...] = PUBLISHED) -> st.SearchStrategy[Push]:
    """Return a strategy of joins that are as well formed as can be, for changes of `tables`."""
    binding = st.builds(
        lambda event, table, condition: {"event": event, "schema": "public", "table": table, **condition},
        st.sampled_from(("*", "*", "INSERT", "DELETE")),
        st.sampled_from(tables),
        st.sampled_from(({}, {}, *({"filter": condition} for condition in _SOUND_FILTERS))),
    )
    bindings = st.lists(binding, min_size=1, max_size=3)
    return st.builds(
        _join, st.sampled_from(("org:<org>", "org:<org>:room", "room")), bindings, st.booleans(), st.just("")
    )


def pushes() -> st.SearchStrategy[Push]:
    """Return a strategy of frames of every kind."""
    topic = st.sampled_from(_TOPICS)
    join = st.builds(_join, topic, st.lists(_binding(), max_size=3), st.booleans(), st.sampled_from(("", "me")))
    said = st.sampled_from(("hello", {"from": "<mark>"}))
    broadcast = st.builds(
        lambda topic, said: Push(topic, "broadcast", {"type": "broadcast", "event": "x", "payload": {"said": said}}),
        topic,
        said,
    )
    presence = st.builds(
        lambda topic, event, said: Push(
            topic, "presence", {"type": "presence", "event": event, "payload": {"said": said}}
        ),
        topic,
        st.sampled_from(("track", "track", "untrack")),
        said,
    )
    posted = st.builds(
        lambda topic, private, said: Push(
            topic,
            "post",
            {"messages": [{"topic": topic, "event": "x", "payload": {"said": said}, "private": private}]},
            True,
        ),
        topic,
        st.booleans(),
        said,
    )
    token = st.builds(
        lambda topic, token: Push(topic, "access_token", {"access_token": token}),
        topic,
        st.sampled_from(("<token>", "<token>", "nonsense", None)),
    )
    leave = topic.map(lambda name: Push(name, "phx_leave", {}))
    return st.one_of(*[join] * 6, *[broadcast] * 2, *[presence] * 2, posted, token, leave)


def _binding() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda event, schema, table, condition: {
            "event": event,
            "schema": schema,
            "table": table,
            **({"filter": condition} if condition else {}),
        },
        st.sampled_from(("*", "*", "INSERT", "UPDATE", "DELETE")),
        st.sampled_from(("public",) * 8 + ("*", "auth", "private")),
        st.sampled_from(_TABLES),
        st.sampled_from(_FILTERS),
    )


def _join(topic: str, changes: list[dict[str, Any]], private: bool, key: str) -> Push:
    config = {
        "postgres_changes": changes,
        "private": private,
        "broadcast": {"self": True, "ack": True},
        "presence": {"key": key, "enabled": True},
    }
    return Push(topic, "phx_join", {"config": config, "access_token": "<token>"})
