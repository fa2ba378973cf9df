import type { ChartLine } from "@/components/charts/types";
import type { Series, SeriesResponse } from "@/lib/api/types";
import { toCsv } from "@/lib/csv";
import { compact, day, signedPercent, unitLabel } from "@/lib/format";
import { providerLook } from "@/lib/providers";
import { metricInSentence, metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

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
  const provider = providerLook(series.provider).name;
  if (metrics === 1) return provider;
  return providers === 1
    ? metricName(series.metric, series.name)
    : t("chart.line", { provider, metric: metricInSentence(series.metric, series.name) });
}

const DAY_MS = 86_400_000;

/**
 * The values to draw: between two values that follow each other, each of which covers `interval` days, the line goes on.
 * A value that is missing breaks it.
 */
export function drawnValues(days: string[], values: (number | null)[], interval: number): (number | null)[] {
  if (interval <= 1) return values;
  const drawn = [...values];
  let before = -1;
  values.forEach((value, at) => {
    if (value === null) return;
    const apart = before < 0 ? Infinity : (Date.parse(days[at]!) - Date.parse(days[before]!)) / DAY_MS;
    if (apart <= interval) {
      const start = values[before]!;
      for (let i = before + 1; i < at; i++) drawn[i] = start + ((value - start) * (i - before)) / (at - before);
    }
    before = at;
  });
  return drawn;
}

/** Why a day of the axis has no value of its own: of a weekly source it lies in the week up to another day. */
function missingReason(series: Series, on: string): string {
  const end = series.points.find(
    (point) => point.on > on && Date.parse(point.on) - Date.parse(on) < series.interval_days * DAY_MS,
  );
  return end ? t("missing.week", { day: day(end.on) }) : t("missing.none");
}

/** `meaning` follows a name where its meaning changed within the days shown. */
export function toLines(
  series: Series[],
  days: string[],
  indexed: boolean,
  meaning: (series: Series) => string = () => "",
): ChartLine[] {
  return series.map((each, at) => {
    const points = new Map(each.points.map((point) => [point.on, point]));
    const exact = days.map((on) => points.get(on)?.value ?? null);
    const style = providerLook(each.provider);
    // A second metric of a platform has the same colour and another dash.
    const second = series.slice(0, at).some((before) => before.provider === each.provider);
    return {
      id: each.series_id,
      name: seriesName(each, series) + meaning(each),
      color: style.color,
      dash: second ? "1 3" : style.dash,
      width: second ? 2.5 : 2,
      values: drawnValues(days, indexed ? toIndex(exact) : exact, each.interval_days),
      exact,
      reasons: days.map((on) => points.get(on)?.null_reason ?? missingReason(each, on)),
      unit: each.unit,
    };
  });
}

/** Describe a line in one sentence, for screen readers. */
export function describe(series: Series, all: Series[], days: number): string {
  const name = seriesName(series, all);
  const known = series.points.filter((point) => point.value !== null);
  if (known.length === 0) return t("describe.none", { name });
  const top = known.reduce((best, point) => (point.value! > best.value! ? point : best));
  return t("describe.line", {
    name,
    basis: series.total == null ? "none" : (series.basis ?? "other"),
    total: `${compact(series.total)} ${unitLabel(series.total, series.unit)}`,
    // Of a running total it is the pace of the gain, which says nothing of the total.
    change: series.change_percent == null || series.kind === "counter" ? "none" : signedPercent(series.change_percent),
    days,
    day: day(top.on),
    value: compact(top.value),
  });
}

/** The shown series as CSV: ISO days, exact values, empty where there is none. */
export function seriesCsv(answer: SeriesResponse): string {
  const days = axisDays(answer.series);
  const head = ["day", ...answer.series.map((each) => `${each.provider} ${each.metric} (${each.unit})`)];
  const values = answer.series.map((each) => new Map(each.points.map((point) => [point.on, point.value])));
  const rows = days.map((on) => [on, ...values.map((of) => of.get(on))]);
  return toCsv([head, ...rows]);
}
