"""What a member may do: role, money given or denied. The API and the database have one answer."""

from typing import Any

import pytest

from arti.vocabulary import Permission, Role
from arti_core.database import Principal, member_transaction, open_pool
from tests.conftest import World

MONEY = {"money:read", "money:write"}


@pytest.mark.parametrize("money_access", [None, True, False])
async def test_api_and_database_agree_for_every_role(world: World, money_access: bool | None) -> None:
    pool = await open_pool(
        world.settings.database_url.get_secret_value(), size=1, claims_key=world.settings.claims_signing_key
    )
    try:
        for role in Role:
            if role is Role.ADMIN and money_access is False:
                continue  # an admin could give it back to themselves
            member = await world.member(role=role)
            await world.database.as_owner(
                "update memberships set money_access = $2 where user_id = $1", member.user_id, money_access
            )
            reported: dict[str, Any] = (await member.http.get("/auth/me")).json()["active"]
            assert (await member.http.get("/auth/permissions")).json()["permissions"] == reported["permissions"]
            principal = Principal(member.user_id, None)
            async with member_transaction(pool, principal, read_only=True) as connection:
                held = [
                    permission
                    for permission in Permission
                    if await connection.fetchval(
                        "select $1 = any (private.org_ids_with($2))", member.org_id, permission
                    )
                ]
            assert reported["permissions"] == held, (role, money_access)
    finally:
        await pool.close()


@pytest.mark.parametrize(
    ("role", "money_access", "expected", "reason"),
    [
        (Role.ANALYST, None, set(), "The role analyst does not have money:read."),
        (Role.ANALYST, True, {"money:read"}, "An admin has given you money:read."),
        (Role.GUEST, True, {"money:read"}, "An admin has given you money:read."),
        (Role.MANAGER, None, MONEY, "The role manager has money:read."),
        (Role.MANAGER, True, MONEY, "The role manager has money:read."),
        (Role.MANAGER, False, set(), "An admin has denied you money:read."),
        (Role.ADMIN, None, MONEY, "The role admin has money:read."),
    ],
)
async def test_money_is_given_or_denied(
    world: World, role: Role, money_access: bool | None, expected: set[str], reason: str
) -> None:
    member = await world.member(role=role)
    await world.database.as_owner(
        "update memberships set money_access = $2 where user_id = $1", member.user_id, money_access
    )
    permissions = (await member.http.get("/auth/permissions")).json()["permissions"]
    assert MONEY & set(permissions) == expected
    answer = (await member.http.post("/auth/permissions", json={"permission": "money:read"})).json()
    assert answer == {"allowed": "money:read" in expected, "reason": reason}
