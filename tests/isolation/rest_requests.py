"""Requests to /rest/v1 as Hypothesis makes them, from the schema as it is: any table, column, foreign key, function."""

from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

from arti_core.database import Connection
from tests.isolation.trial import ComparedRequest

# What stands where a value is expected: ids and words of both tenants, and a few that are nobody's.
_WORDS = ("<own>", "<foreign>", "<mark>", "<piece>*", "*", "null", "1", "0", "2026-01-01", "spotify", "{}")
_IDS = ("<own>", "<foreign>", "<foreign>", "00000000-0000-0000-0000-000000000000")
_ORG_IDS = ("<org>", "<foreign-org>", "<foreign-org>", "00000000-0000-0000-0000-000000000000")
_WORDS_OF_TYPE = {
    "uuid": _IDS,
    "text": ("<mark>", "<piece>*", "*", "spotify", "done"),
    "date": ("2026-01-01", "2020-01-01"),
    "timestamp with time zone": ("2026-01-01", "2020-01-01", "infinity"),
    "boolean": ("true", "false"),
    "bigint": ("0", "1"),
    "integer": ("0", "1"),
}
_COMPARING = ("eq", "neq", "gt", "gte", "lt", "lte")
_OPERATORS = {
    "uuid": ("eq", "eq", "neq", "gt", "in"),
    "text": (*_COMPARING, "like", "ilike", "match", "imatch", "in"),
    "boolean": ("eq", "is"),
}
_ANY_OPERATOR = (*_COMPARING, "like", "match", "is", "isdistinct", "in", "cs", "cd", "ov", "fts")
_RESOLUTIONS = ("merge-duplicates", "ignore-duplicates")
_COUNTED = ("GET",) * 5 + ("HEAD",)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What can be named: primary keys, columns with their types, foreign keys (other table and name), functions."""

    keys: dict[str, list[str]]
    columns: dict[str, dict[str, str]]
    joined: dict[str, list[tuple[str, str]]]
    functions: list[tuple[str, list[str]]]


async def read_shape(connection: Connection) -> Shape:
    """Read what a request could name, whether or not it may."""
    columns: dict[str, dict[str, str]] = {}
    joined: dict[str, list[tuple[str, str]]] = {}
    for row in await connection.fetch(
        """select c.relname::text as table, a.attname::text as column, format_type(a.atttypid, null) as type
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p') and not c.relispartition
           order by 1, a.attnum"""
    ):
        columns.setdefault(row["table"], {})[row["column"]] = row["type"]
    for row in await connection.fetch(
        """select one.relname::text as one, other.relname::text as other, conname::text as name
           from pg_constraint join pg_class one on one.oid = conrelid join pg_class other on other.oid = confrelid
           where contype = 'f' and connamespace = 'public'::regnamespace and not one.relispartition order by 1, 2, 3"""
    ):
        joined.setdefault(row["one"], []).append((row["other"], row["name"]))
        joined.setdefault(row["other"], []).append((row["one"], row["name"]))
    keys = await connection.fetch(
        """select conrelid::regclass::text as table, array_agg(attname::text) as columns
           from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey)
           where contype = 'p' and connamespace = 'public'::regnamespace group by conrelid"""
    )
    functions = await connection.fetch(
        """select proname::text as name, coalesce(proargnames, '{}') as args from pg_proc
           where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prokind = 'f' order by 1"""
    )
    return Shape(
        {row["table"].removeprefix("public."): row["columns"] for row in keys},
        columns,
        joined,
        [(row["name"], [arg for arg in row["args"] if arg]) for row in functions],
    )


def generated_requests(shape: Shape, *, tables: list[str] | None = None) -> st.SearchStrategy[ComparedRequest]:
    """Return a strategy of requests; with `tables`, to these alone."""
    table = st.sampled_from(sorted(tables or shape.columns))
    made = table.flatmap(lambda name: _of_table(shape, name))
    if tables is None:
        made = st.one_of(*[made] * 8, *[_calling(shape)] * 2, st.just(ComparedRequest("GET", "/rest/v1/")))
    return st.builds(_finished, made, st.sampled_from(("member",) * 7 + ("key", "key", "anon")), cancelling())


# Making a strategy costs more than drawing from it, so each is made once.
@cache
def _of_table(shape: Shape, table: str) -> st.SearchStrategy[ComparedRequest]:
    return st.one_of(_reading(shape, table), _reading(shape, table), _writing(shape, table))


def _finished(generated_request: ComparedRequest, principal: str, cancel_after: float) -> ComparedRequest:
    return ComparedRequest(
        generated_request.method,
        generated_request.path,
        generated_request.query,
        generated_request.headers,
        generated_request.body,
        principal,
        cancel_after,
    )


def _own(column: str) -> str:
    return "<org>" if column == "org_id" else "<own>"


def _foreign(column: str) -> str:
    return "<foreign-org>" if column == "org_id" else "<foreign>"


def cancelling() -> st.SearchStrategy[float]:
    """A moment within the few milliseconds that a request takes."""
    return st.integers(0, 24).map(lambda step: step / 4000)


def _words_of(column: str, type_: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """Return what may stand in a column: tenants' ids in `org_id`, else ids and words of its type."""
    return _ORG_IDS if column == "org_id" else _WORDS_OF_TYPE.get(type_, otherwise)


