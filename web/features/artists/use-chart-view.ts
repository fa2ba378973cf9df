"use client";

import type { Provider, Summary } from "@/lib/api/types";
import { useUrlState } from "@/lib/url-state";

const MOST_METRICS = 3;

export type ChartView = ReturnType<typeof useChartView>;

/** The metric that most platforms of the artist share is the one to begin with. */
function firstMetric(summary: Summary): string[] {
  const count = new Map<string, number>();
  for (const tile of summary.tiles) count.set(tile.metric, (count.get(tile.metric) ?? 0) + 1);
  const best = [...count].sort((a, b) => b[1] - a[1])[0];
  return best ? [best[0]] : [];
}

/** What the chart shows, read from the URL and written to it. */
export function useChartView(summary: Summary | undefined) {
  const { params, get, set } = useUrlState();
  const asked = params.getAll("metric");
  const metrics = asked.length ? asked : summary ? firstMetric(summary) : [];
  const chosen = params.getAll("provider") as Provider[];
  const providers = chosen.length ? chosen : (summary?.providers ?? []);
  const bucket = (get("bucket") || "day") as "day" | "week" | "month";
  return {
    metrics,
    providers,
    bucket,
    /** Null: as suits the lines. */
    scale: (get("scale") || null) as "values" | "index" | null,
    asTable: get("view") === "table",
    set,
    toggleMetric(metric: string) {
      const next = metrics.includes(metric) ? metrics.filter((each) => each !== metric) : [...metrics, metric].slice(-MOST_METRICS);
      if (next.length) set({ metric: next });
    },
    toggleProvider(provider: Provider) {
      const next = providers.includes(provider) ? providers.filter((each) => each !== provider) : [...providers, provider];
      if (next.length) set({ provider: next.length === summary?.providers.length ? null : next });
    },
  };
}
