import type { ChartLine } from "@/components/charts/types";
import type { Series, SeriesResponse } from "@/lib/api/types";
import { compact, day, signedPercent, unitLabel } from "@/lib/format";
import { PROVIDERS } from "@/lib/providers";

/** Scale values to an index: 100 on the first day with a value. */
export function toIndex(values: (number | null)[]): (number | null)[] {
  const first = values.find((value) => value !== null && value !== 0);
  if (first == null) return values.map(() => null);
  return values.map((value) => (value === null ? null : (value / first) * 100));
}

/** Lines that differ by more than this factor are unreadable on one scale. */
const MAX_SIZE_RATIO = 6;

/** Return whether the lines differ so much in size that only an index shows how each one moved. */
export function needsIndex(series: Series[]): boolean {
  const sizes = series
    .map((each) => Math.max(0, ...each.points.map((point) => point.value ?? 0)))
    .filter((size) => size > 0);
  return sizes.length > 1 && Math.max(...sizes) / Math.min(...sizes) > MAX_SIZE_RATIO;
}

/** A shorter line shows no trend. */
const MIN_LINE_DAYS = 5;

/** The initial metric: the one with a line on the most platforms. */
export function firstMetric(tiles: { metric: string; spark: (number | null)[] }[]): string[] {
  const lineCounts = new Map<string, number>();
  for (const { metric, spark } of tiles) {
    const days = spark.filter((value) => value !== null).length;
    lineCounts.set(metric, (lineCounts.get(metric) ?? 0) + (days >= MIN_LINE_DAYS ? 1 : 0));
  }
  const best = [...lineCounts].sort((a, b) => b[1] - a[1])[0];
  return best ? [best[0]] : [];
}

/** Every day of the axis, from all series together, in order. */
export function axisDays(series: Series[]): string[] {
  return [...new Set(series.flatMap((each) => each.points.map((point) => point.on)))].sort();
}

export function seriesName(series: Series, all: Series[]): string {
  const metrics = new Set(all.map((each) => each.metric)).size;
  const providers = new Set(all.map((each) => each.provider)).size;
  const provider = PROVIDERS[series.provider].name;
  if (metrics === 1) return provider;
  return providers === 1 ? series.name : `${provider}: ${series.name.toLowerCase()}`;
}

export function toLines(series: Series[], days: string[], indexed: boolean): ChartLine[] {
  return series.map((each, at) => {
    const points = new Map(each.points.map((point) => [point.on, point]));
    const exact = days.map((on) => points.get(on)?.value ?? null);
    const style = PROVIDERS[each.provider];
    // A second metric of a platform has the same colour and another dash.
    const second = series.slice(0, at).some((before) => before.provider === each.provider);
    return {
      id: each.series_id,
      name: seriesName(each, series),
      color: style.color,
      dash: second ? "1 3" : style.dash,
      width: second ? 2.5 : 2,
      values: indexed ? toIndex(exact) : exact,
      exact,
      reasons: days.map((on) => points.get(on)?.null_reason ?? "no data"),
      unit: each.unit,
    };
  });
}

/** Describe a line in one sentence, for screen readers. */
export function describe(series: Series, all: Series[], days: number): string {
  const name = seriesName(series, all);
  const known = series.points.filter((point) => point.value !== null);
  if (known.length === 0) return `${name}: no data in this period.`;
  const top = known.reduce((best, point) => (point.value! > best.value! ? point : best));
  const total =
    series.total == null
      ? ""
      : ` ${compact(series.total)} ${unitLabel(series.total, series.unit)}${series.basis === "sum" ? " in all" : ""}`;
  const change =
    series.change_percent == null ? "" : `, ${signedPercent(series.change_percent)} on the previous ${days} days`;
  return `${name}:${total}${change}; highest on ${day(top.on)} (${compact(top.value)}).`;
}

/** The shown series as CSV: ISO days, exact values, empty where there is none. */
export function toCsv(answer: SeriesResponse): string {
  const days = axisDays(answer.series);
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ["day", ...answer.series.map((each) => `${each.provider} ${each.metric} (${each.unit})`)];
  const values = answer.series.map((each) => new Map(each.points.map((point) => [point.on, point.value])));
  const rows = days.map((on) => [on, ...values.map((of) => String(of.get(on) ?? ""))]);
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}
