"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Provider, Severity } from "@/lib/api/types";
import { saveFile } from "@/lib/save-file";

export type InsightFilter = {
  /** `weight`: most important first, instead of newest first. */
  order: "weight" | "newest";
  severity?: Severity;
  status?: "new" | "acknowledged" | "dismissed" | "withdrawn";
  provider?: Provider;
  artist_id?: string;
};

/** Polling interval, for when the Realtime channel is closed. */
const POLL_MS = 30_000;

export function useInsights(filter: InsightFilter) {
  return useOrgList(
    ["insights", "list", filter],
    (cursor) => call((client) => client.GET("/api/insights", { params: { query: { ...filter, cursor, limit: 30 } } })),
    { refetchInterval: POLL_MS },
  );
}

export function useInsight(id: string) {
  return useOrgQuery(["insights", "one", id], () =>
    call((client) => client.GET("/api/insights/{insight_id}", { params: { path: { insight_id: id } } })),
  );
}

export function useEvidenceRows(id: string, slot: string) {
  return useOrgQuery(["insights", "rows", id, slot], () =>
    call((client) =>
      client.GET("/api/insights/{insight_id}/evidence/{slot}/rows", { params: { path: { insight_id: id, slot } } }),
    ),
  );
}

export function useSendFeedback(id: string) {
  return useApiMutation(
    (body: { rating: "useful" | "not_useful"; comment: string }) =>
      call((client) =>
        client.PUT("/api/insights/{insight_id}/feedback", { params: { path: { insight_id: id } }, body }),
      ),
    { invalidates: [["insights"]], successMessage: "Thank you. It helps to choose what you see next." },
  );
}

export function useSetInsightStatus(id: string) {
  return useApiMutation(
    (status: "new" | "acknowledged" | "dismissed") =>
      call((client) =>
        client.PATCH("/api/insights/{insight_id}", { params: { path: { insight_id: id } }, body: { status } }),
      ),
    { invalidates: [["insights"]] },
  );
}

/** Download the dossier of streams that are worth checking, for the distributor. */
export function useDossier(id: string) {
  return useApiMutation(
    async () => {
      const params = { path: { insight_id: id } };
      const options = { params, parseAs: "blob" } as const;
      const content = (await call((client) =>
        client.GET("/api/insights/{insight_id}/dossier.csv", options),
      )) as unknown as Blob;
      saveFile(content, `dossier-${id}.csv`);
    },
    { invalidates: [] },
  );
}
