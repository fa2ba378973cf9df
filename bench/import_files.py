"""Files of a benchmark of imports: made up here, row by row, the same in each run."""

import random
from datetime import date, timedelta
from pathlib import Path

STORES = ("Spotify", "Apple Music", "YouTube (Ads)", "Amazon Unlimited", "Deezer", "TikTok", "Facebook", "Tidal")
COUNTRIES = ("US", "DE", "GB", "FR", "BR", "OU", "MX", "SE", "JP", "IT", "ES", "NL", "PL", "AU", "CA", "IN")
_HEADER = (
    "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\t"
    "Country of Sale\tSongwriter Royalties Withheld\tEarnings (USD)\n"
)


def write_report(path: Path, rows: int) -> None:
    """Write a royalty report: 900 songs of 30 artists, amounts of twelve decimals, one line in 50 below zero."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER)
        for _ in range(rows):
            song = dice.randrange(900)
            sign = "-" if dice.randrange(50) == 0 else ""
            file.write(
                f"2026-03-{dice.randrange(1, 29):02}\t2026-{dice.randrange(1, 4):02}\t{dice.choice(STORES)}\t"
                f"Bench Artist {song % 30}\tSong number {song}\tDEAB126{song:05}\t{111111111111 + song}\t"
                f"{sign}{dice.randrange(1, 3000)}\t100\tSong\t{dice.choice(COUNTRIES)}\t0\t{sign}{dice.random():.12f}\n"
            )


def write_chart(path: Path, rows: int) -> None:
    """Write a Chart file of YouTube Studio: one row a video and day, so many days of 100 videos."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Date,Content,Video title,Video publish time,Duration,Views\n")
        for row in range(rows):
            day = date(2020, 1, 1) + timedelta(row // 100)
            video = row % 100
            file.write(f'{day},benchVid{video:03},"Song, number {video}","Jan 1, 2020",212,{row * 7919 % 100_000}\n')
