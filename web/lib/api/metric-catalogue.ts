"use client";

import { call } from "./client";
import { useOrgQuery } from "./queries";

/** Every metric with its unit, its kind and the changes of what providers count as it. */
export function useMetricCatalogue() {
  return useOrgQuery(["metrics"], async () => (await call((client) => client.GET("/api/metrics"))).items, {
    staleTime: Infinity,
  });
}
