"""Generated requests, valid and mutated: no 5xx, no request over a second, no SQL outside the plan.

A few in the normal mode; many with ARTI_TEST_LONG=1.
"""

import json
import os
import re
import time
from typing import Any, TypeVar
from urllib.parse import quote

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.supabase_local.rest.conftest import Shop

EXAMPLES = 5_000 if os.environ.get("ARTI_TEST_LONG") else 150
LONGEST_SECONDS = 1.0

COLUMNS = {
    "artists": ["id", "name", "country", "born", "data", "raw", "genres", "active", "mood", "bio", "code"],
    "albums": ["id", "title", "artist_id", "producer_id", "released", "price"],
    "notes": ["id", "body", "stamped", "urgent"],
    "album_list": ["id", "title", "by_artist", "double"],
}
EMBEDS = {
    "artists": ["passports", "albums!artist_id", "albums!albums_producer_id_fkey", "album_sums"],
    "albums": ["tracks", "tags", "artists!artist_id", "producer_id", "album_tags", "artists"],
    "notes": ["artists"],
    "album_list": ["tags", "tracks", "artists"],
}
OPERATORS = [
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "like",
    "ilike",
    "match",
    "imatch",
    "is",
    "isdistinct",
    "in",
    "cs",
    "cd",
    "ov",
    "sl",
    "sr",
    "nxl",
    "nxr",
    "adj",
    "fts",
    "plfts",
    "phfts",
    "wfts",
    "eq(any)",
    "like(all)",
    "gt(any)",
    "fts(english)",
    "not.eq",
    "not.in",
    "not.is",
    "sum",
    "nothing",
]
STEPS = ["->a", "->>0", "->a->>b", "->", "::text", "::int", "::regclass"]
FUNCTIONS = ["add_them", "list_artists", "numbers", "find_albums", "sum_of", "take_json", "twice", "nothing"]
HOSTILE = (
    "'; drop table shop.artists; --",
    '" from cellar.secrets --',
    "$1",
    "x') or 1=1 --",
    "\\",
    "*/ select words from cellar.secrets /*",
    "set_config('role','service_role',true)",
    "{a,b}",
    "(1,2)",
    "[1,2)",
    '{"a":1}',
    "null",
    "\u0000",
    "𝒳",
    "-1",
    "2001-01-01",
    "99999999999999999999",
    "",
    "%",
    "((((",
)

T = TypeVar("T")


def mostly(usual: st.SearchStrategy[T], rare: st.SearchStrategy[T], *, once_in: int = 25) -> st.SearchStrategy[T]:
    return st.integers(1, once_in).flatmap(lambda drawn: rare if drawn == once_in else usual)


# A valid value of each column, so that many requests reach the database.
_BY_VALUE = {
    ("1", "2", "7"): ("id", "artist_id", "producer_id", "by_artist", "double", "price"),
    ("2001-01-01",): ("born", "released", "stamped"),
    ("Lumen", "a", "X", "%"): ("name", "title", "body", "country", "code"),
    ('{"a":1}',): ("data", "raw"),
    ("{dub}",): ("genres",),
    ("[1,2)",): ("active",),
    ("calm",): ("mood",),
    ("light",): ("bio",),
    ("true",): ("urgent",),
}
FITTING = {name: fitting for fitting, names in _BY_VALUE.items() for name in names}
values = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12), st.integers(-9, 99).map(str))
torn = st.text(alphabet="abid.,:()!->\"'*{}[]\\ \t\x00é;$%&=", max_size=20)


@st.composite
def fields(draw: st.DrawFn, table: str) -> str:
    name = draw(mostly(st.sampled_from(COLUMNS[table]), torn))
    return name + draw(mostly(st.just(""), st.sampled_from(STEPS), once_in=6))


@st.composite
def selects(draw: st.DrawFn, table: str, level: int = 0) -> str:
    items = draw(
        st.lists(st.one_of(fields(table), st.just("*"), fields(table).map(lambda f: f"alias:{f}")), max_size=3)
    )
    if level < 2 and draw(st.booleans()):
        target = draw(st.sampled_from(EMBEDS[table]))
        inner = draw(st.sampled_from(["", "!inner", "!left", "!left!inner"]))
        other = target.split("!")[0]
        below = draw(selects(other if other in COLUMNS else "notes", level + 1)) if draw(st.booleans()) else "*"
        items.append(f"{draw(mostly(st.sampled_from(['', 'as:']), st.just('...')))}{target}{inner}({below})")
    return ",".join(items)


