"""Reading insights and their evidence, feedback and triage."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from arti.insights import computations, store
from arti.insights.computations import Computation, is_reproduced
from arti.insights.narration.reading import fact_of, read_row
from arti.insights.schemas import (
    Evidence,
    EvidenceRow,
    EvidenceRows,
    Feedback,
    Insight,
    InsightDetail,
    InsightOrder,
    InsightPart,
    InsightStory,
    ObservationSource,
    Passage,
    TextPiece,
)
from arti.insights.store import InsightFilter
from arti.insights.stories.store import list_first_parts, list_parts
from arti.language.catalogue import LanguageCode, load_catalogue
from arti.language.locale_formats import show_number
from arti.language.pieces import as_plain
from arti.language.reader_locale import ReaderLocale
from arti.metrics.catalogue import METRICS
from arti.music.releases.store import find_release_of_asset
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.orgs.locale_store import read_locale
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, NotFound
from arti_core.paging import Page, make_page, read_cursor, write_cursor

_MOST_WORDS = 8


async def list_insights(
    connection: Connection,
    org_id: UUID,
    *,
    user_id: UUID,
    filter: InsightFilter,
    order: InsightOrder,
    cursor: str | None,
    limit: int,
) -> Page[Insight]:
    locale = await read_locale(connection, org_id, user_id)
    words = list(dict.fromkeys((filter.q or "").lower().split()))[:_MOST_WORDS]
    rows = await store.list_insights(
        connection,
        org_id,
        user_id=user_id,
        filter=filter,
        order=order,
        after=read_cursor(cursor),
        limit=limit + 1,
        words=words,
        metrics=[(word, slug) for word in words for slug in _find_metrics(word, locale.language)],
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_cursor(row["sort_at"], row["id"]))
    insights = await _shape_all(connection, org_id, page.items, locale, filter.known_on)
    return Page(items=insights, next_cursor=page.next_cursor)


def _find_metrics(word: str, language: LanguageCode) -> list[str]:
    catalogue = load_catalogue(language)
    return [
        slug for slug, metric in METRICS.items() if word in (catalogue.metric(slug, metric.name) or metric.name).lower()
    ]


async def list_news(
    connection: Connection, org_id: UUID, *, user_id: UUID, since: datetime, limit: int, known_on: date | None
) -> list[InsightStory]:
    """Return the insights of `store.list_news`, each with the titles of its first parts."""
    rows = await store.list_news(connection, org_id, user_id=user_id, since=since, limit=limit, known_on=known_on)
    locale = await read_locale(connection, org_id, user_id)
    titles: dict[UUID, list[str]] = {row["id"]: [] for row in rows}
    for part in await list_first_parts(connection, org_id, list(titles)):
        titles[part["insight_id"]].append(as_plain(read_row(dict(part), locale).title))
    return [
        InsightStory.model_validate(insight.model_dump(by_alias=True) | {"part_titles": titles[insight.id]})
        for insight in await _shape_all(connection, org_id, rows, locale, known_on)
    ]


async def get_insight(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, known_on: date | None = None
) -> InsightDetail:
    """Return an insight with its evidence. `known_on`: its chart; NotFound if it was found later."""
    row = await store.find_insight(connection, org_id, insight_id, user_id=user_id, known_on=known_on)
    if row is None:
        raise NotFound("insight")
    locale = await read_locale(connection, org_id, user_id)
    evidence = await store.list_evidence(connection, org_id, insight_id)
    parts = await list_parts(connection, org_id, insight_id)
    [insight] = await _shape_all(connection, org_id, [row], locale, known_on)
    shape: dict[str, Any] = insight.model_dump(by_alias=True) | {"prompt_version": row["prompt_version"]}
    shape["pieces"] = [
        TextPiece(text=piece.text, slot=piece.slot or None) for piece in read_row(dict(row), locale).body
    ]
    shape["dossier"] = f"/api/insights/{insight_id}/dossier.csv" if row["detector"] == "unusual_streams" else None
    shape["release_id"] = None
    if row["detector"] == "release_age" and row["asset_id"] is not None:
        shape["release_id"] = await find_release_of_asset(connection, org_id, row["asset_id"])
    shape["evidence"] = [_evidence(dict(item), locale) for item in evidence]
    shape["parts"] = [_part(part, locale) for part in parts]
    return InsightDetail.model_validate(shape)


async def list_evidence_rows(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, slot: str, known_on: date | None
) -> EvidenceRows:
    """Return the rows behind one number, and the number recomputed from them. Passages have no rows: NotFound.

    `known_on`: the rows as that day's end (UTC) knew them.
    """
    locale = await read_locale(connection, org_id, user_id)
    evidence = await store.list_evidence(connection, org_id, insight_id)
    numbers = [_evidence(dict(row), locale) for row in evidence if row["value"] is not None]
    for part in await list_parts(connection, org_id, insight_id):
        numbers += _part(part, locale).numbers
    number = next((each for each in numbers if each.slot == slot), None)
    if number is None or number.value is None:
        raise NotFound("number")
    item = Computation.from_json(number.computation)
    [recomputed] = await computations.compute(connection, org_id, [item], known_on=known_on)
    rows = await computations.list_rows(connection, org_id, item, known_on=known_on)
    return EvidenceRows(
        slot=slot,
        label=number.label,
        unit=number.unit,
        computation=number.computation,
        value=number.value,
        shown=number.shown,
        recomputed=recomputed,
        matches=is_reproduced(number.value, recomputed),
        rows=[_observation(row) for row in rows],
    )


async def put_feedback(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, feedback: Feedback
) -> Insight:
    await get_insight(connection, org_id, insight_id, user_id=user_id)
    await store.put_feedback(
        connection, org_id, insight_id, user_id=user_id, rating=feedback.rating, comment=feedback.comment
    )
    return await get_insight(connection, org_id, insight_id, user_id=user_id)


async def triage_insight(access: Access, insight_id: UUID, *, status: str) -> Insight:
    connection, org_id, user_id = access.connection, access.org_id, access.principal.user_id
    row = await store.find_insight(connection, org_id, insight_id, user_id=user_id)
    if row is None:
        raise NotFound("insight")
    if not await store.set_status(connection, org_id, insight_id, status):
        raise Conflict("This insight was withdrawn because its numbers are no longer valid. Its status cannot change.")
    if row["status"] != status:
        about = {"artist_id": str(row["artist_id"]), "from": row["status"], "to": status}
        await audit(access, "insight.triaged", insight_id, about)
    return await get_insight(connection, org_id, insight_id, user_id=user_id)


async def _shape_all(
    connection: Connection, org_id: UUID, rows: Sequence[Row], locale: ReaderLocale, known_on: date | None
) -> list[Insight]:
    charts = await store.list_chart_values(connection, org_id, rows, known_on=known_on)
    return [Insight.model_validate(_shape(row, charts[row["id"]], locale)) for row in rows]


def _shape(row: Row, chart: Mapping[str, Any], locale: ReaderLocale) -> dict[str, Any]:
    feedback = {"rating": row["my_rating"], "comment": row["my_comment"]} if row["my_rating"] else None
    text = read_row(dict(row), locale)
    values = list(chart["values"])
    while values and values[-1] is None:
        values.pop()
    return dict(row) | {
        "title": as_plain(text.title),
        "body": as_plain(text.body),
        "cause": row["cause"] | {"text": as_plain(text.cause)} if row["cause"] else None,
        "next_step": as_plain(text.next_step),
        "my_feedback": feedback,
        "chart": {
            "from": chart["from_on"],
            "step_days": row["step_days"],
            "of_gains": store.shows_gains(row),
            "values": values,
        },
    }


def _part(row: Row, locale: ReaderLocale) -> InsightPart:
    numbers = [
        _evidence(number | {"slot": f"{row['id']}.{number['slot']}", "series_id": row["series_id"]}, locale)
        for number in row["numbers"]
    ]
    title = as_plain(read_row(dict(row), locale).title)
    return InsightPart.model_validate(dict(row) | {"title": title, "numbers": numbers})


def _evidence(item: dict[str, Any], locale: ReaderLocale) -> Evidence:
    """Return a number with its label in the reader's language, or a passage."""
    if item["value"] is None:
        passage = Passage(
            document_id=item["document_id"], document_title=item["document_title"], text=item["chunk_text"]
        )
        return Evidence.model_validate(item | {"chunk": passage})
    fact = fact_of(item)
    shown = show_number(
        fact.value if fact.direction == 0 else abs(fact.value), locale, unit=fact.unit, decimals=fact.rounding
    )
    return Evidence.model_validate(
        item | {"label": load_catalogue(locale.language).label(fact.label), "shown": shown, "chunk": None}
    )


def _observation(row: Row) -> EvidenceRow:
    entered, imported = row["entered_by"] is not None, row["import_id"] is not None
    return EvidenceRow(
        window=row["window"],
        observed_on=row["observed_on"],
        value=row["value"],
        null_reason=row["null_reason"],
        remark=row["remark"],
        definition=row["definition"],
        known_at=row["known_at"],
        source=ObservationSource(
            kind="import" if imported else "entry" if entered else "sync",
            id=row["import_id"] or row["entered_by"] or row["sync_run_id"],
            file_name=row["file_name"],
            row=row["source_row"],
        ),
    )
