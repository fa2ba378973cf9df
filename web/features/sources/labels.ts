import type { MetricEntry } from "@/lib/api/types";
import { t } from "./messages";

export type MetricKind = MetricEntry["kind"];
type Aggregation = MetricEntry["aggregation"];

/** How the days of each kind may become a period, the usual way first. */
export const AGGREGATIONS: Record<MetricKind, Aggregation[]> = {
  flow: ["sum"],
  counter: ["last"],
  rolling: ["last", "mean", "none"],
  ratio: ["none", "mean"],
};

export const KINDS = Object.keys(AGGREGATIONS) as MetricKind[];

/** Describe a metric in one line. */
export function metricLabel({ unit, kind, aggregation }: MetricEntry): string {
  return t(`metrics.ways.${aggregation}`, { unit, kind: t(`metrics.kindInText.${kind}`) });
}
