"""Meta Business Suite: posts, reels, stories, videos, and the audience. All values here are invented."""

from datetime import date

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import FileRejected, Hints, ParsedFile
from tests.conftest import World
from tests.factories.imports import commit_import, count_stored, upload_file
from tests.factories.observations import make_artist

HEADER = (
    '"Post ID","Account ID","Account username","Account name",Description,"Duration (sec)","Publish time",Permalink,'
    '"Post type","Data comment",Date,Views,Reach,Likes,Shares,Follows,Comments,Saves'
)
REEL = (
    '18000000000000011,178400,mira.sol,"Mira Sol","Out now!\n\nLink in bio, and more",30,"03/04/2026 06:08",'
    'https://www.instagram.com/reel/AAA/,"IG reel",,Lifetime,"12,400",9100,610,88,5,57,230'
)
IMAGE = (
    '18000000000000012,178400,mira.sol,"Mira Sol",Rehearsal,0,"03/05/2026 20:00",https://www.instagram.com/p/BBB/,'
    '"IG image",,Lifetime,900,700,40,1,,2,3'
)
GONE = ',,,,,,,,,"Only a part of the data for content with ID 18000000000000013.",Lifetime,50,40,3,0,0,0,0'
POSTS = f"{HEADER}\n{REEL}\n{IMAGE}\n{GONE}\n"


def parse(text: str, name: str = "Mar-01-2026_Mar-28-2026_123.csv", **answers: str) -> ParsedFile:
    hints = Hints(name, date(2026, 4, 30))
    recognised = recognise_file(text.encode(), hints)
    return parse_file(recognised, provisional_answers(recognised.questions) | answers, hints)


def numbers(parsed: ParsedFile, asset: str) -> dict[str, float | None]:
    return {one.metric: one.value for one in parsed.observations if one.asset_external_id == asset}


def test_posts_are_stored_with_their_totals() -> None:
    parsed = parse(POSTS)
    assert {one.observed_on for one in parsed.observations} == {date(2026, 3, 28)}
    assert numbers(parsed, "18000000000000011") == {
        "consumption.views_total": 12_400,
        "reach.unique": 9_100,
        "engagement.likes_total": 610,
        "engagement.shares_total": 88,
        "audience.followers_gained": 5,
        "engagement.comments_total": 57,
        "engagement.saves_total": 230,
    }
    assert numbers(parsed, "18000000000000012")["audience.followers_gained"] is None
    reel = parsed.assets["18000000000000011"]
    assert (reel.kind, reel.title, reel.released_on, reel.duration_ms) == (
        "reel",
        "Out now! Link in bio, and more",
        date(2026, 3, 4),
        30_000,
    )
    assert parsed.assets["18000000000000012"].kind == "post"
    assert numbers(parsed, "18000000000000013")["consumption.views_total"] == 50
    assert {one.dimension for one in parsed.observations if one.metric == "reach.unique"} == {"period=lifetime"}
    assert [result.status for result in parsed.row_results] == ["accepted"] * 3


def test_a_list_of_posts_asks_for_its_day_only() -> None:
    recognised = recognise_file(POSTS.encode("utf-16"), Hints("Mar-01-2026_Mar-28-2026_1.csv", date(2026, 4, 30)))
    assert recognised.parser.source == "meta_business_suite.instagram_posts"
    assert [(one.key, one.default) for one in recognised.questions] == [("period_to", "2026-03-28")]


def test_a_row_of_a_day_is_no_total() -> None:
    daily = IMAGE.replace("Lifetime,900", "03/06/2026,300")
    parsed = parse(f"{HEADER}\n{IMAGE}\n{daily}\n")
    of_day = {one.metric: one.value for one in parsed.observations if one.observed_on == date(2026, 3, 6)}
    assert (of_day["consumption.views"], of_day["engagement.likes"]) == (300, 40)
    assert sum(one.value or 0 for one in parsed.observations if one.metric == "consumption.views_total") == 900


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("Identificação do post,Nome de usuário da conta,Horário de publicação,Data,Visualizações,Alcance,Curtidas",
         "instagram_posts"),
        ("Publicerings-id,Sidnamn,Publiceringstid,Data,Visningar,Räckvidd,Reaktioner", "facebook_posts"),
        ("Beitrags-ID,Kontobenutzername,Veröffentlichungszeit,Datum,Aufrufe,Reichweite,Likes", "instagram_posts"),
        ("Identificador de la publicación,Nombre de usuario de la cuenta,Hora de publicación,Fecha,Visualizaciones,"
         "Alcance,Me gusta", "instagram_posts"),
        ("Identifiant de la publication,Nom d’utilisateur du compte,Heure de publication,Date,Vues,Couverture,J’aime",
         "instagram_posts"),
    ],
)  # fmt: skip
def test_posts_in_other_languages(header: str, source: str) -> None:
    hints = Hints("posts.csv", date(2026, 4, 30))
    recognised = recognise_file(f"{header}\n18000000000000011,mira,03/04/2026 06:08,total,5,4,3\n".encode(), hints)
    assert recognised.parser.source == f"meta_business_suite.{source}"
    parsed = parse_file(recognised, provisional_answers(recognised.questions), hints)
    assert (len(parsed.observations), sum(one.value or 0 for one in parsed.observations)) == (3, 12)
    assert next(iter(parsed.assets.values())).released_on == date(2026, 3, 4)


