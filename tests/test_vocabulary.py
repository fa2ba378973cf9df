"""The words of the code and the words of the database are the same."""

from arti.vocabulary import ROLE_PERMISSIONS, MemberStatus, Permission, Provider, Role
from tests.conftest import Database


async def test_roles_have_the_same_permissions_in_code_and_database(database: Database) -> None:
    rows = await database.as_owner("select role::text, permission from private.role_permissions")
    stored = {(row["role"], row["permission"]) for row in rows}
    assert stored == {(str(role), str(permission)) for role, may in ROLE_PERMISSIONS.items() for permission in may}
    assert ROLE_PERMISSIONS.keys() == set(Role)


async def test_enumerations_are_equal(database: Database) -> None:
    rows = await database.as_owner(
        """select t.typname, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
           from pg_enum e join pg_type t on t.oid = e.enumtypid group by 1"""
    )
    stored = {row["typname"]: row["labels"] for row in rows}
    connectors = await database.as_owner("select slug from providers where has_connector")
    assert {row["slug"] for row in connectors} == {str(word) for word in Provider}
    assert stored["member_role"] == [str(word) for word in Role]
    # A former status, which a constraint of memberships refuses.
    assert [word for word in stored["member_status"] if word != "invited"] == [str(word) for word in MemberStatus]


async def test_policies_name_only_permissions_that_exist(database: Database) -> None:
    rows = await database.as_owner(
        """select distinct (regexp_matches(coalesce(pg_get_expr(polqual, polrelid), '') ||
             coalesce(pg_get_expr(polwithcheck, polrelid), ''), 'org_ids_with\\(''([^'']+)''', 'g'))[1] as named
           from pg_policy"""
    )
    named = {row["named"] for row in rows}
    assert named <= {str(permission) for permission in Permission}
    assert "roster:read" in named
