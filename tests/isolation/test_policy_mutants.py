"""The checks of isolation notice when one thing of the schema is weakened: all of them, one at a time, and undone."""

import os
from collections import Counter

import asyncpg
import jwt
import pytest

from arti.vocabulary import Role
from local_stack.postgres import SUPERUSER
from tests.claims import claims_of, sign
from tests.conftest import World
from tests.isolation.policy_mutants import find_witness, list_mutants

# `./arti test --long mutants` runs all; the suite a part that takes each kind in turn.
EACH = 1 if os.environ.get("ARTI_TEST_LONG") else 29


@pytest.mark.timeout(3600)
async def test_every_weakened_thing_is_noticed(world: World) -> None:
    member = await world.member(role=Role.ANALYST)
    session = jwt.decode(member.token, options={"verify_signature": False})["session_id"]
    claims = claims_of(member.user_id, session_id=session, aal="aal1")
    owner = await asyncpg.connect(world.database.dsn(SUPERUSER))
    mutants = (await list_mutants(owner))[::EACH]
    witnesses = {}
    for mutant in mutants:
        signature = await sign(owner, world.database.cluster, claims)  # each is valid for a minute
        witnesses[mutant] = await find_witness(owner, mutant, claims, signature)
    await owner.close()
    survivors = [mutant for mutant, witness in witnesses.items() if not witness]
    killed = len(mutants) - len(survivors)
    print(f"\n{killed:,} of {len(mutants):,} mutants noticed ({killed / len(mutants):.1%}), by:")
    for witness, count in Counter(witnesses.values()).most_common():
        print(f"  {count:5,}  {witness or 'nobody'}")
    for mutant in survivors:
        print(f"  {mutant.kind}: {mutant.name}: {mutant.sql}")
    assert len(mutants) > 2000 // EACH
    assert [f"{mutant.kind}: {mutant.name}" for mutant in survivors] == []