def test_rounded_ids_are_no_ids() -> None:
    rounded = POSTS.replace("18000000000000011", "18000000000000000").replace("18000000000000012", "17990000000000000")
    parsed = parse(rounded)
    assert [*parsed.assets][:2] == ["https://www.instagram.com/reel/AAA/", "https://www.instagram.com/p/BBB/"]
    assert "rounded the post's id" in str(next(iter(parsed.row_results)).reason)


def test_lines_that_a_spreadsheet_quoted_keep_their_captions() -> None:
    quoted = "\n".join('"' + line.replace('"', '""') + '"' for line in (HEADER, IMAGE))
    first, *middle, last = REEL.split("\n")
    broken = "\n".join(['"' + first.replace('"', '""') + '"', *middle, '"' + last.replace('"', '""') + '"'])
    parsed = parse(f"{quoted}\n{broken}\n")
    assert parsed.assets["18000000000000012"].title == "Rehearsal"
    assert sum(one.value or 0 for one in parsed.observations if one.metric == "consumption.views_total") == 13_300


def test_videos_of_facebook() -> None:
    text = (
        "Video asset ID,Page ID,Page name,Title,Duration (sec),Publish time,Data comment,Date,Reach,"
        '3-second video views,Seconds viewed,Average Seconds viewed,"Reactions, comments and shares",'
        "Reactions,Comments,Shares,Views,Views\n"
        "438800001,19,Mira Sol,Clip,10,11/01/2025 11:04,,Lifetime,222,148,7200.5,5.404,27,24,1,2,500,500\n"
    )
    parsed = parse(text)
    read = numbers(parsed, "438800001")
    assert read["consumption.three_second_views_total"] == 148
    assert read["consumption.watch_hours"] == pytest.approx(7200.5 / 3600)
    assert (read["engagement.reactions_total"], read["engagement.interactions"]) == (24, 27)
    assert read["consumption.views_total"] == 500
    assert parsed.assets["438800001"].kind == "video"
    with pytest.raises(FileRejected, match="Two columns are called 'views'"):
        parse(text.replace("500,500", "500,501"))


AUDIENCE = (
    'sep=,\n"Age & gender"\n"","Women","Men"\n"18-24","10.6","6.5"\n"65+","3","2"\n\n"Top countries"\n'
    '"South Africa","Nigeria"\n"75.1","5.9"\n\n"Top cities"\n"Cape Town, South Africa","Lagos, Nigeria"\n"13.7","5.7"\n'
)
BELOW = (
    "sep=\t\t\nInstagram followers\t\t\nIG_ACCOUNT\tFOLLOW\tUNIQUE_USERS\n3098\t\t\n\t\t\n"
    "Instagram followers by top cities\t\t\nTop cities\tValue\t\t\nKyiv\t Ukraine\t15.3%\n"
    "Lviv\t Lviv Oblast\t Ukraine\t8.7%\n"
)


async def test_shares_of_the_audience_are_stored_with_their_dimensions(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    previews = await upload_file(member, artist, "Audience.csv", AUDIENCE.encode("utf-16"))
    assert {preview["source"] for preview in previews} == {"meta_business_suite.audience"}
    for preview in previews:
        assert [question["key"] for question in preview["questions"]] == ["network", "period_to"]
        await commit_import(member, preview, {"network": "Instagram"})
    for dimension, expected in (("age=%,gender=%", (4, 22.1)), ("country=%", (2, 81.0)), ("city=%", (2, 19.4))):
        assert await count_stored(world, member.org_id, "audience.followers_share", dimension) == expected


def test_places_one_below_the_other_and_the_number_of_followers() -> None:
    read = []
    for table in unpack("Audience.csv", BELOW.encode("utf-16")):
        hints = Hints(table.name, date(2026, 4, 30))
        recognised = recognise_file(table.content, hints)
        assert [question.key for question in recognised.questions] == ["period_to"]
        assert recognised.with_answers({}).provider == "instagram"
        parsed = parse_file(recognised, provisional_answers(recognised.questions), hints)
        read += [(one.metric, one.dimension, one.value) for one in parsed.observations]
    assert read == [
        ("audience.followers", "", 3098),
        ("audience.followers_share", "city=~Kyiv|UA", 15.3),
        ("audience.followers_share", "city=~Lviv%2C Lviv Oblast|UA", 8.7),
    ]


@pytest.mark.parametrize(
    "text", ["Germany,France\n1.5,2.5\n", '"Lagos, Nigeria","Lviv, Lviv Oblast, Ukraine"\n1.5,2.5\n']
)
def test_places_without_a_title(text: str) -> None:
    parsed = parse(text, "Top_places.csv", network="Facebook")
    assert sum(one.value or 0 for one in parsed.observations) == 4


def test_a_share_that_became_a_day_is_named() -> None:
    parsed = parse("Age & gender\n,Women,Men\n18-24,3.Jan,1.5\n", "Audience.csv", network="Facebook")
    assert [one.value for one in parsed.observations] == [1.5]
    assert "'3.Jan' is not a number" in str(next(iter(parsed.row_results)).reason)
