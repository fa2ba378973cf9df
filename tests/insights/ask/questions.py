"""Questions as managers put them, with what a right answer has in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tests.factories.insights import FOLLOWERS, STREAMS
from tests.insights.ask.small_label import (
    BLOOM,
    DAYS,
    FAROLES,
    GAINED,
    HARBOR,
    LISTENERS,
    PLAYS,
    SAVES,
    VIEWS,
    Span,
    dotted,
    english,
    last_days,
    last_week,
    last_weekend,
    month_ago,
    percent_change,
    royalty_of,
    spaced,
    value_of,
    yesterday,
)

_FILES: Final = Path(__file__).parent / "files"
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_SHOWN: Final[dict[str, Callable[..., str]]] = {
    "en": english, "de": dotted, "es": dotted, "fr": spaced, "pt": dotted,
}  # fmt: skip
_LOWEST_FIRST: Final = {
    "en": "lowest first", "de": "niedrigsten zuerst", "es": "de menor a mayor", "fr": "plus bas au", "pt": "menor ao",
}  # fmt: skip
_DAYS: Final = {"en": "{} {} {}", "de": "{}. {} {}", "es": "{} de {} de {}", "fr": "{} {} {}", "pt": "{} de {} de {}"}


@dataclass(frozen=True, slots=True)
class Question:
    """`has`: what stands in a right answer; None: the stored data cannot answer, so a refusal is right."""

    language: str
    text: str
    has: tuple[str, ...] | None


def read_questions(name: str) -> list[Question]:
    """Return the questions of a file, whose days are those before the present day."""
    questions = []
    for line in (_FILES / name).read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        language, wanted, text = (part.strip() for part in line.split("|", 2))
        months = _MONTHS[language].split()
        for ago in (1, 2, 3):
            first = month_ago(ago).first
            text = text.replace(f"{{month{ago}}}", months[first.month - 1]).replace(f"{{year{ago}}}", str(first.year))
        has = None if wanted == "-" else _answers(language)[wanted]
        questions.append(Question(language, text, has))
    return questions


def _day_name(day: date, language: str) -> str:
    number = "1er" if language == "fr" and day.day == 1 else day.day
    return _DAYS[language].format(number, _MONTHS[language].split()[day.month - 1], day.year)


def _answers(language: str) -> dict[str, tuple[str, ...]]:
    """Return what stands in the right answers, in the way that a language writes numbers and days."""

    def shown(*numbers: float, decimals: int = 0) -> tuple[str, ...]:
        return tuple(_SHOWN[language](number, decimals) for number in numbers)

    def level(artist: str, metric: str) -> float:
        return value_of(artist, metric, yesterday().last)

    week, day, month, month2 = last_week(), yesterday(), month_ago(1), month_ago(2)
    recent, seven = last_days(28), last_days(7)
    best = max(month.days, key=lambda one: (value_of(HARBOR, STREAMS, one), -one.toordinal()))
    fell = percent_change(recent.total(FAROLES, STREAMS), recent.before().total(FAROLES, STREAMS))
    grown = percent_change(recent.total(BLOOM, STREAMS), recent.before().total(BLOOM, STREAMS))
    marks = {"en": "“Tidelight”", "de": "„Tidelight“", "es": "«Tidelight»", "fr": "« Tidelight »", "pt": "“Tidelight”"}
    launch = marks["es" if language == "fr" else language].replace("Tidelight", "Tidelight launch")
    save_rates = [100 * recent.total(one, SAVES) / recent.total(one, STREAMS) for one in (HARBOR, BLOOM, FAROLES)]
    weekend = last_weekend()
    low = {
        "en": "lowest first",
        "de": "niedrigsten zuerst",
        "es": "de menor a mayor",
        "fr": "plus bas au",
        "pt": "menor ao",
    }[language]
    worst = min(month.days, key=lambda one: (value_of(BLOOM, STREAMS, one), one.toordinal()))
    best_name, worst_name = _day_name(best, language), _day_name(worst, language)
    ninety = last_days(90)
    mondays = [day for day in ninety.days if day.weekday() == 0 and day + timedelta(days=6) <= ninety.last]
    weeks = [Span(day, day + timedelta(days=6)) for day in mondays]
    stored = last_days(DAYS)
    months = [one for ago in range(1, 20) if (one := month_ago(ago)).first >= stored.first]
    best_week = max(weeks, key=lambda one: (one.total(HARBOR, STREAMS), -one.first.toordinal()))
    worst_week = min(weeks, key=lambda one: (one.total(HARBOR, STREAMS), one.first.toordinal()))
    best_month = max(months, key=lambda one: (one.total(HARBOR, STREAMS), -one.first.toordinal()))
    plays_week = max(weeks, key=lambda one: (one.gain(HARBOR, PLAYS), -one.first.toordinal()))

    def moved(day: date) -> float:
        return value_of(HARBOR, STREAMS, day) - value_of(HARBOR, STREAMS, day - timedelta(days=1))

    def gained(day: date) -> float:
        return Span(day, day).gain(BLOOM, FOLLOWERS)

    fallen = min(month.days, key=lambda day: (moved(day), day))
    risen = max(month.days, key=lambda day: (moved(day), -day.toordinal()))
    most_gained = max(month.days, key=lambda day: (gained(day), -day.toordinal()))
    most_lost = min(month.days, key=lambda day: (gained(day), day))

    def part_of_month(first: int, last: int) -> Span:
        return Span(month.first.replace(day=first), month.first.replace(day=last))

    def royalties(ago: int, *stores: tuple[str, str]) -> float:
        return sum(royalty_of(*store, month_ago(ago).first) for store in stores) / 100

    harbor, bloom = ((HARBOR, "Spotify"), (HARBOR, "Apple Music")), (BLOOM, "Spotify")
    return {
        "royalties_month": (*shown(royalties(2, *harbor), decimals=2), "EUR"),
        "royalties_months": shown(royalties(2, *harbor), royalties(3, *harbor), decimals=2),
        "royalties_spotify": (*shown(royalties(2, harbor[0], bloom), decimals=2), "(Spotify)"),
        "royalties_artists": ("1. Velvet Harbor", *shown(royalties(2, *harbor), royalties(2, bloom), decimals=2)),
        "royalties_stores": ("1. Spotify", "2. Apple Music", *shown(royalties(2, harbor[0], bloom), decimals=2)),
        "best_week": (_day_name(best_week.first, language), *shown(best_week.total(HARBOR, STREAMS))),
        "worst_week": (_day_name(worst_week.first, language), *shown(worst_week.total(HARBOR, STREAMS))),
        "best_month": (_day_name(best_month.last, language), *shown(best_month.total(HARBOR, STREAMS))),
        "best_plays_week": (_day_name(plays_week.first, language), *shown(plays_week.gain(HARBOR, PLAYS))),
        "fall_day": (
            _day_name(fallen, language),
            *shown(value_of(HARBOR, STREAMS, fallen), value_of(HARBOR, STREAMS, fallen - timedelta(days=1))),
        ),
        "rise_day": (_day_name(risen, language), *shown(value_of(HARBOR, STREAMS, risen))),
        "gain_day": (_day_name(most_gained, language), *shown(gained(most_gained))),
        "lost_day": (_day_name(most_lost, language), *shown(-gained(most_lost)))
        if gained(most_lost) < 0
        else ("no day",),
        "third_week": shown(part_of_month(15, 21).total(HARBOR, STREAMS)),
        "final_week": shown(part_of_month(month.last.day - 6, month.last.day).total(HARBOR, STREAMS)),
        "first_half": shown(part_of_month(1, 15).total(HARBOR, STREAMS)),
        "germany_growth": (*shown(41_000, 38_000), *shown(percent_change(41_000, 38_000), decimals=1)),
        "country_growth": ("1. Germany" if language == "en" else "1. Deutschland", *shown(41_000, 38_000)),
        "country_fall": ("1. Spain", *shown(22_500, 25_000)),
        "week_streams": shown(week.total(HARBOR, STREAMS)),
        "day_streams": shown(day.total(HARBOR, STREAMS)),
        "month_streams": shown(month.total(HARBOR, STREAMS)),
        "month2_streams": shown(month2.total(HARBOR, STREAMS)),
        "month3_streams": shown(month_ago(3).total(HARBOR, STREAMS)),
        "seven_streams": shown(seven.total(HARBOR, STREAMS)),
        "thirty_streams": shown(last_days(30).total(BLOOM, STREAMS)),
        "week_bloom_streams": shown(week.total(BLOOM, STREAMS)),
        "month_bloom_streams": shown(month.total(BLOOM, STREAMS)),
        "day_faroles_streams": shown(day.total(FAROLES, STREAMS)),
        "month_tidelight": shown(month.track("Tidelight")),
        "week_ferry": shown(week.track("Night Ferry")),
        "week_petals": shown(week.track("Glass Petals")),
        "bloom_listeners": shown(level(BLOOM, LISTENERS)),
        "harbor_listeners": shown(level(HARBOR, LISTENERS)),
        "faroles_followers": shown(level(FAROLES, FOLLOWERS)),
        "bloom_followers": shown(level(BLOOM, FOLLOWERS)),
        "seven_views": shown(seven.total(HARBOR, VIEWS)),
        "day_views": shown(day.total(HARBOR, VIEWS)),
        "month_views": shown(month.total(BLOOM, VIEWS)),
        "week_plays": shown(week.gain(HARBOR, PLAYS)),
        "month_plays": shown(month.gain(BLOOM, PLAYS)),
        "month_subscribers": shown(month.total(HARBOR, GAINED)),
        "month_bloom_subscribers": shown(month.total(BLOOM, GAINED)),
        "month_saves": shown(month.total(HARBOR, SAVES)),
        "month_bloom_saves": shown(month.total(BLOOM, SAVES)),
        "bloom_change": shown(recent.total(BLOOM, STREAMS)) + shown(grown, decimals=1),
        "two_months": shown(month.total(HARBOR, STREAMS), month2.total(HARBOR, STREAMS)),
        "bloom_gain": shown(week.gain(BLOOM, FOLLOWERS)),
        "faroles_gain": shown(month.gain(FAROLES, FOLLOWERS)),
        "week_average": shown(week.total(HARBOR, STREAMS) / 7, decimals=1),
        "month_average": shown(month.total(BLOOM, STREAMS) / len(month.days), decimals=1),
        "best_day": (best_name, *shown(value_of(HARBOR, STREAMS, best))),
        "two_artists": shown(month.total(HARBOR, STREAMS), month.total(BLOOM, STREAMS)),
        "both_listeners": shown(level(HARBOR, LISTENERS), level(BLOOM, LISTENERS)),
        "grew_most": ("1. Static Bloom",),
        "fell_most": ("1. Los Faroles",),
        "most_listeners": ("1. Velvet Harbor", *shown(level(HARBOR, LISTENERS))),
        "top_song": (f"1. {marks[language]}", *shown(month.track("Tidelight"))),
        "two_songs": (marks[language], marks[language].replace("Tidelight", "Glass Petals")),
        "save_rate": shown(100 * month.total(HARBOR, SAVES) / month.total(HARBOR, STREAMS), decimals=2),
        "per_listener": shown(recent.total(BLOOM, STREAMS) / level(BLOOM, LISTENERS), decimals=2),
        "why": ("Streams at a record on one day",),
        "launch_cost": (*shown(1730.5, decimals=2), "EUR"),
        "bloom_cost": (*shown(300, decimals=2), "EUR"),
        "running": ("Tidelight launch", "Petals push"),
        "launch_left": shown(769.5, decimals=2),
        "costliest": (f"1. {launch} (Velvet Harbor)", *shown(1730.5, decimals=2)),
        "who_spent": ("1. Velvet Harbor", *shown(1730.5, decimals=2)),
        "worst_day": (worst_name, *shown(value_of(BLOOM, STREAMS, worst))),
        "month_before": shown(month2.total(BLOOM, STREAMS), month_ago(3).total(BLOOM, STREAMS)),
        "week_before": shown(week.total(HARBOR, STREAMS), week.before().total(HARBOR, STREAMS)),
        "fewest_followers": ("1. Los Faroles", low, *shown(level(FAROLES, FOLLOWERS))),
        "faroles_fell": shown(fell, decimals=1),
        "all_views": shown(*(day.total(name, VIEWS) for name in (HARBOR, BLOOM, FAROLES))),
        "two_together": shown(month.total(HARBOR, STREAMS) + month.total(BLOOM, STREAMS)),
        "all_week_streams": shown(sum(week.total(name, STREAMS) for name in (HARBOR, BLOOM, FAROLES))),
        "lifts_open": ("Petals push", "Tidelight launch", "still running"),
        "countries": shown(41_000, 22_500),
        "germany": shown(41_000),
        "berlin": shown(6_300),
        "america": shown(9_750),
        "weekend_streams": shown(weekend.total(HARBOR, STREAMS)),
        "weekend_plays": shown(weekend.gain(HARBOR, PLAYS)),
        "all_save_rates": ("1. ", "2. ", "3. ", *shown(*save_rates, decimals=2)),
        "bloom_save_rate": shown(100 * month.total(BLOOM, SAVES) / month.total(BLOOM, STREAMS), decimals=2),
        "all_budgets": shown(5_000, decimals=2),
        "push_ends": (_day_name(yesterday().last + timedelta(days=10), language),),
        "bloom_overview": shown(recent.total(BLOOM, STREAMS), recent.before().total(BLOOM, STREAMS)),
        "tidelight_playlist": ("Harbour Lights", *shown(5_400)),
        "playlists": ("Harbour Lights", "Morning Drift"),
        "radio": ("4 December 2026", "Release plan"),
        "radio_end": ("20 January 2027", "Release plan"),
        "vinyl": ("12 February 2027", "Release plan"),
        "photos": ("Ilse Brandt", "Release plan"),
        "tour": ("3. März 2027", "Tourplan"),
        "support": ("Kaltwasser", "Tourplan"),
        "video_budget": ("8,500 EUR", "Release plan"),
    }
