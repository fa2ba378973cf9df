"""What asyncpg asks the server about types such as `uuid[]`, once a process and not once a connection.

Each new connection asks about the arrays that its statements take or return, with a statement that takes the server
longer than most of ours. The types of PostgreSQL itself are the same in each database, so their answers are shared;
those of a schema are not: their numbers may mean another type in another database, or after a restore.
"""

from types import SimpleNamespace
from typing import Any, Final

import asyncpg

_FIRST_OF_SCHEMAS: Final = 16_384  # FirstNormalObjectId: below it are the types of PostgreSQL itself
_NAMED: Final = SimpleNamespace(name="not prepared")  # no statement took the place of an unnamed one
_known: dict[frozenset[int], Any] = {}


class SharedTypesConnection(asyncpg.Connection):
    """A connection that asks about no type of PostgreSQL itself that another one has asked about."""

    __slots__ = ()

    async def _introspect_types(self, typeoids: set[int], timeout: float | None) -> tuple[Any, Any]:
        key = frozenset(typeoids)
        if key in _known:
            return _known[key], _NAMED
        types: Any
        types, statement = await super()._introspect_types(typeoids, timeout)  # type: ignore[misc]
        if max(key) < _FIRST_OF_SCHEMAS:
            _known[key] = types
        return types, statement
