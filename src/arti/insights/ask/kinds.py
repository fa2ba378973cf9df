"""Which kind of answer a question wants, and whether each of its words has a part in it. Pure."""

from typing import Final, Literal

from arti.insights.ask.answers.series_answers import aim_of
from arti.insights.ask.context import QuestionContext

Kind = Literal[
    "why",
    "rate",
    "lift",
    "campaigns",
    "royalties",
    "playlists",
    "breakdown",
    "rank_artists",
    "rank_works",
    "total",
    "series",
    "released",
]
_WORKS: Final = ("song", "video", "post", "work", "album")
_SPANS: Final = ("best_week", "worst_week", "best_month", "worst_month")
_EXTREMES: Final = ("best_day", "worst_day", *_SPANS)
_SPLITS: Final = ("country", "city", "age", "gender", "source", "device")
_BASE: Final = {"artist", "roster", "us", "platform", "total", "latest", "bring"}
_MONEY: Final = {"cost", "budget", "left", "costliest", "cheapest"}
_RANKS: Final = {"most", "least", "ranking"}
_OF_CAMPAIGNS: Final = ("begin", "end", "running", "planned", "when", "budget", "left", "costliest", "cheapest")
_MOVES: Final = {"rise", "fall", "change", "gain", "lose", "more", "fewer", "against", "before", "compare"}
_USED: Final[dict[Kind, set[str]]] = {
    "why": _BASE | _MOVES | {"why", "most", "least", "best_day", "worst_day", "overview", "song", "video"},
    "rate": _BASE | {"compare", "average", "overview", "percent"},
    "lift": _BASE
    | {"campaign", "effect", "work", "gain", "more", "rise", "change", "cost", "overview", "compare"}
    | _RANKS,
    "campaigns": (_BASE - {"bring"})
    | {"campaign", "begin", "end", "running", "planned", "when", "who"}
    | _MONEY
    | _RANKS,
    "royalties": _BASE
    | {
        "royalty",
        "money",
        "who",
        "gain",
        "country",
        "by_time",
        "against",
        "compare",
        "overview",
        "best_month",
        "worst_month",
    }
    | {*_WORKS, *_RANKS},
    "playlists": _BASE | {"playlist", "most", "song", "running", "says"},
    "breakdown": _BASE | _MOVES | {*_SPLITS, "most", "least", "percent"},
    "rank_artists": _BASE | _MOVES | {"who", "most", "least", "ranking", "overview"},
    "rank_works": _BASE | _MOVES | {"most", "least", "ranking", *_WORKS, "overview", "running"},
    "total": _BASE | {"gain", "who"},
    "released": _BASE | {"when", "newest", "out", *_WORKS},
    "series": (_BASE - {"roster"}) | _MOVES | {"average", "per_day", *_EXTREMES, "overview", "song", "video"},
}
_OF_ANY_METRIC: Final = ("overview", "compare", "rise", "fall", "change", "against", *_EXTREMES)


def kind_of(context: QuestionContext) -> Kind | None:
    """Return the kind; None where the question is none that numbers or facts answer."""
    parsed = context.parsed
    named_works = any(subject.title for subject in context.subjects)
    if parsed.has("says") and not parsed.has("playlist"):
        return None  # what a document says is quoted, and no number
    if parsed.has("why"):
        return "why"
    if parsed.rate:
        return "rate"
    if parsed.has("royalty") or (parsed.has("money") and (parsed.has("bring") or "revenue" in parsed.of("metric"))):
        return "royalties"
    if parsed.has("when") and (parsed.has("newest") or (named_works and parsed.has("out"))):
        return "released"
    if _is_about_a_lift(context):
        return "lift"
    if parsed.has("campaign", "cost", "budget", "costliest", "cheapest") or parsed.named("campaign"):
        return "campaigns"
    if parsed.has("playlist"):
        return "playlists"
    if parsed.has(*_SPLITS) or context.places:
        return "breakdown"
    ranks = parsed.has("most", "least", "ranking", "rise", "fall", "more")
    if ranks and parsed.has(*_WORKS) and not named_works and not parsed.has(*_EXTREMES):
        return "rank_works"
    of_artists = parsed.has("artist", "who", "roster") and not parsed.named("artist") and not named_works
    if ranks and of_artists:
        return "rank_artists"
    if parsed.metrics and not named_works and _is_about_all_together(context):
        return "total"
    if parsed.has("gain", "lose") and parsed.metrics and of_artists:
        return "rank_artists"
    if parsed.metrics and not context.subjects and parsed.has("artist") and not parsed.has("total"):
        return "rank_artists"  # "views of all artists": each by itself
    if parsed.metrics or (context.subjects and parsed.has(*_OF_ANY_METRIC)):
        return "series"
    return None


