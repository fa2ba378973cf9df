"""The rules that find gaps in royalty statements. Pure; from when on something is a gap is in `thresholds`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from arti.dimensions.countries import country_name
from arti.metrics.money.reconciliation.groups import (
    LineSums,
    StreamCount,
    canonical_store,
    month_after,
    months_between,
    store_name,
)
from arti.metrics.money.reconciliation.keys import make_gap
from arti.metrics.money.reconciliation.schemas import GapKey, RoyaltyGap
from arti.metrics.money.reconciliation.thresholds import (
    MISSING_UNITS,
    RECORDING_STREAMS,
    TERRITORY_SHARE,
    USUAL_MONTHS,
)

_USUAL = int(USUAL_MONTHS.value)
_QUERY = "Send the query to the distributor: it names the months before and after."


def show_months(first: date, last: date) -> str:
    """Return months as people write them: 2026-01, or 2026-01 to 2026-03."""
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"


def missing_runs(present: Iterable[date], expected: Sequence[date], usual: int) -> list[tuple[date, date]]:
    """Return runs of expected months that are absent after `usual` months in a row that were there."""
    there, runs = set(present), list[tuple[date, date]]()
    start: date | None = None
    before = 0
    for month in expected:
        if month in there:
            if start:
                runs.append((start, month_after(month, -1)))
            start, before = None, before + 1
        else:
            if start is None and before >= usual:
                start = month
            before = 0
    return [*runs, (start, expected[-1])] if start else runs


def find_missing(rows: Sequence[Mapping[str, Any]], lags: Mapping[tuple[str, str], int]) -> list[RoyaltyGap]:
    """Return the months, stores and territories of each source that are usually there and are not."""
    gaps = []
    by_source: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_source[row["source"]].append(row)
    for source, own in sorted(by_source.items()):
        months = {row["month"] for row in own}
        first, newest = min(months), max(months)
        for start, end in missing_runs(months, months_between(first, newest), 1):
            sentence = f"{source}: no line of any store for {show_months(start, end)}, between months that have some."
            gaps.append(
                make_gap(
                    GapKey(kind="missing_month", source=source, month=start, to_month=end),
                    sentence,
                    f"Import the statement of {show_months(start, end)}. If there is none, {_QUERY.lower()}",
                )
            )
        by_store: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in own:
            by_store[canonical_store(row["store"])].append(row)
        for store, of_store in sorted(by_store.items()):
            there = {row["month"] for row in of_store}
            last = max(month_after(newest, -lags.get((source, store), 0)), min(there))
            # A month that the whole source lacks is said once.
            expected = [month for month in months_between(min(there), last) if month in months]
            for start, end in missing_runs(there, expected, _USUAL):
                recent = [month for month in expected if month < start][-_USUAL:]
                sold = sum(row["units"] or 0 for row in of_store if row["month"] in recent)
                if sold < MISSING_UNITS.value:
                    continue
                before = f"it had {sold:,.0f} units in the {len(recent)} months before"
                gaps.append(
                    make_gap(
                        GapKey(kind="missing_store", source=source, store=store, month=start, to_month=end),
                        f"{source}: no line of {store_name(store)} for {show_months(start, end)}; {before}.",
                        _QUERY,
                    )
                )
            gaps += _find_missing_territories(source, store, of_store, [m for m in expected if m in there])
    return gaps


def _find_missing_territories(
    source: str, store: str, rows: Sequence[Mapping[str, Any]], expected: Sequence[date]
) -> list[RoyaltyGap]:
    units: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    whole: dict[date, Decimal] = defaultdict(Decimal)
    for row in rows:
        whole[row["month"]] += row["units"] or 0
        if row["country"]:
            units[row["country"]][row["month"]] += row["units"] or 0
    gaps = []
    # A month whose lines state no country says nothing of territories.
    stated = {row["month"] for row in rows if row["country"]}
    for country, by_month in sorted(units.items()):
        after_first = [month for month in expected if month >= min(by_month) and month in stated]
        for start, end in missing_runs(by_month, after_first, _USUAL):
            before = [month for month in expected if month < start][-_USUAL:]
            sold, of_all = sum(by_month.get(each, 0) for each in before), sum(whole[each] for each in before)
            if sold < MISSING_UNITS.value or sold * 100 < of_all * Decimal(TERRITORY_SHARE.value):
                continue
            share = f"{sold:,.0f} units ({sold / of_all:.0%} of the store) in the {len(before)} months before"
            gaps.append(
                make_gap(
                    GapKey(
                        kind="missing_territory",
                        source=source,
                        store=store,
                        country=country,
                        month=start,
                        to_month=end,
                    ),
                    f"{source}: no line of {store_name(store)} in {country_name(country)} for "
                    f"{show_months(start, end)}; it had {share}.",
                    _QUERY,
                )
            )
    return gaps


def find_taken_back(rows: Sequence[Mapping[str, Any]]) -> list[RoyaltyGap]:
    """Return negative lines and penalties by source, store and month."""
    gaps = []
    for kind, name in (("negative_lines", "negative"), ("penalties", "penalty")):
        sums: dict[tuple[str, str, date], LineSums] = defaultdict(LineSums)
        for row in rows:
            if row[f"{name}_lines"]:
                key = (row["source"], canonical_store(row["store"]), row["month"])
                sums[key].add(row[f"{name}_lines"], None, row[f"{name}_amount"], row["currency"])
        for (source, store, month), each in sorted(sums.items()):
            if each.lines == 1:
                what = "1 line below zero" if kind == "negative_lines" else "1 penalty or adjustment below zero"
            else:
                things = "lines" if kind == "negative_lines" else "penalties or adjustments"
                what = f"{each.lines:,} {things} below zero"
            amounts = " and ".join(f"{amount:.2f} {code}" for code, amount in sorted(each.amounts.items()))
            gaps.append(
                make_gap(
                    GapKey(kind=kind, source=source, store=store, month=month, to_month=month),
                    f"{source}: {what} of {store_name(store)} in {month:%Y-%m}, {amounts}.",
                    "Ask for the reason and the line that each takes back."
                    if kind == "negative_lines"
                    else "Ask for the store's notice, the tracks and days concerned, and how to object.",
                    lines=each.lines,
                    amounts=each.amounts,
                )
            )
    return gaps


def find_unmatched(rows: Sequence[Mapping[str, Any]]) -> list[RoyaltyGap]:
    """Return the lines that no recording and no release is known for, by source, with their sums."""
    sums: dict[str, LineSums] = defaultdict(LineSums)
    for row in rows:
        if row["unmatched_lines"]:
            sums[row["source"]].add(row["unmatched_lines"], None, row["unmatched_amount"], row["currency"])
    return [
        make_gap(
            GapKey(kind="unmatched_lines", source=source),
            f"{source}: {'1 line is' if each.lines == 1 else f'{each.lines:,} lines are'} of no known recording "
            "or release, "
            + " and ".join(f"{amount:.2f} {code}" for code, amount in sorted(each.amounts.items()))
            + ".",
            "Add the recordings by their ISRC, or the releases by their UPC, and match again.",
            lines=each.lines,
            amounts=each.amounts,
        )
        for source, each in sorted(sums.items())
    ]


def find_repeated(rows: Sequence[Mapping[str, Any]]) -> list[RoyaltyGap]:
    """Return statements that repeat most lines of an earlier one, with what is counted twice."""
    pairs: dict[tuple[UUID, UUID], LineSums] = defaultdict(LineSums)
    names = {}
    for row in rows:
        key = (row["one"], row["other"])
        pairs[key].add(row["lines"], None, row["amount"], row["currency"])
        names[key] = row
    return [
        make_gap(
            GapKey(kind="statement_twice", source=names[key]["source"], statement_ids=list(key)),
            f"The statement {names[key]['title'] or key[0]} of {names[key]['source']} repeats "
            f"{'1 line' if each.lines == 1 else f'{each.lines:,} lines'} of "
            f"{names[key]['other_title'] or key[1]} of {names[key]['other_source']}: "
            f"{'it is' if each.lines == 1 else 'they are'} counted twice.",
            "Delete the statement, or undo its import, if both report the same sales.",
            lines=each.lines,
            amounts=each.amounts,
        )
        for key, each in pairs.items()
    ]


def find_recordings_without_line(
    rows: Sequence[Mapping[str, Any]],
    paid: Iterable[Mapping[str, Any]],
    streams: Mapping[tuple[Any, ...], StreamCount],
    period_streams: Iterable[Mapping[str, Any]],
    titles: Mapping[UUID, str],
) -> list[RoyaltyGap]:
    """Return recordings with known streams in months that a store paid, and without any line of it."""
    months: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        months[canonical_store(row["store"])].add(row["month"])
    with_line = {(canonical_store(row["store"]), row["recording_id"]) for row in paid}
    matched_stores = {store for store, _ in with_line}
    known: dict[tuple[str, UUID], float] = defaultdict(float)
    seen: dict[tuple[str, UUID], set[date]] = defaultdict(set)
    for (store, _, recording, country, month), count in streams.items():
        if recording is not None and country is None and month in months.get(store, ()):
            known[store, recording] += count.streams
            seen[store, recording].add(month)
    for row in period_streams:
        key = (row["provider"], row["recording_id"])
        if row["month"] in months.get(row["provider"], ()):
            known[key] = max(known[key], row["streams"])
            seen[key].add(row["month"])
    gaps = []
    for (store, recording), total in sorted(known.items(), key=lambda each: -each[1]):
        key = (store, recording)
        if key in with_line or store not in matched_stores or total < RECORDING_STREAMS.value:
            continue
        first, last = min(seen[key]), max(seen[key])
        gaps.append(
            make_gap(
                GapKey(kind="recording_without_line", store=store, month=first, to_month=last, recording_id=recording),
                f"{titles.get(recording, 'A recording')} has {total:,.0f} known streams on {store_name(store)} in "
                f"{show_months(first, last)}, and no line of it in any statement.",
                "Check its ISRC with the distributor, and that it was delivered there.",
            )
        )
    return gaps
