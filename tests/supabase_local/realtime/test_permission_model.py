"""Which policies may be cached until a permission changes, as the permission model declares it."""

import pytest

from supabase_local.realtime.permission_model import PermissionModel
from supabase_local.realtime.postgres_changes.publication import Policy, RowSecurity

MODEL = PermissionModel(
    publication="team_permissions",
    tables={("public", "team_members"): "user_id"},
    functions=frozenset({"app.my_teams", "app.my_regions"}),
    tenant_column="team_id",
    tenant_function="app.my_teams",
)
TEAM = "(team_id = ANY (( SELECT app.my_teams() AS my_teams)::uuid[]))"


def row_security(using: str, *, permissive: bool = True, model: PermissionModel = MODEL) -> RowSecurity:
    policy = Policy("*", permissive, using, None, frozenset({"team_id"}))
    return RowSecurity(True, frozenset({"team_id"}), (policy,), model)


@pytest.mark.parametrize(
    ("using", "cacheable"),
    [
        (TEAM, True),
        (f"({TEAM} AND (status = 'open'::text))", True),
        ("(region IN ( SELECT r.region\n FROM app.my_regions('read'::text) r(team_id, region)))", True),
        ("(owner = auth.uid())", False),
        (f'({TEAM} AND app."Is it open"())', False),
        ("(EXISTS ( SELECT 1 FROM public.teams))", False),
        ("(visible_from <= now())", False),
        ("(visible_from <= CURRENT_TIMESTAMP)", False),
        ("(visible_on <= CURRENT_DATE)", False),
    ],
)
def test_only_policies_of_declared_functions_are_cached(using: str, cacheable: bool) -> None:
    assert row_security(using).depends_on_permissions_only is cacheable


def test_tenant_policies() -> None:
    assert row_security(TEAM, permissive=False).restricted_to_tenant
    assert not row_security(TEAM).restricted_to_tenant  # a permissive policy hides nothing
    assert not row_security(TEAM.replace("team_id", "other_id"), permissive=False).restricted_to_tenant
    assert not row_security(f"({TEAM} OR true)", permissive=False).restricted_to_tenant


def test_without_a_model_nothing_is_declared() -> None:
    without = row_security(TEAM, permissive=False, model=PermissionModel())
    assert not without.restricted_to_tenant
    assert not without.depends_on_permissions_only