def ranks_works_by_rate(context: QuestionContext) -> bool:
    """Return whether a question wants the works with the highest or lowest rate."""
    named_works = any(subject.title for subject in context.subjects)
    return context.parsed.has(*_RANKS) and context.parsed.has(*_WORKS) and not named_works


def _is_about_a_lift(context: QuestionContext) -> bool:
    """Return whether a question is about what campaigns did, and not about when they run or what they cost."""
    parsed = context.parsed
    named = bool(parsed.named("campaign"))
    if not (named or parsed.has("campaign")) or parsed.has(*_OF_CAMPAIGNS):
        return False
    by_number = named and bool(parsed.metrics) and not parsed.periods
    return parsed.has("effect", "work", "bring") or (named and parsed.has("overview")) or by_number


def _is_about_all_together(context: QuestionContext) -> bool:
    """Return whether a question wants one number of several artists."""
    parsed, several = context.parsed, len({subject.artist_id for subject in context.subjects}) > 1
    if parsed.named("artist"):
        return several and parsed.has("total") and not parsed.has(*_SPLITS)
    if parsed.has("us") and not context.subjects and not parsed.has("artist", "who", *_WORKS):
        return True  # "how many streams did we have"
    return parsed.has("roster") or (parsed.has("total") and (parsed.has("artist") or not context.subjects))


def unused_words(context: QuestionContext, kind: Kind) -> list[str]:
    """Return the words that have no part in an answer of this kind."""
    parsed = context.parsed
    used = {f"word.{name}" for name in _USED[kind]}
    several = len(context.subjects) > 1
    if kind == "campaigns" and parsed.has("end"):
        used.add("word.overview")  # "hasta cuándo va la campaña"
    if kind == "breakdown" and parsed.has("more", "fewer", "compare") and parsed.against is None:
        used -= {"word.more", "word.fewer", "word.compare"}
    if kind == "rate" and ranks_works_by_rate(context):
        used |= {f"word.{name}" for name in (*_RANKS, *_WORKS)}
    if kind == "rate" and (several or not context.subjects):
        used |= {"word.most", "word.least", "word.ranking", "word.who", "word.more"}
    if kind == "series":
        if parsed.has(*_EXTREMES, "when") or several or parsed.has("platform"):
            used |= {"word.most", "word.least"}
        if parsed.has(*_EXTREMES, "most", "least", "rise", "fall", "lose"):
            used.add("word.when")
        if aim_of(parsed) in ("rise_day", "fall_day"):
            used -= {f"word.{name}" for name in ("against", "before", "change", "average", "per_day", "gain")}
        if aim_of(parsed) in ("best_day", "worst_day", "best_span", "worst_span"):
            used -= {f"word.{name}" for name in ("rise", "fall", "change", "against", "before", "lose")}
        if aim_of(parsed) == "change":
            used.add("word.percent")
        if several:
            used |= {"word.who", "word.song", "word.work", "word.video"}
            used.discard("word.total")  # artists are answered one by one, and their sum is not
        if any(subject.title for subject in context.subjects):
            used |= {"word.work", "word.post"}
        if parsed.has("more") and not several and parsed.against is None:
            used.discard("word.more")
    metrics = {"campaigns": 0, "royalties": 0, "rate": 0 if parsed.of("rate") else 2}.get(kind, 1)
    places = [] if kind == "breakdown" else [place.words for place in context.places]
    left = [words for name, words in parsed.words.items() if name.startswith("word.") and name not in used]
    if kind == "royalties" and set(parsed.of("metric")) <= {"revenue", "streams"}:
        return places + left  # "how much did she earn in royalties from streams"
    return places + left + [parsed.words[f"metric.{name}"] for name in parsed.of("metric")[metrics:]]
