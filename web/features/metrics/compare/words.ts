import type { CalendarItem, ComparedColumn, ComparedFigure, ComparedMetric, RosterRank } from "@/lib/api/types";
import { dayRange, exact, unitName } from "@/lib/format";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

/** A number to choose; where not all have it, of how many it is. */
export function optionOf({ metric, name, provider_name, subjects }: ComparedMetric, count: number): string {
  const number = { metric: metricName(metric, name), provider: provider_name };
  return subjects < count
    ? t("chart.optionSome", { ...number, known: exact(subjects), count: exact(count) })
    : t("chart.title", number);
}

/** "Moth, Ines Vale: Club show". */
export const markOf = ({ artists, title }: CalendarItem) =>
  [artists.map(({ name }) => name).join(", "), title].join(": ");

export function rankOf({ rank, of, percentile }: RosterRank): string {
  const values = { rank: exact(rank), count: exact(of) };
  return percentile === null
    ? t("table.rank", values)
    : t("table.rankAbove", { ...values, percent: exact(percentile) });
}

/** What the number of a column is: "streams, in 28 days". */
export function meaningOf(column: ComparedColumn): string {
  return t(`basis.${column.basis}`, { unit: unitName(column.unit), count: column.period.days });
}

/** The days of a column, and from when the numbers are where they are older. */
export function periodOf(column: ComparedColumn): string {
  return dayRange(column.period.from, column.period.to);
}

/** The unit of a day in the chart: of a running total what the day gained. */
export function dayUnit(column: ComparedColumn): string {
  return column.basis === "gain" ? t("basis.gainedUnit", { unit: unitName(column.unit) }) : column.unit;
}

export function isOlder(figure: ComparedFigure, column: ComparedColumn): boolean {
  return figure.as_of !== null && figure.as_of < column.period.to;
}
