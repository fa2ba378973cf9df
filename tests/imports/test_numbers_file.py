"""ARTi's own CSV: what is exported is read again exactly, whatever the titles and the languages of spreadsheets."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from arti.imports.preview import parse_file, recognise_file
from arti.imports.types import Hints
from arti.metrics.numbers_file import escape_text, unescape_text
from tests.conftest import Member, World
from tests.factories.imports import commit_import, list_all_rows, upload_file
from tests.factories.observations import make_artist

SONGS = (
    'song,listeners,streams,saves,release_date\n"=Night, Drive",10,"1,234",n/a,2024-05-17\n'
    "'Dawn,5,30,2,2023-01-01\n-Ümlaut,<5,7,0,2022-02-02\n"
)
CITIES = "country,city,count\nDE,Berlin,120\nBR,Nowhere at all,7\n"
HEADER = "arti provider,metric,day,value,null_reason,state,dimension,asset,asset_kind,asset_title\n"


async def export(member: Member, artist: UUID, provider: str = "spotify", query: str = "") -> str:
    answer = await member.http.get(f"/api/artists/{artist}/numbers.csv?provider={provider}{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text: str = answer.text
    return text


async def test_an_export_is_read_again_exactly(world: World) -> None:
    member, other = await world.member(), await world.member()
    artist = await make_artist(world.database, member.org_id)
    for name, text in (("songs-28day.csv", SONGS), ("cities.csv", CITIES)):
        [preview] = await upload_file(member, artist, name, text.encode())
        await commit_import(member, preview, {"period": "28day", "period_to": "2026-03-28"})
    text = await export(member, artist)
    assert text.startswith(HEADER)
    again = await make_artist(world.database, other.org_id)
    [preview] = await upload_file(other, again, "numbers.csv", text.encode())
    assert (preview["source"], preview["questions"], preview["summary"]["rejected"]) == ("arti.numbers", [], 0)
    assert (await commit_import(other, preview))["provider"] == "spotify"
    expected = [row[:6] for row in await list_all_rows(world, member.org_id)]
    read = [row[:6] for row in await list_all_rows(world, other.org_id)]
    assert read == expected
    assert len(read) == 11
    assert await export(other, again) == text
    assert await export(member, artist, query="&to=2026-03-27") == HEADER


async def test_only_who_reads_numbers_gets_them_and_only_those_of_files(world: World) -> None:
    member, guest = await world.member(), await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "songs-28day.csv", SONGS.encode())
    await commit_import(member, preview, {"period": "28day", "period_to": "2026-03-28"})
    foreign = await guest.http.get(f"/api/artists/{artist}/numbers.csv?provider=spotify")
    assert foreign.status_code == 404
    unknown = await member.http.get(f"/api/artists/{artist}/numbers.csv?provider=myspace")
    assert (unknown.status_code, "provider must be one of" in unknown.text) == (422, True)
    await world.database.as_owner("update series set terms = 'spotify_api' where org_id = $1", member.org_id)
    assert await export(member, artist) == HEADER


def test_rows_that_are_no_values_are_named() -> None:
    rows = (
        "spotify,consumption.streams,2026-03-01,5,,,,,,",
        "spotify,consumption.streams,2026-03-01,6,,,,,,",
        "spotify,no.metric,2026-03-01,5,,,,,,",
        "spotify,consumption.streams,2026-03-02,,,,,,,",
        "spotify,consumption.streams,2027-03-02,5,,,,,,",
        'spotify,consumption.streams,2026-03-02,"1,234",,,,,,',
        "spotify,consumption.streams,2026-03-03,5,,,place=Berlin,,,",
        "spotify,consumption.streams,2026-03-04,5,,,,x,gramophone,",
    )
    hints = Hints("a.csv", date(2026, 4, 30))
    parsed = parse_file(recognise_file((HEADER + "\n".join(rows)).encode(), hints), {}, hints)
    assert [result.status for result in parsed.row_results] == ["accepted", *["rejected"] * 7]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(["=1", "'=1", "''-", "'"]))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    written = escape_text(text)
    assert unescape_text(written) == text
    assert not written.startswith(("=", "+", "-", "@"))
