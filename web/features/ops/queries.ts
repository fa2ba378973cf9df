"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Job } from "@/lib/api/types";
import { t } from "./messages";

export function useHealth() {
  return useOrgQuery(["health"], () => call((client) => client.GET("/api/health")), { refetchInterval: 10_000 });
}

export function useJobs(status: Job["status"] | undefined) {
  return useOrgList(
    ["jobs", "list", status ?? ""],
    (cursor) => call((client) => client.GET("/api/jobs", { params: { query: { status, cursor, limit: 30 } } })),
    { refetchInterval: 5_000 },
  );
}

export function useRetryJob() {
  return useApiMutation(
    (id: string) => call((client) => client.POST("/api/jobs/{job_id}/retry", { params: { path: { job_id: id } } })),
    { invalidates: [["jobs"]], successMessage: () => t("jobs.willRun") },
  );
}

export function useIsolationTest() {
  return useApiMutation(() => call((client) => client.POST("/auth/test-isolation")), { invalidates: [], silent: true });
}
