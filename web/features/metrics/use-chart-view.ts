"use client";

import type { Provider, Summary } from "@/lib/api/types";
import { useUrlState } from "@/lib/url-state";
import { firstMetric } from "./chart-data";

const MAX_METRICS = 3;

export type ChartView = ReturnType<typeof useChartView>;

/** The chart's settings, stored in the URL. */
export function useChartView(summary: Summary | undefined) {
  const { params, get, set } = useUrlState();
  const selected = params.getAll("metric");
  const metrics = selected.length ? selected : summary ? firstMetric(summary.tiles) : [];
  const chosen = params.getAll("provider") as Provider[];
  const providers = chosen.length ? chosen : (summary?.providers ?? []);
  const bucket = (get("bucket") || "day") as "day" | "week" | "month";
  return {
    metrics,
    providers,
    bucket,
    /** Null: chosen by the size of the lines. */
    scale: (get("scale") || null) as "values" | "index" | null,
    asTable: get("view") === "table",
    set,
    toggleMetric(metric: string) {
      const next = metrics.includes(metric)
        ? metrics.filter((each) => each !== metric)
        : [...metrics, metric].slice(-MAX_METRICS);
      if (next.length) set({ metric: next });
    },
    toggleProvider(provider: Provider) {
      const next = providers.includes(provider)
        ? providers.filter((each) => each !== provider)
        : [...providers, provider];
      if (next.length) set({ provider: next.length === summary?.providers.length ? null : next });
    },
  };
}
