"use client";

import { call } from "./client";
import { useOrgQuery } from "./queries";

/** The platforms, and the sources of the org's own. */
export function useSources() {
  return useOrgQuery(["sources"], async () => (await call((client) => client.GET("/api/sources"))).items);
}
