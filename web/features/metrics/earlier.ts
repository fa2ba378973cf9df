import type { ChartLine } from "@/components/charts/types";
import type { MetricEntry, Series } from "@/lib/api/types";
import { dayRange } from "@/lib/format";
import { providerLook } from "@/lib/providers";
import { drawnValues, seriesName } from "./chart-data";
import { changesWithin } from "./meanings";
import { t } from "./messages";

/** Which days are drawn under those of the chart: those directly before, or those of 52 weeks before. */
export const AGAINST = ["previous", "year"] as const;
export type Against = (typeof AGAINST)[number];

const DAY_MS = 86_400_000;
const YEAR_DAYS = 364; // the same weekdays: releases come out on Fridays

export const daysBack = (against: Against, length: number) => (against === "year" ? YEAR_DAYS : length);

export const dayBefore = (iso: string, days: number) =>
  new Date(Date.parse(iso) - days * DAY_MS).toISOString().slice(0, 10);

type Shown = { series: Series[]; days: string[]; indexed: boolean; from: string; to: string };

/**
 * The lines of the days before under the days of the chart, and why a line has none: another meaning, or no data.
 * `back`: by how many days. An index goes on from the first day of the line that it stands under.
 */
export function earlierLines(
  { series, days, indexed, from, to }: Shown,
  earlier: Series[],
  back: number,
  catalogue: MetricEntry[],
): { lines: ChartLine[]; notes: string[] } {
  const lines: ChartLine[] = [];
  const notes: string[] = [];
  const start = dayBefore(from, back);
  for (const now of series) {
    const name = seriesName(now, series);
    const range = dayRange(start, dayBefore(to, back));
    const before = earlier.find((each) => each.provider === now.provider && each.metric === now.metric);
    const broken =
      [...now.breaks, ...(before?.breaks ?? [])].some((each) => each.on > start && each.on <= to) ||
      changesWithin(catalogue, [now.metric], [now.provider], start, to).length > 0;
    const points = new Map(before?.points.map((point) => [point.on, point.value]));
    const exact = days.map((on) => points.get(dayBefore(on, back)) ?? null);
    const base = now.points.find((point) => point.value !== null && point.value !== 0)?.value;
    if (broken || exact.every((value) => value === null) || (indexed && !base)) {
      notes.push(t(broken ? "chart.otherMeaning" : "chart.noEarlier", { name, days: range }));
      continue;
    }
    const scaled = indexed ? exact.map((value) => (value === null ? null : (value / base!) * 100)) : exact;
    lines.push({
      id: `${now.series_id} before`,
      name: t("chart.lineBefore", { name, days: range }),
      color: providerLook(now.provider).color,
      dash: "4 4",
      width: 1.25,
      values: drawnValues(days, scaled, now.interval_days),
      exact,
      reasons: days.map(() => t("missing.none")),
      unit: now.unit,
    });
  }
  return { lines, notes };
}