def _operand(operator: str, word: str) -> str:
    return {"in": f"in.({word},<foreign>)", "cs": "cs.{" + word + "}"}.get(operator, f"{operator}.{word}")


@cache
def _condition(shape: Shape, table: str) -> st.SearchStrategy[tuple[str, str]]:
    """A column and `operator.value`: mostly of the column's type, sometimes of none."""

    def of(column: str) -> st.SearchStrategy[tuple[str, str]]:
        type_ = shape.columns[table][column]
        fitting = st.builds(
            lambda operator, word: "is.null" if operator == "is" else _operand(operator, word),
            st.sampled_from(_OPERATORS.get(type_, _COMPARING)),
            st.sampled_from(_words_of(column, type_, _WORDS)),
        )
        wild = st.builds(_operand, st.sampled_from(_ANY_OPERATOR), st.sampled_from(_WORDS))
        made = st.one_of(*[fitting] * 7, wild, st.just("is.null"))
        return st.builds(lambda negated, text: (column, f"not.{text}" if negated else text), st.booleans(), made)

    columns = list(shape.columns[table])
    conditions = {column: of(column) for column in columns}
    ids = [name for name in columns if shape.columns[table][name] == "uuid"] or columns
    return st.one_of(st.sampled_from(ids), st.sampled_from(columns)).flatmap(lambda key: conditions[key])


@cache
def _filters(shape: Shape, table: str, *, least: int = 0) -> st.SearchStrategy[list[tuple[str, str]]]:
    condition = _condition(shape, table)
    tree = st.builds(
        lambda kind, one, other: (kind, f"({one[0]}.{one[1]},{other[0]}.{other[1]})"),
        st.sampled_from(("or", "and", "not.or")),
        condition,
        condition,
    )
    return st.lists(st.one_of(*[condition] * 4, tree), min_size=least, max_size=2)


@cache
def _select(shape: Shape, table: str) -> st.SearchStrategy[tuple[str, list[tuple[str, str]]]]:
    """Columns, and related tables embedded up to two deep, with filters of their own."""
    columns = st.lists(st.sampled_from([*shape.columns[table], "*"]), min_size=1, max_size=3, unique=True)
    near = shape.joined.get(table, [])
    if not near:
        return columns.map(lambda own: (",".join(own), []))

    def embed(join: tuple[str, str]) -> st.SearchStrategy[tuple[str, list[tuple[str, str]]]]:
        other, constraint = join
        further = [f"*,{name}!{hint}(*)" for name, hint in shape.joined.get(other, [])[:6]]
        return st.builds(
            lambda inside, kind, hint, filters: (
                f"{other}{hint}{kind}({inside})",
                [(f"{other}.{column}", text) for column, text in filters if column not in ("or", "and", "not.or")],
            ),
            st.sampled_from(["*", "*", *further]),
            st.sampled_from(("", "", "!inner", "!left")),
            st.sampled_from((f"!{constraint}", f"!{constraint}", "")),
            _filters(shape, other),
        )

    made = {join: embed(join) for join in near}
    embeds = st.lists(st.sampled_from(near).flatmap(lambda key: made[key]), max_size=2, unique_by=lambda one: one[0])
    return st.builds(
        lambda own, more: (
            ",".join([*own, *(text for text, _ in more)]),
            [condition for _, found in more for condition in found],
        ),
        columns,
        embeds,
    )


