"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Provider, Severity } from "@/lib/api/types";
import { saveFile } from "@/lib/save-file";
import { t } from "./messages";

export type InsightFilter = {
  /** `weight`: most important first, instead of newest first. */
  order: "weight" | "newest";
  severity?: Severity;
  status?: "new" | "acknowledged" | "dismissed" | "withdrawn";
  provider?: Provider;
  artist_id?: string;
  assigned_to?: string;
  unread?: boolean;
  snoozed?: boolean;
  /** The period of a digest, as moments. */
  found_after?: string;
  found_until?: string;
};

/** What happens to insights for the whole team; what is left out stays as it is. */
export type InsightChange = {
  insight_ids: string[];
  status?: "new" | "acknowledged" | "dismissed";
  assigned_to?: string | null;
  snoozed_until?: string | null;
};

/** Polling interval, for when the Realtime channel is closed. */
const POLL_MS = 30_000;

export function useInsights(filter: InsightFilter) {
  return useOrgList(
    ["insights", "list", filter],
    (cursor) => call((client) => client.GET("/api/insights", { params: { query: { ...filter, cursor, limit: 50 } } })),
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
    { invalidates: [["insights"]], successMessage: () => t("feedback.thanks") },
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

const STALE = [["insights"], ["home"], ["artists", "home"]];

export function useMarkRead() {
  return useApiMutation(
    (body: { insight_ids: string[]; read: boolean }) => call((client) => client.PUT("/api/insight-reads", { body })),
    { invalidates: STALE },
  );
}

export function useChangeInsights(successMessage?: () => string) {
  return useApiMutation((body: InsightChange) => call((client) => client.PATCH("/api/insights", { body })), {
    invalidates: STALE,
    successMessage,
  });
}

/** The people an insight can be given to. */
export function useColleagues(enabled: boolean) {
  return useOrgQuery(
    ["members", "colleagues"],
    async () => {
      const page = await call((client) => client.GET("/api/admin/users", { params: { query: { limit: 100 } } }));
      return page.items
        .filter((member) => member.status === "active" && !member.machine)
        .map((member) => ({ id: member.id, name: member.display_name || member.email }));
    },
    { enabled, staleTime: 60_000 },
  );
}

const at = (insight_id: string) => ({ path: { insight_id } });

export function useComments(id: string) {
  return useOrgQuery(["insights", "comments", id], () =>
    call((client) => client.GET("/api/insights/{insight_id}/comments", { params: at(id) })),
  );
}

export function useAddComment(id: string, onSuccess: () => void) {
  return useApiMutation(
    (body: { body: string }) =>
      call((client) => client.POST("/api/insights/{insight_id}/comments", { params: at(id), body })),
    { invalidates: [["insights"]], onSuccess },
  );
}

export function useDeleteComment(id: string) {
  return useApiMutation(
    (comment_id: string) =>
      call((client) =>
        client.DELETE("/api/insights/{insight_id}/comments/{comment_id}", {
          params: { path: { insight_id: id, comment_id } },
        }),
      ),
    { invalidates: [["insights"]] },
  );
}
