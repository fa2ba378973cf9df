"""Requests to /rest/v1 as Hypothesis makes them, from the schema as it is: any table, column, foreign key, function."""

from dataclasses import dataclass

from hypothesis import strategies as st

from arti.base.database import Connection
from tests.isolation.sides import Ask

# What stands where a value is expected: ids and words of both tenants, and a few that are nobody's.
_WORDS = ("<own>", "<foreign>", "<mark>", "<piece>*", "*", "null", "1", "0", "2026-01-01", "spotify", "done", "true")
_OPERATORS = ("eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch", "is", "isdistinct", "in", "cs")
_RESOLUTIONS = ("merge-duplicates", "ignore-duplicates")


@dataclass(frozen=True, slots=True)
class Shape:
    """What can be named: columns of each table, tables joined by foreign keys, functions."""

    columns: dict[str, list[str]]
    joined: dict[str, list[str]]
    functions: list[tuple[str, list[str]]]


async def read_shape(connection: Connection) -> Shape:
    """Read what a request could name, whether or not it may."""
    columns: dict[str, list[str]] = {}
    joined: dict[str, list[str]] = {}
    rows = await connection.fetch(
        """select c.relname::text as table, array_agg(a.attname::text order by a.attnum) as columns
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p') and not c.relispartition
           group by c.relname order by c.relname"""
    )
    for row in rows:
        columns[row["table"]] = row["columns"]
    rows = await connection.fetch(
        """select distinct conrelid::regclass::text as one, confrelid::regclass::text as other
           from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace order by 1, 2"""
    )
    for row in rows:
        one, other = row["one"].removeprefix("public."), row["other"].removeprefix("public.")
        joined.setdefault(one, []).append(other)
        joined.setdefault(other, []).append(one)
    rows = await connection.fetch(
        """select proname::text as name, coalesce(proargnames, '{}') as args from pg_proc
           where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prokind = 'f' order by 1"""
    )
    return Shape(columns, joined, [(row["name"], [arg for arg in row["args"] if arg]) for row in rows])


def asks(shape: Shape, *, tables: list[str] | None = None) -> st.SearchStrategy[Ask]:
    """Return a strategy of requests; with `tables`, to these alone."""
    named = sorted(tables or shape.columns)
    table = st.sampled_from(named)
    made = table.flatmap(lambda name: st.one_of(_reading(shape, name), _reading(shape, name), _writing(shape, name)))
    if tables is None:
        made = st.one_of(made, made, made, _calling(shape), st.just(Ask("GET", "/rest/v1/")))
    return st.builds(_finished, made, st.sampled_from(("member",) * 9 + ("anon",)), _cancelling())


def _finished(ask: Ask, caller: str, cancel_after: float | None) -> Ask:
    return Ask(ask.method, ask.path, ask.query, ask.headers, ask.body, caller, cancel_after)


def _cancelling() -> st.SearchStrategy[float | None]:
    """A fifth of the requests, within the few milliseconds that one takes."""
    return st.one_of(*[st.none()] * 4, st.integers(0, 24).map(lambda step: step / 4000))


