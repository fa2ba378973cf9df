"""An org's API key calls every operation: it reads what its role may, and writes where its scope says, nowhere else."""

import pytest

from arti.vocabulary import Role
from tests.conftest import World
from tests.factories.keys import make_key_of, make_org_key
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables
from tests.isolation.test_every_operation_by_artist import ArtistTrial
from tests.isolation.test_roles import DECLARED, OPEN, _besides_refusals

SCOPES = {"data": set[str](), "values:push": {"enter_observations"}}


async def _rows(org: SeededOrg) -> list[str]:
    """Return the org's rows without those that say when a key was used and what it was refused."""
    return [row for row in _besides_refusals(await org.rows()) if not row.startswith("private.org_keys ")]


@pytest.mark.timeout(240)
async def test_a_key_reads_as_its_role_and_writes_as_its_scope(world: World) -> None:
    document = world.document
    wrong: list[str] = []
    async with TenantTables.of(world.database) as seeded_database:
        own, foreign = SeededOrg(seeded_database), SeededOrg(seeded_database)
        await foreign.seed()
        for scope, writes in SCOPES.items():
            secret, before = "", list[str]()
            for operation, method, path in operations(document):
                if operation in OPEN:
                    continue
                call = make_call(document, method, path, own)
                if not secret:  # planted again after each change
                    await own.seed()
                    secret = await make_org_key(world.database, own.id, scope)
                    before = await _rows(own)
                status = (await world.client(secret, own.id).request(**call.arguments())).status_code
                reads = method == "GET" and Role.MANAGER in DECLARED.get(operation, ())
                if (status not in (401, 403)) != (reads or operation in writes):
                    wrong.append(f"{scope}: {operation} answers {status}")
                status = (await world.client(secret, foreign.id).request(**call.arguments())).status_code
                if status not in ((404,) if reads or operation in writes else (403, 404)):
                    wrong.append(f"{scope}: {operation} answers {status} in another org")
                if method != "GET" and await _rows(own) != before:
                    secret = ""
                    if operation not in writes:
                        wrong.append(f"{scope}: {operation} changed something")
    assert wrong == [], "\n" + "\n".join(wrong)


@pytest.mark.timeout(120)
async def test_a_key_with_a_list_sees_and_pushes_nothing_of_another_artist(world: World) -> None:
    async with TenantTables.of(world.database) as seeded_database:
        trial = ArtistTrial(world, seeded_database)
        await trial.begin()
        reseed = trial.seed

        async def seed_with_key(*hidden: object) -> None:
            await reseed(*hidden)  # type: ignore[arg-type]
            trial.token = await make_key_of(world.database, trial.org.id, trial.listed.manager_id, "values:push")

        trial.seed = seed_with_key  # type: ignore[method-assign]
        for operation, method, path in operations(trial.document):
            if operation == "enter_observations" or (method == "GET" and Role.MANAGER in DECLARED.get(operation, ())):
                await trial.try_hidden(method, path)
        call = make_call(trial.document, "POST", "/api/sources/{slug}/observations", trial.listed)
        assert (await trial.send(call)).status_code == 200
    assert trial.wrong == [], "\n" + "\n".join(trial.wrong)
