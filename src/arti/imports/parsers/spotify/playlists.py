"""Spotify for Artists, playlists: what each playlist brought in a period that the file does not contain.

title,author,listeners,streams,date_added, sometimes with song first. There is no id: title and author form one, with
the day where the author is not shown, since many listeners have a list of the same name.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from arti.dimensions.text import parse_dimension, write_dimension
from arti.imports.cells.cell_parsers import is_blank, normalise_name, normalise_whitespace, read_title
from arti.imports.parsers.spotify.playlist_identity import NO_AUTHOR, PlaylistIdentity, match_playlist
from arti.imports.readers.file_name_hints import guess_period, stem
from arti.imports.readers.measures import (
    MeasureColumn,
    find_kinds,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    period_questions,
    read_measures,
    read_period,
)
from arti.imports.readers.sum_rows import (
    SumRow,
    confirm_sum_rows,
    find_sum_rows,
    record_sum_row,
    sum_row_questions,
)
from arti.imports.readers.track_matching import match_track
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, SourceTable
from arti.providers.contract import AssetRecord, Observation, PlaylistEntry, PlaylistSnapshot
from arti.vocabulary import Provider

SOURCE = "spotify_for_artists.playlists"
COLUMNS = {"listeners": MeasureColumn("audience.listeners"), "streams": MeasureColumn("consumption.streams")}
ALL_SONGS = "All songs of the artist"
_REQUIRED = {"title", "streams"}
_TELLING = {"author", "date_added"}  # one of them is there in every export

_THING = "a playlist"


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return names >= _REQUIRED and bool(names & _TELLING)


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    period, last = guess_period(hints)
    questions = period_questions(period=period, last=last, today=hints.today, subject="these playlists' numbers")
    song = None if "song" in table.names else _guess_song(hints)
    if song:
        choices = (song, ALL_SONGS)
        questions.append(FileQuestion("song", "Whose playlists does this file list?", "choice", song, choices))
    return questions + sum_row_questions(_find_sum_rows(table, hints), _THING)


def _find_sum_rows(table: SourceTable, hints: Hints) -> list[SumRow]:
    """Return the rows of sums. A list may be called like the artist: a sum has no author, no day, and adds up."""
    columns = find_measure_columns(table, COLUMNS)
    found = find_sum_rows(table, table.names.index("title"), columns, hints.known.artists)
    telling = [index for index, name in enumerate(table.names) if name in _TELLING]
    return [
        replace(each, kind="total") if each.kind == "artist" else each
        for each in found
        if each.kind != "artist"
        or (each.adds_up and len(table.rows) > 2 and all(is_blank(table.rows[each.row - 1][at]) for at in telling))
    ]


def _guess_song(hints: Hints) -> str | None:
    """Return the title of the only track after which a file `<Title>-playlists.csv` is named."""
    named = re.match(r"(.+?)[-_ ]+playlists?(?![a-z])", stem(hints.file_name), flags=re.IGNORECASE)
    name = normalise_name(named[1]) if named else ""
    titles = [track.title for track in hints.known.tracks if name and normalise_name(track.title) == name]
    return titles[0] if len(titles) == 1 else None


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    parsed = ParsedFile()
    columns = find_measure_columns(table, COLUMNS)
    indexes = {name: index for index, name in enumerate(table.names)}
    note_ignored_columns(table, ["title", "author", "song", "date_added", *COLUMNS], parsed)
    sum_rows = confirm_sum_rows(_find_sum_rows(table, hints), _THING, answers)
    only_song = answers.get("song", ALL_SONGS)
    song_of_file = None if only_song == ALL_SONGS else _add_song(parsed, only_song, hints)
    rows_of: dict[tuple[str | None, date | None], set[str]] = {}
    entries: dict[tuple[str, str | None, date | None], PlaylistEntry] = {}
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if row in sum_rows:
            record_sum_row(parsed, table, columns, sum_rows[row], sum_rows, on=last, dimension=dimension)
            continue
        title = read_title(cells[indexes["title"]])
        author = normalise_whitespace(cells[indexes["author"]])[:200] if "author" in indexes else ""
        song = normalise_whitespace(cells[indexes["song"]])[:300] if "song" in indexes else only_song
        problems: list[str] = []
        added_on = None
        if "date_added" in indexes:
            try:
                added_on = table.parse_day(cells, indexes["date_added"])
                if added_on and added_on > hints.today:
                    raise ValueError(f"{added_on} is in the future")
            except ValueError as error:
                added_on = None
                problems.append(f"date added: {error}")
        track = song_of_file or (None if song in ("", ALL_SONGS) else _add_song(parsed, song, hints))
        own = PlaylistIdentity(title, author, added_on)
        playlist = match_playlist(
            own,
            hints.known.playlists,
            taken=rows_of.get((track, added_on), set()),
            is_day_unreadable=bool(problems) or "date_added" not in indexes,
            is_author_missing="author" not in indexes,
        )
        if playlist is None:
            problems.append(f"several playlists are called {title!r}, and what tells them apart is not in this row")
            parsed.record_row(row, problems, stored=False)
            continue
        added_on = added_on or playlist.added_on
        if not title or (playlist.playlist_id, track, added_on) in entries:
            reason = f"the playlist {title!r} is already in an earlier row" if title else "the playlist has no title"
            parsed.record_row(row, [reason], stored=False)
            continue
        asset = playlist.asset_id
        rows_of.setdefault((track, own.added_on), set()).add(asset)
        added = {"added_on": str(added_on)} if added_on else {}
        details = {"curator": playlist.author} | added if playlist.author not in NO_AUTHOR else added
        parsed.assets[asset] = AssetRecord(asset, "playlist", title, details=details)
        row_dimension = write_dimension({"song": song[:200]} | parse_dimension(dimension)) if track else dimension
        before = len(parsed.observations)
        if not read_measures(
            parsed, row, cells, columns, on=last, asset=asset, dimension=row_dimension, problems=problems
        ):
            continue
        counts = _counts(parsed.observations[before:])
        entries[playlist.playlist_id, track, added_on] = PlaylistEntry(
            playlist.playlist_id, title, playlist.author or None, track, added_on, *counts, source_row=row
        )
    period = answers["period"].strip()
    first = None if period == "lifetime" else last - timedelta(days=int(period.removesuffix("day")) - 1)
    parsed.playlists = PlaylistSnapshot(SOURCE, period, first, last, list(entries.values()), song_of_file)
    return parsed


def _add_song(parsed: ParsedFile, title: str, hints: Hints) -> str:
    track = match_track(title, None, hints.known.tracks)
    parsed.assets.setdefault(track, AssetRecord(track, "track", title))
    return track


def _counts(observations: Sequence[Observation]) -> tuple[int | None, int | None]:
    """Return a row's streams and listeners."""
    values = {observation.metric: observation.value for observation in observations}
    streams, listeners = (values.get(COLUMNS[name].metric) for name in ("streams", "listeners"))
    return streams if streams is None else int(streams), listeners if listeners is None else int(listeners)


PARSER = Parser(
    source=SOURCE,
    title="Spotify for Artists, playlists",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, COLUMNS, other_days=["date_added"]),
    questions=_questions,
    parse=_parse,
)
