"""Which kind of answer a question wants, and whether each of its words has a part in it. Pure."""

from typing import Final, Literal

from arti.insights.ask.answers.series_answers import aim_of
from arti.insights.ask.context import QuestionContext

Kind = Literal["why", "rate", "campaigns", "playlists", "breakdown", "rank_artists", "rank_works", "series"]
_WORKS: Final = ("song", "video", "post", "work")
_SPLITS: Final = ("country", "city", "age", "gender", "source", "device")
_BASE: Final = {"artist", "platform", "total", "latest"}
_MONEY: Final = {"cost", "budget", "left", "costliest", "cheapest"}
_RANKS: Final = {"most", "least", "ranking"}
_MOVES: Final = {"rise", "fall", "change", "gain", "lose", "more", "against", "before", "compare"}
_USED: Final[dict[Kind, set[str]]] = {
    "why": _BASE | _MOVES | {"why", "most", "least", "best_day", "worst_day", "overview", "song", "video"},
    "rate": _BASE | {"compare", "average", "overview", "percent"},
    "campaigns": _BASE | {"campaign", "begin", "end", "running", "planned", "when", "who"} | _MONEY | _RANKS,
    "playlists": _BASE | {"playlist", "most", "song", "running", "says"},
    "breakdown": _BASE | {*_SPLITS, "most", "least", "percent"},
    "rank_artists": _BASE | _MOVES | {"who", "most", "least", "ranking", "overview"},
    "rank_works": _BASE | _MOVES | {"most", "least", "ranking", *_WORKS, "overview", "running"},
    "series": _BASE | _MOVES | {"average", "per_day", "best_day", "worst_day", "overview", "song", "video"},
}
_OF_ANY_METRIC: Final = ("overview", "compare", "rise", "fall", "change", "against", "best_day", "worst_day")
_WITHOUT_METRIC: Final = {"campaigns", "breakdown", "why", "rank_artists", "rank_works", "playlists"}


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
    if parsed.has("campaign", "cost", "budget", "costliest", "cheapest") or parsed.named("campaign"):
        return "campaigns"
    if parsed.has("playlist"):
        return "playlists"
    if parsed.has(*_SPLITS) or context.places:
        return "breakdown"
    ranks = parsed.has("most", "least", "ranking", "rise", "fall", "more")
    if ranks and parsed.has(*_WORKS) and not named_works and not parsed.has("best_day", "worst_day"):
        return "rank_works"
    ranks = ranks or (parsed.has("gain", "lose") and bool(parsed.metrics))
    if ranks and parsed.has("artist", "who") and not parsed.named("artist") and not named_works:
        return "rank_artists"
    if parsed.metrics and not context.subjects and parsed.has("artist") and not parsed.has("total"):
        return "rank_artists"  # "views of all artists": each by itself
    if parsed.metrics or (context.subjects and parsed.has(*_OF_ANY_METRIC)):
        return "series"
    return None


def unused_words(context: QuestionContext, kind: Kind) -> list[str]:
    """Return the words that have no part in an answer of this kind."""
    parsed = context.parsed
    used = {f"word.{name}" for name in _USED[kind]}
    several = len(context.subjects) > 1
    if kind == "campaigns" and parsed.has("end"):
        used.add("word.overview")  # "hasta cuándo va la campaña"
    if kind == "rate" and (several or not context.subjects):
        used |= {"word.most", "word.least", "word.ranking", "word.who", "word.more"}
    if kind == "series":
        if parsed.has("best_day", "worst_day", "when") or several or parsed.has("platform"):
            used |= {"word.most", "word.least"}
        if parsed.has("best_day", "worst_day", "most", "least"):
            used.add("word.when")
        if aim_of(parsed) in ("best_day", "worst_day"):  # the day of the largest rise is another one
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
    metrics = {"campaigns": 0, "rate": 0 if parsed.of("rate") else 2}.get(kind, 1)
    places = [] if kind == "breakdown" else [place.words for place in context.places]
    left = [words for name, words in parsed.words.items() if name.startswith("word.") and name not in used]
    return places + left + [parsed.words[f"metric.{name}"] for name in parsed.of("metric")[metrics:]]
