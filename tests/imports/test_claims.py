"""Whose a table is, and what it is: claimed by evidence, in six languages, else asked."""

from datetime import date

import pytest

from arti.dimensions.words import read_value
from arti.imports.types import FileRejected, Known
from tests.imports.test_odd_files import PERIOD, read, reasons, values

SONGS = ["song", "listeners", "streams", "saves", "release_date"]
SOUNDCLOUD = ["Reporting Period", "Accounting Period", "Partner", "Country", "Artist(s)", "Release", "Track", "UPC",
              "ISRC", "Type", "Units", "Revenue (USD)"]  # fmt: skip
ASCAP = ["Statement Recipient Name", "Distribution Date", "Territory", "Music User", "Performance Quarter",
         "Work Title", "Number of Plays", "Dollars"]  # fmt: skip


def test_numbers_by_day_with_a_counter_that_spotify_does_not_have_ask_for_their_platform() -> None:
    rows = [["date", "streams", "fans", "listeners"], ["2026-03-01", "100", "10", "50"]]
    for platform in ("Amazon Music", "Spotify"):
        parsed = read(rows, {"platform": platform}, asks={"platform"})
        assert values(parsed, "consumption.streams") == [100]
    with pytest.raises(FileRejected, match="platform must be one of"):
        read(rows, {"platform": ""})


def test_a_list_of_songs_of_any_platform_asks_for_it() -> None:
    rows = [["Rank", "Track", "Streams", "Listeners", "Release Date"], ["1", "Night", "1204", "300", "2024-05-17"]]
    parsed = read(rows, {**PERIOD, "platform": "Amazon Music"}, asks={"platform"})
    assert values(parsed, "consumption.streams") == [1204]
    spotify = [SONGS, ["Night", "300", "1204", "5", "2024-05-17"]]
    assert values(read(spotify, asks=set()), "consumption.streams") == [1204]


def test_a_sum_of_playlists_that_is_called_like_the_artist_is_no_playlist() -> None:
    known = Known(artists=("Mira Sol",))
    header, own = ["title", "author", "listeners", "streams", "date_added"], ["Mira Sol", "", "30", "90", ""]
    lists = [["Chill", "Spotify", "10", "40", "2026-01-02"], ["Focus", "Anna", "20", "50", "2026-01-03"]]
    parsed = read([header, own, *lists], known=known, asks=set())
    assert sorted(asset.title for asset in parsed.assets.values()) == ["Chill", "Focus"]
    assert values(parsed, "consumption.streams") == [40, 50]
    assert reasons(parsed) == ["the sum of the other rows, used as a check only"]
    # A listener may call a list so; it has an author, or does not add up.
    for odd in (["Mira Sol", "Bea", "30", "90", ""], ["Mira Sol", "", "30", "7", ""]):
        assert len(read([header, odd, *lists], known=known, asks=set()).assets) == 3


def test_columns_of_a_report_of_money_are_not_taken_for_those_of_spotify() -> None:
    line = ["2026-01-01", "2026-03-01", "SoundCloud", "DE", "Mira Sol", "Night", "Drive", "", "", "stream", "4", "1.9"]
    assert read([SOUNDCLOUD, line], {}, asks=set()).money.title == ["Drive"]


def test_a_day_that_no_line_needs_raises_no_question() -> None:
    rows = [ASCAP, ["MIRA SOL", "4/6/2026", "UNITED STATES", "SPOTIFY", "3Q2025", "NIGHT DRIVE", "1204", "$12.07"]]
    parsed = read(rows, {}, asks=set())
    assert (parsed.money.month, [str(amount) for amount in parsed.money.amount]) == ([date(2025, 7, 1)], ["12.07"])


def test_shares_of_listeners_in_french() -> None:
    rows = [["Genre", "Auditeurs (%)"], ["Femme", "54,5 %"], ["Homme", "40,25 %"], ["Non binaire", "5,25 %"]]
    parsed = read(rows, {**PERIOD, "platform": "Spotify"}, asks={"platform"})
    assert {one.dimension: one.value for one in parsed.observations} == {
        "gender=female,period=28day": 54.5,
        "gender=male,period=28day": 40.25,
        "gender=other,period=28day": 5.25,
    }


@pytest.mark.parametrize(
    ("name", "text", "slug"),
    [
        ("traffic_source", "Algorithmische Playlists", "algorithmic"),
        ("traffic_source", "Búsqueda de YouTube", "search"),
        ("traffic_source", "Vidéos suggérées", "suggested"),
        ("gender", "Männlich", "male"),
        ("gender", "Kvinnor", "female"),
        ("gender", "Não especificado", "unknown"),
        ("subscription", "Nicht abonniert", "not_subscribed"),
        ("device", "Téléviseur", "tv"),
        ("audience", "Espectadores recurrentes", "returning"),
        ("age", "18–24 Jahre", "18-24"),
        ("age", "65 Jahre und älter", "65+"),
        ("age", "65 años o más", "65+"),
        ("age", "65 ans et plus", "65+"),
        ("age", "65 anos ou mais", "65+"),
        ("age", "65 år eller äldre", "65+"),
        ("age", "65+", "65+"),
    ],
)
def test_words_of_values_in_the_languages_of_exports(name: str, text: str, slug: str) -> None:
    assert read_value(name, text) == slug


@pytest.mark.parametrize(
    ("title", "metric"),
    [
        ("Alcance do Instagram", "reach.unique"),
        ("Instagram-Reichweite", "reach.unique"),
        ("Couverture sur Instagram", "reach.unique"),
        ("Räckvidd på Instagram", "reach.unique"),
        ("Visites du profil Instagram", "reach.profile_views"),
        ("Interaktionen mit Inhalten auf Instagram", "engagement.interactions"),
    ],
)
def test_the_title_of_a_series_of_meta_in_the_languages_of_exports(title: str, metric: str) -> None:
    content = f'sep=,\r\n"{title}"\r\n"Data","Primary"\r\n"2026-03-01T00:00:00","1204"\r\n'.encode("utf-16")
    assert values(read(content, {}, asks=set()), metric) == [1204]