def _filters(shape: Shape, table: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    columns = shape.columns[table]
    column = st.sampled_from([name for name in columns if name in ("org_id", "id")] or columns) | st.sampled_from(
        columns
    )
    word = st.sampled_from(_WORDS)
    plain = st.builds(
        lambda operator, negated, word: ("not." if negated else "") + _operand(operator, word),
        st.sampled_from(_OPERATORS),
        st.booleans(),
        word,
    )
    tree = st.builds(
        lambda kind, first, one, second, other: (
            kind,
            f"({first}.{_operand('eq', one)},{second}.{_operand('neq', other)})",
        ),
        st.sampled_from(("or", "and", "not.or")),
        column,
        word,
        column,
        word,
    )
    return st.lists(st.one_of(*[st.tuples(column, plain)] * 4, tree), max_size=3)


def _operand(operator: str, word: str) -> str:
    return {"in": f"in.({word},<foreign>)", "cs": "cs.{" + word + "}"}.get(operator, f"{operator}.{word}")


def _select(shape: Shape, table: str) -> st.SearchStrategy[str]:
    """Columns, and related tables embedded up to two deep."""
    columns = st.lists(st.sampled_from([*shape.columns[table], "*"]), min_size=1, max_size=3, unique=True)
    near = shape.joined.get(table, [])
    if not near:
        return columns.map(",".join)

    def embed(other: str) -> st.SearchStrategy[str]:
        further = shape.joined.get(other, [])
        inner = st.sampled_from(["*", "count", *(f"*,{name}(*)" for name in further[:4])])
        return st.builds(
            lambda inside, join, hint: f"{other}{hint}{join}({inside})",
            inner,
            st.sampled_from(("", "", "!inner", "!left")),
            st.sampled_from(("", "", "", "!org_id", f"!{table}_{other}_fkey")),
        )

    embeds = st.lists(st.sampled_from(near).flatmap(embed), max_size=2, unique=True)
    return st.builds(lambda own, more: ",".join([*own, *more]), columns, embeds)


def _reading(shape: Shape, table: str) -> st.SearchStrategy[Ask]:
    order = st.sampled_from([*shape.columns[table]]).flatmap(
        lambda column: st.sampled_from([[], [("order", f"{column}.desc")], [("order", column)]])
    )
    count = st.sampled_from(
        [(), (), (("prefer", "count=exact"),), (("prefer", "count=planned"),), (("prefer", "count=estimated"),)]
    )
    accept = st.sampled_from(
        [(), (), (), (("accept", "text/csv"),), (("accept", "application/vnd.pgrst.object+json"),), (("range", "0-1"),)]
    )
    return st.builds(
        lambda method, select, filters, order, offset, count, accept: Ask(
            method,
            f"/rest/v1/{table}",
            (("select", select), *filters, *order, *offset),
            (*count, *accept),
        ),
        st.sampled_from(("GET",) * 5 + ("HEAD",)),
        _select(shape, table),
        _filters(shape, table),
        order,
        st.sampled_from([[], [], [("offset", "1")]]),
        count,
        accept,
    )


def _row(shape: Shape, table: str) -> st.SearchStrategy[dict[str, object]]:
    columns = shape.columns[table]
    value = st.sampled_from(
        ["<own>", "<foreign>", "<foreign>", "<mark>", "spotify", "admin", "2026-01-01", 1, None, {}]
    )
    some = st.dictionaries(st.sampled_from(columns), value, max_size=4)
    known: dict[str, object] = {name: "<own>" for name in columns if name in ("org_id", "id", "artist_id", "user_id")}
    known |= {name: "<mark>" for name in columns if name in ("name", "title", "kind", "email")}
    return st.builds(lambda use, more: ({**known} if use else {}) | more, st.booleans(), some)


def _writing(shape: Shape, table: str) -> st.SearchStrategy[Ask]:
    back = st.sampled_from(("return=representation", "return=minimal", "return=headers-only"))
    row = _row(shape, table)
    insert = st.builds(
        lambda rows, back, resolution, target, columns: Ask(
            "POST",
            f"/rest/v1/{table}",
            (*target, *columns),
            (("prefer", ",".join([back, *([f"resolution={resolution}"] if resolution else [])])),),
            rows,
        ),
        row | st.lists(row, min_size=1, max_size=2),
        back,
        st.sampled_from(("", *_RESOLUTIONS)),
        st.sampled_from([(), (), (("on_conflict", "id"),), (("on_conflict", "org_id,id"),)]),
        st.sampled_from([(), (), (("columns", "org_id,id"),)]),
    )
    change = st.builds(
        lambda method, filters, body, back: Ask(
            method, f"/rest/v1/{table}", tuple(filters), (("prefer", back),), body if method == "PATCH" else None
        ),
        st.sampled_from(("PATCH", "DELETE", "DELETE")),
        _filters(shape, table),
        row,
        st.sampled_from(("return=representation", "return=minimal", "return=representation,count=exact")),
    )
    put = st.builds(
        lambda body: Ask("PUT", f"/rest/v1/{table}", (("org_id", "eq.<foreign>"), ("id", "eq.<foreign>")), (), body),
        row,
    )
    return st.one_of(insert, insert, change, change, put)


def _calling(shape: Shape) -> st.SearchStrategy[Ask]:
    """Functions by name, with ids of both tenants: none but an exposed one may run."""
    function = st.sampled_from(shape.functions or [("nothing", [])])
    word = st.sampled_from(("<own>", "<foreign>", "<mark>", "1", None))

    def call(made: tuple[str, list[str]]) -> st.SearchStrategy[Ask]:
        name, args = made
        values = st.fixed_dictionaries(dict.fromkeys(args[:4], word))
        return st.builds(
            lambda method, body, rows: Ask(
                method,
                f"/rest/v1/rpc/{name}",
                tuple((key, str(value)) for key, value in body.items()) if method == "GET" else rows,
                (),
                body if method == "POST" else None,
            ),
            st.sampled_from(("GET", "POST")),
            values,
            st.sampled_from([(), (("select", "*"),), (("org_id", "eq.<foreign>"),)]),
        )

    return function.flatmap(call)
