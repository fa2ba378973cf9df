"""The console "as this user" shows a member with a list the rows of their artists, in every table."""

from tests.conftest import World
from tests.isolation.seeding import SeededArtist, SeededOrg, TenantTables
from tests.ops.conftest import Operator


async def test_as_a_member_every_table_shows_their_artists_only(world: World, operator_console: Operator) -> None:
    async with TenantTables.of(world.database) as seeded_database:
        org, own, hidden = SeededOrg(seeded_database), SeededArtist(), SeededArtist(has_manager=False)
        org.artists = [own, hidden]
        await org.seed()
        shown = 0
        for table in sorted(seeded_database.artist_tables):
            schema, _, name = table.rpartition(".")
            query = {"schema": schema or "public", "name": name}
            page = await operator_console.see("/table", as_=own.email, **query)
            assert str(hidden.id) not in page, table
            assert hidden.mark not in page, table
            shown += str(own.id) in page
            assert str(hidden.id) in await operator_console.see("/table", **query), table
        assert shown > len(seeded_database.artist_tables) * 2 / 3
        result = await operator_console.run("select id, name from artists", as_=own.email)
        assert own.mark in result
        assert hidden.mark not in result