@st.composite
def filters(draw: st.DrawFn, table: str) -> tuple[str, str]:
    where = draw(mostly(st.just(""), st.sampled_from(["passports.", "tracks.", "albums.", "nothing."])))
    name = draw(st.sampled_from(COLUMNS[table]))
    if draw(st.booleans()):
        usual = ["eq", "neq", "not.eq", "isdistinct", *(["gt", "lte"] if name != "data" and name != "raw" else [])]
        return where + name, f"{draw(st.sampled_from(usual))}.{draw(st.sampled_from(FITTING[name]))}"
    operand = draw(st.one_of(values, st.lists(values, max_size=3).map(lambda many: f"({','.join(many)})")))
    return where + draw(fields(table)), f"{draw(st.sampled_from(OPERATORS))}.{operand}"


@st.composite
def trees(draw: st.DrawFn, table: str, level: int = 0) -> str:
    members = []
    for _ in range(draw(mostly(st.integers(1, 3), st.just(0)))):
        if level < 3 and draw(st.booleans()):
            members.append(draw(st.sampled_from(["and", "or", "not.and"])) + draw(trees(table, level + 1)))
        else:
            key, value = draw(filters(table))
            members.append(f"{key}.{value}")
    return f"({','.join(members)})"


@st.composite
def queries(draw: st.DrawFn, table: str) -> list[tuple[str, str]]:
    pairs = draw(st.lists(filters(table), max_size=2))
    if draw(st.booleans()):
        pairs.append(("select", draw(mostly(selects(table), torn))))
    if draw(st.booleans()):
        pairs.append((draw(st.sampled_from(["or", "and", "not.or", "tracks.or"])), draw(mostly(trees(table), torn))))
    if draw(st.booleans()):
        way = draw(mostly(st.sampled_from(["", ".desc", ".asc.nullslast"]), st.sampled_from([".up", "(id)"])))
        pairs.append((draw(mostly(st.just("order"), st.just("tracks.order"))), draw(fields(table)) + way))
    for name in draw(
        st.lists(st.sampled_from(["limit", "offset", "columns", "on_conflict", "tracks.limit"]), max_size=2)
    ):
        pairs.append((name, draw(values)))
    return pairs


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], bytes]:
    """Return method, path, headers and body of one request."""
    method = draw(mostly(st.sampled_from(["GET", "GET", "HEAD", "POST", "PATCH", "DELETE"]), st.just("PUT")))
    table = draw(st.sampled_from(sorted(COLUMNS)))
    functions = st.sampled_from(FUNCTIONS).map(lambda name: f"rpc/{name}")
    path = draw(mostly(mostly(st.just(table), functions, once_in=5), torn.map(quote)))
    query = "&".join(f"{quote(key)}={quote(value)}" for key, value in draw(queries(table)))
    accept = ["application/json", "text/csv", "application/vnd.pgrst.object+json", "*/*;nulls=stripped", "x/y"]
    preferences = [
        "return=representation",
        "count=exact",
        "resolution=merge-duplicates",
        "missing=default",
        "handling=strict",
    ]
    headers = {
        "Accept": draw(mostly(st.just("application/json"), st.sampled_from(accept), once_in=4)),
        "Prefer": ",".join(
            draw(st.lists(st.sampled_from([*preferences, "max-affected=1", "return=headers-only"]), max_size=3))
        ),
        "Range": draw(mostly(st.sampled_from(["", "0-1"]), st.sampled_from(["5-2", "x"]))),
        "Content-Type": draw(mostly(st.just("application/json"), st.sampled_from(["text/csv", "text/plain"]))),
    }
    names = mostly(st.sampled_from(COLUMNS[table]), st.sampled_from(["a", "nothing"]))
    pairs = names.flatmap(
        lambda name: st.tuples(st.just(name), mostly(st.sampled_from(FITTING.get(name, ["1"])), values))
    )
    row = st.lists(pairs, max_size=3).map(dict)
    body = draw(mostly(st.one_of(row.map(_json), st.lists(row, max_size=1).map(_json)), torn.map(str.encode)))
    return method, f"{path}?{query}", headers, b"" if method in ("GET", "HEAD") else body


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