@cache
def _reading(shape: Shape, table: str) -> st.SearchStrategy[ComparedRequest]:
    order = st.builds(
        lambda column, way: [] if way is None else [("order", column + way)],
        st.sampled_from(list(shape.columns[table])),
        st.sampled_from((None, None, ".desc", "")),
    )
    counts = ("exact", "exact", "exact", "planned", "estimated")
    count = st.one_of(st.just(()), st.sampled_from(counts).map(lambda kind: (("prefer", f"count={kind}"),)))
    accept = st.sampled_from(
        [(), (), (), (("accept", "text/csv"),), (("accept", "application/vnd.pgrst.object+json"),), (("range", "0-1"),)]
    )
    return st.builds(
        lambda method, select, filters, order, offset, count, accept: ComparedRequest(
            method,
            f"/rest/v1/{table}",
            (("select", select[0]), *filters, *select[1], *order, *offset),
            (*count, *accept),
        ),
        st.sampled_from(_COUNTED),
        _select(shape, table),
        _filters(shape, table),
        order,
        st.sampled_from([[], [], [], [("offset", "1")]]),
        count,
        accept,
    )


@cache
def _row(shape: Shape, table: str, *, least: int = 0) -> st.SearchStrategy[dict[str, object]]:
    columns = shape.columns[table]

    def value(column: str) -> st.SearchStrategy[object]:
        fitting = _words_of(column, columns[column], ("<mark>", "<foreign>", "admin", "1"))
        return st.sampled_from([*fitting, *fitting, None, _foreign(column)])

    values = {name: value(name).map(lambda made, name=name: (name, made)) for name in columns}  # type: ignore[misc]
    pair = st.sampled_from(list(columns)).flatmap(lambda key: values[key])
    some = st.lists(pair, min_size=least, max_size=4).map(dict)
    known: dict[str, object] = {name: _own(name) for name, type_ in columns.items() if type_ == "uuid"}
    known |= {name: "<mark>" for name in columns if name in ("name", "title", "kind", "email")}
    return st.builds(lambda use, more: ({**known} if use else {}) | more, st.booleans(), some)


@cache
def _writing(shape: Shape, table: str) -> st.SearchStrategy[ComparedRequest]:
    back = st.sampled_from(("return=representation", "return=minimal", "return=headers-only"))
    target = [(), (), (("on_conflict", "id"),), (("on_conflict", "org_id,id"),)]
    insert = st.builds(
        lambda rows, back, resolution, target, columns: ComparedRequest(
            "POST",
            f"/rest/v1/{table}",
            (*target, *columns),
            (("prefer", ",".join([back, *([f"resolution={resolution}"] if resolution else [])])),),
            rows,
        ),
        st.one_of(
            _row(shape, table),
            _row(shape, table).map(lambda row: [row, {name: _foreign(name) for name in row}]),
            st.lists(_row(shape, table), min_size=1, max_size=2),
        ),
        back,
        st.sampled_from(("", *_RESOLUTIONS)),
        st.sampled_from(target),
        st.sampled_from([(), (), (), (("columns", "org_id,id"),)]),
    )
    change = st.builds(
        lambda method, filters, body, back: ComparedRequest(
            method, f"/rest/v1/{table}", tuple(filters), (("prefer", back),), body if method == "PATCH" else None
        ),
        st.sampled_from(("PATCH", "PATCH", "DELETE")),
        st.one_of(*[_filters(shape, table, least=1)] * 6, _filters(shape, table)),
        _row(shape, table, least=1),
        st.sampled_from(("return=representation", "return=minimal", "return=representation,count=exact")),
    )
    keys = shape.keys.get(table, ["id"])
    put = st.builds(
        lambda body, whose: ComparedRequest(
            "PUT",
            f"/rest/v1/{table}",
            tuple((key, f"eq.{whose(key)}") for key in keys),
            (("prefer", "return=representation"),),
            body | {key: whose(key) for key in keys},
        ),
        _row(shape, table),
        st.sampled_from((_own, _foreign)),
    )
    return st.one_of(insert, insert, change, change, put)


@cache
def _calling(shape: Shape) -> st.SearchStrategy[ComparedRequest]:
    """Functions by name, with ids of both tenants: none but an exposed one may run."""
    word = st.sampled_from(("<own>", "<foreign>", "<mark>", "1", None))

    def call(made: tuple[str, list[str]]) -> st.SearchStrategy[ComparedRequest]:
        name, args = made
        return st.builds(
            lambda method, body, rows: ComparedRequest(
                method,
                f"/rest/v1/rpc/{name}",
                tuple((key, str(value)) for key, value in body.items()) if method == "GET" else rows,
                (),
                body if method == "POST" else None,
            ),
            st.sampled_from(("GET", "POST")),
            st.fixed_dictionaries(dict.fromkeys(args[:4], word)),
            st.sampled_from([(), (("select", "*"),), (("org_id", "eq.<foreign-org>"),)]),
        )

    calls = [call(made) for made in shape.functions]
    return st.sampled_from(range(len(calls))).flatmap(lambda key: calls[key])
