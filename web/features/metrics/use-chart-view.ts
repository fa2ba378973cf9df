"use client";

import type { Summary } from "@/lib/api/types";
import { useUrlState } from "@/lib/url-state";
import { firstMetric } from "./chart-data";
import { AGAINST } from "./earlier";

const MAX_METRICS = 3;

export type ChartView = ReturnType<typeof useChartView>;

/** The chart's settings, stored in the URL. */
export function useChartView(summary: Summary | undefined) {
  const { params, get, set } = useUrlState();
  const selected = params.getAll("metric");
  const metrics = selected.length ? selected : summary ? firstMetric(summary.tiles) : [];
  const chosen = params.getAll("provider");
  const providers = chosen.length ? chosen : (summary?.providers ?? []);
  const bucket = (get("bucket") || "day") as "day" | "week" | "month";
  return {
    metrics,
    providers,
    bucket,
    /** Null: chosen by the size of the lines. */
    scale: (get("scale") || null) as "values" | "index" | null,
    asTable: get("view") === "table",
    against: bucket === "day" ? (AGAINST.find((each) => each === get("against")) ?? null) : null,
    /** Whether what goes on with the meaning from before a change is drawn beside it. */
    showsUnbroken: get("unbroken") === "shown",
    set,
    toggleMetric(metric: string) {
      const next = metrics.includes(metric)
        ? metrics.filter((each) => each !== metric)
        : [...metrics, metric].slice(-MAX_METRICS);
      if (next.length) set({ metric: next });
    },
    toggleProvider(provider: string) {
      const next = providers.includes(provider)
        ? providers.filter((each) => each !== provider)
        : [...providers, provider];
      if (next.length) set({ provider: next.length === summary?.providers.length ? null : next });
    },
  };
}