# What a statement may call besides the functions of the exposed schemas.
CALLED = frozenset(
    """count coalesce nullif current_setting set_config json_agg row_to_json json_strip_nulls jsonb_agg to_jsonb
    string_agg substring length json_object_keys json_each_text array_agg to_tsvector to_tsquery plainto_tsquery
    phraseto_tsquery websearch_to_tsquery json_to_record json_to_recordset jsonb_to_record jsonb_to_recordset
    json_array_elements
    jsonb_array_elements jsonb_build_object nextval now uid cast""".split()  # noqa: SIM905
)
SYNTAX = frozenset(
    """any all in as and or not on from where select lateral exists materialized values conflict by join when then else
    update returning distinct with""".split()  # noqa: SIM905
)
RELATIONS = re.compile(
    r"shop\.\w+|annex\.\w+|pgrst_source|pgrst_page|data|json_data|_page|_arguments|element|(?:artists|albums|notes)__body"
)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that REST sends for people and strangers, with the opening of its transaction."""
    sent: list[str] = []

    def listen(name: str) -> None:
        plain = getattr(asyncpg.Connection, name)

        async def message(self: Any, query: str, *rest: Any, **more: Any) -> Any:
            if self._params.user == "arti_rest":  # other services use other logins
                sent.append(query)
            return await plain(self, query, *rest, **more)

        monkeypatch.setattr(asyncpg.Connection, name, message)

    for name in ("execute", "fetch", "fetchrow", "fetchval"):
        listen(name)
    return sent


def assert_planned(statement: str, request_line: str) -> None:
    """Fail when a statement holds a literal, a call or a relation that is not of the plan."""
    bare = re.sub(r'"(?:[^"]|"")*"', '""', statement)  # names, quoted by PostgreSQL or by plan.quote
    literals = set(re.findall(r"'((?:[^']|'')*)'", bare))
    expected = {"", "[]", "null", "\\n", ",", "=", "eq.", "is.null", "0", "-1", "response.headers", "response.status"}
    assert literals <= expected | {"pgrst.inserted"} | DEFAULTS, (statement, request_line)
    bare = re.sub(r"'(?:[^']|'')*'", "''", bare).replace("distinct from", "").replace("do update set", "")
    assert ";" not in bare, (statement, request_line)
    assert "--" not in bare, (statement, request_line)
    assert "/*" not in bare, (statement, request_line)
    for schema, name in re.findall(r"(\w+\.)?\b([a-z_]\w*) ?\(", bare):
        assert name in CALLED | SYNTAX or (schema == "shop." and name in FUNCTIONS), (name, statement, request_line)
    for relation in re.findall(r"\b(?:from|join|into|update) (?!lateral|\(|[a-z_]+\()([^\s(,)]+)", bare):
        assert RELATIONS.fullmatch(relation) or relation == '""', (relation, statement, request_line)


# In the defaults of the shop's columns, which missing=default repeats.
DEFAULTS = {
    *(f"shop.{table}_id_seq" for table in ("artists", "albums", "notes")),
    *("nothing", "2026-01-01 12:00:00+00", "{}", "calm", "genres", "mood", "id", "body", "stamped", "price"),
}


@pytest.fixture
def generated() -> list[tuple[str, str, dict[str, str], bytes]]:
    """The requests, made before a gateway runs beside: Hypothesis watches the state of `random`."""
    collected: list[tuple[str, str, dict[str, str], bytes]] = []

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(requests())
    def collect(item: tuple[str, str, dict[str, str], bytes]) -> None:
        collected.append(item)

    collect()
    return collected


@pytest.mark.timeout(3600 if os.environ.get("ARTI_TEST_LONG") else 180)
async def test_generated_requests(
    generated: list[tuple[str, str, dict[str, str], bytes]], shop: Shop, statements: list[str]
) -> None:
    assert len(generated) >= EXAMPLES // 2
    answered: dict[int, int] = {}
    looked_at = 0
    for method, path, headers, body in generated:
        statements.clear()
        began = time.monotonic()
        response = await shop.request(method, path, headers=headers, content=body or None)
        took = time.monotonic() - began
        message = (method, path, headers, body, response.text)
        assert response.status_code < 500, message
        again: list[float] = []
        while took >= LONGEST_SECONDS and len(again) < 2:  # repeated, in case the machine is loaded
            began = time.monotonic()
            await shop.request(method, path, headers=headers, content=body or None)
            again.append(took := time.monotonic() - began)
        assert took < LONGEST_SECONDS, (again, message)
        answered[response.status_code] = answered.get(response.status_code, 0) + 1
        ours = [item for item in statements if not item.startswith(("begin", "commit", "rollback"))]
        for statement in ours:
            if "pg_catalog.pg_class" not in statement and "from pg_" not in statement and "from arti" not in statement:
                assert_planned(statement, path)
                looked_at += 1
        assert len([item for item in ours if "from pg_" not in item]) <= 2, (ours, message)
        assert "never" not in response.text  # the word in cellar.secrets
    assert answered.get(200, 0) > EXAMPLES // 20, answered
    assert looked_at > EXAMPLES // 10
    left = await shop.database.as_owner("select count(*) as n from cellar.secrets")
    assert left[0]["n"] == 1
