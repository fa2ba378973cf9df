import type { ChartLine } from "@/components/charts/types";
import type { Series, SeriesResponse } from "@/lib/api/types";
import { compact, day, signedPercent, unitLabel } from "@/lib/format";
import { PROVIDERS } from "@/lib/providers";

/** What lines of different size or unit share: 100 on each one's first day with a value. */
export function toIndex(values: (number | null)[]): (number | null)[] {
  const first = values.find((value) => value !== null && value !== 0);
  if (first == null) return values.map(() => null);
  return values.map((value) => (value === null ? null : (value / first) * 100));
}

/** On one scale, a line this many times smaller than another would lie flat on the ground. */
const FLAT = 6;

/** Say whether the lines are of such different size that only an index shows how each one moved. */
export function needsIndex(series: Series[]): boolean {
  const sizes = series
    .map((each) => Math.max(0, ...each.points.map((point) => point.value ?? 0)))
    .filter((size) => size > 0);
  return sizes.length > 1 && Math.max(...sizes) / Math.min(...sizes) > FLAT;
}

/** A line needs so many days to say something. */
const LIVELY_DAYS = 5;

/** The metric to begin with: the one that has a real line on the most platforms. */
export function firstMetric(tiles: { metric: string; spark: (number | null)[] }[]): string[] {
  const lively = new Map<string, number>();
  for (const { metric, spark } of tiles) {
    const days = spark.filter((value) => value !== null).length;
    lively.set(metric, (lively.get(metric) ?? 0) + (days >= LIVELY_DAYS ? 1 : 0));
  }
  const best = [...lively].sort((a, b) => b[1] - a[1])[0];
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
    const look = PROVIDERS[each.provider];
    // A second metric of a platform keeps its colour, and gets a line of its own kind.
    const second = series.slice(0, at).some((before) => before.provider === each.provider);
    return {
      id: each.series_id,
      name: seriesName(each, series),
      color: look.color,
      dash: second ? "1 3" : look.dash,
      width: second ? 2.5 : 2,
      values: indexed ? toIndex(exact) : exact,
      exact,
      reasons: days.map((on) => points.get(on)?.null_reason ?? "no data"),
      unit: each.unit,
    };
  });
}

/** One computed sentence a line: what a sighted person reads off the chart. */
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
