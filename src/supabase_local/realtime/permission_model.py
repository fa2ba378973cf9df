"""What the host application declares about its row-level security, so that Realtime can cache authorization results."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class PermissionModel:
    """Where permissions are stored, and which policy functions depend on nothing else.

    The default declares nothing: a result is cached for one second. With `publication`, results of policies that call
    `functions` alone are cached until the write-ahead log reports a change of one of `tables`.
    """

    publication: str = ""  # contains `tables`; results are cached longer only while it exists
    tables: Mapping[tuple[str, str], str | None] = field(default_factory=dict)  # with the column of the user's id
    functions: frozenset[str] = frozenset()  # qualified names, as PostgreSQL prints them in a policy
    tenant_column: str = ""  # of tables whose restrictive policy hides the rows of other tenants
    tenant_function: str = ""  # qualified; returns the array of the caller's tenants

    @cached_property
    def _tenant_expression(self) -> re.Pattern[str]:
        column, function = re.escape(self.tenant_column), re.escape(self.tenant_function)
        alias = re.escape(self.tenant_function.rpartition(".")[2])
        return re.compile(rf"\({column} = ANY \(\(\s*SELECT {function}\(\) AS {alias}\)::\w+\[\]\)\)")

    def is_tenant_expression(self, expression: str) -> bool:
        """Check for `tenant_column = any ((select tenant_function())::type[])`, as PostgreSQL prints it."""
        return bool(self.tenant_function) and self._tenant_expression.fullmatch(expression) is not None
