"""What a rule over the catalogue is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogueRule:
    """`finds` returns a column `name` of what breaks the rule; it reads the expressions that `catalogue.py` defines.

    `problem` and `remedy` are the sentences that the operator reads after the name.
    """

    kind: str
    problem: str
    remedy: str
    finds: str
