import type { MetricEntry } from "@/lib/api/types";

export type MetricKind = MetricEntry["kind"];

export const KINDS: Record<MetricKind, string> = {
  flow: "What happened in the day or week",
  counter: "A running total",
  rolling: "Different people in a window of days",
  ratio: "A percentage or an average",
};

/** How the days of each kind may become a period, the usual way first. */
export const AGGREGATIONS: Record<MetricKind, { value: MetricEntry["aggregation"]; name: string }[]> = {
  flow: [{ value: "sum", name: "Adding up" }],
  counter: [{ value: "last", name: "The last value" }],
  rolling: [
    { value: "last", name: "The last value" },
    { value: "mean", name: "The mean" },
    { value: "none", name: "Nothing: days are not combined" },
  ],
  ratio: [
    { value: "none", name: "Nothing: days are not combined" },
    { value: "mean", name: "The mean" },
  ],
};

const WAYS: Record<MetricEntry["aggregation"], string> = {
  sum: "added up",
  last: "the last value counts",
  mean: "the mean counts",
  none: "days are not combined",
};

/** Describe a metric in one line. */
export function metricLabel({ unit, kind, aggregation }: MetricEntry): string {
  return `${unit} · ${KINDS[kind].toLowerCase()}, ${WAYS[aggregation]}`;
}
